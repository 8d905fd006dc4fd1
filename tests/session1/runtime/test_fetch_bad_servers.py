"""Fetching from servers that lie, break off or send far more than they announce."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Any

import httpx
import pytest
import zstandard

from session1.runtime.fetch import (
    TRANSIENT,
    BadURL,
    Busy,
    Fetched,
    Fetcher,
    FetchError,
    TooLarge,
    fetch_external_data,
)
from session1.runtime.retry import asked_pause, retries

MOST = 1_000_000
TEXT = b"Meet me at noon. " * 5000
Encode = Callable[[bytes], bytes]
ENCODERS: dict[str, Encode] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.compress,
}


@asynccontextmanager
async def site(pages: dict[str, bytes]) -> AsyncIterator[str]:
    """Answer GET /name with the very bytes of that page; close where it says so."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                name = head.split(b" ", 2)[1].decode().lstrip("/")
                writer.write(pages[name])
                await writer.drain()
                if b"Connection: close" in pages[name]:
                    break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def encoded(encoding: str, body: bytes) -> bytes:
    for name in encoding.split(", "):
        body = ENCODERS[name.lower()](body)
    return answer(body, f"Content-Encoding: {encoding}")


def fetch(*pages: bytes, **options: Any) -> list[Fetched]:
    """Fetch each of the pages."""
    named = {str(n): page for n, page in enumerate(pages)}
    once = {"retry": retries(1), "trust_env": False, "max_bytes": MOST}

    async def main() -> list[Fetched]:
        async with site(named) as base:
            urls = [f"{base}/{name}" for name in named]
            return await fetch_external_data(urls, **once | options)

    return asyncio.run(main())


@cache
def bomb(encoding: str) -> bytes:
    return encoded(encoding, bytes(64 << 20))


BOMBS = ["gzip", "deflate", "zstd", "gzip, gzip", "gzip, zstd", "zstd, zstd, gzip"]


@pytest.mark.parametrize("encoding", BOMBS)
@pytest.mark.parametrize("redirects", [False, True])
def test_a_bomb_takes_no_more_memory_than_an_answer_may_have(
    encoding: str, redirects: bool
) -> None:
    page = bomb(encoding)
    if redirects:  # the body beside a redirect is nobody's
        page = page.replace(b"200 OK", b"302 Found\r\nLocation: /1", 1)
    tracemalloc.start()
    try:
        found, good = fetch(page, answer(b"fine"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    if redirects:
        assert (found.text, found.error) == ("fine", None)
    else:
        assert isinstance(found.error, TooLarge) and found.url in str(found.error)
    assert good.text == "fine"
    assert peak < MOST + 6_000_000


@pytest.mark.parametrize("encoding", [*ENCODERS, *BOMBS[3:], "GZIP", "Zstd, Deflate"])
def test_what_was_encoded_comes_back(encoding: str) -> None:
    (found,) = fetch(encoded(encoding, TEXT))
    assert (found.error, found.body) == (None, TEXT)


RAW = zlib.compressobj(wbits=-15)
ODD = {
    "deflate without a header": ("deflate", RAW.compress(TEXT) + RAW.flush()),
    "two gzip members": ("gzip", gzip.compress(TEXT[:99]) + gzip.compress(TEXT[99:])),
    "padded gzip": ("gzip", gzip.compress(TEXT) + bytes(8)),
    "two zstd frames": ("zstd", b"".join(map(zstandard.compress, (b"", TEXT)))),
    "identity": ("identity", TEXT),
    "identity first": ("identity, gzip", gzip.compress(TEXT)),
    "an empty name": (" , gzip", gzip.compress(TEXT)),
}


@pytest.mark.parametrize("how", ODD)
def test_odd_ways_to_encode(how: str) -> None:
    encoding, body = ODD[how]
    (found,) = fetch(answer(body, f"Content-Encoding: {encoding}"))
    assert (found.error, found.body) == (None, TEXT)


def test_an_answer_of_just_the_most_bytes_is_taken() -> None:
    some = [encoded(name, bytes(MOST)) for name in ENCODERS]
    more = [encoded(name, bytes(MOST + 1)) for name in ENCODERS]
    assert [len(found.body) for found in fetch(*some)] == [MOST] * len(some)
    assert all(isinstance(found.error, TooLarge) for found in fetch(*more))


def test_nothing_at_all_may_claim_any_encoding() -> None:
    found = fetch(*(answer(b"", f"Content-Encoding: {name}") for name in ENCODERS))
    assert [(one.body, one.ok) for one in found] == [(b"", True)] * len(ENCODERS)


WRONG = {
    "cut gzip": ("gzip", gzip.compress(TEXT)[:-9], "ends too early"),
    "cut zstd": ("zstd", zstandard.compress(TEXT)[:-9], "ends too early"),
    "cut deflate": ("deflate", zlib.compress(TEXT)[:-9], "ends too early"),
    "no gzip": ("gzip", TEXT, "is damaged"),
    "no zstd": ("zstd", TEXT, "is damaged"),
    "no deflate": ("deflate", b"\xff" * 99, "is damaged"),
    "brotli": ("br", b"\x0b\x02\x80", "'br' is not one of gzip, deflate, zstd"),
    "unknown": ("x-own", TEXT, "'x-own' is not one of"),
    "too many": (", ".join(["gzip"] * 5000), TEXT, "5000 encodings"),
    "a window of 128 MiB": ("zstd", b"\x28\xb5\x2f\xfd\x00\x88" + bytes(9), "damaged"),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_cannot_be_decoded_is_said(how: str) -> None:
    encoding, body, said = WRONG[how]
    bad, good = fetch(
        answer(body, f"Content-Encoding: {encoding}"), encoded("gzip", TEXT)
    )
    assert isinstance(bad.error, FetchError) and not bad.ok
    assert said in str(bad.error) and bad.url in str(bad.error)
    assert good.body == TEXT


def test_only_what_can_be_decoded_is_asked_for() -> None:
    asked = [Fetcher(), Fetcher(headers={"accept-encoding": "identity", "X": "y"})]
    sent = [fetcher._client.headers["Accept-Encoding"] for fetcher in asked]
    assert sent == ["gzip, deflate, zstd", "identity"]


def test_a_time_limit_holds_while_an_answer_is_decoded() -> None:
    members = gzip.compress(b"") * 400_000  # nothing in them, but each takes time
    page = answer(zstandard.compress(members), "Content-Encoding: gzip, zstd")
    (found,) = fetch(page, timeout=0.2)
    assert isinstance(found.error, TimeoutError) and "0.2 s" in str(found.error)


LYING = {
    "more announced than sent": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n"
    b"Connection: close\r\n\r\nhalf",
    "a chunk that ends too early": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
    b"Connection: close\r\n\r\n9\r\nhalf",
    "a chunk of no size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
    b"Connection: close\r\n\r\nzz\r\nhalf\r\n0\r\n\r\n",
    "no last chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
    b"Connection: close\r\n\r\n4\r\nhalf\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n"
    b"Connection: close\r\n\r\nhalf",
    "a length below zero": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n"
    b"Connection: close\r\n\r\nhalf",
    "no HTTP": b"220 mail.example ESMTP Connection: close\r\n\r\n",
    "an empty line": b"\r\nConnection: close\r\n\r\n",
    "a header of a megabyte": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000,
    "a million headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200_000,
    "a redirect to itself": answer(b"", "Location: /0", status="302 Found"),
    "a redirect to no URL": answer(b"", "Location: http://h:x/", status="302 Found"),
    "a redirect to a file": answer(b"", "Location: file:///etc/x", status="302 Found"),
}


@pytest.mark.parametrize("how", LYING)
def test_a_server_that_lies_is_an_error_of_its_own(how: str) -> None:
    bad, good = fetch(LYING[how], answer(b"fine"))
    assert isinstance(bad.error, httpx.HTTPError), bad
    assert (bad.ok, bad.body) == (False, b"")
    assert (good.text, good.error) == ("fine", None)


def test_both_ways_to_say_the_length() -> None:
    chunked = answer(b"4\r\nhalf\r\n0\r\n\r\n", "Transfer-Encoding: chunked")
    (found,) = fetch(chunked)
    assert (found.text, found.error) == ("half", None)


def test_redirects_may_be_left_to_the_caller() -> None:
    page = answer(b"there", "Location: /nowhere", status="302 Found")
    (found,) = fetch(page, follow_redirects=False)
    assert (found.status, found.text, found.error) == (302, "there", None)


BAD_URLS: list[Any] = [
    "http://h/\ud800", "http://\ud800/", "http://h/?\udfff", "http://h/#\ud800",
    "", " ", "h", "//h/x", "/x", "http:", "http://", "http:///x", "http://:80/",
    "ftp://h/", "file:///etc/x", "mailto:a@b", "data:,x", "javascript:1",
    "http://h:x/", "http://h:-1/", "http://h:0/", "http://h:65536/", "http://[::1",
    "http://a b/", " http://h/", "http://h/\n", "http://h/\x00", "http://xn--/",
    "http://\u2603.net/", "http://" + "a" * 70_000, None, 3, b"http://h/", ["http://h/"],
]  # fmt: skip


def test_bad_urls_cost_nobody_else_and_are_named() -> None:
    async def main() -> list[Fetched]:
        async with site({"": answer(b"fine")}) as base:
            return await fetch_external_data([*BAD_URLS, base], trust_env=False)

    *bad, good = asyncio.run(main())
    assert (good.text, good.error) == ("fine", None)
    for url, one in zip(BAD_URLS, bad, strict=True):
        assert one.url is url and one.tries == 0
        assert isinstance(one.error, BadURL), url
        assert str(one.error).startswith(repr(url)[:200])
        assert len(str(one.error)) < 500
        str(one.error).encode()  # can be written to a log


@pytest.mark.parametrize("urls", ["http://h/", b"http://h/", httpx.URL("http://h/")])
def test_one_url_is_not_a_list(urls: Any) -> None:
    with pytest.raises(TypeError, match="put it into a list"):
        asyncio.run(fetch_external_data(urls))


def test_nothing_stays_of_an_earlier_try() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        answers.append(len(answers))
        if answers == [0]:
            return httpx.Response(503, content=b"busy")
        raise httpx.ConnectError("gone")

    answers: list[int] = []
    retry = retries(2, TRANSIENT, first=0.001)
    (found,) = asyncio.run(
        fetch_external_data(
            ["http://h/"], retry=retry, transport=httpx.MockTransport(handle)
        )
    )
    assert (found.status, found.body, found.tries) == (None, b"", 2)


def test_a_time_out_of_another_is_not_called_ours() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise TimeoutError("of the disk")

    transport = httpx.MockTransport(handle)
    (found,) = asyncio.run(
        fetch_external_data(["http://h/"], retry=retries(1), transport=transport)
    )
    assert str(found.error) == "of the disk"


def pauses(*headers: str, patience: float = 30.0) -> tuple[Fetched, list[float]]:
    """What a busy server with such headers gives, and the pauses before its tries."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    retry = retries(3, TRANSIENT, first=0.001)
    retry.sleep = sleep
    page = answer(b"", *headers, status="503 Busy")
    (found,) = fetch(page, retry=retry, patience=patience)
    return found, slept


def date(seconds: float) -> str:
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    return format_datetime(noon + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        (["Retry-After: 3"], 3),
        (["Retry-After:  3 "], 3),
        (["Retry-After: 1.5"], 1.5),
        (["Retry-After: 30"], 30),
        ([f"Date: {date(0)}", f"Retry-After: {date(7)}"], 7),
    ],
)
def test_a_busy_server_is_not_asked_before_it_wants(
    headers: list[str], asked: float
) -> None:
    found, slept = pauses(*headers)
    assert slept == [asked, asked]
    assert isinstance(found.error, Busy) and found.error.after == asked
    assert (found.tries, found.status) == (3, 503)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["Retry-After: -5"],
        ["Retry-After: soon"],
        ["Retry-After: nan"],
        ["Retry-After:"],
        ["Retry-After: 3", "Retry-After: 4"],
        [f"Date: {date(0)}", f"Retry-After: {date(-60)}"],
        ["Retry-After: Thu, 99 Foo 2026 99:99:99 GMT"],
    ],
)
def test_a_pause_that_says_nothing_of_use_is_our_own(headers: list[str]) -> None:
    found, slept = pauses(*headers)
    assert len(slept) == 2 and max(slept) <= 0.002
    assert found.tries == 3


@pytest.mark.parametrize("value", ["31", "86400", "1e300", "9" * 400, "inf"])
def test_a_server_that_wants_too_long_a_pause_is_not_asked_again(value: str) -> None:
    found, slept = pauses(f"Retry-After: {value}")
    assert (slept, found.tries, found.status) == ([], 1, 503)
    assert "asks for a pause of" in str(found.error)


def test_how_long_is_too_long_is_the_callers_choice() -> None:
    assert pauses("Retry-After: 3", patience=2)[0].tries == 1
    assert pauses("Retry-After: 86400", patience=90_000)[1] == [86400, 86400]


def test_a_date_without_one_of_the_server_is_taken_against_ours() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3500 < asked_pause({"Retry-After": soon}) <= 3600
    naive = soon.replace("GMT", "-0000")
    assert 3500 < asked_pause({"Retry-After": naive}) <= 3600


def test_a_pause_holds_up_no_other_host() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        begun.set()
        await go_on.wait()

    async def main() -> list[Fetched]:
        retry = retries(2, TRANSIENT)
        retry.sleep = sleep
        busy = answer(b"", "Retry-After: 5", status="503 Busy")
        async with (
            site({"": busy}) as one,
            site({"": answer(b"fine")}) as two,
            Fetcher(1, retry=retry, trust_env=False) as fetcher,
        ):
            waiting = asyncio.create_task(fetcher.fetch([one]))
            await begun.wait()
            found = await fetcher.fetch([two])
            go_on.set()
            return found + await waiting

    good, busy = asyncio.run(main())
    assert (good.text, busy.tries) == ("fine", 2)
