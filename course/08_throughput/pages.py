"""Pages to fetch, for the tests of `fetch`: each scene returns what came of it.

A request is a pair, `("GET", "a.org/1")`. The plan of a site says how each try of a
page goes: `ok`, `empty`, `reset`, `broken`, `bad` or `hang`; pages it does not name
are fine.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from session1.virtual_time import now

Fetch = Callable[..., Awaitable[Any]]
Request = tuple[str, str]
TAKES = 1.0  # seconds for a page
HANGS = 4000.0  # for one that hangs


class Site:
    """Hosts that count their visitors."""

    def __init__(self, plan: Mapping[str, Sequence[str]] | None = None) -> None:
        self._plan = {url: list(tries) for url, tries in (plan or {}).items()}
        self.opened = self.closed = 0
        self.sent: list[tuple[str, str, float]] = []  # method, address, second
        self.busy, self.most = Counter[str](), Counter[str]()

    async def connect(self) -> "Session":
        """Open a session."""
        self.opened += 1
        await asyncio.sleep(0)
        return Session(self)


class Session:
    """What sends requests; it is opened once and closed once."""

    def __init__(self, site: Site) -> None:
        self._site, self._open = site, True

    async def send(self, method: str, url: str) -> str:
        """The text of a page, after a while."""
        site, host = self._site, url.split("/")[0]
        if not self._open:
            raise RuntimeError("this session is closed")
        site.sent.append((method, url, now()))
        site.busy[host] += 1
        site.most[host] = max(site.most[host], site.busy[host])
        try:
            tries = site._plan.get(url)
            how = tries.pop(0) if tries else "ok"
            await asyncio.sleep(HANGS if how == "hang" else TAKES)
        finally:
            site.busy[host] -= 1
        if how == "reset":
            raise ConnectionResetError("the connection broke")
        if how == "broken":
            raise ConnectionError("the connection is gone")
        if how == "bad":
            raise ValueError("no such page")
        if how == "locked":
            raise PermissionError("not for you")
        return "" if how == "empty" else f"{method} {url}"

    async def close(self) -> None:
        """Let go of the connections."""
        self._open = False
        self._site.closed += 1


def text(method: str, url: str) -> dict[str, Any]:
    """The end of a request that went well."""
    return {"ok": True, "text": f"{method} {url}"}


def error(name: str) -> dict[str, Any]:
    """The end of one that did not."""
    return {"ok": False, "error": name}


def half() -> float:
    """A draw that is always the same."""
    return 0.5


def gets(*urls: str) -> list[Request]:
    """Reading requests."""
    return [("GET", url) for url in urls]


def posts_again(urls: Sequence[str]) -> list[Request]:
    """Reads each address, and writes to it each time it comes again."""
    return [("POST" if u in urls[:i] else "GET", u) for i, u in enumerate(urls)]


async def one_session(fetch: Fetch, urls: Sequence[str]) -> Any:
    """Several pages, of which one that comes again is a `POST`, and no pages."""
    site, none = Site(), Site()
    found = await fetch(posts_again(urls), site.connect, 2, 9, 1, half)
    nothing = await fetch([], none.connect, 2, 9, 1, half)
    return {
        "results": found,
        "sent": len(site.sent),
        "sessions opened": site.opened,
        "and closed": site.closed,
        "of nothing": nothing,
        "left open by nothing": none.opened - none.closed,
    }


def from_one(*urls: str) -> dict[str, Any]:
    """What `one_session` has to come to."""
    found = [text(*request) for request in posts_again(urls)]
    counts = {"sent": len(urls), "sessions opened": 1, "and closed": 1}
    return {
        "results": found,
        **counts,
        "of nothing": [],
        "left open by nothing": 0,
    }


async def by_host(fetch: Fetch, counts: Mapping[str, int], per_host: int) -> Any:
    """So many pages of each host: the most at a time at one, and the seconds."""
    site = Site()
    urls = [f"{host}/{'ab'[i % 2]}/{i}" for host, n in counts.items() for i in range(n)]
    found = await fetch(gets(*urls), site.connect, per_host, 99, 1, half)
    good = sum(x == text("GET", url) for x, url in zip(found, urls, strict=True))
    return {
        "good": good,
        "most at one host": max(site.most.values()),
        "seconds": round(now(), 6),
    }


def hosted(counts: Mapping[str, int], per_host: int) -> dict[str, Any]:
    """What `by_host` has to come to."""
    rounds = -(-max(counts.values()) // per_host)
    most = min(per_host, max(counts.values()))
    return {
        "good": sum(counts.values()),
        "most at one host": most,
        "seconds": rounds * TAKES,
    }


async def apart(fetch: Fetch, hows: Sequence[str], deadline: float) -> Any:
    """Pages of which some break, are not there or hang; one try each."""
    urls = [f"a.org/{i}" for i in range(len(hows))]
    site = Site({url: [how] for url, how in zip(urls, hows, strict=True)})
    found = await fetch(gets(*urls), site.connect, len(urls), deadline, 1, half)
    return {"results": found, "seconds": round(now(), 6), "closed": site.closed}


ENDS = {"reset": "ConnectionResetError", "bad": "ValueError", "hang": "TimeoutError"}


def ended(hows: Sequence[str], deadline: float) -> dict[str, Any]:
    """What `apart` has to come to."""
    found = [
        text("GET", f"a.org/{i}") if how == "ok" else error(ENDS[how])
        for i, how in enumerate(hows)
    ]
    last = deadline if "hang" in hows else TAKES
    return {"results": found, "seconds": float(last), "closed": 1}


async def patient(fetch: Fetch, hang: int, deadline: float) -> Any:
    """The line at a host counts for no deadline: many pages, one at a time."""
    site = Site()
    urls = [f"a.org/{i}" for i in range(hang)]
    found = await fetch(gets(*urls), site.connect, 1, deadline, 1, half)
    return {"good": sum(x["ok"] for x in found)}


async def again(
    fetch: Fetch, plan: Mapping[str, Sequence[str]], requests: Any, tries: int
) -> Any:
    """How often each request is sent when tries fail, and how it ends."""
    site = Site(plan)
    found = await fetch(list(requests), site.connect, 99, 9, tries, half)
    sent = Counter((method, url) for method, url, _ in site.sent)
    ends = [x.get("error", "ok") for x in found]
    # who opens one for each has lost the points for that elsewhere
    each = site.opened == len(requests) or site.opened >= len(site.sent)
    opened = 1 if each else site.opened
    tries_of = {
        f"{method} {url}": [end, sent[method, url]]
        for (method, url), end in zip(requests, ends, strict=True)
    }
    return {"sessions opened": opened, **tries_of}


async def pauses(fetch: Fetch, draws: Sequence[float], resets: int) -> Any:
    """The pauses between the tries of one page that breaks so often.

    Then those of one that never comes: one draw for each pause, and no more. And two
    pages of one host, of which the first one breaks.
    """
    site, drawn = Site({"a.org/1": ["reset"] * resets}), iter(draws)
    await fetch(gets("a.org/1"), site.connect, 1, 9, resets + 1, lambda: next(drawn, 9))
    times = [at for *_, at in site.sent]
    found = [round(b - a - TAKES, 6) for a, b in pairwise(times)]
    lots = list[float]()

    def draw() -> float:
        lots.append(0.5)
        return 0.5

    dead = Site({"a.org/1": ["reset"] * 99})
    with contextlib.suppress(Exception):  # it has lost its points for that elsewhere
        await fetch(gets("a.org/1"), dead.connect, 1, 9, resets, draw)
    two = Site({"a.org/1": ["reset"]})
    began = now()
    with contextlib.suppress(Exception):  # it has lost its points for that elsewhere
        await fetch(gets("a.org/1", "a.org/2"), two.connect, 1, 9, 2, half)
    second = [at - began for _, url, at in two.sent if url == "a.org/2"]
    held = bool(second) and round(second[0], 6) > TAKES
    drawn_last = {"draws for the last": len(lots)}
    return {"pauses": found, **drawn_last, "turn held in a pause": held}


def paused(draws: Sequence[float]) -> dict[str, Any]:
    """What `pauses` has to come to: half a second at most, then twice that, ..."""
    found = [round(draw * 0.5 * 2**n, 6) for n, draw in enumerate(draws)]
    draws_for = {"draws for the last": len(draws) - 1}
    return {"pauses": found, **draws_for, "turn held in a pause": False}


async def given_up(fetch: Fetch, after: float) -> Any:
    """Somebody cancels it all: what is open, and what still runs a moment later."""
    site = Site({"a.org/1": ["hang"]})
    urls = ["a.org/1", "b.org/1", "c.org/1"]
    call = fetch(gets(*urls), site.connect, 2, 99, 3, half)
    task = asyncio.ensure_future(call)
    await asyncio.sleep(after)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0.001)
    running = sum(site.busy.values())
    return {"sessions opened": site.opened, "and closed": site.closed, "runs": running}


GIVEN_UP = {"sessions opened": 1, "and closed": 1, "runs": 0}


def _about_session(got: Any, right: Any) -> str:
    if got["sessions opened"] > 1:
        return "one session for all requests: connect once, before the first"
    if got["results"] != right["results"]:
        return "one dict for each request, in their order"
    if got["sent"] != right["sent"]:
        return (
            "each request is sent, though another looks the same: two orders, two teas"
        )
    if got["and closed"] != 1:
        return "close the session in `finally`"
    return "no requests, no results; a session that was opened is closed"


def _about_given_up(got: Any, right: Any) -> str:
    if got["runs"] and got["and closed"] == 1:
        return "who cancels you has to reach your tasks, too: `gather` passes it on"
    return "close the session in `finally`"


def _about_hosts(got: Any, right: Any) -> str:
    if got["most at one host"] > right["most at one host"]:
        return "a semaphore for each host, which is what stands before the first `/`"
    if got["seconds"] > right["seconds"]:
        return "hosts do not wait for one another: each has a semaphore of its own"
    return "`per_host` says how many may be at one host at a time"


def _about_ends(got: Any, right: Any) -> str:
    pairs = zip(got["results"], right["results"], strict=False)
    if got["seconds"] >= HANGS:
        return "`async with asyncio.timeout(deadline):` around each `send`"
    if any(x.get("ok") is True and not want["ok"] for x, want in pairs):
        return "one try each here: `tries` counts the first one, too"
    if right["seconds"] < got["seconds"] <= right["seconds"] + 1:
        return "no pause after the last try: nobody waits for anything then"
    if got["seconds"] > right["seconds"]:
        return "`async with asyncio.timeout(deadline):` around each `send`"
    if got["closed"] != 1:
        return "close the session in `finally`"
    return "catch inside each request: `error` is the name, `type(e).__name__`"


def _about_again(got: Any, right: Any) -> str:
    if got["sessions opened"] != 1:
        return "all tries go through the one session"
    for request, (end, sent) in list(right.items())[1:]:
        found = got.get(request, ["", 0])
        if not request.startswith("GET") and found[1] > sent:
            return f"{request} was sent {found[1]} times: it may have acted each time"
        if end == "PermissionError" and found[1] > sent:
            return "try again after ConnectionError or TimeoutError, not each OSError"
        if end == "ValueError" and found[1] > sent:
            return "a page that is not there is not there a second later, either"
        if found[1] < sent:
            return f"{request} reads: up to `tries` tries while it breaks or hangs"
        if found[0] == "TimeoutError" != end:
            return f"{request}: each `send` has a deadline of its own"
        if found[1] > sent and request.endswith("empty"):
            return "an empty page is an answer, and is sent once"
        if found[1] > sent:
            return f"{request}: `tries` counts the first try, too"
        if found[0] != end:
            return "the last error is the result, and a try that goes well is an answer"
    return ""


def _about_pauses(found: Any, wanted: Any) -> str:
    got, right = found["pauses"], wanted["pauses"]
    if found["turn held in a pause"]:
        return "give the turn at the host back first, and pause then"
    if got == right:
        return "one draw for each pause, and none after the last try"
    if not got or len(got) < len(right):
        return "each reset is followed by a pause and another try"
    if found["draws for the last"] < wanted["draws for the last"]:
        return "each pause is drawn anew: a `draw()` for each, times `0.5 * 2**n`"
    if any(x == 0 for x in got):
        return "a pause before every try but the first: `await asyncio.sleep(...)`"
    if got[0] != right[0]:
        return "the first pause is `draw() * 0.5` seconds"
    return "each pause may be twice as long as the one before: `draw() * 0.5 * 2**n`"


LOOKS: dict[Callable[..., Any], Callable[[Any, Any], str]] = {
    one_session: _about_session,
    by_host: _about_hosts,
    apart: _about_ends,
    patient: lambda got, right: (
        "take the place at the host first, then start the clock"
    ),
    again: _about_again,
    pauses: _about_pauses,
    given_up: _about_given_up,
}
PLAN = {
    "a.org/twice": ["reset", "reset"],
    "a.org/slow": ["hang", "ok"],
    "a.org/gone": ["broken", "ok"],
    "a.org/dead": ["reset", "reset", "hang"],
    "a.org/none": ["bad"] * 9,
    "a.org/door": ["locked"] * 9,
    "a.org/order": ["reset"] * 9,
    "a.org/note": ["reset"] * 9,
    "a.org/empty": ["empty"] * 9,
}
ASKED = [
    ("GET", "a.org/twice"),
    ("GET", "a.org/slow"),
    ("GET", "a.org/gone"),
    ("GET", "a.org/dead"),
    ("GET", "a.org/none"),
    ("GET", "a.org/door"),
    ("POST", "a.org/order"),
    ("PUT", "a.org/note"),
    ("GET", "a.org/empty"),
]
AGAIN: dict[str, Any] = {
    "sessions opened": 1,
    "GET a.org/twice": ["ok", 3],
    "GET a.org/slow": ["ok", 2],
    "GET a.org/gone": ["ok", 2],
    "GET a.org/dead": ["TimeoutError", 3],
    "GET a.org/none": ["ValueError", 1],
    "GET a.org/door": ["PermissionError", 1],
    "POST a.org/order": ["ConnectionResetError", 1],
    "PUT a.org/note": ["ConnectionResetError", 1],
    "GET a.org/empty": ["ok", 1],
}

CASES: list[tuple[str, str, Callable[..., Any], list[Any], Any]] = [
    (
        "one session for all pages",
        "`session = await connect()`, once; close it in `finally`",
        one_session,
        [["a.org/1", "b.org/1", "a.org/1", "a.org/1"]],
        from_one("a.org/1", "b.org/1", "a.org/1", "a.org/1"),
    ),
    (
        "the session is closed when somebody gives up",
        "close it in `finally`",
        given_up,
        [0.5],
        GIVEN_UP,
    ),
    (
        "so many at one host and the others do not wait",
        "a dict of semaphores, one for each host",
        by_host,
        [{"a.org": 4, "b.org": 1, "a.org:81": 2}, 2],
        hosted({"a.org": 4, "b.org": 1, "a.org:81": 2}, 2),
    ),
    (
        "a page that fails or hangs costs only itself",
        "catch inside each request, which has a deadline of its own",
        apart,
        [["ok", "reset", "hang", "bad", "ok"], 4],
        ended(["ok", "reset", "hang", "bad", "ok"], 4),
    ),
    (
        "the line at a host counts for no deadline",
        "take the place at the host first, then start the clock",
        patient,
        [6, 2],
        {"good": 6},
    ),
    (
        "what reads is tried again and nothing else",
        "GET only, and only after a ConnectionError or TimeoutError",
        again,
        [PLAN, ASKED, 3],
        AGAIN,
    ),
    (
        "pauses grow and are drawn by lot",
        "`await asyncio.sleep(draw() * 0.5 * 2**n)` before try n + 2",
        pauses,
        [[0.5, 0.25, 1.0], 3],
        paused([0.5, 0.25, 1.0]),
    ),
]


def look_at(scene: Callable[..., Any], got: Any, right: Any) -> str:
    """Where to look: what is wrong in what came of a scene."""
    return LOOKS[scene](got, right)
