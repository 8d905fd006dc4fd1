"""Fetching many URLs from a real server whose pages misbehave."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from session1.demo.local_site import Site, local_site
from session1.runtime.fetch import (
    TRANSIENT,
    Busy,
    Fetched,
    Fetcher,
    TooLarge,
    fetch_all,
    fetch_external_data,
)
from session1.runtime.retry import retries

SOON: dict[str, Any] = {
    "retry": retries(3, TRANSIENT, first=0.001),
    "trust_env": False,
}


def run(use: Callable[[Site], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        async with local_site() as site:
            return await use(site)

    return asyncio.run(main())


def fetch(*paths: str, **options: Any) -> tuple[list[Fetched], Site]:
    async def use(site: Site) -> tuple[list[Fetched], Site]:
        urls = [site.url(path) for path in paths]
        return await fetch_external_data(urls, **SOON | options), site

    return run(use)


def test_answers_come_in_order_and_errors_alone() -> None:
    found, site = fetch(
        "slow/0.05", "text/b", "hang/", "reset/", "text/e", "nowhere", timeout=0.5
    )
    assert [f.text for f in found[:2]] == ["slow", "b"]
    assert isinstance(found[2].error, TimeoutError)
    assert "0.5 s" in str(found[2].error) and found[2].url in str(found[2].error)
    assert isinstance(found[3].error, httpx.RemoteProtocolError)
    assert [f.ok for f in found] == [True, True, False, False, True, False]
    assert (found[5].status, found[5].error) == (404, None)
    assert site.asked["hang/"] == site.asked["reset/"] == 3
    assert site.asked["nowhere"] == site.asked["text/b"] == 1


def test_a_busy_server_is_asked_again() -> None:
    found, _ = fetch("twice/a", "status/503", "status/500")
    assert (found[0].text, found[0].tries) == ("third", 3)
    assert isinstance(found[1].error, Busy) and found[1].status == 503
    assert (found[2].status, found[2].tries) == (500, 1)  # would be no better later


def test_a_huge_answer_is_dropped_as_soon_as_it_is_too_large() -> None:
    found, _ = fetch("huge/100000000", "huge/100000", "text/a", max_bytes=100_000)
    assert isinstance(found[0].error, TooLarge) and found[0].tries == 1
    assert (len(found[1].body), found[2].text) == (100_000, "a")


def test_redirects_are_followed_but_not_for_ever() -> None:
    found, _ = fetch("to/text/there", "to/to/text/there", *(["to/" * 9 + "text/far"]))
    assert [f.text for f in found[:2]] == ["there", "there"]
    assert isinstance(found[2].error, httpx.TooManyRedirects)


@pytest.mark.parametrize(
    ("options", "peak"),
    [({"limit": 3}, 3), ({"per_host": 2}, 2), ({"per_host": 50, "limit": 7}, 7)],
)
def test_no_more_at_a_time_than_there_may_be(
    options: dict[str, int], peak: int
) -> None:
    found, site = fetch(*(f"slow/0.01/{i}" for i in range(20)), **options)
    assert all(f.ok for f in found)
    assert 1 < site.peak <= peak


def test_nor_at_one_host_by_several_calls_together() -> None:
    async def use(site: Site) -> int:
        async with Fetcher(per_host=2, **SOON) as fetcher:
            some = [[site.url(f"slow/0.01/{n}{i}") for i in range(4)] for n in range(3)]
            await asyncio.gather(*(fetcher.fetch(urls) for urls in some))
        return site.peak

    assert run(use) == 2


def test_a_slow_host_does_not_hold_up_another() -> None:
    async def use(site: Site) -> list[Fetched]:
        async with local_site() as other:
            slow = [site.url(f"hang/{i}") for i in range(4)]
            quick = [other.url(f"text/{i}") for i in range(4)]
            async with Fetcher(4, 2, 30, **SOON) as fetcher:
                stuck = asyncio.create_task(fetcher.fetch(slow))
                found = await fetcher.fetch(quick)
                stuck.cancel()
                await asyncio.wait([stuck])
                return found

    assert [f.text for f in run(use)] == ["0", "1", "2", "3"]


def test_a_cancelled_fetch_ends_its_requests() -> None:
    async def use(site: Site) -> int:
        async with Fetcher(**SOON) as fetcher:
            work = asyncio.create_task(fetcher.fetch([site.url("hang/")]))
            while not site.now:
                await asyncio.sleep(0.005)
            work.cancel()
            await asyncio.wait([work])
            while site.now:  # the server notices that we have gone
                await asyncio.sleep(0.005)
            return (await fetcher.fetch([site.url("text/a")]))[0].status or 0

    assert run(use) == 200


@pytest.mark.parametrize(
    "url", ["", "nonsense", "ftp://127.0.0.1/x", "http://", "http://[::1", "a\x00b"]
)
def test_a_bad_url_is_an_error_of_its_own(url: str) -> None:
    async def use(site: Site) -> list[Fetched]:
        return await fetch_external_data([url, site.url("text/a")], **SOON)

    bad, good = run(use)
    assert bad.error is not None and not bad.ok and bad.tries <= 1
    assert good.text == "a"


def test_nobody_there_is_an_error_after_all_tries() -> None:
    async def use(site: Site) -> str:
        return site.url("text/a")

    (found,) = fetch_all([run(use)], **SOON)  # the site is gone
    assert isinstance(found.error, httpx.ConnectError)
    assert found.tries == 3


def test_plain_code_in_a_notebook() -> None:
    async def use(site: Site) -> list[Fetched]:
        # a cell runs inside a loop; the site answers from it meanwhile
        return await asyncio.to_thread(fetch_all, [site.url("text/a")], **SOON)

    assert run(use)[0].text == "a"

    async def inside() -> list[Fetched]:
        return fetch_all([])

    assert asyncio.run(inside()) == []


def test_unknown_encodings_and_wrong_bytes_are_readable() -> None:
    assert Fetched("", 200, b"caf\xe9").text == "caf\ufffd"
    assert Fetched("", 200, b"caf\xe9", "latin-1").text == "café"
    for no_text in ("base64", "idna"):  # Python has these, for other ends
        assert Fetched("", 200, b"caf\xe9", no_text).text == "caf\ufffd"


@pytest.mark.parametrize("name", ["limit", "per_host", "timeout", "max_bytes"])
def test_limits_are_checked(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Fetcher(**{name: 0})
