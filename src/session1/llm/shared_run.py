"""One run of a model for all who ask the same while it runs."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import cast

from session1.deadlines import ordinary
from session1.latency.broadcast import Broadcast
from session1.llm.client import OnEnd, Reply
from session1.llm.errors import LLMError

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
