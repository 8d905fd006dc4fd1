"""A request: everything an answer depends on, and the key that stands for it."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from session1.limits import number, positive_int
from session1.llm.client import (
    LLMClient,
    Message,
    OnEnd,
    Prompt,
    Schema,
    as_messages,
)
from session1.llm.structured import passed_on


@dataclass(frozen=True, slots=True)
class Request:
    """A question to one model; `key` is None if the same again may answer otherwise."""

    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float
    seed: int
    key: str | None
    schema: Schema | None = None

    def start(self, client: LLMClient, on_end: OnEnd) -> AsyncIterator[str]:
        """The answer as `client` gives it."""
        return client.stream(
            self.messages,
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            seed=self.seed,
            on_end=on_end,
            **passed_on(self.schema),
        )


def request(
    model: str,
    prompt: Prompt,
    max_tokens: int,
    temperature: float,
    seed: int | None,
    schema: Schema | None = None,
) -> Request:
    """The request, its values checked; without a seed only temperature 0 repeats."""
    messages = tuple(as_messages(prompt))
    positive_int("max_tokens", max_tokens)
    if not 0 <= number("temperature", temperature) < float("inf"):
        raise ValueError(f"temperature is {temperature}; give 0 or more")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise TypeError(f"seed must be an int or None, got {seed!r}")
    repeatable = temperature == 0 or seed is not None
    settings: tuple[float | str, ...] = (
        max_tokens,
        float(temperature) + 0.0,
        seed or 0,
    )
    if schema is not None:
        settings += (json.dumps(schema),)  # in its order, which is that of the answer
    key = key_of(model, messages, settings) if repeatable else None
    return Request(model, messages, max_tokens, temperature, seed or 0, key, schema)


def key_of(
    model: str, messages: Sequence[Message], settings: tuple[float | str, ...]
) -> str:
    """SHA-256 of them all in hexadecimal, 64 characters however long the prompt."""
    digest = sha256(repr(settings).encode())
    for text in (model, *(t for m in messages for t in (m.role, m.content))):
        data = text.encode("utf-8", "surrogatepass")
        # with its length, so that no text runs into the next
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()
