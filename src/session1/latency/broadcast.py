"""One stream of pieces, any number of readers, each from the first piece on."""

import asyncio
from collections.abc import AsyncIterator


class Broadcast:
    """Pieces as they come; readers who join late get the earlier ones first."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._ended = False
        self._error: BaseException | None = None
        self._waiting: set[asyncio.Future[None]] = set()

    def __len__(self) -> int:
        """Pieces so far."""
        return len(self._pieces)

    def put(self, piece: str) -> None:
        """Hand one more piece to every reader."""
        self._pieces.append(piece)
        self._wake()

    def close(self, error: BaseException | None = None) -> None:
        """No more pieces; with an `error`, readers get it after the last piece."""
        if not self._ended:
            self._ended, self._error = True, error
            self._wake()

    async def read(self) -> AsyncIterator[str]:
        """The pieces from the first on; raises what the stream broke with."""
        at = 0
        while True:
            while at < len(self._pieces):
                at += 1
                yield self._pieces[at - 1]
            if self._ended:
                break
            await self._change()
        if self._error is not None:
            raise self._error

    async def _change(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)

    def _wake(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
