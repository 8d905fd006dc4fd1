"""Fetch many URLs at once over one client, politely, and whatever some of them do."""

import asyncio
import codecs
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any, Self
from weakref import WeakValueDictionary

import httpx
from tenacity import AsyncRetrying

from session1.limits import positive, positive_int
from session1.runtime.batch import GiveUp, run_batch
from session1.runtime.decoding import OFFERED, Decoder, Undecodable
from session1.runtime.fetch_errors import BadURL, Busy, FetchError, TooLarge, checked
from session1.runtime.retry import asked_pause, heeding, retries
from session1.runtime.sync import run_sync

BUSY = frozenset({429, 502, 503, 504})  # answers that may be another one later
TURN = 0.005  # seconds that decoding may keep the loop to itself


# not all of httpx.TransportError: a scheme it does not speak is none a second later
TRANSIENT = (
    httpx.TimeoutException,
    httpx.NetworkError,
    httpx.ProxyError,
    httpx.RemoteProtocolError,
    TimeoutError,
    Busy,
)
BODILESS = frozenset({204, 304})


@dataclass(slots=True)
class Fetched:
    """The outcome of a URL: an answer, or an error."""

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
    that failed at the network, took too long or met a busy server are made again. A
    server may ask for a pause of up to `patience` seconds before (Retry-After). One
    that asks for more is not asked again. `max_bytes` is what a decoded body may have.
    `retry` says how often a try is made again, see `retries`. `clock` times the tries.
    `options` go to `httpx.AsyncClient`.
    """

    def __init__(
        self,
        limit: int = 20,
        per_host: int = 6,
        timeout: float = 10.0,
        max_bytes: int = 10_000_000,
        *,
        patience: float = 30.0,
        retry: AsyncRetrying | None = None,
        clock: Callable[[], float] = time.monotonic,
        **options: Any,
    ) -> None:
        self.limit = positive_int("limit", limit)
        self.per_host = positive_int("per_host", per_host)
        self.timeout = positive("timeout", timeout)
        self.max_bytes = positive_int("max_bytes", max_bytes)
        self.patience = positive("patience", patience)
        self._retry = heeding(retry or retries(3, TRANSIENT), patience)
        self._clock = clock
        self._places = asyncio.Semaphore(limit)
        # by host, for all calls of `fetch` that go on, and no longer
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        pool = httpx.Limits(max_connections=limit, max_keepalive_connections=limit)
        known: dict[str, Any] = {
            "timeout": timeout,
            "follow_redirects": True,
            "max_redirects": 5,
            "limits": pool,
        }
        headers = httpx.Headers({"Accept-Encoding": OFFERED})
        headers.update(options.pop("headers", None))
        self._client = client = httpx.AsyncClient(**known | options, headers=headers)
        hooks = client.event_hooks
        client.event_hooks = {**hooks, "response": [guard, *hooks["response"]]}

    async def fetch(self, urls: Iterable[str]) -> list[Fetched]:
        """Return the outcome of each URL in order; a bad one costs no other."""
        if isinstance(urls, (str, bytes, httpx.URL)) or not isinstance(urls, Iterable):
            raise TypeError(f"urls is a list of URLs, not {urls!r}: put it into a list")
        if self._client.is_closed:
            raise RuntimeError("this Fetcher is closed: make another")
        results = [Fetched(url) for url in urls]
        hosts: defaultdict[str, list[Fetched]] = defaultdict(list)
        for result in results:
            try:
                hosts[checked(result.url).netloc.decode()].append(result)
            except BadURL as e:
                result.error = e
        async with asyncio.TaskGroup() as group:
            for host, some in hosts.items():
                turns = self._turns.setdefault(host, asyncio.Semaphore(self.per_host))
                work = partial(self._fill, turns)
                group.create_task(run_batch(work, some, self.per_host))
        return results

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._client.__aexit__(*error)

    async def _fill(
        self, turns: asyncio.Semaphore, result: Fetched, give_up: GiveUp
    ) -> None:
        async with turns:
            begin = self._clock()
            try:
                await self._retry.copy()(self._try, result)
            except Exception as e:
                result.error = e
            finally:
                result.seconds += self._clock() - begin

    async def _try(self, result: Fetched) -> None:
        begin = self._clock()
        async with self._places:  # not while it pauses, or waits for a host
            result.seconds -= self._clock() - begin
            await self._one_try(result)

    async def _one_try(self, result: Fetched) -> None:
        result.tries += 1
        result.status, result.body = None, b""  # nothing of an earlier try
        try:
            async with (
                asyncio.timeout(self.timeout) as scope,
                self._answer(result.url) as response,
            ):
                result.status = response.status_code
                result.encoding = _known(response.charset_encoding)
                result.body = await self._body(response)
        except TimeoutError as e:
            if not scope.expired():
                raise
            late = f"no complete answer within {self.timeout:g} s: {result.url}"
            raise TimeoutError(late) from e
        if result.status in BUSY:
            raise _busy(response)

    @asynccontextmanager
    async def _answer(self, url: str) -> AsyncIterator[httpx.Response]:
        """The answer at the end of all redirects, whose own bodies are not read.

        httpx would read them, however large they are.
        """
        request = self._client.build_request("GET", url)
        for _ in range(self._client.max_redirects + 1):
            response = await self._client.send(
                request, stream=True, follow_redirects=False
            )
            try:
                following = self._client.follow_redirects and response.next_request
                if not following:
                    yield response
                    return
                request = following
            finally:
                await response.aclose()
        raise httpx.TooManyRedirects(f"too many redirects from {url}", request=request)

    async def _body(self, response: httpx.Response) -> bytes:
        """The body, decoded in steps; TooLarge before there is more than may be."""
        loop, body = asyncio.get_running_loop(), BytesIO()
        begin = loop.time()
        encodings = response.headers.get("Content-Encoding", "")
        source = response.aiter_raw()
        if response.is_stream_consumed:  # read and decoded already, as by a hook
            encodings, source = "", response.aiter_bytes()
        try:
            decoder = Decoder(encodings)
            async for data in source:
                for part in decoder.steps(data):
                    if body.tell() + len(part) > self.max_bytes:
                        most = f"more than {self.max_bytes:,} bytes: {response.url}"
                        raise TooLarge(most)
                    body.write(part)
                    if loop.time() - begin > TURN:
                        await asyncio.sleep(0)  # for others, and for our own timeout
                        begin = loop.time()
            decoder.close()
        except Undecodable as e:
            raise FetchError(f"{e}: {response.url}") from e
        return body.getvalue()  # without a copy


async def fetch_external_data(urls: Iterable[str], **options: Any) -> list[Fetched]:
    """Fetch the URLs and return their outcomes in order; `options` as of `Fetcher`."""
    async with Fetcher(**options) as fetcher:
        return await fetcher.fetch(urls)


def fetch_all(urls: Iterable[str], **options: Any) -> list[Fetched]:
    """`fetch_external_data` for plain code, also in a notebook."""
    return run_sync(fetch_external_data(urls, **options))


def _busy(response: httpx.Response) -> Busy:
    """Return the error for a busy server, with the pause it asks for."""
    after = asked_pause(response.headers)
    later = f" and asks for a pause of {after:,.0f} s" if after else ""
    what = f"the server is busy, it answered {response.status_code}{later}"
    return Busy(f"{what}: {response.url}", after)


def _known(encoding: str | None) -> str:
    """The encoding that was declared, if Python has it."""
    try:
        return codecs.lookup(encoding or "utf-8").name
    except (LookupError, ValueError):  # no such name, or none that could be one
        return "utf-8"


class OneAnswer(httpx.AsyncByteStream):
    """The body of `response`, whose connection is closed if anything follows it.

    httpcore would take what follows for the answer to the next request.
    """

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
