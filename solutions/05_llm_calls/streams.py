"""Models that write piece by piece until they are closed, and count what they wrote."""

import asyncio
import inspect
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, suppress
from types import SimpleNamespace
from typing import Any

from session1.llm.speed import MEASURED
from session1.virtual_time import now, run

FIRST_S, EVERY_S = 1.0, 0.25
Relay = Callable[..., AsyncIterator[str]]


class Answer:
    """Pieces that are there when they are due, read or not, until it is closed."""

    def __init__(
        self,
        pieces: Sequence[str],
        error: Exception | None,
        on_end: Any,
        early: bool = False,
    ) -> None:
        self.pieces, self.error, self.on_end = list(pieces), error, on_end
        self.early = early
        self.began, self.closed_at, self.place = now(), float("inf"), 0

    def __aiter__(self) -> "Answer":
        return self

    async def __anext__(self) -> str:
        if self.place == len(self.pieces):
            if self.error:
                raise self.error
            self._end()
            raise StopAsyncIteration
        await asyncio.sleep(max(0.0, self._due(self.place) - now()))
        self.place += 1
        if self.early and self.place == len(self.pieces):
            self._end()
        return self.pieces[self.place - 1]

    def _end(self) -> None:
        if self.on_end:
            on_end, self.on_end = self.on_end, None
            on_end(SimpleNamespace(text="".join(self.pieces)))

    async def aclose(self) -> None:
        """Write no more."""
        self.closed_at = min(self.closed_at, now())

    def _due(self, place: int) -> float:
        return self.began + FIRST_S + EVERY_S * place

    @property
    def paid(self) -> int:
        """Pieces that were written before it was closed, all if it never was."""
        return sum(self._due(i) <= self.closed_at for i in range(len(self.pieces)))


class Model:
    """Streams the same pieces to everyone; notes what it was asked and gave.

    It ends with `error`, or without a word when it is cut off. An `early` one calls
    `on_end` before it gives its last piece.
    """

    model = "test"

    def __init__(
        self,
        pieces: Sequence[str] = ("The", " sky", " is", " blue", "."),
        error: Exception | None = None,
        *,
        cut: bool = False,
        early: bool = False,
    ) -> None:
        self.pieces, self.error, self.cut = list(pieces), error, cut
        self.early = early
        self.asked: list[tuple[Any, dict[str, Any]]] = []
        self.answers: list[Answer] = []

    def stream(self, prompt: Any, **options: Any) -> Answer:
        """The answer; a whole one ends with a call of `on_end`."""
        if options.get("on_end", ...) is None:
            raise TypeError("on_end takes a function, `ended.append` without its ()")
        on_end = options.pop("on_end", None)
        self.asked.append((prompt, options))
        heard = None if self.cut else on_end
        answer = Answer(self.pieces, self.error, heard, self.early)
        self.answers.append(answer)
        return answer

    def count_tokens(self, text: str) -> int:
        """One for each word."""
        return len(text.split())


_HELD: deque[Any] = deque(maxlen=1000)


class Held:
    """The pieces of a generator that nothing but `aclose` closes."""

    def __init__(self, pieces: Any) -> None:
        self.pieces = pieces
        _HELD.append(pieces)  # or it would be closed as soon as it is forgotten

    def __aiter__(self) -> "Held":
        return self

    async def __anext__(self) -> str:
        return str(await anext(self.pieces))

    async def aclose(self) -> None:
        """Close the generator."""
        await self.pieces.aclose()


def held(relay: Relay) -> Relay:
    """The same relay, whose answers have to be closed."""
    return lambda *args, **options: Held(relay(*args, **options))


async def read(pieces: AsyncIterator[str], most: int | None = None) -> list[Any]:
    """Each piece with the second it came; leaves after `most` of them.

    An error's class ends the list; a mistake in the code that is read goes on.
    """
    if inspect.isawaitable(pieces):
        await pieces  # raises what hides behind it, if anything
        raise TypeError("this is no asynchronous generator: is a `yield` missing?")
    found: list[Any] = []
    try:
        async with aclosing(pieces) as stream:  # type: ignore[type-var]
            async for piece in stream:
                found.append((piece, round(now(), 6)))
                if len(found) == most:
                    break
    except (TypeError, AttributeError, NameError, NotImplementedError):
        raise  # no model's error: the learner wants to see the line
    except Exception as error:
        found.append(type(error).__name__)
    return found


async def ended(relay: Relay, model: Model) -> str:
    """The error that ends an answer, with its text."""
    try:
        async for _ in relay(model, "Why?"):
            pass
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "an end without an error"


async def cancelled(made: Callable[[], AsyncIterator[str]], after: float) -> None:
    """Read until a second at which the reader is cancelled, and see a minute pass."""
    with suppress(TimeoutError):
        await asyncio.wait_for(read(made()), after)
    await asyncio.sleep(60)


def played(relay: Relay, model: Model, most: int | None = None) -> list[Any]:
    """What a reader of `relay(model, prompt)` gets, on virtual time."""

    async def scene() -> list[Any]:
        found = await read(relay(model, "Why?", max_tokens=9, seed=3), most)
        await asyncio.sleep(60)  # or the end of the loop would close what is open
        return found

    found: list[Any] = run(scene).value
    return found


def paid_when_cancelled(relay: Relay, after: float) -> int:
    """Pieces of 40 that are paid when the reader is cancelled at this second."""
    model = Model(["word "] * 40)
    run(lambda: cancelled(lambda: relay(model, "Why?"), after))
    return model.answers[0].paid if model.answers else 0


async def together(relay: Relay, *models: Model) -> list[list[Any]]:
    """What readers get who read an answer of each model at once."""
    return await asyncio.gather(*(read(relay(model, "Why?")) for model in models))


async def read_at_once(client: Any, questions: Sequence[str]) -> list[str]:
    """The whole texts of a client's answers to readers who begin together."""

    async def text(question: str) -> str:
        found = await read(client.stream(question))
        return "".join(p if isinstance(p, str) else p[0] for p in found)

    return await asyncio.gather(*map(text, questions))


def other_parts(parts: SimpleNamespace) -> SimpleNamespace:
    """Parts of a client that show whether they were asked."""

    async def loud(llm: Any, text: Any, **rest: Any) -> AsyncIterator[str]:
        async with aclosing(parts.relay(llm, text, **rest)) as pieces:
            async for piece in pieces:
                yield piece + "!"

    def layout(call: Any) -> list[str]:
        documents = call.documents + call.tools + call.clock
        return [call.question, documents, *call.history, call.rules]

    return SimpleNamespace(
        is_hard=lambda question: 1,  # true, though not True
        fit=lambda room, must, history, examples, count: (["A turn."], ["A shot."]),
        layout=layout,
        cache_key=lambda request: request["model"],
        relay=loud,
    )


async def passes_cancel(relay: Relay) -> bool:
    """Whether a reader who is cancelled in a wait ends as cancelled."""
    reader = asyncio.ensure_future(read(relay(Model(["word "] * 40), "Why?")))
    await asyncio.sleep(1.6)
    reader.cancel()
    await asyncio.wait([reader])
    return reader.cancelled()


def show_first() -> None:
    """Print when the first and the last of 200 tokens are there, by the prompt."""
    print(f"{'prompt':>12}{'first word':>12}{'last word':>12}{'streamed, last':>16}")
    for prompt in (50, 1061, 4000):
        first, last = MEASURED.first_token_s(prompt), MEASURED.total_s(prompt, 200)
        print(f"{prompt:5} tokens{first:10.1f} s{last:10.1f} s{last:14.1f} s")


def first_share(prompt: int = 1061, answer: int = 200) -> float:
    """Percent of the whole time after which the first piece is there."""
    return 100 * MEASURED.first_token_s(prompt) / MEASURED.total_s(prompt, answer)


def show_left(relay: Relay) -> None:
    """Print what is paid when the reader leaves an answer of 40 pieces after two."""
    model = Model(["word "] * 40)
    found = played(relay, model, most=2)
    print(f"read: {found}")
    print(f"paid: {model.answers[0].paid} pieces of 40")
