"""How the exercises of 03_tools are graded. Runs, calls in flight and virtual seconds
are counted; no wall clock is read."""

import asyncio
import copy
import itertools
import math
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from coursekit.check.check import Check
from coursekit.check.error_messages import fault
from coursekit.check.parsons import assemble
from coursekit.check.shuffled_trials import verdicts
from coursekit.core.plain_data import native, number, same
from coursekit.core.wording import show
from coursekit.learn.own_parts import load
from session1.virtual_time import now

alike, batches, caches, flights, scenes, tool_runs = (
    load(Path(__file__).with_name(f"{name}.py"))
    for name in ("alike", "batches", "caches", "flights", "scenes", "tool_runs")
)

Names = Mapping[str, Any]
Tool = Callable[[Any], Awaitable[Any]]
Cache = Callable[[Any], Awaitable[Any]]

# Values that a tool may treat differently, however alike they look.
DIFFERENT: list[Any] = [
    *[0, 1, 2, 0.0, 1.0, 1.5, 2**53, 2**53 + 1, True, False, None],
    *[-1, -2],  # which have one hash
    *["", " ", "a", "A", "a ", "1", "1.0", "None", "True", "[1]", "{'a': 1}"],
    *[[], (), {}, [[]], [()], [{}], [None], [""], [0], [False], [[], []]],
    *[[1], (1,), [True], [1.0], (True,), ["1"], [1, 1], [1, 2], [2, 1], (1, 2)],
    *[[-1], [-2], [[-1]], [[-2]], (-1,), (-2,), {"a": -1}, {"a": -2}],
    *[[[1], 2], [1, [2]], [[1, 2]], [(1, 2)], ["a", "b"], ["a, b"], ["a', 'b"]],
    *[{"1": 1}, {1: 1}, {1.0: 1}, {True: 1}, {(1,): 1}, {(True,): 1}, {None: 1}],
    *[{"a": 1}, {"a": True}, {"a": 1.0}, {"b": 1}, {"a": None}, {"a": []}, {"a": {}}],
    *[{"a": {"b": 1}}, {"a": {"b": 1.0}}, {"a": [{"b": 1}]}, [["a", 1]], [("a", 1)]],
    *[{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 1}, {"a": 1.0, "b": 1}],
    *[{"a": [1, 2]}, {"a": [2, 1]}, {"a": (1, 2)}, {"a": [1, 1, 2]}],
]
# One call each, written in two ways.
SAME: list[tuple[Any, Any]] = [
    ({"a": 1, "b": "x"}, {"b": "x", "a": 1}),
    ({"q": {"a": 1, "b": 2}}, {"q": {"b": 2, "a": 1}}),
    ([{"a": [1], "b": None}], [{"b": None, "a": [1]}]),
    ({"a": 1, 2: "b"}, {2: "b", "a": 1}),
    ([1, [2.5, "x"]], [1, [2.5, "x"]]),
    (({"a": ({"x": 1, "y": [2]},)},), ({"a": ({"y": [2], "x": 1},)},)),
    ({i: i for i in range(20)}, {i: i for i in reversed(range(20))}),
    ({"a": {2: [1], "2": []}}, {"a": {"2": [], 2: [1]}}),
]
# Nothing in these says for good which value it is.
OPAQUE: list[Any] = [
    *[object(), [object()], {"a": object()}, ({"a": [object()]},), len, [len]],
]
# Two calls each, of one type and length.
APART: list[tuple[Any, Any]] = [([1], [2]), (1, 2), ({"a": 1}, {"a": 2})]
FROZEN = "is each item really frozen? `freeze` has to be called on it"
NO_ORDER = "what has no order belongs into something that has none"
TYPED = "which part of the key says what type a value has?"
TAKE = "plain data of every kind gets a key: take values as they are, unsorted"


def key(ns: Names, check: Check) -> None:
    """3 points, one each: blind to order, types apart, no key for what has none.

    A function that gives all calls one key, or no two the same, gets nothing.
    """
    call = ns["freeze"]
    blind = "the same call in another order has the same key"
    apart = "different calls have different keys"
    refused = "what has no dependable key is refused"
    if why := _unusable(check, call):
        check.add(blind, 1, 0, expected="a key that can be looked up", **why)
        for name in (apart, refused):
            _later(check, name, 1, "once a key can be looked up")
        return
    tells = steady = False
    with check.part(blind, 1, look=TAKE):
        merged = next((p for p in APART if _one(check, call, *p)), None)
        tells = not merged
        split = _first(check, call, True) or next(
            ((*p, NO_ORDER) for p in SAME if not _one(check, call, *p)), None
        )
        one, other, look = (*merged, FROZEN) if merged else split or (*SAME[0], "")
        check.true(
            blind,
            1,
            not merged and not split,
            given=f"{one!r} and {other!r}",
            got=alike.keys(not split or bool(merged)),
            expected=alike.keys(not merged),
            look=look,
            misconception="order-is-part-of-the-call",
        )
    with check.part(apart, 1, look=TAKE):
        moved = next((v for v in DIFFERENT if not _one(check, call, v, _copy(v))), None)
        steady = moved is None
        mixed = _first(check, call, False) or _confused(check, call)
        one, other, look = mixed or (moved, _copy(moved), NO_ORDER)
        check.true(
            apart,
            1,
            steady and not mixed,
            given=f"{one!r} and {other!r}",
            got=alike.keys(bool(mixed)),
            expected=alike.keys(not mixed),
            look=look,
            misconception="equal-is-the-same",
        )
    if not (tells and steady):
        _later(check, refused, 1, "once plain data gets the right keys")
        return
    with check.part(refused, 1):
        kept = [v for v in OPAQUE if _has(call, v)]
        sets = not kept and _sets_by_text(check, call)
        check.true(
            refused,
            1,
            not kept and not sets,
            given="the sets {0, 8} and {8, 0}, which are equal"
            if sets
            else "objects and functions, alone and inside lists and dicts",
            got="two keys" if sets else f"a key for {len(kept)} of {len(OPAQUE)}",
            expected="TypeError for both" if sets else "TypeError for each",
            look="the last line of the function refuses; let every value get there",
            misconception="text-is-identity",
        )


def _unusable(check: Check, call: Any) -> dict[str, Any]:
    """Why keys cannot be looked up, in words; empty when they can."""
    for value, look, belief in [
        ({"a": 1}, "what holds the pairs of a dict must be hashable too", ""),
        ([{"a": 1}], FROZEN, "an-item-is-a-key"),
    ]:
        try:
            hash(check.call(call, value))
        except TypeError as error:
            got = f"TypeError: {error}"
            if "no dependable key" in got:
                look = "freeze what is data; the type beside a value is taken as it is"
            return {"given": value, "got": got, "look": look, "belief": belief}
    return {}


def _one(check: Check, call: Any, a: Any, b: Any) -> bool:
    """Whether two values get one key."""
    return len({check.call(call, a), check.call(call, b)}) == 1


def _copy(value: Any) -> Any:
    """An equal value that is another object where that is possible."""
    if type(value) in (list, tuple):
        return type(value)([_copy(v) for v in value])
    return dict(value) if type(value) is dict else value


def _first(check: Check, call: Any, one: bool) -> tuple[Any, Any, str] | None:
    """The first of the learner's own cases that goes wrong, and where to look."""
    found = alike.wrong(lambda value, other: _one(check, call, value, other), one)
    return (found[0], found[1], found[4]) if found else None


def _confused(check: Check, call: Any) -> tuple[Any, Any, str] | None:
    """Two different values with one key, and where to look."""
    keys = [check.call(call, value) for value in DIFFERENT]
    for (i, a), (j, b) in itertools.combinations(enumerate(keys), 2):
        if len({a, b}) == 1:
            return DIFFERENT[i], DIFFERENT[j], TYPED
    return None


def _has(call: Any, value: Any) -> bool:
    try:
        call(value)
    except TypeError:
        return False
    return True


def _sets_by_text(check: Check, call: Any) -> bool:
    """Whether equal sets get different keys; to refuse them, or know them, is fine."""
    pair = [{"a": {0, 8}}, {"a": {8, 0}}]  # they keep their order, and show it
    return all(_has(call, value) for value in pair) and not _one(check, call, *pair)


TRAPS = {
    "await work()": "waits before anything is noted, so the next one finds nothing",
    "await flights[key]": "awaits the task itself: who is cancelled there ends it",
}
# For each of the scenes that learners see: points, what one may believe, and other
# figures than they saw.
FLIGHT: list[tuple[float, str, list[Any], Any]] = [
    (1, "a-cache-runs-once", [100], {"runs": 1, "answers": 100, "seconds": 0.3}),
    (0.5, "one-lock-will-do", ["abc"], {"answers": "abc", "seconds": 0.3}),
    (1, "the-run-is-mine", [3, 1], {"runs": 1, "answered": 2}),
    (
        1,
        "flights-are-a-cache",
        [3],
        {"told": 3, "afterwards": "sunny", "in flight": 0},
    ),
]


def flight(ns: Names, check: Check) -> None:
    """4 points: a function without traps (0.5), one run for overlapping callers (1),
    keys apart (0.5), a caller's cancellation is its own (1), failures reach all and
    are forgotten (1).

    Any order of the six lines that does what is asked gets them.
    """
    order, shape = ns["order"], "lines that make a function and no trap"
    source, once = "", None
    with check.part(shape, 0.5):
        source = assemble("flight", order)
    if source:
        with check.part(shape, 0.5, look=flights.indents(source)):
            once = _made(source)
            found = [(x, why) for x, why in TRAPS.items() if x in source]
            check.true(
                shape,
                0.5,
                not found,
                got=f"order = {order!r}",
                expected="two of the lines stay out",
                look="; ".join(f"`… {x}` {why}" for x, why in found),
            )
    for seen, row in zip(flights.CASES, FLIGHT, strict=True):
        (name, look, scene, *_), (points, belief, given, want) = seen, row
        if not once:
            _later(check, name, points, "once the lines make a function")
            continue
        _play(check, name, points, look, belief, partial(scene, once, *given), want)


def _play(
    check: Check,
    name: str,
    points: float,
    look: str,
    belief: str,
    scene: "partial[Any]",
    want: Any,
) -> None:
    """One criterion: what comes of a scene is what has to; else why, where it tells."""
    with check.part(name, points, look=look):
        got = check.wait(scene())
        if not same(got, want):
            look = scenes.look_at(scene.func, got, want) or look
        got, want = scenes.unlike(got, want)
        check.equal(name, points, got, want, look=look, misconception=belief)


def _made(source: str) -> Any:
    names: dict[str, Any] = {"asyncio": asyncio}
    exec(source, names)
    if "once" not in names:
        raise ValueError("lines that make no function `once`")
    return names["once"]


# Where wrong figures for two at a time come from.
SLOTS: dict[float, tuple[str, str]] = {
    4: ("with two slots some calls have to wait", "longest-is-all"),
    6: ("a call cannot be split between the slots", "sum-over-limit"),
    8: ("which slot is free first, the one of a or the one of d?", ""),
    9: ("nobody waits for a pair to end", "rounds-of-k"),
    12: ("two of them run at a time", "one-by-one-is-safe"),
}


def schedule(ns: Names, check: Check) -> None:
    """4 points: the sum (1), the longest (1), two slots (2)."""
    for name, points, want, look, misconception in [
        ("one_by_one", 1, 12, "each starts when the one before ends", "longest-is-all"),
        ("together", 1, 4, "all start at 0", "sum-over-limit"),
        (
            "two_at_a_time",
            2,
            7,
            "draw two rows; each call goes into the one that is free first",
            "rounds-of-k",
        ),
    ]:
        got, belief = number(ns[name]), ""
        if name == "two_at_a_time" and got in SLOTS:
            look, belief = SLOTS[got]
        # what is right is not told here: it is the answer
        check.true(
            f"{name}: seconds",
            points,
            got == want,
            given="calls of 4, 1, 2, 2 and 3 s, in this order",
            got=_told(ns[name]),
            expected="when the last of the five is done",
            look=_plainly(ns[name], look),
            misconception=misconception,
            belief=belief,
        )


def _plainly(value: Any, look: str) -> str:
    """`look`, or what to do about a figure that is a text."""
    return "write the number without quotes" if isinstance(value, str) else look


def _told(value: Any) -> str:
    value = native(value)
    return repr(value)[:60] if type(value) in (int, float, str, bool) else "no number"


def poisoned(ns: Names, check: Check) -> None:
    """5 points: errors reach the caller and are not kept (2), what one caller changes
    no other sees (2), equal keys still run once (1, once the other two are right).

    A cache that keeps nothing gets nothing.
    """
    made = ns["Kept"]
    errors = "an error reaches its caller and is not kept"
    with check.part(errors, 2, look=LEAVES):
        tried = [(*case, check.wait(_errors(made, *case))) for case in FAILURES]
        off = (t for t in tried if not same(t[2], _told_on(*t[:2])))
        error, bad, got = next(off, tried[0])
        check.equal(
            errors,
            2,
            got,
            _told_on(error, bad),
            given=f"a tool that raises {error!r} {'once' if bad == 1 else 'twice'}; "
            "four calls one after another",
            look=_about_errors(got, _told_on(error, bad)),
            misconception="errors-are-results",
        )
    shared = "what one caller changes no other sees"
    with check.part(shared, 2):
        off, look = check.wait(_sharing(made, check))
        check.true(
            shared,
            2,
            not off,
            given=f"{_weather()!r}, which three callers and the tool change",
            got=off,
            expected="each sees its own changes alone, of one run",
            look=look,
            misconception="served-is-yours",
        )
    once = "each key runs once whatever it gives"
    if not all(c.full for c in check.criteria):
        _later(check, once, 1, "once it serves no poison")
        return
    with check.part(once, 1):
        got = check.wait(_empty(made))
        check.equal(
            once,
            1,
            got,
            {"answers": EMPTY, "run again for": []},
            given=f"the keys {', '.join(map(repr, KEYS))}, each asked for twice",
            look=_about_keys(got),
            misconception="empty-is-missing",
        )


def _later(check: Check, name: str, points: float, when: str) -> None:
    """No points yet for a criterion that waits for others."""
    check.add(name, points, 0, got=f"not counted yet: {when}")


# What a tool raises, and how often, before it works.
FAILURES: list[tuple[BaseException, int]] = [
    (ValueError("no answer today"), 1),
    (TimeoutError("timeout"), 1),
    (KeyError("Oslo"), 2),
    (ConnectionError(), 1),
    (RuntimeError("no room", 7), 1),
    (asyncio.CancelledError(), 1),
]


def _as_text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _told_on(error: BaseException, bad: int) -> dict[str, Any]:
    """What four calls get of a tool that fails so often, and how often it runs."""
    said = [_as_text(error)] * bad + ["sunny"] * (4 - bad)
    return {"calls": said, "runs": bad + 1}


async def _errors(made: Any, error: BaseException, bad: int) -> dict[str, Any]:
    tool = flights.Work(bad=bad, error=error)
    cache, found = made(tool), []
    for _ in range(4):
        try:
            found.append(await cache.get("Oslo"))
        except (Exception, asyncio.CancelledError) as raised:
            found.append(_as_text(raised))
    return {"calls": found, "runs": tool.runs}


AGAIN_RUN = "who asks the tool again? a key that is there is served from what is kept"
LEAVES = "an exception leaves `get` as it is, before anything is kept"


def _about_errors(got: dict[str, Any], want: dict[str, Any]) -> str:
    """Where to look when calls of a tool that fails go wrong."""
    calls, wanted = got["calls"], want["calls"]
    if same(calls, wanted):
        return AGAIN_RUN
    if same(calls[0], "sunny"):
        return "who tries again? the caller of the run that failed gets its error"
    if not same(calls[0], wanted[0]):
        return "what becomes of the error in `except`? let it go on to the caller as is"
    return "the error was kept: it leaves `get` before anything is kept"


BY = ("the first caller", "the second caller", "the tool")


def _weather() -> list[Any]:
    return [["rain", "sun"], [], {"deep": [{"down": ["fog"]}]}]


async def _sharing(made: Any, check: Check) -> tuple[str, str]:
    """Who sees whose changes, in words, and where to look; both empty if nobody."""
    held: dict[str, Any] = {"the tool": _weather()}
    tool = flights.Work(held["the tool"])
    cache, served = made(tool), list[Any]()

    def changes(who: str) -> None:
        check.change(held[who], lambda v: v.append(who))
        inside = f"{who}, inside"
        check.change(held[who], lambda v: v[2]["deep"][0]["down"].append(inside))

    for who in (*BY[:2], "the third caller"):
        held[who] = await cache.get("Oslo")
        served.append(copy.deepcopy(held[who]))
        if type(held[who]) is not list:
            return (
                f"{who} gets {show(held[who])}",
                "hand out what the tool gave: a copy",
            )
        if who in BY:
            changes(who)
        if who == BY[1]:
            changes("the tool")
    seen = {who: _by(check.seen(value), who) for who, value in held.items()}
    words = [f"{who} sees changes by {', '.join(by)}" for who, by in seen.items() if by]
    bad = next((v for v in served if not same(v, _weather())), None)
    if tool.runs != 1:
        return f"{tool.runs} runs", AGAIN_RUN
    if not words and bad is not None:
        return f"a caller gets {show(bad)}", "hand out what the tool gave, unchanged"
    return "; ".join(words), _about_sharing(seen) if words else ""


def _by(value: Any, own: str) -> list[str]:
    """Whose changes a value shows, the owner's apart."""
    whose = [who for who in BY if who != own]
    return [f"{w}{x}" for w in whose for x in INSIDE if repr(f"{w}{x}") in repr(value)]


INSIDE = ("", ", inside")


def _about_sharing(seen: dict[str, list[str]]) -> str:
    """Where to look, given whose changes each one sees."""
    first, tool = BY[0], "the tool"
    if not {by for found in seen.values() for by in found} & set(BY):
        return "what lies inside is shared: a copy has to go all the way down"
    if tool in seen[first] or first in seen[tool]:
        return "the first caller holds what the tool holds: hand out a copy"
    if any(tool in found for found in seen.values()):
        return "the cache holds what the tool holds: keep a copy"
    return "one caller holds what the next one gets: hand out a copy each time"


# Some of them have one text or one hash, and none is equal to another.
KEYS: list[Any] = [0.0, 7, "7", (7,), None, -1, -2, "a", "A"]
AGAIN_KEYS = [-0.0, *KEYS[1:]]  # as equal, though the texts differ
EMPTY: list[Any] = [0, None, [], "", False, {}, {"error": "no hotel"}, "low", "high"]


async def _empty(made: Any) -> dict[str, Any]:
    """What each key gives when asked again, and for which of them the tool runs."""
    runs = list[int]()

    async def tool(key: Any) -> Any:
        runs.append(KEYS.index(key))
        return EMPTY[runs[-1]]

    cache = made(tool)
    for key in KEYS:
        await cache.get(key)
    answers = [await cache.get(key) for key in AGAIN_KEYS]
    again = [EMPTY[i] for i in range(len(KEYS)) if runs.count(i) > 1]
    return {"answers": answers, "run again for": again}


def _about_keys(got: dict[str, Any]) -> str:
    if not same(got["answers"], EMPTY):
        return "which keys share an entry? take the key itself, no text or hash of it"
    if same(got["run again for"], EMPTY[:1]):
        return "0.0 and -0.0 are equal: take the key itself, no text of it"
    if same(got["run again for"], EMPTY[6:7]):
        return "what speaks of an error is a result like any other: keep it"
    return "ask whether the key is there, not whether the value is true"


class _Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def fresh(ns: Names, check: Check) -> None:
    """6 points: served before the ttl and not at it (2), reading renews nothing (1),
    putting again renews (1), the bound holds at every put (1), least recently used
    goes (1). Compared with a model that looks at everything, over random steps.
    """
    made = ns["Fresh"]
    for name, points, scenes, misconception in [
        ("served before the ttl and not from it on", 2, SERVED, "off-by-one"),
        ("reading does not renew", 1, READ, "reading-renews"),
        ("putting again renews value and time", 1, AGAIN, "age-from-the-question"),
    ]:
        with check.part(name, points):
            tried = [(scene, _played(check, made, scene)) for scene in scenes]
            off = (t for t in tried if not same(t[1], t[0].want))
            scene, got = next(off, tried[0])
            check.true(
                name,
                points,
                same(got, scene.want),
                given=str(scene),
                got=got,
                expected=scene.want,
                look=_about_values(got, scene.want) or scene.look,
                misconception=misconception,
            )
    sizes = "never more than most"
    with check.part(sizes, 1):
        got = _sizes(made)
        check.equal(
            sizes,
            1,
            got,
            SIZES,
            given="most 1, 3 and 5; eight puts of seven keys, the length after each",
            look=_about_sizes(got),
            misconception="ttl-is-a-bound",
        )
    goes = "the least recently used goes"
    served, _, again, held = (c.full for c in check.criteria)
    if not held:
        _later(check, goes, 1, "once as many are held as should be")
        return
    with check.part(goes, 1):
        given, got, look = _wrong_one(check, made)
        if not (served and again):
            look = "mend first what is served, and when: see the lines above"
        check.true(
            goes,
            1,
            not got,
            given=given,
            got=got,
            expected="the entry goes that was put, or read while fresh, longest ago",
            look=look,
            misconception="first-in-is-least-used",
        )


Step = tuple[float, str, Any]  # time, key, value (None to get)


@dataclass(frozen=True)
class Scene:
    """Steps, what the gets return, and where to look when they do not."""

    steps: list[Step]
    want: list[Any]
    look: str = ""
    ttl: float = 10.0
    most: int = 3
    begin: float = 0.0

    def __str__(self) -> str:
        began = f", from {self.begin:g} on the clock" if self.begin else ""
        return _steps(self.steps, f"most {self.most}, ttl {self.ttl:g}{began}")


def _played(check: Check, made: Any, scene: Scene) -> list[Any]:
    """What the gets of a scene return."""
    clock = _Clock()
    clock.seconds = scene.begin
    cache, found = check.call(made, scene.most, scene.ttl, clock), []
    for seconds, name, value in scene.steps:
        clock.seconds = scene.begin + seconds
        if value is None:
            found.append(check.call(cache.get, name))
        else:
            check.call(cache.put, name, value)
    return found


OLD = "`get`: how old is it by `self.clock()`, and which `ttl` was the cache made with?"
AT = "what happens exactly at the ttl? stale is when now - born >= ttl"
FRESH = "`get`: what is younger than `ttl` is served, and stays for the next one"
KEY = "take the key itself, no text or hash of it"
PLACE = "a read changes the place in the order, never the time"
NEW = "`put`: an entry put again is a new one, with the new value and the new time"
STALE = "`put`: what is there is replaced, stale or not"
# Each list asks for one thing only: no key is read twice where age is asked for, and
# exactly at the ttl in the scenes that say so alone.
SERVED = [
    Scene([(0, "a", 1), (0, "b", 2), (9.5, "a", None)], [1], FRESH),
    Scene([(0, "a", 1), (0.25, "a", None)], [1], FRESH, ttl=0.5, most=1),
    Scene([(0, "a", 1), (15, "a", None)], [None], OLD),
    Scene(
        [(0, "a", 1), (5, "b", 2), (61, "a", None), (64, "b", None)],
        [None, 2],
        OLD,
        ttl=60,
        begin=1_000_000.0,
    ),
    Scene([(0, "a", 1), (0, "b", 2), (10, "b", None)], [None], AT),
    Scene([(0, "a", 1), (0.5, "a", None)], [None], AT, ttl=0.5, most=1),
    # values of all kinds, those that count as false too
    Scene([(0, "a", 0), (0, "b", ""), (9, "a", None), (9, "b", None)], [0, ""]),
    Scene([(0, "a", []), (0, "b", False), (9, "a", None), (9, "b", None)], [[], False]),
    Scene([(0, "a", (1, 2)), (9, "a", None), (9, "a", None)], [(1, 2), (1, 2)], FRESH),
    # keys of one text or one hash
    Scene([(0, 1, "a"), (0, "1", "b"), (1, 1, None), (1, "1", None)], ["a", "b"], KEY),
    Scene([(0, -1, "a"), (0, -2, "b"), (1, -1, None), (1, -2, None)], ["a", "b"], KEY),
]
READ = [
    Scene(
        [(0, "a", 1), (6, "a", None), (9, "a", None), (12, "a", None)],
        [1, 1, None],
        PLACE,
    ),
    Scene([(0, "a", 1), (4, "a", None), (11, "a", None)], [1, None], PLACE),
    Scene(
        [(0, "a", 1), (1, "a", None), (3, "a", None)],
        [1, None],
        PLACE,
        ttl=2,
        begin=100.0,
    ),
]
AGAIN = [
    Scene(
        [(0, "a", 1), (6, "a", 2), (6, "b", 3), (12, "a", None), (17, "b", None)],
        [2, None],
        NEW,
    ),
    Scene([(0, "a", 1), (6, "a", 1), (12, "a", None)], [1], NEW),
    Scene([(0, "a", 1), (6, "a", 1), (17, "a", None)], [None], NEW),
    # what is stale can be put again, asked for before that or not
    Scene([(0, "a", 1), (20, "a", 2), (29, "a", None)], [2], STALE),
    Scene(
        [(0, "a", 1), (20, "a", None), (20, "a", 2), (29, "a", None)], [None, 2], STALE
    ),
]


def _about_values(got: list[Any], want: list[Any]) -> str:
    """Where to look when it is the values that are wrong, whatever their age."""
    pairs = [(x, y) for x, y in zip(got, want, strict=True) if not same(x, y)]
    if any(x is None and y is not None and not y for x, y in pairs):
        return "0, '' and [] are values like any other: is the key there?"
    if any(type(x) in (list, tuple) and y in x for x, y in pairs if y is not None):
        return "`get` returns the value alone, without its time"
    return ""


# Each asks who has left when one has to go.
GOES = [
    Scene(
        [
            (0, "a", 1),
            (1, "b", 2),
            (2, "c", 3),
            (3, "d", 4),
            (4, "a", None),
            (4, "b", None),
            (4, "d", None),
        ],
        [None, 2, 4],
        "`put`: a new entry goes to the end, and the first one leaves",
    ),
    Scene(
        [
            (0, "a", 1),
            (1, "b", 2),
            (2, "c", 3),
            (3, "a", 4),
            (4, "d", 5),
            (5, "a", None),
            (5, "b", None),
        ],
        [4, None],
        "`put`: an entry that is replaced moves to the end",
    ),
    Scene(
        [
            (0, "a", 1),
            (1, "b", 2),
            (2, "c", 3),
            (3, "c", 4),
            (4, "a", None),
            (4, "c", None),
        ],
        [1, 4],
        "`put`: nobody goes for a key put again: take its old entry out, then count",
    ),
    Scene(
        [
            (0, "a", 1),
            (1, "b", 2),
            (2, "c", 3),
            (3, "a", None),
            (4, "d", 5),
            (5, "a", None),
            (5, "b", None),
        ],
        [1, 1, None],
        "`get`: an entry that is read moves to the end",
    ),
    Scene(
        [
            (0, "a", 1),
            (5, "b", 2),
            (6, "c", 3),
            (11, "a", None),
            (11, "d", 4),
            (12, "b", None),
            (12, "c", None),
        ],
        [None, 2, 3],
        "`get`: a stale entry was not used: look at its age before you move it",
    ),
]


def _wrong_one(check: Check, made: Any) -> tuple[str, str, str]:
    """What was given, what came out and where to look; no `got` when all is well."""
    for scene in GOES:
        asked = [name for _, name, value in scene.steps if value is None]
        got = _played(check, made, scene)
        for name, value, right in zip(asked, got, scene.want, strict=True):
            if not same(value, right):
                return str(scene), f"get {name} gave {_gave(value)}", scene.look
    look = "move an entry to the end when it is read; drop from the front"
    for most in (3, 1, 2, 5):
        if off := _unlike_model(made, most):
            return f"300 puts and gets of seven keys, most {most}", off, look
    look = "an entry leaves when too many others were put or read after it, or stale"
    given = "300 puts and gets of seven keys, most 3, ttl 10, while time passes"
    return given, _dropped_too_early(made), look


def _gave(value: Any) -> str:
    return "nothing" if value is None else show(value)


def _steps(steps: Sequence[Step], what: str) -> str:
    """Puts and gets with their times, in words."""
    done = [f"{'get' if v is None else 'put'} {k} at {t}" for t, k, v in steps]
    return f"{what}; " + ", ".join(done)


SIZES: dict[Any, Any] = {
    "empty": 0,
    1: [1, 1, 1, 1, 1, 1, 1, 1],
    3: [1, 2, 2, 3, 3, 3, 3, 3],
    5: [1, 2, 2, 3, 4, 5, 5, 5],
    "another one, after gets only": 0,
}


def _sizes(made: Any) -> dict[Any, Any]:
    """How many entries caches hold: an empty one, three after each put, one unused."""
    empty, *others, unused = (made(most, 10.0, _Clock()) for most in (3, 1, 3, 5, 5))
    found: dict[Any, Any] = {"empty": len(empty)}
    for most, cache in zip((1, 3, 5), others, strict=True):
        found[most] = []
        for name in "abbcdefg":
            cache.put(name, name)
            found[most].append(len(cache))
            unused.get(name)
    return {**found, "another one, after gets only": len(unused)}


def _about_sizes(got: dict[Any, Any]) -> str:
    """Where to look when other numbers of entries are held."""
    if got["empty"]:
        return "a new cache is empty: `len` counts what is held, in a dict of its own"
    if got["another one, after gets only"]:
        return "`get`: to ask for a key puts nothing there; a dict of its own for each"
    if max(got[5]) < 5:
        return "`put`: `most` is the one that this cache was made with: here five fit"
    if any(max(got[most]) > most for most in (1, 3, 5)):
        return "`put`: one goes when there are too many"
    if any(y < x for most in (3, 5) for x, y in itertools.pairwise(got[most])):
        return "`put`: one goes when there are too many, and only one"
    return "`put`: a key put again is no new entry, and nobody goes for it"


def _unlike_model(made: Any, most: int) -> str:
    """Where the learner's cache differs from brute force, in words."""
    rng, model = random.Random(5), dict[str, int]()
    cache = made(most, 1e9, _Clock())
    for step in range(300):
        name = rng.choice("abcdefg")
        if rng.random() < 0.5:
            model.pop(name, None)
            model[name] = step
            cache.put(name, step)
            while len(model) > most:
                del model[next(iter(model))]
            continue
        want = model.pop(name, None)
        if want is not None:
            model[name] = want
        got = cache.get(name)
        if not same(got, want):
            return f"get({name!r}) gave {_gave(got)}"
        if len(cache) != len(model):
            return f"{len(cache)} held instead of {len(model)}"
    return ""


def _dropped_too_early(made: Any) -> str:
    """A fresh value that is gone although few others were used after it, in words.

    Stale entries may be swept out or stay: nothing else is asked of the order.
    """
    rng, clock = random.Random(7), _Clock()
    cache, put, used = made(3, 10.0, clock), dict[str, tuple[int, float]](), list[str]()
    for step in range(300):
        name = rng.choice("abcdefg")
        clock.seconds += rng.choice([0.0, 0.5, 1.0, 2.5])
        if rng.random() < 0.4:
            cache.put(name, step)
            put[name] = step, clock.seconds
            used = [*(n for n in used if n != name), name]
        elif name in put:
            value, born = put[name]
            got, fresh = cache.get(name), clock.seconds - born < 10
            if fresh and name in used[-3:] and not same(got, value):
                return f"get({name!r}) gave {_gave(got)}"
            if fresh and same(got, value):
                used = [*(n for n in used if n != name), name]
        if len(cache) > 3:
            return f"{len(cache)} held"
    return ""


def _right_tasks(tool: Tool) -> Cache:
    """Keeps every promise: the running task is shared."""
    kept: dict[Any, Any] = {}
    flights: dict[Any, asyncio.Task[Any]] = {}

    async def run(name: Any) -> Any:
        try:
            kept[name] = await tool(name)
            return kept[name]
        finally:
            del flights[name]

    async def get(name: Any) -> Any:
        if name in kept:
            return kept[name]
        if name not in flights:
            flights[name] = asyncio.create_task(run(name))
        return await asyncio.shield(flights[name])

    return get


def _right_futures(tool: Tool) -> Cache:
    """Keeps every promise: a run of its own gives its word to all who wait."""
    kept: dict[Any, Any] = {}
    words: dict[Any, asyncio.Future[Any]] = {}
    runs: set[asyncio.Task[None]] = set()

    async def fill(name: Any, word: asyncio.Future[Any]) -> None:
        try:
            kept[name] = await tool(name)
            word.set_result(kept[name])
        except Exception as error:
            word.set_exception(error)
        finally:
            del words[name]

    async def get(name: Any) -> Any:
        if name in kept:
            return kept[name]
        if name not in words:
            words[name] = asyncio.get_running_loop().create_future()
            run = asyncio.create_task(fill(name, words[name]))
            runs.add(run)
            run.add_done_callback(runs.discard)
        return await asyncio.shield(words[name])

    return get


def _right_copies(tool: Tool) -> Cache:
    """Keeps every promise, with equal keys, answers and errors, not the same ones."""
    return caches.copying(_right_tasks(lambda name: tool(caches.another(name))))


def _naive(tool: Tool) -> Cache:
    kept: dict[Any, Any] = {}

    async def get(name: Any) -> Any:
        if name not in kept:
            kept[name] = await tool(name)
        return kept[name]

    return get


def _one_lock(tool: Tool) -> Cache:
    kept: dict[Any, Any] = {}
    lock = asyncio.Lock()

    async def get(name: Any) -> Any:
        async with lock:
            if name not in kept:
                kept[name] = await tool(name)
            return kept[name]

    return get


def _one_flight(tool: Tool) -> Cache:
    kept: dict[Any, Any] = {}
    flights: list[asyncio.Task[Any]] = []

    async def get(name: Any) -> Any:
        if name in kept:
            return kept[name]
        if not flights:
            task = asyncio.ensure_future(tool(name))
            flights.append(task)
            task.add_done_callback(lambda _: flights.clear())
        kept[name] = await asyncio.shield(flights[0])
        return kept[name]

    return get


def _keeps_errors(tool: Tool) -> Cache:
    flights: dict[Any, asyncio.Task[Any]] = {}

    async def get(name: Any) -> Any:
        if name not in flights:
            flights[name] = asyncio.ensure_future(tool(name))
        return await asyncio.shield(flights[name])

    return get


def _hides_errors(tool: Tool) -> Cache:
    flights: dict[Any, asyncio.Task[Any]] = {}
    kept: dict[Any, Any] = {}

    async def run(name: Any) -> None:
        try:
            kept[name] = await tool(name)
        except Exception:
            kept.pop(name, None)
        finally:
            del flights[name]

    async def get(name: Any) -> Any:
        if name not in kept:
            if name not in flights:
                flights[name] = asyncio.create_task(run(name))
            await asyncio.shield(flights[name])
        return kept.get(name)

    return get


# A bug, a cache that has it, its points, where to look, what one may believe.
BROKEN: dict[str, tuple[Callable[[Tool], Cache], float, str, str]] = {
    "runs the tool for every overlapping caller": (
        _naive,
        1,
        "start callers together with asyncio.gather, then count the runs",
        "one-after-another",
    ),
    "makes other keys wait": (
        _one_lock,
        1,
        "two different keys together, and now() before and after: one run's time",
        "one-lock-will-do",
    ),
    "gives all keys that overlap one answer": (
        _one_flight,
        1,
        "two different keys together, and each answer compared with its key",
        "one-case-is-enough",
    ),
    "serves an old error for ever": (
        _keeps_errors,
        0.5,
        "a tool that fails the first time, and a second call after that",
        "flights-are-a-cache",
    ),
    "hides an error from its caller": (
        _hides_errors,
        0.5,
        "a tool that fails, and an assertion, outside the `try`, that the call raised",
        "silent-loss",
    ),
}


def stampede(ns: Names, check: Check) -> None:
    """5 points: quiet for right caches (1), and the rest for the bugs it catches.

    Whatever escapes from the test for a broken cache catches it; for a right cache it
    is a false alarm. A test that fails a right cache, or catches nothing, gets nothing.
    The caches come mixed and more than once: only they may change what the test says.
    """
    test = ns["check_cache"]
    alarm, found = verdicts(
        check,
        lambda make: _verdict(check, test, make),
        (_right_tasks, _right_futures, _right_copies),
        {name: bug[0] for name, bug in BROKEN.items()},
    )
    check.true(
        "quiet for right caches and loud for a broken one",
        1,
        not alarm and any(found.values()),
        got=f"for a right cache: {alarm}" if alarm else "never an AssertionError",
        expected="nothing raised for the right ones"
        if alarm
        else "an AssertionError for at least one broken cache",
        look=caches.alarmed(alarm)
        if alarm
        else "in a row no bug shows: start calls together, and let your AssertionError "
        "leave `check_cache`",
        misconception="overfit-the-test" if alarm else "assert-nothing",
    )
    for name, (_, points, look, misconception) in BROKEN.items():
        if alarm:
            when = "once it is quiet for a right one"
            _later(check, f"catches a cache that {name}", points, when)
            continue
        check.true(
            f"catches a cache that {name}",
            points,
            bool(found[name]),
            got=found[name] or "no AssertionError",
            expected="an AssertionError",
            look=look,
            misconception=misconception,
        )


def _verdict(check: Check, test: Any, make: Callable[[Tool], Cache]) -> str:
    """What the learner's test raises for a cache, in words; empty for nothing."""
    try:
        check.call(test, make)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        what = fault(error, check.names)
        if not what.attempted:
            raise
        return what.text()
    return ""


def side_by_side(ns: Names, check: Check) -> None:
    """8 points: order (2), failures apart (2), a call that cancels itself (1), never
    more than the limit (1), free slots used at once (2).

    Slots count with several limits, and once the order is right: seconds in which one
    is free while a call waits; full up to 0.5 s, zero from what rounds leave free.
    """
    run = check.on_loop(ns["side_by_side"])
    for name, points, cases, misconception in [
        ("results in the order of the calls", 2, ORDERS, "order-of-finish"),
        ("a failure costs only its own call", 2, FAILING, "gather-isolates"),
        (
            "a call that is cancelled costs only itself",
            1,
            CANCELLED,
            "exception-catches-all",
        ),
    ]:
        with check.part(name, points):
            tried = [_tried(check, run, *case) for case in cases]
            given, got, want = next((t for t in tried if not same(*t[1:])), tried[0])
            why = {"look": batches.look_at(got, want), "misconception": misconception}
            check.equal(name, points, got, want, given=given, **why)
    peak, speed = "never more than the limit at a time", "free slots are used at once"
    if not check.criteria[0].full:
        _later(check, peak, 1, "once the order is right")
        _later(check, speed, 2, "once the order is right")
        return
    free = math.inf
    with check.part(peak, 1):
        crowds = {limit: _crowd(check, run, limit) for limit in LIMITS}
        off = (n for n, c in crowds.items() if c.most > n or not c.well)
        limit = next(off, 0)
        crowd = crowds[limit or 5]
        kept = check.true(
            peak,
            1,
            not limit,
            given=f"{len(DURATIONS)} calls, some fail, a limit of {limit or 5}",
            got=f"{crowd.most} at a time, {crowd.started} made, {crowd.served} right",
            expected=f"at most {limit or 5} at a time, {len(DURATIONS)} made and right",
            look=batches.window(crowd.most, len(DURATIONS), limit)
            if crowd.most > limit
            else "make each call once: `await call()`, failed or not"
            if crowd.started > len(DURATIONS)
            else "one call that fails costs the others their answers",
            misconception="longest-is-all",
        )
        free = math.fsum(c.free for c in crowds.values()) if kept else math.inf
    if free == math.inf:
        _later(check, speed, 2, "once the limit is kept")
        return
    slow = [(c.most, len(DURATIONS), n) for n, c in crowds.items() if c.free > 0.5]
    with check.part(speed, 2):
        check.at_most(
            speed,
            2,
            free,
            full=0.5,
            zero=math.fsum(_free_in_rounds(DURATIONS, limit) for limit in LIMITS),
            unit="s of free slots while calls wait",
            given=f"{len(DURATIONS)} calls with limits of "
            + ", ".join(map(str, LIMITS)),
            look=batches.window(*slow[0]) if slow else "",
            misconception="rounds-of-k",
        )


Call = Callable[[], Awaitable[Any]]
Case = tuple[str, list[Call], int, list[Any]]


def _tried(
    check: Check, run: Any, given: str, calls: list[Call], limit: int, want: list[Any]
) -> tuple[str, Any, Any]:
    """What was given, what came out and what should."""
    left = list(calls)
    try:
        got = batches.tidy(check.call(run, left, limit))
        if len(check.seen(left)) != len(calls):
            got = f"a list of {len(check.seen(left))} calls"
            want = f"the list of {len(calls)} calls as it was"
    except (Exception, asyncio.CancelledError) as error:
        if not (got := batches.escaped(error)):
            raise
    return f"{given}; a limit of {limit}", got, want


def _taking(*ends: tuple[float, Any]) -> list[Call]:
    calls = batches.Calls()
    return [calls.taking(*end) for end in ends]


def _results(*values: Any) -> list[Any]:
    return [batches.good(value) for value in values]


FALSE: list[Any] = [0, None, "", [], False, {}, {"success": False}]
(TWICE,) = _taking((1, "a"))
DOWN, GONE = ValueError("the tool is down"), asyncio.CancelledError()
FALSY = [(3 - i % 3, value) for i, value in enumerate(FALSE)]
ORDERS: list[Case] = [
    (
        "calls of 3, 1 and 2 s",
        _taking((3, "a"), (1, "b"), (2, "c")),
        2,
        _results("a", "b", "c"),
    ),
    ("no calls", [], 2, []),
    ("one call", _taking((1, "a")), 1, _results("a")),
    ("results that count as false", _taking(*FALSY), 3, _results(*FALSE)),
    (
        "the same function as first, third and fourth call",
        [TWICE, *_taking((3, "b")), TWICE, TWICE],
        9,
        _results("a", "b", "a", "a"),
    ),
    (
        "calls of 5, 4, 3, 2 and 1 s",
        _taking(*[(5 - i, i) for i in range(5)]),
        1,
        _results(0, 1, 2, 3, 4),
    ),
]
FAILING: list[Case] = [
    (
        "the second of three calls raises ValueError('the tool is down')",
        _taking((1, "a"), (0.5, DOWN), (2, "c")),
        3,
        [*_results("a"), batches.bad("the tool is down"), *_results("c")],
    ),
    (
        "KeyError('Oslo'), then TimeoutError() and ConnectionError('gone', 7)",
        _taking(
            (0.5, KeyError("Oslo")),
            (2, TimeoutError()),
            (1, ConnectionError("gone", 7)),
            (2, 0),
        ),
        2,
        [*map(batches.bad, ["'Oslo'", "", "[Errno gone] 7"]), *_results(0)],
    ),
    (
        "each of three calls raises ValueError('the tool is down')",
        _taking(*[(i, DOWN) for i in range(3)]),
        1,
        [batches.bad("the tool is down")] * 3,
    ),
]
CANCELLED: list[Case] = [
    (
        "the second of three calls raises CancelledError()",
        _taking((1, "a"), (0.5, GONE), (2, "c")),
        3,
        [*_results("a"), batches.bad(""), *_results("c")],
    ),
    (
        "the first of three calls raises CancelledError()",
        _taking((0.5, GONE), (1, "b"), (2, "c")),
        1,
        [batches.bad(""), *_results("b", "c")],
    ),
]


DURATIONS = [random.Random(i).choice([0.2, 0.4, 0.6, 3.0]) for i in range(30)]
LIMITS = (1, 2, 3, 5, 50)


@dataclass
class Crowd:
    """Calls of all DURATIONS at once, as they run; every seventh of them fails.

    `free` adds up, over time, the slots that are free while calls wait.
    """

    limit: int
    most: int = 0
    served: int = 0
    free: float = 0.0
    running: int = 0
    started: int = 0
    since: float = 0.0

    @property
    def well(self) -> bool:
        """Whether each call was made once and answered."""
        return self.started == self.served == len(DURATIONS)

    def call(self, i: int) -> Call:
        async def counted() -> int:
            self._step(1)
            try:
                await asyncio.sleep(DURATIONS[i])
            finally:
                self._step(-1)
            if i % 7 == 3:
                raise ValueError("the tool is down")
            return i

        return counted

    def _step(self, change: int) -> None:
        """Count one call more, or one less, from now on."""
        seconds, self.since = now() - self.since, now()
        if self.started < len(DURATIONS):
            self.free += seconds * max(0, self.limit - self.running)
        self.running += change
        self.started += change > 0
        self.most = max(self.most, self.running)


def _crowd(check: Check, run: Any, limit: int) -> Crowd:
    """Run the crowd with a limit and count."""
    crowd = Crowd(limit)
    calls = [crowd.call(i) for i in range(len(DURATIONS))]
    found = check.wait(run(calls, limit))
    ends = [x.get("result") if x.get("success") is True else "failed" for x in found]
    want = ["failed" if i % 7 == 3 else i for i in range(len(DURATIONS))]
    crowd.served = sum(map(same, ends, want))
    return crowd


def _free_in_rounds(durations: list[float], limit: int) -> float:
    """Seconds that slots are free while rounds of `limit` wait for their slowest."""
    starts = range(0, len(durations) - limit, limit)  # nobody waits in the last one
    rounds = [durations[i : i + limit] for i in starts]
    return math.fsum(max(r) * limit - math.fsum(r) for r in rounds)


def tally(ns: Names, check: Check) -> None:
    """4 points: the eight letters (2), the average wait (1), the average run (1)."""
    told = ns["letters"]
    told = "".join(map(str, told)) if isinstance(told, list | tuple) else str(told)
    letters = "".join(x for x in told.upper() if x.isalpha())
    # what is right is not told here: it is the answer
    well = check.true(
        "letters: what became of each call",
        2,
        letters == "RJHHHRJH",
        given="the eight calls above",
        got=letters[:20],
        expected="R for a run, J for joined, H for a hit, in order",
        look=tool_runs.about_letters(letters, "RJHHHRJH", [0, 1, 3, 9, 11, 12, 13, 15]),
        misconception="age-from-the-question",
    )
    add = "add eight waits: run 2, hit 0, joined the rest of the run; divide by 8"
    for name, want, look, misconception in [
        (
            "average_wait",
            0.75,
            add if well else f"the letters first, then {add}",
            "joining-is-a-hit",
        ),
        (
            "average_run",
            2,
            "only what the tool did: hits and joined calls are no runs",
            "average-of-all",
        ),
    ]:
        got, belief = number(ns[name]), ""
        if name == "average_wait" and got == 1:
            look = "a joined call waits only for the rest of the run"
            belief = "joining-starts-anew" if "J" in letters else ""
        check.true(
            f"{name}: seconds",
            1,
            got is not None and abs(got - want) < 0.006,
            got=_told(ns[name]),
            expected="seconds, to two decimals",
            look=_plainly(ns[name], look),
            misconception=misconception,
            belief=belief,
        )


# For each of the scenes that learners see: points, the scene it waits for, what one may
# believe, and other figures than they saw.
AGENT: list[tuple[float, int | None, str, list[Any], Any]] = [
    (
        1,
        None,
        "blocking-is-waiting",
        ["milk", 2],
        ["milk is on 2", "milk on 2, counted on a thread"],
    ),
    (1, None, "deadline-can-wait", [7, None], ["TimeoutError", 7.0]),
    (0.5, None, "parts-come-in-any-order", [2.5, True], scenes.KEYS),
    (
        0.5,
        None,
        "parts-come-in-any-order",
        [[1, True, {"a": [1], "b": 2}, 1, {"b": 2, "a": [1]}, True, "1"]],
        {"runs": 4, "wrong answers": 0},
    ),
    (0.5, 3, "equal-is-the-same", [[1], "1"], {"runs": 4, "wrong answers": 0}),
    (
        1,
        None,
        "a-cache-runs-once",
        [30, ["tea", {"a": 1}, 1, True]],
        scenes.together(4),
    ),
    (1, 3, "effects-can-be-replayed", [5], {"orders": 5, "without a key": 2}),
    (0.5, 3, "ttl-is-a-bound", [8, [0, 3, 9, 10, 13, 19, 20]], [0, 10, 20]),
    (0.5, 3, "ttl-is-a-bound", [3, "abcadbeac"], "abcdbeac"),
    (
        1,
        3,
        "served-is-yours",
        [[ValueError, TypeError, KeyError]],
        [
            '"ValueError"',
            '"TypeError"',
            '"KeyError"',
            *['{"euros": [3]}'] * 3,
            '{"euros": [4]}',
        ],
    ),
    (
        1.5,
        None,
        "gather-isolates",
        [3, [5, 1, 3, 2, 4, 0.5, 0.5], 3],
        scenes.batched([5, 1, 3, 2, 4, 0.5, 0.5], 3, 7.0),
    ),
    (
        1,
        None,
        "average-of-all",
        [[0, 3, 5, 11, 12.5, 15, 16, 24.5], "RHHHRHHR", 3],
        scenes.RIGHT,
    ),
    (1, None, "joining-is-a-hit", [[0, 0, 1, 3, 11], "RJJHH", 4], scenes.RIGHT),
    (
        1,
        None,
        "a-plan-is-an-answer",
        [["tea", "bread", "saffron"]],
        scenes.answered("tea", "bread", "saffron"),
    ),
]


def agent(ns: Names, check: Check) -> None:
    """12 points, method by method; the agent gets the reference's parts."""
    own, made = ns["parts"](ours=True), ns["ToolAgent"]
    more = {
        scenes.plain_function: [ns["asyncio"]],
        scenes.batch: [check.seen],
        scenes.unpoisoned: [check.change, check.seen],
    }

    def make(tools: Any, llm: Any = None, **settings: Any) -> Any:
        return made(llm, tools, own, **settings)

    passed: list[bool] = []
    for seen, row in zip(scenes.CASES, AGENT, strict=True):
        (name, look, scene, *_), (points, after, belief, given, want) = seen, row
        if after is not None and not passed[after]:
            _later(check, name, points, f"once {scenes.CASES[after][0]}")
        else:
            played = partial(scene, make, *given, *more.get(scene, []))
            _play(check, name, points, look, belief, played, want)
        passed.append(check.criteria[-1].full)
