"""What a server sends beyond an answer is never taken for the answer to another URL."""

import asyncio
from typing import Any

import httpx
import pytest

from session1.runtime.fetch import Fetched, Fetcher
from session1.runtime.retry import retries

FORGED = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
BEYOND = {
    "a length": GOOD + FORGED,
    "an empty body": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + FORGED,
    "chunks": CHUNKED + b"\r\n4\r\ngood\r\n0\r\n\r\n" + FORGED,
    "trailers": CHUNKED + b"\r\n4\r\ngood\r\n0\r\nX: y\r\n\r\n" + FORGED,
    "both": CHUNKED + b"Content-Length: 2\r\n\r\n4\r\ngood\r\n0\r\n\r\n" + FORGED,
    "204": b"HTTP/1.1 204 No Content\r\n\r\n" + FORGED,
    "204 with a length": b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n",
    "304": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n" + FORGED,
    "100": b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD + FORGED,
    "103": b"HTTP/1.1 103 Early Hints\r\n\r\n" + GOOD + FORGED,
    "101": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n" + FORGED,
    "a redirect": b"HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n"
    + FORGED,
    "404": b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno" + FORGED,
    "503": b"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nno" + FORGED,
    "an empty line": GOOD + b"\r\n",
    "half a head": GOOD + FORGED[:10],
}


def fetch(*pages: bytes, **options: Any) -> tuple[list[Fetched], list[int]]:
    """Fetch the pages one after the other; how many each connection was asked for."""
    asked: list[int] = []
    serving: list[asyncio.Task[Any] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        me = len(asked)
        asked.append(0)
        serving.append(asyncio.current_task())
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                asked[me] += 1
                name = head.split(b" ", 2)[1].lstrip(b"/")
                writer.write(pages[int(name)] if name.isdigit() else GOOD)
                await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    async def main() -> list[Fetched]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        urls = [f"{base}/{n}" for n in range(len(pages))]
        once: dict[str, Any] = {"per_host": 1, "retry": retries(1), "trust_env": False}
        async with server, Fetcher(**once | options) as fetcher:
            found = await fetcher.fetch(urls)
        await asyncio.wait(filter(None, serving))  # the connections are closed now
        await asyncio.sleep(0)
        return found

    return asyncio.run(main()), asked


@pytest.mark.parametrize("how", BEYOND)
def test_what_follows_an_answer_is_no_answer(how: str) -> None:
    (first, *others), asked = fetch(BEYOND[how], GOOD, GOOD)
    assert [(one.body, one.error) for one in others] == [(b"good", None)] * 2
    assert b"forged" not in first.body
    assert asked[0] == 1  # and not another time


def test_a_connection_that_keeps_to_one_answer_is_used_again() -> None:
    no_content = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
    found, asked = fetch(GOOD, no_content, CHUNKED + b"\r\n0\r\n\r\n", GOOD)
    assert [one.error for one in found] == [None] * 4
    assert asked == [4]


def test_a_hook_that_reads_the_body_changes_nothing() -> None:
    async def read(response: httpx.Response) -> None:
        await response.aread()

    hooks = {"event_hooks": {"response": [read]}}
    found, asked = fetch(BEYOND["a length"], GOOD, GOOD, **hooks)
    assert [one.body for one in found] == [b"good"] * 3
    assert asked == [1, 2]
