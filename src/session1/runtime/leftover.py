"""Use no connection again on which more came than the one answer asked for.

httpcore would take what follows an answer for the answer to the next request.
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx

BODILESS = frozenset({204, 304})


class OneAnswer(httpx.AsyncByteStream):
    """The body of `response`, whose connection is closed if anything follows it."""

    def __init__(self, response: httpx.Response) -> None:
        assert isinstance(response.stream, httpx.AsyncByteStream)
        self._body = response.stream
        self._network = response.extensions.get("network_stream")
        self._suspect = response.status_code in BODILESS and _has_body(response)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._body:
            yield part

    async def aclose(self) -> None:
        """Give the connection back, unless it holds more."""
        if self._network is not None and (self._suspect or _leftover(self._body)):
            await self._network.aclose()
        await self._body.aclose()


async def guard(response: httpx.Response) -> None:
    """Guard the connection of an answer; an event hook of an `httpx.AsyncClient`."""
    response.stream = OneAnswer(response)


def _has_body(response: httpx.Response) -> bool:
    """Whether the head announces a body, which need not have come yet."""
    length = response.headers.get("Content-Length", "0")
    return length != "0" or "Transfer-Encoding" in response.headers


def _leftover(body: object) -> bool:
    """Whether bytes beyond the answer were read; no public API says so."""
    part: Any = body
    for name in ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state"):
        part = getattr(part, name, None)
    return part is not None and bool(part.trailing_data[0])
