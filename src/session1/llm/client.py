"""The interface of every language-model client, its messages and replies."""

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal, Protocol, cast, get_args, runtime_checkable

from session1.llm.errors import LLMError, NoText

Role = Literal["system", "user", "assistant", "tool"]
ROLES = get_args(Role)
Finish = Literal["stop", "length"]  # the model ended by itself; max_tokens ended it


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer and what it took; times are seconds on the client's clock.

    `reused` marks one that was kept from an earlier call: its tokens are those of that
    call, its times those of this one.
    """

    text: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    first_token_s: float = 0.0
    total_s: float = 0.0
    finish: Finish = "stop"
    reused: bool = False


_NOTHING = "ask again or in other words, or try another model"
_NO_TEXT = {
    "length": "max_tokens ended it before its text began, so give a larger one (a "
    "model that thinks first needs many more)",
    "content_filter": "the server's filter held it back, so ask in other words",
    "tool_calls": "it called a tool of the server's, so leave those out of extra_body",
}
Prompt = str | Sequence[Message]
Schema = Mapping[str, Any]  # JSON Schema
OnEnd = Callable[[Reply], None]


@runtime_checkable
class LLMClient(Protocol):
    """A chat model: `generate` answers whole, `stream` answers piece by piece.

    A stream that comes to its end hands `on_end` the whole reply and what it took.
    One that ends without it was cut off, and nobody keeps what it said. A client that
    cannot answer raises LLMError with the next step, NoText where the model said
    nothing; it never gives an empty answer instead. Whatever else it raises counts as a
    failure as well. With a `schema` the answer is JSON that follows it; one that is cut
    off is an LLMError.
    """

    model: str

    async def generate(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        schema: Schema | None = None,
    ) -> Reply: ...

    def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        schema: Schema | None = None,
        on_end: OnEnd | None = None,
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
        if not isinstance(message.content, str):
            kind = type(message.content).__name__
            raise TypeError(f"the content of a message is text, not a {kind}")
        if message.role not in ROLES:
            raise ValueError(f"no role {message.role!r}; there are {', '.join(ROLES)}")
    return messages


async def drained(
    stream: Callable[..., AsyncIterator[str]], *args: Any, **options: Any
) -> Reply:
    """The reply that `stream(*args, **options)` reports once it has ended."""
    ended: list[Reply] = []
    pieces = stream(*args, **options, on_end=ended.append)
    async with aclosing(cast(AsyncGenerator[str, None], pieces)):
        async for _ in pieces:
            pass
    if not ended:
        raise LLMError("the answer ended before it was whole: ask again")
    return ended[0]


def clean(text: str) -> str:
    """`text` with surrogate pairs joined and lone surrogates replaced."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def a_client(name: str, client: LLMClient, *ways: str) -> LLMClient:
    """`client` if it can be asked in one of these `ways`, else TypeError."""
    ways = ways or ("generate", "stream")
    if any(callable(getattr(client, way, None)) for way in ways):
        return client
    kind, how = type(client).__name__, " or ".join(f"{way}()" for way in ways)
    raise TypeError(
        f"{name} is a client with {how}, such as connect(...) makes, not a {kind}"
    )


def by_name(clients: "LLMClient | Mapping[str, LLMClient]") -> "dict[str, LLMClient]":
    """`clients` by name, a single one by the name of its model; at least one."""
    if not isinstance(clients, Mapping):
        if not isinstance(getattr(clients, "model", None), str):
            kind = type(clients).__name__
            raise TypeError(
                f'models are clients by name, such as {{"small": client}}, not a {kind}'
            )
        clients = {clients.model: clients}
    if not clients:
        raise ValueError("no models: give at least one client")
    for name, client in clients.items():
        a_client(f"model {name!r}", client)
    return dict(clients)


def worded(text: str, reason: object) -> str:
    """`text` if it says anything, else NoText with what to do by the end's `reason`."""
    if text.strip():
        return text
    what = _NO_TEXT.get(reason if isinstance(reason, str) else "", _NOTHING)
    raise NoText(f"the model said nothing: {what}")


async def close_all(clients: Iterable[LLMClient]) -> None:
    """Close each of `clients`, then raise what the first that failed to has raised."""
    closing = [client.aclose() for client in clients]
    for outcome in await asyncio.gather(*closing, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


def finish_of(reason: object) -> Finish:
    """A server's `finish_reason`: whatever is not a plain end counts as cut off."""
    return "stop" if reason == "stop" else "length"
