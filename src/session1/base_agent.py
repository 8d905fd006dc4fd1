"""The agent every other agent here extends: a name, a model and one turn of talk."""

import logging
from typing import Any

from session1.llm.client import LLMClient, Message
from session1.runtime.task import Task


class BaseAgent:
    """An agent that answers each message through its model, remembering nothing."""

    def __init__(self, name: str, description: str, llm_client: LLMClient) -> None:
        self.name = name
        self.description = description
        self.llm_client = llm_client
        self.logger = logging.getLogger(f"session1.{name}")

    async def process_message(self, message: str) -> str:
        """The model's answer to `message`."""
        reply = await self.llm_client.generate(self.prompt(message))
        return reply.text

    async def execute_task_async(self, task: Task) -> Any:
        """What a task of the queue comes to when this agent does it."""
        return await task.execute(self)

    def prompt(self, message: str) -> list[Message]:
        """What the model is shown for `message`; subclasses add what they remember."""
        return [Message("system", self.description), Message("user", message)]
