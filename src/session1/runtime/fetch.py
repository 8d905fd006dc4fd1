"""Fetch many URLs at once over one client, politely, and whatever some of them do."""

import asyncio
import codecs
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Self
from weakref import WeakValueDictionary

import httpx
from tenacity import AsyncRetrying

from session1.limits import positive, positive_int
from session1.runtime.batch import GiveUp, run_batch
from session1.runtime.retry import retries
from session1.runtime.sync import run_sync

BUSY = frozenset({429, 502, 503, 504})  # answers that may be another one later


class FetchError(RuntimeError):
    """A URL did not give an answer that can be used."""


class TooLarge(FetchError):
    """An answer had more bytes than it may have."""


class Busy(FetchError):
    """The server asked to come back later."""


# not all of httpx.TransportError: a scheme it does not speak is none a second later
TRANSIENT = (
    httpx.TimeoutException,
    httpx.NetworkError,
    httpx.ProxyError,
    httpx.RemoteProtocolError,
    TimeoutError,
    Busy,
)


@dataclass(slots=True)
class Fetched:
    """What a URL gave: an answer, or the error why there is none."""

    url: str
    status: int | None = None
    body: bytes = b""
    encoding: str = "utf-8"
    error: Exception | None = None
    tries: int = 0
    seconds: float = 0.0  # all tries and their pauses, without the wait for a turn

    @property
    def ok(self) -> bool:
        """Whether there is an answer, with a status below 400."""
        return self.error is None and self.status is not None and self.status < 400

    @property
    def text(self) -> str:
        """The body as text; as UTF-8 if the server named no encoding of text."""
        try:
            return self.body.decode(self.encoding, errors="replace")
        except (LookupError, UnicodeError):  # such as base64, or idna
            return self.body.decode(errors="replace")


class Fetcher:
    """One client for many URLs: `limit` at a time, `per_host` of them at one host.

    `timeout` is for one try, from its beginning to the last byte, in seconds. Tries
    that failed at the network, took too long or met a busy server are made again.
    `options` go to `httpx.AsyncClient`.
    """

    def __init__(
        self,
        limit: int = 20,
        per_host: int = 6,
        timeout: float = 10.0,
        max_bytes: int = 10_000_000,
        *,
        retry: AsyncRetrying | None = None,
        clock: Callable[[], float] = time.monotonic,
        **options: Any,
    ) -> None:
        self.limit = positive_int("limit", limit)
        self.per_host = positive_int("per_host", per_host)
        self.timeout = positive("timeout", timeout)
        self.max_bytes = positive_int("max_bytes", max_bytes)
        self._retry = retry or retries(3, TRANSIENT)
        self._clock = clock
        self._places = asyncio.Semaphore(limit)
        # by host, for all calls of `fetch` that go on, and no longer
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        pool = httpx.Limits(max_connections=limit, max_keepalive_connections=limit)
        known: dict[str, Any] = {
            "follow_redirects": True,
            "max_redirects": 5,
            "limits": pool,
        }
        self._client = httpx.AsyncClient(**known | {"timeout": timeout} | options)

    async def fetch(self, urls: Iterable[str]) -> list[Fetched]:
        """What each URL gave, in the order of `urls`; a bad one costs no other."""
        results = [Fetched(url) for url in urls]
        hosts: defaultdict[str, list[Fetched]] = defaultdict(list)
        for result in results:
            hosts[_host(result.url)].append(result)
        async with asyncio.TaskGroup() as group:
            for host, some in hosts.items():
                turns = self._turns.setdefault(host, asyncio.Semaphore(self.per_host))
                work = partial(self._fill, turns)
                group.create_task(run_batch(work, some, self.per_host))
        return results

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def _fill(
        self, turns: asyncio.Semaphore, result: Fetched, give_up: GiveUp
    ) -> None:
        async with turns, self._places:  # who waits for a host holds no place
            begin = self._clock()
            try:
                await self._retry.copy()(self._try, result)
            except Exception as e:
                result.error = e
            finally:
                result.seconds = self._clock() - begin

    async def _try(self, result: Fetched) -> None:
        result.tries += 1
        scope = asyncio.timeout(self.timeout)
        try:
            async with scope, self._client.stream("GET", result.url) as response:
                result.status = response.status_code
                result.encoding = _known(response.charset_encoding)
                result.body = await self._body(response)
        except TimeoutError as e:
            late = f"no complete answer within {self.timeout:g} s: {result.url}"
            raise TimeoutError(late) from e
        if result.status in BUSY:
            raise Busy(f"the server is busy, it answered {result.status}: {result.url}")

    async def _body(self, response: httpx.Response) -> bytes:
        """The body, decompressed; TooLarge as soon as it is."""
        parts, size = [], 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self.max_bytes:
                raise TooLarge(f"more than {self.max_bytes:,} bytes: {response.url}")
            parts.append(part)
        return b"".join(parts)


async def fetch_external_data(urls: Iterable[str], **options: Any) -> list[Fetched]:
    """What each URL gave, in their order; `options` as of `Fetcher`."""
    async with Fetcher(**options) as fetcher:
        return await fetcher.fetch(urls)


def fetch_all(urls: Iterable[str], **options: Any) -> list[Fetched]:
    """`fetch_external_data` for plain code, also in a notebook."""
    return run_sync(fetch_external_data(urls, **options))


def _host(url: str) -> str:
    """Whom a URL asks; a bad one is its own, and told when it is tried."""
    try:
        return httpx.URL(url).netloc.decode()
    except (httpx.InvalidURL, TypeError):
        return ""


def _known(encoding: str | None) -> str:
    """The encoding that was declared, if Python has it."""
    try:
        return codecs.lookup(encoding or "utf-8").name
    except LookupError:
        return "utf-8"
