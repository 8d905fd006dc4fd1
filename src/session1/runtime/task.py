"""A piece of work, and what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, Protocol

from session1.limits import positive
from session1.runtime.threads import is_async, on_thread


class Answers(Protocol):
    """An agent that answers a message, like session1's."""

    async def process_message(self, message: str) -> str: ...


class Executes(Protocol):
    """An agent, or a pool of them, that works off tasks."""

    async def execute_task_async(self, task: "Task") -> Any: ...


@dataclass(slots=True, eq=False)
class Task:
    """A task: `executor(**inputs)`, or an `objective`, a message for an agent.

    A higher `priority` goes first. `deadline` is in seconds from the time the task is
    handed in. An executor may be async; a plain one runs on a thread.
    """

    objective: str = ""
    executor: Callable[..., Any] | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 0
    deadline: float | None = None

    def __post_init__(self) -> None:
        if self.executor is not None and not callable(self.executor):
            raise TypeError(f"executor must be callable, got {self.executor!r}")
        if isinstance(self.priority, bool) or not isinstance(self.priority, int):
            raise TypeError(f"priority must be an int, got {self.priority!r}")
        if self.deadline is not None:
            positive("deadline", self.deadline)

    async def execute(self, agent: Answers | None = None) -> Any:
        """Do it, once; `agent` answers the objective of a task without executor."""
        if self.executor is not None:
            if not is_async(self.executor):
                result = await on_thread(self.executor, self.inputs)
            else:
                result = self.executor(**self.inputs)
            return await result if isawaitable(result) else result
        if agent is None:
            raise TypeError(
                f"nothing can do {self.objective!r}: give the task an executor, or "
                "whoever runs it an agent"
            )
        return await agent.process_message(self.objective)
