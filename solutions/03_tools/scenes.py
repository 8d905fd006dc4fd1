"""Short scenes for a tool agent, for its tests: each returns what came of it.

`make(tools, **settings)` gives the agent. Everything is counted on virtual time.
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from session1.llm.client import Reply
from session1.tool import Tool
from session1.virtual_time import now

Make = Callable[..., Any]
SLEEPS = partial(time.sleep, 1)  # so long that the deadline comes first
FATES = (0, 1, 3, 9, 11, 12, 13, 15)  # seconds at which one call is made again


class Shop:
    """Tools that note each of their runs; the first ones fail with `errors`."""

    def __init__(self, errors: Sequence[type[Exception]] = (), loops: Any = asyncio):
        self.errors, self.loops = errors, loops
        self.runs: list[tuple[str, Any, float]] = []

    @property
    def tools(self) -> list[Tool]:
        """Two whose results may be kept, two that must run, two that hang."""
        return [
            Tool("price", "what an item costs", self.price, cacheable=True),
            Tool("stock", "where an item is", self.stock, cacheable=True),
            Tool("count", "how many there are", self.count),
            Tool("order", "order an item", self.order),
            Tool("wait", "wait for the courier", self.wait),
            Tool("watch", "what the camera sees", self.watch, cacheable=True),
        ]

    async def price(self, item: Any) -> Any:
        """What it costs, as a list inside a dict."""
        self.runs.append(("price", item, now()))
        await asyncio.sleep(2)
        if len(self.runs) <= len(self.errors):
            raise self.errors[len(self.runs) - 1]("the shop is shut")
        return {"euros": [len(str(item))]}

    async def stock(self, item: Any, shelf: Any = "") -> str:
        """Both parameters in one text."""
        self.runs.append(("stock", item, now()))
        await asyncio.sleep(2)
        return f"{item} is on {shelf}"

    def count(self, item: Any, shelf: Any = "") -> str:
        """Both, and where it ran: a plain function, which holds up whoever runs it."""
        try:
            self.loops.get_running_loop()
        except RuntimeError:
            return f"{item} on {shelf}, counted on a thread"
        return f"{item} on {shelf}, counted on the loop, which stood still"

    async def order(self, item: Any) -> int:
        """The number of the order."""
        self.runs.append(("order", item, now()))
        number = len(self.runs)
        await asyncio.sleep(1)
        if item is None:
            raise ValueError("nothing to order")
        return number

    async def wait(self, item: Any) -> None:
        """Never ends, as far as anybody can wait."""
        self.runs.append(("wait", item, now()))
        await asyncio.sleep(40_000)

    async def watch(self, item: Any) -> None:
        """The same, for a result that might be kept."""
        await self.wait(item)


async def _end(call: Awaitable[Any]) -> Any:
    """What a call gives, or the name of its error."""
    try:
        return await call
    except (Exception, asyncio.CancelledError) as error:
        return type(error).__name__


def _apply(value: Any, work: Callable[[Any], Any]) -> None:
    work(value)


def _itself(value: Any) -> Any:
    return value


async def plain_function(
    make: Make, item: Any, shelf: Any, loops: Any = asyncio
) -> Any:
    """What a coroutine and a tool that blocks make of two parameters, and where."""
    agent, found = make(Shop(loops=loops).tools), []
    for name in ("stock", "count"):
        end = await agent.run_tool(name, {"shelf": shelf, "item": item})
        if close := getattr(end, "close", None):  # a coroutine, which nobody awaited
            close()
            end = "a coroutine"
        found.append(end)
    return found


async def hanging(make: Make, deadline: float, blocks: Any = SLEEPS) -> Any:
    """How calls of tools that hang end, and when; last how one on a thread does.

    Without `blocks` none is on a thread: where time is virtual, it waits for threads.
    """
    began, call = now(), make(Shop().tools, deadline=deadline).run_tool
    found: list[Any] = [await _end(call("wait", {"item": "tea"})), now() - began]
    if blocks is None:
        return found
    tool = Tool("nap", "sleep on a thread", blocks)
    return [*found, await _end(make([tool], deadline=0.05).run_tool("nap", {}))]


async def keys(make: Make, item: Any, other: Any) -> Any:
    """Which calls have the key of the first one, or no key, in words."""
    key = make(Shop().tools).key

    def told(name: str, params: Any) -> str:
        try:
            found = key(name, params)
            hash(found)
        except TypeError as error:
            return f"TypeError: {error}"
        if found is None:
            return "no key"
        return "the same key" if found == key("stock", first) else "another key"

    first = {"item": {"a": item, "b": [other]}, "shelf": other}
    return {
        "the same call": told("stock", first),
        "in another order": told("stock", dict(reversed(first.items()))),
        "inside as well": told("stock", {**first, "item": {"b": [other], "a": item}}),
        "another value": told("stock", {**first, "shelf": item}),
        "another name": told("stock", {"item": first["item"], "place": other}),
        "another tool": told("price", first),
        "a tool that is not cacheable": told("order", first),
        "an object as a value": told("stock", {"item": object()}),
    }


KEYS = {
    "the same call": "the same key",
    "in another order": "the same key",
    "inside as well": "the same key",
    "another value": "another key",
    "another name": "another key",
    "another tool": "another key",
    "a tool that is not cacheable": "no key",
    "an object as a value": "no key",
}  # what `keys` has to come to


async def in_a_row(make: Make, items: Sequence[Any]) -> Any:
    """Runs for items that are asked for one after another, and wrong answers."""
    shop, wrong = Shop(), 0
    agent = make(shop.tools)
    for item in items:
        found = await agent.execute_tool_cached("price", {"item": item})
        wrong += found != {"euros": [len(str(item))]}
    return {"runs": len(shop.runs), "wrong answers": wrong}


async def told_apart(make: Make, item: Any, shelf: Any) -> Any:
    """Runs for another tool, and for what is put in another order; wrong answers."""
    shop, wrong = Shop(), 0
    agent = make(shop.tools)
    await agent.execute_tool_cached("price", {"item": item})
    for params in [
        {"item": item},
        {"item": item, "shelf": shelf},
        {"shelf": item, "item": shelf},
        {"shelf": shelf, "item": item},
    ]:
        found = await agent.execute_tool_cached("stock", params)
        wrong += found != f"{params['item']} is on {params.get('shelf', '')}"
    return {"runs": len(shop.runs), "wrong answers": wrong}


async def overlapping(make: Make, callers: int, items: Sequence[Any]) -> Any:
    """Runs for items that so many ask for at once, wrong answers, and the seconds.

    The first caller goes away meanwhile, and has no answer. Then the runs for one who
    was alone and went away, and for two calls of a tool that hangs the seconds by which
    the second one outlives the first.
    """
    shop = Shop()
    agent = make(shop.tools, deadline=10)
    asked = [item for item in items for _ in range(callers)]
    calls = [agent.execute_tool_cached("price", {"item": item}) for item in asked]
    first, *others = map(asyncio.ensure_future, calls)
    await asyncio.sleep(1)
    first.cancel()
    ends = await asyncio.gather(*map(_end, others))
    right = [{"euros": [len(str(item))]} for item in asked[1:]]
    wrong = sum(end != want for end, want in zip(ends, right, strict=True))
    found = {"runs": len(shop.runs), "wrong answers": wrong, "seconds": now()}
    alone = asyncio.ensure_future(agent.execute_tool_cached("price", {"item": "alone"}))
    await asyncio.sleep(1)
    alone.cancel()
    await asyncio.sleep(2)
    await agent.execute_tool_cached("price", {"item": "alone"})
    found["runs for one who left"] = len(shop.runs) - found["runs"]
    hangs = [_ended(agent, "watch", second) for second in (0, 4)]
    first, joined = await asyncio.gather(*hangs)
    return {**found, "seconds after the run that hangs": joined - first}


async def _ended(agent: Any, name: str, second: float) -> float:
    """When a call that is made at some second ends, one way or another."""
    await asyncio.sleep(second)
    await _end(agent.execute_tool_cached(name, {"item": "door"}))
    return now()


def together(runs: int) -> dict[str, Any]:
    """What `overlapping` has to come to: so many runs, side by side."""
    found = {"runs": runs, "wrong answers": 0, "seconds": 2.0}
    return {
        **found,
        "runs for one who left": 1,
        "seconds after the run that hangs": 0,
    }


async def must_run(make: Make, times: int) -> Any:
    """Runs of a tool that acts, at once and in a row, and of one without a key."""
    shop = Shop()
    agent = make(shop.tools)
    order = [agent.execute_tool_cached("order", {"item": "tea"}) for _ in range(times)]
    numbers = {await order.pop(), *await asyncio.gather(*order)}
    for _ in range(2):
        await agent.execute_tool_cached("price", {"item": object()})
    return {"orders": len(numbers), "without a key": len(shop.runs) - times}


async def ageing(make: Make, ttl: float, times: Sequence[float]) -> Any:
    """When the tool runs for a call made again at `times`."""
    shop = Shop()
    agent = make(shop.tools, ttl=ttl)

    async def at(second: float) -> None:
        await asyncio.sleep(second)
        await agent.execute_tool_cached("price", {"item": "tea"})

    await asyncio.gather(*map(at, times))
    return [began for _, _, began in shop.runs]


async def bounded(make: Make, most: int, items: Sequence[str]) -> Any:
    """What the tool runs for when items are asked for in turn."""
    shop = Shop()
    agent = make(shop.tools, most=most)
    for item in items:
        await agent.execute_tool_cached("price", {"item": item})
    return "".join(item for _, item, _ in shop.runs)


async def unpoisoned(
    make: Make,
    errors: Sequence[type[Exception]],
    change: Any = _apply,
    seen: Any = _itself,
) -> Any:
    """What callers get when runs fail at first, and when one changes its result.

    At last two who share a run, of whom one changes what it got.
    """
    agent, found = make(Shop(errors).tools), []
    for _ in range(len(errors) + 3):
        end = await _end(agent.execute_tool_cached("price", {"item": "tea"}))
        found.append(json.dumps(end))
        if isinstance(end, dict):
            change(end, lambda result: result["euros"].append("changed"))
    pair = [agent.execute_tool_cached("price", {"item": "milk"}) for _ in range(2)]
    mine, other = await asyncio.gather(*map(_end, pair))
    if isinstance(mine, dict):
        change(mine, lambda result: result["euros"].append("changed"))
    return [*found, json.dumps(seen(other) if isinstance(other, dict) else other)]


async def batch(
    make: Make, limit: int, seconds: Sequence[float], bad: int, seen: Any = _itself
) -> Any:
    """A batch whose calls take so long: one fails, one asks for no tool we have.

    At its end the seconds, the runs, whether the requests are as they were, and the
    runs for two equal requests that may share one, in two batches.
    """
    runs = []

    async def lasts(s: float) -> float:
        runs.append(s)
        await asyncio.sleep(s)
        if s == bad:
            raise ValueError("the tool is down")
        return s

    agent = make([Tool("lasts", "takes some seconds", lasts)], limit=limit)
    requests = [{"tool": "lasts", "params": {"s": s}} for s in seconds]
    requests.append({"tool": "nothing", "params": {}})
    given = [dict(request) for request in requests]
    ends = await agent.execute_tools_parallel(given)
    last = {**ends[-1], "error": "error" in ends[-1]}
    kept = [seen(request) for request in given] == requests
    figures = {"seconds": now(), "runs": len(runs), "requests as they were": kept}
    shop = Shop()
    agent = make(shop.tools, limit=limit)
    for _ in range(2):
        pair = [{"tool": "price", "params": {"item": "tea"}} for _ in range(2)]
        await agent.execute_tools_parallel(pair)
    figures["runs for equal requests"] = len(shop.runs)
    agent = make([Tool("lasts", "takes some seconds", lasts)], limit=limit)
    return [*await agent.execute_tools_parallel([]), *ends[:-1], last, figures]


def batched(seconds: Sequence[float], bad: float, takes: float) -> list[Any]:
    """What `batch` has to come to."""
    good: dict[str, Any] = {"success": True, "tool": "lasts"}
    down = {"success": False, "tool": "lasts", "error": "the tool is down"}
    nothing = {"success": False, "tool": "nothing", "error": True}
    ends = [down if s == bad else {**good, "result": s} for s in seconds]
    figures = {"seconds": takes, "runs": len(seconds), "requests as they were": True}
    figures["runs for equal requests"] = 1
    return [*ends, nothing, figures]


async def counted(make: Make, times: Sequence[float], fates: str, orders: int) -> Any:
    """What is wrong in the figures, before any call and after some.

    One tool is called at `times`, which makes of its calls what `fates` says (R, J or
    H), another so many times and twice in vain, one that hangs once, the rest not.
    """
    shop = Shop()
    agent = make(shop.tools, ttl=10, deadline=6)
    wrong = [f"before any call: {x}" for x in _unlike(agent, {}, 0)]
    hung = await _ended(agent, "wait", 0)

    async def at(second: float) -> None:
        await asyncio.sleep(second)
        await agent.execute_tool_cached("price", {"item": "tea"})

    await asyncio.gather(*map(at, times))
    for _ in range(orders):
        await agent.execute_tool_cached("order", {"item": "tea"})
    for params in ({"item": None}, {"thing": "tea"}):  # fails after 1 s, and at once
        await _end(agent.execute_tool_cached("order", params))
    price = {"runs": fates.count("R"), "hits": fates.count("H"), "mean_run_s": 2}
    price["joined"] = fates.count("J")
    order = {"runs": orders + 2, "mean_run_s": (orders + 1) / (orders + 2)}
    wait = {"runs": 1, "mean_run_s": hung}
    wrong += _unlike(agent, {"price": price, "order": order, "wait": wait}, 1)
    return wrong or RIGHT


def _unlike(agent: Any, calls: dict[str, dict[str, float]], kept: int) -> list[str]:
    """Which figures an agent has wrong; others may stand beside those asked for."""
    got = agent.get_performance_stats()
    none = dict.fromkeys(("runs", "hits", "joined", "mean_run_s"), 0)
    tools = {tool.name: {**none, **calls.get(tool.name, {})} for tool in Shop().tools}
    fates = ("runs", "hits", "joined")
    made = sum(found[fate] for found in tools.values() for fate in fates)
    hits = sum(found["hits"] for found in tools.values())
    pairs = [
        ("total_tool_calls", got.get("total_tool_calls"), made),
        ("total_cache_hits", got.get("total_cache_hits"), hits),
        ("cache_hit_rate_pct", got.get("cache_hit_rate_pct"), 100 * hits / (made or 1)),
        ("cache_size", got.get("cache_size"), kept),
    ]
    for name, wanted in tools.items():
        found = (got.get("tool_stats") or {}).get(name) or {}
        pairs += [(f"{name} {x}", found.get(x), right) for x, right in wanted.items()]
    return [
        f"{what}: {found if type(found) is not float else f'{found:g}'}, not {right:g}"
        for what, found, right in pairs
        if not isinstance(found, int | float) or abs(found - right) > _within(what)
    ]


def _within(what: str) -> float:
    """By how much a figure may be off: a percentage may be rounded to a decimal."""
    return 0.051 if what.endswith("_pct") else 0.006


RIGHT = ["no figure is wrong"]  # what `counted` has to come to


class Scripted:
    """A model that says what it is told to; `asked` has the prompts."""

    model = "scripted"

    def __init__(self, *replies: str) -> None:
        self.replies, self.asked = list(replies), list[str]()

    async def generate(self, prompt: Any, **options: Any) -> Reply:
        """The next reply, after a second."""
        whole = prompt if isinstance(prompt, str) else [m.content for m in prompt]
        self.asked.append(str(whole))
        await asyncio.sleep(1)
        return Reply(self.replies.pop(0), self.model, 1, 1)


async def asked(make: Make, items: Sequence[str]) -> Any:
    """What the agent answers when its model plans a call for each item, and none."""
    plan = [{"tool": "price", "params": {"item": item}} for item in items]
    found = [str({"euros": [len(item)]}) for item in items]
    model, shop = Scripted(json.dumps(plan), json.dumps({"answer": found})), Shop()
    said = await make(shop.tools, model).ask(f"What do {' and '.join(items)} cost?")
    seconds, knows = now(), Scripted("[]", "Shakespeare.")
    fails = Scripted(json.dumps(plan[:1]), "It costs nothing.")
    shut = make(Shop([ValueError]).tools, fails)
    told = await shut.ask(f"What does {items[0]} cost?")
    return {
        "tools in the first prompt": sum(x.name in model.asked[0] for x in shop.tools),
        "runs": [item for _, item, _ in shop.runs],
        "prompts": len(model.asked),
        "results in the last prompt": sum(x in model.asked[-1] for x in found),
        "results in the answer": sum(x in str(said) for x in found),
        "seconds": seconds,
        "without calls": await make(Shop().tools, knows).ask("Who wrote Hamlet?"),
        "its error, when a tool fails": "the shop is shut" in str(told),
    }


def answered(*items: str) -> dict[str, Any]:
    """What `asked` has to come to: two prompts of 1 s, and runs of 2 s side by side."""
    counts = ("results in the last prompt", "results in the answer")
    made = {
        "tools in the first prompt": 6,
        "its error, when a tool fails": True,
        "runs": list(items),
        "prompts": 2,
        "seconds": 4.0,
        "without calls": "Shakespeare.",
    }
    return {**made, **dict.fromkeys(counts, len(items))}


def look_at(scene: Callable[..., Any], got: Any, right: Any) -> str:
    """Where to look: what is wrong in what came of a scene; empty where that is plain.

    `got` is of the shape of `right`, unless the agent made something else of it.
    """
    return ABOUT[scene](got, right) if scene in ABOUT else ""


def unlike(got: Any, right: Any) -> tuple[Any, Any]:
    """Both, of long ones only what differs."""
    if got == right:
        return got, right
    if isinstance(got, dict) and isinstance(right, dict):
        same = [x for x in got if x in right and got[x] == right[x]]
        first, other = ({x: d[x] for x in d if x not in same} for d in (got, right))
        return first, other
    if isinstance(got, list) and isinstance(right, list) and len(got) == len(right):
        pairs = [unlike(x, y) for x, y in zip(got, right, strict=True) if x != y]
        if any(isinstance(x, dict) for x in right):
            return [x for x, _ in pairs], [y for _, y in pairs]
    return got, right


def _about_plain(got: Any, right: Any) -> str:
    if "a coroutine" in got:
        return "`run_tool`: await a coroutine function; a thread is for a plain one"
    if "on the loop" in str(got):
        return "`run_tool`: a plain function goes to `asyncio.to_thread`"
    if None in got:
        return "`run_tool` returns what the tool gives"
    return "`run_tool`: hand over by name, `**params`, to either kind of tool"


def _about_hanging(got: Any, right: Any) -> str:
    if not all(isinstance(end, str | None) for end in (got[0], got[2])):
        return "`run_tool` lets errors out: the runner of a batch makes dicts of them"
    if got[:2] == right[:2]:
        return "`run_tool`: the deadline is for the wait for a thread, too"
    if got[0] == right[0]:
        return "`run_tool`: after `self.deadline` seconds, no figure of its own"
    return ""


def _about_keys(got: Any, right: Any) -> str:
    if any("TypeError" in told for told in got.values()):
        return "`key`: `self.parts.freeze`, and None where it raises TypeError"
    looks = {
        "the same call": "`key` returns what `self.parts.freeze` gives",
        "a tool that is not cacheable": "`key`: None unless the tool is `cacheable`",
        "an object as a value": "`key`: let `self.parts.freeze` see it as it is",
        "another tool": "`key`: the tool's name belongs to it",
        "another name": "`key`: the names of the parameters belong to it",
        "another value": "`key`: the values of the parameters belong to it",
    }
    freeze = "`key`: `self.parts.freeze` knows no order; leave all of that to it"
    return next((x for name, x in looks.items() if got[name] != right[name]), freeze)


def _about_overlapping(got: Any, right: Any) -> str:
    if got["wrong answers"] and got["runs"] == right["runs"]:
        return "a caller went away, and took the run along: `once` shields it"
    if any(got[x] != right[x] for x in ("runs", "wrong answers", "seconds")):
        return ""
    if got["runs for one who left"] != 1:
        return "who asked may leave: what `once` runs puts the box into `fresh` itself"
    return "the deadline is the run's, in `run_tool`: all who joined end with it"


def _about_must_run(got: Any, right: Any) -> str:
    if got["orders"] != right["orders"]:
        return "`key`: None for a tool that is not `cacheable`: each order is a new one"
    return "`execute_tool_cached`: what has no key runs, and is counted as a run"


def _about_ageing(got: Any, right: Any) -> str:
    if len(got) > len(right):
        return "its age counts from the put: put the box into `fresh` after its run"
    return "only `fresh` says whether a result may be served: keep none elsewhere"


def _about_poison(got: Any, right: Any) -> str:
    errors = [end for end in right if "Error" in end]
    if got[: len(errors)] != errors or any(end in errors for end in got[len(errors) :]):
        return "an error is raised and not kept: put the box into `fresh` after its run"
    if got[:-1] == right[:-1]:
        return "those who joined share a result: let `once` return the box, not that"
    return "a box gives each caller a copy: return `await box.get(key)`, always"


def _about_batch(got: Any, right: Any) -> str:
    ends, figures = got[:-1], got[-1]
    if any("tool" not in end for end in ends if isinstance(end, dict)):
        return "to each dict of `side_by_side` add the `tool` of its request"
    if all("nothing" in repr(end) for end in ends):
        return "all calls are the last one: a `lambda` in a loop is; `partial` is not"
    if not figures["requests as they were"]:
        return "the requests are the caller's: take nothing out of them"
    if figures["runs for equal requests"] != 1:
        return "each request goes through `self.execute_tool_cached`"
    if figures["runs"] != right[-1]["runs"]:
        return "equal requests are two: what has no key runs for each of them"
    if ends == right[:-1]:
        return f"{figures['seconds']:g} s: is it `side_by_side` with `self.limit`?"
    if ends[-1].get("success"):
        return "a tool that is not there is an error: let it be raised"
    return ""


def _about_figures(got: Any, _: Any) -> str:
    told = " ".join(got)
    if re.search(r"mean_run_s: (0\.00|[\d.]+e-)", told):
        return "`self.clock()` gives the seconds, no other clock"
    if "before any call" in told:
        return "every tool is there from the start, and 0 where nothing is to divide"
    looks = {
        " joined:": "is the key in `flights`, before `once` is called? then it joins",
        " runs:": "`run_tool` alone counts a run, failed or not; `once` fills one box, "
        "which all take from",
        " hits:": "a hit is a box found in `fresh`, and nothing else",
        "mean_run_s": "seconds of runs alone, failed or not: a hit or a wait adds none",
        "cache_size": "only what may be kept is in `fresh`, once for each key",
        "total_cache_hits": "the hits of all tools",
        "cache_hit_rate_pct": "hits in a hundred calls: runs, hits and joined",
    }
    return next((look for sign, look in looks.items() if sign in told), "")


def _about_answers(got: Any, right: Any) -> str:
    looks = {
        "tools in the first prompt": "`plan_tools` takes all of `self.tools.values()`",
        "runs": "the requests of the plan go to `execute_tools_parallel`",
        "prompts": "two prompts: `plan_tools` asks for a plan, `answer_with` answers",
        "results in the last prompt": "`answer_with` takes the ends of the requests",
        "results in the answer": "return what `answer_with` gives",
        "seconds": "the requests run side by side, each of them once",
        "without calls": "no calls, no results: `answer_with` answers then, too",
        "its error, when a tool fails": "`answer_with` takes all ends, failed or not",
    }
    return next((x for name, x in looks.items() if got[name] != right[name]), "")


ABOUT: dict[Callable[..., Any], Callable[[Any, Any], str]] = {
    plain_function: _about_plain,
    hanging: _about_hanging,
    keys: _about_keys,
    overlapping: _about_overlapping,
    must_run: _about_must_run,
    ageing: _about_ageing,
    unpoisoned: _about_poison,
    batch: _about_batch,
    counted: _about_figures,
    asked: _about_answers,
}


# What the tests of `agent` say, where to look, the scene, what is given to it, and
# what has to come of it. The hidden check plays the same scenes with other figures.
CASES: list[tuple[str, str, Callable[..., Any], list[Any], Any]] = [
    (
        "a tool that blocks runs on a thread",
        "`run_tool`: a plain function goes to `asyncio.to_thread`",
        plain_function,
        ["tea", "top"],
        ["tea is on top", "tea on top, counted on a thread"],
    ),
    (
        "a tool that hangs ends at the deadline",
        "`run_tool`: `async with asyncio.timeout(self.deadline):` around the run",
        hanging,
        [5],
        ["TimeoutError", 5.0, "TimeoutError"],
    ),
    (
        "what has one key",
        "`key`: `self.parts.freeze([name, params])`",
        keys,
        [1, "b"],
        KEYS,
    ),
    (
        "equal calls in a row run once",
        "`execute_tool_cached`: a box is put into `fresh`, and looked for there first",
        in_a_row,
        [["tea", "tea", {"a": 1, "b": 2}, {"b": 2, "a": 1}]],
        {"runs": 2, "wrong answers": 0},
    ),
    (
        "other calls have other keys",
        "`key`: the tool's name, and the names and values of what it is given",
        told_apart,
        ["tea", "top"],
        {"runs": 4, "wrong answers": 0},
    ),
    (
        "equal calls that overlap share a run",
        "`execute_tool_cached`: no box yet? `self.parts.once` runs what fills one",
        overlapping,
        [20, ["tea", "milk"]],
        together(2),
    ),
    (
        "what must run runs each time",
        "`key`: None where the tool is not `cacheable`, and where `freeze` raises",
        must_run,
        [4],
        {"orders": 4, "without a key": 2},
    ),
    (
        "results age",
        "`execute_tool_cached`: only `fresh` says whether a result may be served",
        ageing,
        [10, [0, 3, 11, 12, 15]],
        [0, 12],
    ),
    (
        "few are held",
        "`execute_tool_cached`: keep results in `fresh` and nowhere else",
        bounded,
        [2, "abacba"],
        "abcba",
    ),
    (
        "errors are not kept and results belong to nobody",
        "put the box into `fresh` after its run; `await box.get(key)` for each caller",
        unpoisoned,
        [[TypeError, ValueError]],
        ['"TypeError"', '"ValueError"', *['{"euros": [3]}'] * 3, '{"euros": [4]}'],
    ),
    (
        "a batch side by side",
        "`self.parts.side_by_side(calls, self.limit)`; add the `tool` to each dict",
        batch,
        [2, [4, 1, 2, 2, 3], 1],
        batched([4, 1, 2, 2, 3], 1, 7.0),
    ),
    (
        "runs and hits are counted apart",
        "0 where nothing is to divide; `run_tool` counts runs and their seconds",
        counted,
        [[0, 3, 9, 12, 15], "RHHRH", 1],
        RIGHT,
    ),
    (
        "joined calls are counted too",
        "`execute_tool_cached`: is the key in `flights` before `once` is called?",
        counted,
        [FATES, "RJHHHRJH", 1],
        RIGHT,
    ),
    (
        "the model plans and answers with the results",
        "`plan_tools(self.llm, tools, question)`, the requests, then "
        "`answer_with(self.llm, question, results)`",
        asked,
        [["tea", "milk"]],
        answered("tea", "milk"),
    ),
]
