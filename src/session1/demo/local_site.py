"""A small web server on this machine whose pages are slow, huge, broken or hang."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Page = Callable[["Site", str, asyncio.StreamWriter], Awaitable[None]]


class Site:
    """Answers GET /name/argument with the page of that name; counts what is asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.now = self.peak = 0
        self.base = ""

    def url(self, path: str) -> str:
        """The full address of a page."""
        return f"{self.base}/{path}"

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One connection, kept for several requests."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode().lstrip("/")
                self.asked[path] += 1
                self.now += 1
                self.peak = max(self.peak, self.now)
                try:
                    name, _, argument = path.partition("/")
                    await PAGES.get(name, _missing)(self, argument, writer)
                    await writer.drain()
                finally:
                    self.now -= 1
        writer.close()


@asynccontextmanager
async def local_site() -> AsyncIterator[Site]:
    """A site for the time of an `async with`, on a free port of 127.0.0.1."""
    site = Site()
    tasks: set[asyncio.Task[None]] = set()

    async def client(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await site.serve(reader, writer)
        except asyncio.CancelledError:
            writer.close()  # the site closes; the stream's own callback must not moan
        finally:
            tasks.discard(task)

    server = await asyncio.start_server(client, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    site.base = f"http://127.0.0.1:{port}"
    try:
        yield site
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _answer(
    writer: asyncio.StreamWriter, status: str, body: bytes = b"", *headers: str
) -> None:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    writer.write("\r\n".join(lines).encode() + body)


async def _text(site: Site, argument: str, writer: asyncio.StreamWriter) -> None:
    _answer(writer, "200 OK", argument.encode())


async def _slow(site: Site, argument: str, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(float(argument.partition("/")[0]))
    _answer(writer, "200 OK", b"slow")


async def _status(site: Site, argument: str, writer: asyncio.StreamWriter) -> None:
    _answer(writer, f"{argument} So", b"no")


async def _twice(site: Site, argument: str, writer: asyncio.StreamWriter) -> None:
    """Busy for the first two requests."""
    busy = site.asked[f"twice/{argument}"] <= 2
    _answer(writer, "503 Busy" if busy else "200 OK", b"" if busy else b"third")


async def _reset(site: Site, argument: str, writer: asyncio.StreamWriter) -> None:
    """Break the connection in the middle of an answer."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()
    writer.transport.abort()


async def _hang(site: Site, argument: str, writer: asyncio.StreamWriter) -> None:
    """Begin an answer and never end it, a byte at a time."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _huge(site: Site, argument: str, writer: asyncio.StreamWriter) -> None:
    """So many bytes, without saying how many beforehand."""
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for _ in range(int(argument) // 10_000):
        writer.write(b"x" * 10_000)
        await writer.drain()
    writer.close()


async def _to(site: Site, argument: str, writer: asyncio.StreamWriter) -> None:
    _answer(writer, "302 Found", b"", f"Location: /{argument}")


async def _missing(site: Site, argument: str, writer: asyncio.StreamWriter) -> None:
    _answer(writer, "404 Not Found")


PAGES: dict[str, Page] = {
    "text": _text,
    "slow": _slow,
    "status": _status,
    "twice": _twice,
    "reset": _reset,
    "hang": _hang,
    "huge": _huge,
    "to": _to,
}
