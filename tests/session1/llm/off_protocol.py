"""An HTTP server on loopback that answers as it is told to, however wrong."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

JSON, EVENTS, HTML = "application/json", "text/event-stream", "text/html"


@dataclass
class Sent:
    """One response: `parts` one after another, then the connection ends as told."""

    parts: Sequence[bytes | str] = ()
    kind: str = JSON
    status: str = "200 OK"
    headers: str = ""
    end: str = "close"  # or "cut" (more was promised), "reset", "hang"

    async def write(self, writer: asyncio.StreamWriter) -> None:
        parts = [p.encode() if isinstance(p, str) else p for p in self.parts]
        more = 100 if self.end in ("cut", "hang") else 0
        length = sum(map(len, parts)) + more
        head = (
            f"HTTP/1.1 {self.status}\r\nContent-Type: {self.kind}\r\n{self.headers}"
            f"Content-Length: {length}\r\nConnection: close\r\n\r\n"
        )
        if self.end == "reset":
            writer.transport.abort()
            return
        writer.write(head.encode())
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        if self.end == "hang":
            await asyncio.Event().wait()


@dataclass
class Server:
    """Gives each request the next of `answers`, and the last one for ever."""

    answers: Sequence[Sent]
    requests: list[tuple[str, bytes]] = field(default_factory=list)
    url: str = ""

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            fields = head.decode().lower().split("\r\n")
            size = [int(f[15:]) for f in fields if f.startswith("content-length:")]
            body = await reader.readexactly(size[0]) if size else b""
            self.requests.append((fields[0], body))
            n = min(len(self.requests), len(self.answers))
            await self.answers[n - 1].write(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client has left
        finally:
            writer.close()


@asynccontextmanager
async def serving(*answers: Sent) -> AsyncIterator[Server]:
    """The server, at `url`, while the `with` lasts."""
    server = Server(answers)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    server.url = f"http://127.0.0.1:{port}/v1"
    try:
        yield server
    finally:
        listening.close()


def body(**fields: object) -> Sent:
    """A response of JSON with these fields."""
    return Sent([json.dumps(fields)])


def answer(choice: object, **fields: object) -> Sent:
    """A whole answer with one choice."""
    return body(choices=[choice], **fields)


def said(content: object, finish: object = "stop", **fields: object) -> Sent:
    """A whole answer whose message has this content."""
    message = {"role": "assistant", "content": content}
    return answer({"message": message, "finish_reason": finish}, **fields)


def chunk(content: object = None, finish: object = None, **fields: object) -> str:
    """One event of a stream."""
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    return event(choices=[choice], **fields)


def event(**fields: object) -> str:
    """An event with these fields."""
    return f"data: {json.dumps(fields)}\n\n"


def stream(*parts: bytes | str, kind: str = EVENTS, end: str = "close") -> Sent:
    """A stream of events."""
    return Sent(parts, kind, end=end)
