"""What every language-model client offers, and the messages and replies it trades."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer and what it took; times are seconds on the client's clock."""

    text: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    first_token_s: float = 0.0
    total_s: float = 0.0


Prompt = str | Sequence[Message]


@runtime_checkable
class LLMClient(Protocol):
    """A chat model: `generate` answers whole, `stream` answers piece by piece."""

    model: str

    async def generate(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> Reply: ...

    def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> AsyncIterator[str]: ...

    def count_tokens(self, text: str) -> int: ...

    async def aclose(self) -> None: ...


def as_messages(prompt: Prompt) -> list[Message]:
    """`prompt` as a list of messages; a plain string is one user message."""
    if isinstance(prompt, str):
        return [Message("user", prompt)]
    if not isinstance(prompt, Iterable):
        raise TypeError(f"a prompt is text or Messages, not {prompt!r}")
    messages = list(prompt)
    if not messages:
        raise ValueError("the prompt has no messages: give at least one")
    for message in messages:
        if not isinstance(message, Message):
            raise TypeError(f"a prompt is text or Messages, not {message!r}")
    return messages
