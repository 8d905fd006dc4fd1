"""A streamed answer that knows how it went, and one run shared by all who ask."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from session1.deadlines import ordinary
from session1.latency.broadcast import Broadcast
from session1.llm.client import OnEnd, Reply
from session1.llm.errors import LLMError
from session1.monitoring.histogram import Histogram
from session1.virtual_time import now

Source = Literal["model", "shared", "cache"]
PERCENTS = (50, 95, 99)
Start = Callable[[OnEnd], AsyncIterator[str]]


class SharedRun:
    """An answer under way, read by any number of callers; the last to leave stops it.

    `start(on_end)` is the model's stream. `ended` hears once when no more pieces will
    come; `reply` is set by then if the model came to its end.
    """

    def __init__(self, start: Start, ended: Callable[["SharedRun"], None]) -> None:
        self.loop = asyncio.get_running_loop()
        self.pieces: list[str] = []
        self.reply: Reply | None = None
        self._ended = ended
        self._readers = 0
        self._broadcast = Broadcast()
        self._task = self.loop.create_task(self._work(start))
        self._task.add_done_callback(self._close)

    async def read(self) -> AsyncGenerator[str, None]:
        """The pieces from the first on; raises what the model broke off with."""
        self._readers += 1
        why: tuple[str, ...] = ()
        pieces = cast(AsyncGenerator[str, None], self._broadcast.read())
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece
        except asyncio.CancelledError as e:
            why = e.args
            raise
        finally:
            self._readers -= 1
            if not self._readers and not self._task.done():
                self._task.cancel(*why)
                self._ended(self)  # now: nobody shall join what is being stopped

    async def _work(self, start: Start) -> None:
        pieces = cast(AsyncGenerator[str, None], start(self._end))
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    self.pieces.append(piece)
                    self._broadcast.put(piece)
        except BaseException as e:
            if (error := ordinary(e)) is None or error is e:
                raise
            raise error from e

    def _end(self, reply: Reply) -> None:
        self.reply = reply

    def _close(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled():
            error: BaseException | None = LLMError("the run was cancelled: ask again")
        else:
            error = task.exception()
        self._ended(self)
        self._broadcast.close(error)


@dataclass(slots=True)
class Progress:
    """How far a stream is; seconds on the loop's clock from its first request on."""

    source: Source = "model"
    pieces: list[str] = field(default_factory=list)
    first_token_s: float | None = None
    total_s: float | None = None
    end: Literal["", "whole", "left", "broken"] = ""


class StreamStats:
    """Streams by how they ended and where from, times to first token and in all."""

    def __init__(self) -> None:
        self._ended = {"whole": 0, "left": 0, "broken": 0}
        self._sources = {"model": 0, "shared": 0, "cache": 0}
        self._first, self._total = Histogram(), Histogram()

    def record(self, stream: Progress) -> None:
        """Count a stream that is over."""
        self._ended[stream.end] += 1
        self._sources[stream.source] += 1
        if stream.first_token_s is not None:
            self._first.record(max(stream.first_token_s, 0.0))
        if stream.end == "whole" and stream.total_s is not None:
            self._total.record(max(stream.total_s, 0.0))

    def figures(self) -> dict[str, Any]:
        """Counts, and percentiles in seconds (None before the first stream)."""
        return {
            "streams": sum(self._ended.values()),
            **self._ended,
            "from_model": self._sources["model"],
            "shared": self._sources["shared"],
            "replayed": self._sources["cache"],
            "first_token_s": _percentiles(self._first),
            "total_s": _percentiles(self._total),
        }


class Stream:
    """An answer piece by piece: `async for piece in stream`.

    Breaking off, `aclose` and cancelling the reader all stop the model, unless others
    read the same answer. `progress` tells the time to the first token and the rest.
    """

    def __init__(self, pieces: AsyncGenerator[str, None], progress: Progress) -> None:
        # A generator, because a loop closes one that its reader has let go of.
        self._pieces = pieces
        self.progress = progress

    def __aiter__(self) -> "Stream":
        return self

    async def __anext__(self) -> str:
        return await anext(self._pieces)

    async def aclose(self) -> None:
        """Read no more."""
        await self._pieces.aclose()

    @property
    def text(self) -> str:
        """The text received so far."""
        return "".join(self.progress.pieces)

    @property
    def first_token_s(self) -> float | None:
        """Seconds until the first piece; None before it."""
        return self.progress.first_token_s


async def watched(
    pieces: AsyncGenerator[str, None], seen: Progress, stats: StreamStats
) -> AsyncGenerator[str, None]:
    """`pieces` as they are, noted down in `seen` and, at the end, in `stats`."""
    began = now()
    seen.end = "left"
    try:
        async with aclosing(pieces):
            async for piece in pieces:
                if seen.first_token_s is None:
                    seen.first_token_s = now() - began
                seen.pieces.append(piece)
                yield piece
        seen.end = "whole"
    except Exception:
        seen.end = "broken"
        raise
    finally:
        seen.total_s = now() - began
        stats.record(seen)


async def replayed(
    pieces: tuple[str, ...], pace: float = 0.0
) -> AsyncGenerator[str, None]:
    """Kept pieces again, `pace` seconds apart."""
    for i, piece in enumerate(pieces):
        if pace and i:
            await asyncio.sleep(pace)
        yield piece


def again(reply: Reply, first_token_s: float, total_s: float) -> Reply:
    """A reply given once more, with the times it took this time."""
    return replace(reply, reused=True, first_token_s=first_token_s, total_s=total_s)


async def retold(
    pieces: AsyncGenerator[str, None],
    reply: Callable[[], Reply | None],
    on_end: OnEnd | None,
) -> AsyncGenerator[str, None]:
    """`pieces`, and at their end `reply()` with the times they took to come."""
    began, first = now(), None
    async with aclosing(pieces):
        async for piece in pieces:
            first = now() if first is None else first
            yield piece
    if on_end and (told := reply()):
        total = now() - began
        on_end(again(told, total if first is None else first - began, total))


def _percentiles(times: Histogram) -> dict[str, float] | None:
    if not len(times):
        return None
    found = times.percentiles(*PERCENTS)
    return {f"p{p}": value for p, value in zip(PERCENTS, found, strict=True)}
