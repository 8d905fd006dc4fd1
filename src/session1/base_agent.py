"""The agent every other agent here extends: a name, a model and one turn of talk."""

import logging
from typing import Any

from session1.limits import positive_int
from session1.llm.client import LLMClient, Message, Reply, a_client
from session1.runtime.task import Task

MAX_TOKENS = 256  # of an answer: about 200 words


class BaseAgent:
    """An agent that answers each message through its model, remembering nothing.

    The model is shown `system_prompt`, by default the `description`, and its answers
    end after `max_tokens`, which is logged.
    """

    def __init__(
        self,
        name: str,
        description: str,
        llm_client: LLMClient,
        *,
        system_prompt: str | None = None,
        max_tokens: int = MAX_TOKENS,
    ) -> None:
        given = {"description": description, "system_prompt": system_prompt}
        for what, text in given.items():
            if not isinstance(text, str | None):
                raise TypeError(f"{what} is text, not a {type(text).__name__}")
        self.name = name
        self.system_prompt = system_prompt
        self.max_tokens = positive_int("max_tokens", max_tokens)
        self.description = description
        self.llm_client = a_client("llm_client", llm_client)
        self.logger = logging.getLogger(f"session1.{name}")

    async def process_message(self, message: str) -> str:
        """The model's answer to `message`."""
        return await self.answer(self.prompt(message))

    async def execute_task_async(self, task: Task) -> Any:
        """Return the result of a queued task that this agent does."""
        return await task.execute(self)

    def prompt(self, message: str) -> list[Message]:
        """Return the prompt for `message`; subclasses add what they remember."""
        return [Message("system", self.system), Message("user", message)]

    @property
    def system(self) -> str:
        """The text that begins each prompt."""
        return self.description if self.system_prompt is None else self.system_prompt

    async def answer(self, prompt: list[Message]) -> str:
        """The model's answer to `prompt`."""
        reply = await self.llm_client.generate(prompt, max_tokens=self.max_tokens)
        if not isinstance(reply, Reply):
            kind = type(reply).__name__
            raise TypeError(f"generate of a client returns a Reply, not a {kind}")
        self.note_cut(reply)
        return reply.text

    def note_cut(self, reply: Reply) -> None:
        """Log a warning if `max_tokens` cut the reply off."""
        if reply.finish == "length":
            self.logger.warning(
                "an answer was cut off at max_tokens=%d: give the agent a larger one",
                self.max_tokens,
            )
