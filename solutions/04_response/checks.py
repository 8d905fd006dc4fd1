"""How the exercises of 04_response are graded. Calls and virtual time; no clocks."""

import asyncio
import contextlib
import math
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from coursekit.check.check import Check
from coursekit.check.error_messages import fault
from coursekit.check.parsons import assemble
from coursekit.check.shuffled_trials import verdicts
from coursekit.core.module import LETTERS
from coursekit.core.plain_data import number, same
from coursekit.core.wording import show
from session1.data.pairs import Pair, further_pairs, pairs
from session1.latency.closed_loop import HIT_S, late_share, simulate
from session1.reuse.gate import judge
from session1.reuse.similarity import jaccard, tokens

Names = Mapping[str, Any]
Percentile = Callable[[list[float], float], float]
STAND_IN = "a stand-in"
GUARDS = (
    *("negation", "number", "statement or question", "question word", "name"),
    *("word order", "content word", "sign", "mentioned word"),
)


def prepare() -> None:
    """Read once what every grading needs."""
    for pair in pairs():
        judge(pair.first, pair.second)


def _cause(*causes: tuple[Any, str]) -> str:
    """Say of the first cause that holds where to look; empty when none does."""
    return next((look for holds, look in causes if holds), "")


def _looks(rows: Sequence[Any], look: str = "") -> Iterator[tuple[Any, str]]:
    """Each example with the last text before it, which says where to look."""
    for row in rows:
        if isinstance(row, str):
            look = row
        else:
            yield row, look


def _not_yet(check: Check, points: Mapping[str, float]) -> None:
    """Write down criteria that count once an earlier one is reached."""
    for i, (name, most) in enumerate(points.items()):
        once = "this and the rest: once the first is reached"
        check.add(name, most, 0, given="" if i else once)


RIGHT = "right answers served while none is wrong"
NONE_WRONG = "no wrong answer served"
JUDGED = "candidates judged for one message"


def tune(ns: Names, check: Check) -> None:
    """4 points: right answers (2), no wrong one (1), few candidates judged (1).

    Right answers: full from 64, none at 55 (a threshold of 0.7 serves 58).
    Candidates for one message: full up to 1.2, none from 4. Nothing for right
    answers while wrong ones are served, nothing at all for a cache that serves
    fewer than 40 rightly.
    """
    settings = ns["settings"]
    threshold, guards = number(settings["threshold"]), number(settings["guards"])
    outside = _outside(settings, threshold, guards)
    if outside or threshold is None or guards is None:
        check.add(RIGHT, 2, 0, **outside)
        check.add(NONE_WRONG, 1, 0)
        check.add(JUDGED, 1, 0)
        return
    right, wrong, judged = _served(threshold, int(guards))
    useful = right >= 40
    given = f"threshold {threshold:g}, {guards:g} guards, on the labelled pairs"
    check.at_least(
        RIGHT,
        2,
        right if not wrong else 0,
        full=64,
        zero=55,
        unit="right answers",
        given=given if not wrong else f"{given}: {wrong} wrong, so no right one counts",
        look="lower the threshold: with all guards on it brings hits and no harm"
        if not wrong
        else "switch on more guards: a right answer counts once none is wrong",
        misconception="threshold-separates" if wrong else "",
    )
    check.true(
        NONE_WRONG,
        1,
        useful and not wrong,
        given=given,
        got=f"{wrong} wrong and {right} right",
        expected="0 wrong and at least 40 right",
        look="each guard stops another kind of difference: switch on one after another",
        misconception="one-guard-is-enough" if guards else "similar-is-same",
    )
    check.at_most(
        JUDGED,
        1,
        round(judged, 2) if useful else math.inf,
        full=1.2,
        zero=4,
        unit="candidates",
        given=given if useful else "counted once 40 right answers are served",
        look="raise the threshold: near 0.3 it proposes nearly everything"
        if useful
        else "",
        misconception="judge-everything" if useful else "",
    )


def _outside(
    settings: Any, threshold: float | None, guards: float | None
) -> dict[str, str]:
    """What is no setting at all, in words; empty when both are."""
    for name, value in (("threshold", threshold), ("guards", guards)):
        if value is None:
            expected = "a number, without quotes"
            return {"got": f"{name} {show(settings[name])}", "expected": expected}
    if len(settings) != 2:
        expected = "threshold and guards, nothing else"
        return {"got": f"{len(settings)} settings", "expected": expected}
    if guards not in range(len(GUARDS) + 1):
        expected = f"a whole number from 0 to {len(GUARDS)}"
        return {"got": f"guards {guards:g}", "expected": expected}
    if threshold is not None and not 0 <= threshold <= 1:
        told = {"got": f"threshold {threshold:g}", "expected": "from 0 to 1"}
        return {**told, "look": "a share, not percent: half is 0.5"}
    return {}


def _served(threshold: float, guards: int) -> tuple[int, int, float]:
    """Right and wrong answers on the labelled pairs; candidates a message."""
    known = pairs()
    firsts = [tokens(pair.first) for pair in known]
    right = wrong = judged = 0
    for pair, first in zip(known, firsts, strict=True):
        asked = tokens(pair.second)
        judged += sum(jaccard(asked, held) > threshold for held in firsts)
        reason = judge(pair.first, pair.second).reason
        passed = reason not in GUARDS[:guards]
        if passed and jaccard(asked, first) > threshold:
            right += pair.same
            wrong += not pair.same
    return right, wrong, judged / len(known)


def _copy(text: str) -> str:
    """The same text in another object: what is compared by `is` differs."""
    return "".join(list(text))


class Model:
    """Answers after the seconds given, call by call; counts its calls."""

    def __init__(self, *seconds: float) -> None:
        self.seconds, self.calls = list(seconds), 0

    async def __call__(self, message: str) -> str:
        self.calls += 1
        number = min(self.calls, len(self.seconds))
        await asyncio.sleep(self.seconds[number - 1])
        return f"answer {self.calls} to {message}"


DEADLINE = "the stand-in comes at the deadline"
NOTHING_ELSE = "nothing else is kept"
ERRORS = "an error of the model comes through"


async def _asked(ask: Callable[[], Awaitable[Any]], times: int) -> list[Any]:
    return [await ask() for _ in range(times)]


def fallback(ns: Names, check: Check) -> None:
    """4 points, one each; the last three only if the first one is reached."""
    made, stand_in = ns["Responder"], ns["FALLBACK"]
    slow, message = Model(5, 1, 1), "is it safe?"
    responder = check.call(made, slow, 2)
    try:
        asked = _asked(lambda: responder.ask(_copy(message)), 3)
        (_, second, third), _ = check.timed(asked)
    except TimeoutError as error:
        second = third = _in_words(error)
    served = second == f"answer 2 to {message}"
    stays = served and third == second and slow.calls == 2
    alike, fresh = Model(1, 1, 1, 1, 9), Model(1)
    others = check.call(made, alike, 2)
    told, count = check.wait(_told_apart(others, alike)) if stays else ([], 0)
    want = [f"answer {n} to {text}" for n, text in enumerate(APART, 1)]
    before = 2 * len(APART)
    apart = same(told, want * 3) and count == len(APART)
    if apart:
        check.wait(check.call(made, fresh, 2).ask(APART[0]))
    own = fresh.calls == 1
    given = "a model that takes 5 s, then 1 s; deadline 2 s; one message thrice"
    got = f"{second!r}, then {third!r}, {slow.calls} runs"
    expected = "the model's second answer, twice, and 2 runs"
    if stays:
        given = f"a model that takes 1 s; {', '.join(map(repr, APART))}, twice; "
        given += "another one, which is late; then all again"
        got = f"{told!r}, {count} runs"
        expected = f"to each message its own answer, and {len(APART)} runs"
    if apart:
        given = f"a second Responder with a model of its own; asked {APART[0]!r}"
        got, expected = f"{fresh.calls} runs of that model", "1 run"
    wait = "the wait ends at the deadline: `asyncio.wait_for(…, self.deadline)`"
    end = "it is kept, yet the stand-in goes out: does a `finally` return it?"
    again = check.true(
        "asked again the model's answer comes and stays",
        1,
        stays and apart and own,
        given=given,
        got=got,
        expected=expected,
        look=_cause(
            (apart, "make `self.kept` in `__init__`, so that each has its own"),
            (
                0 < count < len(APART),
                "the message itself is the key: its case and its marks count",
            ),
            (
                told and told[:before] == want * 2,
                "what is kept stays, also once it is served or another one is late",
            ),
            (served, "keep the answer that came in time, each for its message"),
            (
                second == third == stand_in,
                "what is put into `kept` when the model was late?",
            ),
            (second == stand_in, end),
            (second == f"answer 1 to {message}", wait),
            (True, "a late model is no error for the caller: return the stand-in"),
        ),
        misconception="never-keep" if served else "what-was-sent-is-an-answer",
    )
    if not again:
        _not_yet(check, dict.fromkeys((DEADLINE, NOTHING_ELSE, ERRORS), 1.0))
        return
    late = [_late(check, made, *times) for times in ((9, 2), (1, 0.5), (31, 30))]
    off = (x for x in late if x.said != stand_in or x.waited != x.deadline)
    one = next(off, late[0])
    in_time = _late(check, made, 29, 30)
    soon = in_time.said == "answer 1 to and this?" and in_time.waited == 29
    if one is late[0] and not soon and one.said == stand_in:
        one = in_time
    check.true(
        DEADLINE,
        1,
        soon and all(x.said == stand_in and x.waited == x.deadline for x in late),
        given=f"a model that takes {one.seconds:g} s; deadline {one.deadline:g} s",
        got=f"{one.said!r} after {one.waited:g} s",
        expected=f"the model's answer after {one.seconds:g} s"
        if one is in_time
        else f"FALLBACK after {one.deadline:g} s",
        look=_late_look(one),
        misconception="deadline-can-wait"
        if one.waited > one.deadline
        else "late-is-answered",
    )
    failed = [_failing(check, made, error) for error in FAILURES]
    gave_up = _failing(check, made, TimeoutError("the model's own"))
    kept = _kept(responder) + _kept(others)
    kept += [x for each in (*late, *failed, gave_up) for x in _kept(each.responder)]
    wrong = [text for text in kept if not str(text).startswith("answer")]
    check.true(
        NOTHING_ELSE,
        1,
        not wrong,
        got=f"kept: {wrong or kept}",
        expected="only what the model said",
        look="keep nothing after a TimeoutError, also one that the model raises"
        if stand_in in _kept(gave_up.responder)
        else "return the stand-in before anything is kept"
        if stand_in in wrong
        else "an error leaves before anything is kept",
        misconception="what-was-sent-is-an-answer",
    )
    failed.append(_cancelled(check, made))
    first, *_ = [x for x in failed if x.came != x.wanted] or failed
    check.true(
        ERRORS,
        1,
        first.came == first.wanted,
        given="an ask that is cancelled after half a second"
        if first is failed[-1]
        else f"a model that raises {first.wanted}",
        got=first.came,
        expected=f"{first.wanted} raised",
        look="catch TimeoutError and nothing else: neither errors nor a cancel",
        misconception="an-error-is-a-timeout",
    )


def _late_look(one: "Asked") -> str:
    """Where to look when an answer or a stand-in does not come as it should."""
    longer, end = one.waited > one.deadline, one.said == "answer 1 to and this?"
    early = one.waited < min(one.deadline, one.seconds)
    return _cause(
        (longer and end, "`asyncio.wait_for` waits no longer than `self.deadline`"),
        (longer, "the model is asked again: at the deadline leave with the stand-in"),
        (early, "wait for `self.deadline` seconds"),
        (one.seconds > one.deadline, "`return FALLBACK` at the deadline"),
        (True, "an answer that is in time goes out itself"),
    )


APART = ("a", "b", "A", "a?")


async def _told_apart(responder: Any, model: Model) -> tuple[list[Any], int]:
    """The answers to all twice, and once more after one that is late; the runs."""
    told = [await responder.ask(_copy(message)) for message in APART * 2]
    runs = model.calls
    with contextlib.suppress(TimeoutError):
        await responder.ask("late")
    return [*told, *[await responder.ask(_copy(m)) for m in APART]], runs


@dataclass
class Asked:
    """One ask of a model that takes some seconds."""

    seconds: float
    deadline: float
    responder: Any
    said: Any
    waited: float


def _late(check: Check, made: Any, seconds: float, deadline: float) -> Asked:
    responder = check.call(made, Model(seconds), deadline)
    said, waited = check.timed(responder.ask("and this?"))
    return Asked(seconds, deadline, responder, said, waited)


@dataclass
class Failed:
    """An ask of a model that fails: the error it raises and the one that came."""

    wanted: str
    came: str
    responder: Any


FAILURES: list[Exception] = [
    ConnectionError("the model is gone"),
    ValueError("no such model"),
    KeyError("choices"),
    RuntimeError("busy"),
    OSError(5, "no route"),
    ZeroDivisionError("by zero"),
]


def _failing(check: Check, made: Any, error: Exception) -> Failed:
    """Ask a model that raises `error` after a second, in time for the deadline."""
    responder = check.call(made, _failing_model(error), 2)
    try:
        said = check.wait(responder.ask("hello"))
    except Exception as raised:
        return Failed(_in_words(error), _in_words(raised), responder)
    return Failed(_in_words(error), f"{said!r}, and no error", responder)


def _cancelled(check: Check, made: Any) -> Failed:
    """Ask a model that takes a second, and cancel the ask while it waits."""
    responder = check.call(made, Model(1), 2)

    async def one() -> Any:
        return await responder.ask("hello")

    async def scene() -> str:
        task = asyncio.create_task(one())
        await asyncio.sleep(0.5)
        task.cancel()
        try:
            return f"{await task!r}, and no error"
        except asyncio.CancelledError:
            return "CancelledError"

    return Failed("CancelledError", check.wait(scene()), responder)


def _failing_model(error: Exception) -> Callable[[str], Awaitable[str]]:
    async def broken(message: str) -> str:
        await asyncio.sleep(1)
        raise type(error)(*error.args)

    return broken


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _kept(responder: Any) -> list[Any]:
    kept = getattr(responder, "kept", {})
    values = getattr(kept, "values", None)  # any mapping will do
    return list(values()) if callable(values) else [kept]


TEN_TIMES = (420, 180, 90, 2000, 510, 350, 270, 760, 130, 640)
WRONG_FIGURES = {  # of the ten times, by what one believes who gets them
    "p50": {
        420: "rank-is-index",
        510: "order-of-arrival",
        385: "between-two-values",
        535: "average-is-typical",
        1000: "percent-of-the-maximum",
    },
    "p90": {
        2000: "rank-is-index",
        130: "order-of-arrival",
        884: "between-two-values",
        1800: "percent-of-the-maximum",
    },
    "p95": {
        760: "percentile-rounds-down",
        640: "order-of-arrival",
        1442: "between-two-values",
        1900: "percent-of-the-maximum",
    },
    "hasty_p90": {
        760: "rank-is-index",
        640: "order-of-arrival",
        1800: "percent-of-the-maximum",
    },
}


# the place of each figure among the sorted times, as one may write it instead
RANKS = {"p50": [5], "p90": [9], "p95": [9.5, 10], "hasty_p90": [9]}
LOOKS = {
    "order-of-arrival": "of the *sorted* times, the shortest first",
    "between-two-values": "nearest rank is always one of the times",
    "average-is-typical": "no average: nearest rank is always one of the times",
    "percent-of-the-maximum": "percent of how many times there are, not of the longest",
    "percentile-rounds-down": "rank 9.5 is rounded up",
}


def percentile(ns: Names, check: Check) -> None:
    """4 points, one a figure."""
    for name, want, look in [
        ("p50", 350, "rank 50 × 10 / 100 of the sorted times"),
        ("p90", 760, "rank 90 × 10 / 100 of the sorted times"),
        ("p95", 2000, "rank 95 × 10 / 100, rounded up"),
        ("hasty_p90", 2000, "index 9 of a list that starts at 0"),
    ]:
        given, got = ns[name], number(ns[name])
        belief = WRONG_FIGURES[name].get(got, "") if got is not None else ""
        if got is None:
            quoted = "the number alone, without quotes"
            look = quoted if type(given) is str else "one number for each name"
        elif got in RANKS[name]:
            look = "that is where it stands: which time is it?"
        elif 0 < got < 10:
            look = "in milliseconds"
        elif belief == "rank-is-index" and name != "hasty_p90":
            look = f"one rank too far: {look} is whole, and counted from 1"
        elif got not in TEN_TIMES and belief not in LOOKS:
            look = LOOKS["between-two-values"]
        # what is right is not told here: it is the answer
        check.true(
            name,
            1,
            got == want,
            given="the ten times",
            got=show(given),
            expected="one of the ten times, in milliseconds",
            look=LOOKS.get(belief, look),
            misconception=belief,
        )


LATE = (
    "the stand-in comes at the deadline and is not kept",
    "the late answer is kept and served at once",
    "the model ran once",
)
INDENT = (
    "begin with the `async def` that has no indent; below a line that ends in a "
    "colon comes one indented further"
)


def late(ns: Names, check: Check) -> None:
    """5 points: in time (1), the stand-in (1), the late answer kept (2), one run (1).

    Any order of lines that does what is asked gets them; one that does not hand out
    an answer in time gets nothing.
    """
    order = ns["order"]
    ask, fault = _lines_as_function(order)
    replies, seconds = (fault, 0.0) if fault else _in_time(ask, check)
    in_time = replies == ["answer 1 to hi"] * 2 and seconds == 1.0
    trapped = _trap(order, check)
    check.true(
        "eleven lines that keep an answer in time",
        1,
        in_time and not trapped,
        given="a model that takes 1 s; the same message twice; deadline 2 s",
        got=f"{replies} after {seconds:g} s" + (", with a trap in it" * bool(trapped)),
        expected="the model's answer after 1 s, and at once when asked again",
        look=trapped or _order_look(replies),
    )
    if not in_time:
        _not_yet(check, dict(zip(LATE, (1.0, 2.0, 1.0), strict=True)))
        return
    model = Model(5)
    back = _comes_back(ask, model, check)
    check.true(
        LATE[0],
        1,
        back.first == STAND_IN and back.waited == 2.0 and not back.kept_then,
        given="a model that takes 5 s; deadline 2 s",
        got=f"{back.first!r} after {back.waited:g} s; kept: {back.kept_then}",
        expected="FALLBACK after 2 s, and nothing kept by then",
        look="the wait has a deadline, and `except TimeoutError` returns",
        misconception="what-was-sent-is-an-answer" if back.kept_then else "",
    )
    answer = "answer 1 to is it safe?"
    arrived = answer in back.kept_later
    check.true(
        LATE[1],
        2,
        back.second == answer and back.wait == 0.0,
        given="the same message ten seconds later",
        got=f"{back.second!r} after {back.wait:g} s; kept: {back.kept_later}",
        expected="the answer that came late, after 0 s",
        look="look at what is kept before asking the model"
        if arrived
        else "what `wait_for` waits for is cancelled, unless a shield stands between",
        misconception="never-keep" if arrived else "wait-for-lets-go",
    )
    check.true(
        LATE[2],
        1,
        back.second == answer and model.calls == 1,
        got=f"{model.calls} runs, then {back.second!r}",
        expected="1 run, and its answer",
        look="look at what is kept before asking the model"
        if arrived
        else "a task that is cancelled keeps nothing, so the model is asked again",
        misconception="never-keep" if arrived else "wait-for-lets-go",
    )


def _order_look(replies: Any) -> str:
    """Where to look when the lines do not give an answer in time twice."""
    said, asked = str(replies), "answer 2 to hi" in replies
    indent = "IndentationError" in said or "outside function" in said
    return _cause(
        (asked, "what is kept goes out first: `if message in kept`"),
        (indent, INDENT),
        ("'generate'" in said, "`generate` has to be there before a task runs it"),
        ("'task'" in said, "the task has to be there before anybody waits for it"),
        ("KeyError" in said, "`return kept[message]` stands where nothing is kept yet"),
        ("None" in said, "the last line returns what is kept"),
        (True, "start with `async def`; kept answers first; the last line returns"),
    )


def _trap(order: Any, check: Check) -> str:
    """What to look at in a line that stays out, when it is used; else empty."""
    exercise = check.exercise
    lines = dict(zip(LETTERS, exercise.lettered, strict=False))
    used = [lines[letter] for letter in str(order).upper() if letter in lines]
    if any("wait_for(task" in line for line in used):
        return "without the shield `wait_for` cancels the task: take the other line"
    if any(line in exercise.distractors for line in used):
        return "a stand-in is no answer: no line keeps it"
    return ""


def _lines_as_function(order: Any) -> tuple[Any, str]:
    """The learner's `ask`, or None and why there is none."""
    names: dict[str, Any] = {"asyncio": asyncio, "FALLBACK": STAND_IN}
    try:
        exec(assemble("late", order), names)
    except Exception as error:
        said = getattr(error, "msg", str(error))
        return None, f"{type(error).__name__}: {said}"
    ask = names.get("ask")
    return ask, "" if ask else "lines that make no function `ask`"


def _in_time(ask: Any, check: Check) -> tuple[Any, float]:
    """The replies to one message asked twice, and the seconds both took."""

    async def scene() -> Any:
        kept: dict[str, str] = {}
        model = Model(1)
        return await _asked(lambda: ask(model, kept, "hi", 2), 2)

    try:
        return check.timed(scene())
    except Exception as error:
        return f"{type(error).__name__}: {error}", 0.0


@dataclass
class Back:
    """Two asks ten seconds apart: replies, waits, and what was kept in between."""

    first: Any = "an error"
    waited: float = 0.0
    kept_then: list[Any] = field(default_factory=list)
    kept_later: list[Any] = field(default_factory=list)
    second: Any = "an error"
    wait: float = 0.0


def _comes_back(ask: Any, model: Model, check: Check) -> Back:
    back = Back()

    async def scene() -> None:
        kept: dict[str, str] = {}
        clock = asyncio.get_running_loop().time
        back.first = await ask(model, kept, "is it safe?", 2)
        back.waited, back.kept_then = round(clock(), 6), list(kept.values())
        await asyncio.sleep(10)
        began, back.kept_later = clock(), list(kept.values())
        back.second = await ask(model, kept, "is it safe?", 2)
        back.wait = round(clock() - began, 6)

    with contextlib.suppress(Exception):  # whatever was reached has been noted
        check.wait(scene())
    return back


SAFE = "Is it safe to take these pills with milk?"
NOT_SAFE = "Is it not safe to take these pills with milk?"
DOUBLE_NOT = "I do not know that I can not do it"
REFUND = "Can I get my 100 dollars back within 30 days?"
DOSE = "take 2.5 mg with milk once a day"
TEN = "a b c d e f g h i j"
# asked, kept, the place of the one to be found, and the threshold unless it is 0.7
Example = tuple[str, list[str], int | None] | tuple[str, list[str], int | None, float]


# Of each criterion of `similar`: its points, its misconception, and examples; a text
# among them says where to look when one of the examples after it comes out wrong.
SIMILAR: list[tuple[str, float, str, list[Example | str]]] = [
    (
        "shared words divided by all different words",
        1,
        "one-case-is-enough",
        [
            "return the message that was found",
            (SAFE, [SAFE], 0),
            "compare sets of words: one that is said twice is one word",
            ("it is very very very very good", ["It is good, very!"], 0),
            ("go go go go go home", ["go go go go go away"], None),
            ("la la la la la", ["la"], 0),
            "divide by all different words, of both messages",
            ("a b c d e", [TEN], None),
            (TEN, ["a b c d e"], None),
            ("a b c d e", ["a b c d f"], None),
            "`words(…)` of both messages: not texts, nor texts cut at blanks",
            ("how are you today", ["how were you today"], None),
            ("abcdefghijk", ["abcdefghijx"], None),
            ("it's safe, isn't it", ["It is safe, is it not?"], 0),
            "negations and numbers are words, too: they belong to the sets",
            ("a b c not", ["a b c never"], None),
            ("a b c 1 2 3 4 x", ["a b c 1 2 3 4 y"], 0),
            "compare the share as it is, not rounded",
            ("a b c d e f g h", ["a b c d e f g h i j k"], 0),
        ],
    ),
    (
        "exactly at the threshold is not above it",
        1,
        "off-by-one",
        [
            "7 of 10 is 0.7, which is not above 0.7: `>`",
            ("a b c d e f g", [TEN], None),
            ("a b c d e f g h", [TEN], 0),
            "`threshold`, the third argument, is what counts",
            ("a b c d", ["a b c e"], 0, 0.5),
            ("a b c d", ["a b c e"], None, 0.6),
            ("a b c d e f g h", [TEN], None, 0.9),
            ("a b", ["b a"], 0, 0.99),
            ("a b", ["a b"], None, 1.0),
            ("a b", ["b c d e", "c d"], 0, 0.0),
            ("a b", ["c d"], None, 0.0),
        ],
    ),
    (
        "the most similar one wins and the earliest of equals",
        1,
        "first-match-wins",
        [
            "of equals the earliest stays: replace the best only by a better one, `>`",
            ("b c d e f g h i j", [TEN, "b c d e f g h i j k"], 0),
            ("a b c d e f g h", ["a b c d e f x h", "a b c d e f g y"], 0),
            "do not return the first that fits: keep the best so far",
            ("a b c d e f g h", ["a b c d e f x h", "a b c d e f g H"], 1),
            (TEN, ["a b c d e f g h i x", "J i h g f e d c b a", TEN], 1),
            ("a b c d e f g h i", [f"{TEN} k l", f"{TEN} k"], 1),
        ],
    ),
    (
        "as many negations",
        1,
        "similar-is-same",
        [
            "count the words of each message that are in NEGATIONS",
            (NOT_SAFE, [SAFE], None),
            ("isn't it safe to take these pills with milk", [SAFE], None),
            ("isn't it safe to take these pills with milk", [NOT_SAFE], 0),
            "each word of NEGATIONS counts, whichever it is",
            ("is it never safe to take these pills with milk", [NOT_SAFE], 0),
            (SAFE, ["Is it never safe to take these pills with milk?"], None),
            (SAFE, ["Is it safe to take no pills with milk?", NOT_SAFE], None),
            (SAFE, ["Is it safe to take these pills without milk?"], None),
            ("no milk without sugar a b c", ["no milk sugar a b c"], None),
            (
                "no milk without sugar a b c d e f g h",
                ["not milk never sugar a b c d e f g h"],
                0,
            ),
            "two negations are not one: count a word as often as it is said",
            (DOUBLE_NOT, ["I do not know that I can do it"], None),
            (DOUBLE_NOT, ["Do I not know that I can not do it"], 0),
        ],
    ),
    (
        "the same numbers",
        1,
        "same-words-same-numbers",
        [
            "another amount is another question: compare the words that are numbers",
            ("Can I get my 900 dollars back within 30 days?", [REFUND], None),
            ("can i get my 100 dollars back within 30 days", [REFUND], 0),
            ("a b c d e f g 5", ["a b c d e f g"], None),
            ("a b c d e f g", ["a b c d e f g 5"], None),
            ("a b c d e f g 3 12", ["a b c d e f g 31 2"], None, 0.5),
            "a number begins with a digit, whatever follows: 7.5, 10mg, 12:30",
            ("take 7.5 mg with milk once a day", [DOSE], None),
            ("take 2.5 mg with milk a day", [DOSE], 0),
            ("can I take 10mg with milk", ["can I take 5mg with milk"], None),
            ("is the bus at 12:30 on time", ["Is the bus at 12:45 on time?"], None),
            ("it is 1,000 to the last one", ["It is 1,500 to the last one"], None),
            ("it is 1,000 to the last one", ["It is 1,000 to the last one"], 0),
            "a number begins with a digit: mp3 does not",
            ("may I play mp3 files here", ["may I play mp4 files here"], 0),
        ],
    ),
    (
        "in the same order",
        1,
        "same-words-same-numbers",
        [
            "30 dollars in 100 days are not 100 dollars in 30 days: compare lists",
            ("Can I get my 30 dollars back within 100 days?", [REFUND], None),
            ("can i get my 100 dollars back within 30 days", [REFUND], 0),
            "compare all numbers, one that comes twice as well",
            ("is 1 or 2 or 2 right", ["Is 1 or 1 or 2 right?"], None),
            ("is 1 or 2 or 1 right", ["Is 1 or 1 or 2 right?"], None),
            ("is 1 or 1 or 2 right", ["Is 1 or 1 or 2 right?"], 0),
            ("a b c d e f g 5 5", ["a b c d e f g 5"], None),
            ("a b c d e f g 5 5", ["A b c d e f g 5, 5"], 0),
        ],
    ),
    (
        "an unsafe best does not hide a safe second",
        1,
        "guard-the-best-only",
        [
            "ask the guards for each candidate before comparing similarities",
            (
                "Is it safe to take these pills with warm milk?",
                ["Is it not safe to take these pills with warm milk?", SAFE],
                1,
            ),
            ("a b c d e f g 1", ["a b c d e f 1", "a b c d e f g not 1"], 0),
        ],
    ),
    (
        "nothing to find",
        1,
        "",
        [
            "begin with None, and return it where none will do",
            ("anything", [], None),
            "messages without words have nothing in common: mind the division",
            ("", [""], None),
            ("?", ["!", SAFE], None),
            (SAFE, ["", "?", SAFE], 2),
            (SAFE, [NOT_SAFE, SAFE, SAFE], 1),
        ],
    ),
]
ERROR = "an error:"
MEASURE = "shared words divided by all different words"


def similar(ns: Names, check: Check) -> None:
    """8 points, one each. Without any guard: 0, for opposites are served."""
    found = {name: _first_wrong(ns, check, rows) for name, _, _, rows in SIMILAR}
    rows = {name: rows[:2] for name, _, _, rows in SIMILAR}
    plain = (rows["as many negations"], rows["the same numbers"])
    unsafe = all(_first_wrong(ns, check, each) for each in plain)
    said = False
    for name, points, misconception, _ in SIMILAR:
        wrong = found[name]
        if unsafe and not wrong:
            once = "this and the rest: once negations or numbers are guarded"
            wrong, misconception = {"given": "" if said else once}, ""
            said = True
        elif wrong and found[MEASURE] and "threshold" in name:
            wrong["look"] = "the similarity first, as above"
        check.add(
            name,
            points,
            0 if wrong else points,
            misconception=misconception if wrong else "",
            **wrong,
        )


def _first_wrong(
    ns: Names, check: Check, rows: Sequence[Example | str]
) -> dict[str, str]:
    """The first example that comes out wrong, in words; empty when none does."""
    for (asked, kept, want, *threshold), look in _looks(rows):
        expected = None if want is None else kept[want]
        given = ", ".join(map(repr, (asked, kept, *threshold)))
        given, handed = f"similar({given})", list(kept)
        try:
            got = check.call(ns["similar"], asked, handed, *threshold)
        except (NotImplementedError, KeyboardInterrupt):
            raise
        except Exception as error:
            got = f"{ERROR} {type(error).__name__}: {error}"
        if handed != kept:
            look = "`sorted` makes a new list, `.sort()` changes the one it was given"
            return {"given": given, "got": f"`kept` is now {handed}", "look": look}
        if not same(got, expected):
            if got not in (None, *kept) and not str(got).startswith(ERROR):
                look = "return one of `kept`, of this call, as it is, or None"
            said = {"got": f"{got!r}", "expected": f"{expected!r}", "look": look}
            return {"given": given, **said}
    return {}


# What a gate of one's own must let pass, and must not; a text among them says where
# to look when one of the pairs after it is judged wrongly.
SAME_ASK: list[tuple[str, str] | str] = [
    "return whether both are the same text then",
    ("stop the clock", "stop the clock"),
    "the first letter may be small or large, and blanks may stand around",
    ("  Stop the clock. ", "stop the clock"),
    ("Stop the clock", "stop the clock"),
    "each beginning in STARTS goes: `startswith`, then what is left",
    ("Hi, where is the exit?", "Where is the exit?"),
    ("Hey, I lost my key.", "I lost my key"),
    ("Please sing a song", "sing a song"),
    ("could you tell me where I am", "Where I am?"),
    "whatever their case: `text.lower()` begins so, cut by length",
    ("where is the exit", "hello, Where is the exit?"),
    ("HELLO, where is the exit?", "where is the exit"),
    "what STARTS says comes in its place",
    ("What's a monad?", "What is a monad"),
    ("what's the time in Rome", "What is the time in Rome?"),
    ("How can I open a tin?", "How do I open a tin?"),
    ("how to open a tin", "How do I open a tin?"),
    "`text.lower()` is for comparing: what is left keeps its capitals",
    ("What's Python?", "What is Python?"),
    "what STARTS says comes in its place",
    ("how can i open a tin", "how do i open a tin"),
    "one beginning after the other: do not stop at the first that fits",
    ("Can you tell me how to swim?", "How do I swim?"),
    ("Hi, what's a monad", "What is a monad?"),
    ("hey, how to open a tin", "How can I open a tin?"),
    "at the end one mark goes, then ` please`",
    ("Where is the exit please?", "Where is the exit?"),
    ("where is the exit please", "Where is the exit?"),
]
OTHER_ASK: list[tuple[str, str] | str] = [
    "what a message is about stays: compare all that is left",
    ("How do you spell please?", "How do you spell thanks?"),
    ("Please the crowd", "Thank the crowd"),
    ("Why?", "Why not?"),
    ("", "What is a monad?"),
    "a beginning counts in front only: `startswith`, not `replace`",
    ("Who is Hi, Inc?", "Who is Inc?"),
    ("What do they say: hi, or hello?", "What do they say: or hello?"),
    ("Do I say what's or what is?", "Do I say what is or what is?"),
    ("Do I ask how can I or how do I?", "Do I ask how do I or how do I?"),
    "please goes at the end only: `removesuffix`, not `replace`",
    ("Where do I please the crowd?", "Where do I the crowd?"),
    "one mark goes and one ` please`, not all that stand there",
    ("Do you write Mr or Mr.?", "Do you write Mr or Mr?"),
    ("Do they answer please please?", "Do they answer please?"),
    "only `?` and `.` go, and only at the end",
    ("Is 5! more than 100?", "Is 5 more than 100?"),
    ("How many is 5!", "How many is 5"),
    ("Is it 1.5 or 2?", "Is it 15 or 2?"),
    "` please` goes in small letters only",
    ("Who sings Say Please?", "Who sings Say?"),
    "each beginning goes once, in the order of the dict",
    ("Please please me", "Please me"),
    "blanks go around the message, not inside",
    ("How long is 'a  b'?", "How long is 'a b'?"),
    "only the first letter loses its case: the others keep theirs",
    ("What is Polish?", "What is polish?"),
    ("NASA or ESA?", "Nasa or ESA?"),
    "the first letter becomes small, and no letter goes",
    ("Bats or birds?", "Cats or birds?"),
    ("Pens or paper?", "Pins or paper?"),
    "compare texts: the order counts",
    ("Is A before B?", "Is B before A?"),
]
GATE_LOOK = "all but the two ends counts: each word, their order, signs and capitals"


def gate(ns: Names, check: Check) -> None:
    """5 points: what asks the same (2); hard pairs (1), later ones (1), ends (1).

    The last three count once half of what asks the same is served.
    """

    def judged(rows: Sequence[tuple[str, str] | str], want: bool) -> list[Any]:
        """The pairs judged wrongly, each with where to look; asked both ways."""
        return [
            (one, other, look)
            for row, look in _looks(rows, GATE_LOOK)
            for one, other in (row, row[::-1])
            if bool(check.call(ns["same_question"], one, other)) is not want
        ]

    missed, count = judged(SAME_ASK, True), 2 * len([*_looks(SAME_ASK)])
    *first, look = missed[0] if missed else ("", "", "")
    if missed and (first[1], first[0]) not in {(a, b) for a, b, _ in missed}:
        look = "do to both messages what is done to one: the two may change places"
    check.at_most(
        "what asks the same is served",
        2,
        len(missed),
        full=0,
        zero=count // 2,
        unit=f"of {count} refused",
        given=f"same_question{tuple(first)!r}"
        if missed
        else f"{count // 2} pairs, both ways",
        look=look,
        misconception="never-keep",
    )
    useful = len(missed) <= count // 2
    for name, rows in [
        ("no labelled pair that differs is served", _differ(pairs())),
        ("nor one that differs in signs or mentioned words", _differ(further_pairs())),
        ("nor one that differs near its ends", OTHER_ASK),
    ]:
        wrong = judged(rows, False) if useful else []
        *first, look = wrong[0] if wrong else ("", "", "")
        of = 2 * len([*_looks(rows)])
        check.true(
            name,
            1,
            useful and not wrong,
            given=f"same_question{tuple(first)!r}" if wrong else f"{of // 2} pairs",
            got=f"{len(wrong)} of {of} served" if useful else "not counted",
            expected="none served" if useful else "once what asks the same is served",
            look=look,
            misconception="similar-is-same",
        )


def _differ(known: Sequence[Pair]) -> list[tuple[str, str]]:
    return [(pair.first, pair.second) for pair in known if not pair.same]


class _Model:
    """A client of a model: answers after the seconds given; notes its prompts."""

    def __init__(self, *seconds: float) -> None:
        self.model, self.prompts = Model(*seconds), list[Any]()

    async def generate(self, prompt: Any, **options: Any) -> SimpleNamespace:
        self.prompts.append([(one.role, one.content) for one in prompt])
        return SimpleNamespace(text=await self.model(prompt[-1].content))


ANSWER = ("response", "response_time", "cache_hit", "fallback")
LATER = 3600.0  # seconds: whoever asks then finds no clock at 0


class _Agents:
    """Makes learner's agents out of the reference's parts, or of those given."""

    def __init__(self, ns: Names, check: Check) -> None:
        self.ns, self.check, self.stand_in = ns, check, ns["FALLBACK"]
        self.ours = ns["parts"](ours=True)

    def make(self, *seconds: float, **changes: Any) -> Any:
        """An agent and its model; changes are parts, methods after `do_`, a target."""
        target = [changes.pop("target")] if "target" in changes else []
        names = [name for name in changes if name.startswith("do_")]
        methods = {name.removeprefix("do_"): changes.pop(name) for name in names}
        parts = ("Responder", "ask", "similar", "same_question", "retarget")
        own = {name: getattr(self.ours, name) for name in parts} | changes
        kind, llm = self.ns["FastAgent"], _Model(*seconds)
        if methods:
            kind = self.check.call(self.ns["replaced"], kind, **methods)
        return self.check.call(kind, llm, SimpleNamespace(**own), *target), llm

    def keep(self, agent: Any, kept: Mapping[str, str]) -> None:
        """Put answers into what the agent has kept."""
        self.check.change(agent.responder.kept, lambda mine: mine.update(kept))

    def kept(self, agent: Any) -> dict[str, str]:
        """What the agent has kept by now."""
        return dict(self.check.seen(agent.responder.kept))

    def log(self, agent: Any) -> list[Any]:
        """The agent's log, in whole microseconds."""
        return [_rounded(entry) for entry in self.check.seen(agent.log)]

    def ask(self, agent: Any, *messages: str) -> list["_Said"]:
        """What the agent returns for messages, an hour apart, the first at 0."""

        async def scene() -> list[_Said]:
            found, clock = [], asyncio.get_running_loop().time
            for message in messages:
                began = clock()
                try:
                    answer = await agent.process_message_fast(_copy(message))
                except TimeoutError:
                    answer = "TimeoutError, where the stand-in goes out"
                waited = round(clock() - began, 6)
                found.append(_Said(answer, waited, self.kept(agent)))
                await asyncio.sleep(LATER)
            return found

        said: list[_Said] = self.check.wait(scene())
        return said

    def noted(self, agent: Any, said: Sequence["_Said"]) -> bool:
        """Whether what the agent returned is in its `answers`, in order."""
        return same(list(self.check.seen(agent.answers)), [one.answer for one in said])


@dataclass
class _Said:
    """What an agent returned, after how long, and what it had kept by then."""

    answer: Any
    waited: float
    kept: dict[str, str]

    def is_(self, response: str, seconds: float, hit: Any, fallback: bool) -> bool:
        """Whether it is this answer, and came when it says."""
        want = (response, seconds, hit, fallback)
        said = self.answer
        return (
            type(said) is dict
            and number(said.get("response_time")) is not None
            and self.waited == seconds
            and all(
                same(round(said[k], 6) if k == "response_time" else said.get(k), v)
                for k, v in zip(ANSWER, want, strict=True)
            )
        )

    def get(self, key: str) -> Any:
        """A part of the answer."""
        return self.answer.get(key) if type(self.answer) is dict else None


def _rounded(entry: Any) -> Any:
    """A pair of a log in whole microseconds; anything else as it is."""
    if type(entry) is not tuple or number(entry[-1:] and entry[-1]) is None:
        return entry
    return (*entry[:-1], round(entry[-1], 6))


def _none(message: str) -> None:
    """Find nothing."""


def agent(ns: Names, check: Check) -> None:
    """10 points, method by method; the others and all parts are then ours."""
    agents = _Agents(ns, check)
    for name, points, work in [
        ("ask_model: the text and its time in the log", 1, _asks_the_model),
        ("find_similar", 2, _finds),
        ("an exact hit comes at once without the model", 1, _hits),
        ("a similar hit comes marked so", 1, _fuzzy),
        ("the deadline and the late answer", 2, _late_answers),
        ("get_response_time_stats", 1, _stats),
        ("optimize_performance: the next target", 1, _retargets),
        ("optimize_performance: the newest 500 stay", 1, _trims),
    ]:
        with check.part(name, points):
            work(name, points, agents)


def _asks_the_model(name: str, points: float, agents: _Agents) -> None:
    check, (agent, llm) = agents.check, agents.make(1.5, 0.25)
    prompt = '`[Message("system", ROLE), Message("user", message)]`'

    async def scene() -> list[Any]:
        first = await agent.ask_model("hello")
        await asyncio.sleep(LATER)
        return [first, await agent.ask_model("and now?")]

    said, role = check.wait(scene()), agents.ns["ROLE"]
    told = same(said, ["answer 1 to hello", "answer 2 to and now?"])
    asked = [("system", role), ("user", "hello")]
    prompted = bool(llm.prompts) and same(llm.prompts[0], asked)
    log = agents.log(agent)
    check.true(
        name,
        points,
        told and prompted and same(log, [("model", 1.5), ("model", 0.25)]),
        given="a model that takes 1.5 s, then, an hour later, 0.25 s",
        got=f"asked {llm.prompts[:1]!r}" if not prompted else f"{said!r}; log {log!r}",
        expected=f"asked {[asked]!r}"
        if not prompted
        else 'both texts; log [("model", 1.5), ("model", 0.25)]',
        look=f"`await self.llm.generate({prompt.strip('`')})`"
        if not prompted
        else "`(await self.llm.generate([…])).text`"
        if not told
        else '`now()` before and after; ("model", what lies between) into `self.log`',
        misconception="late-times-do-not-count" if told and prompted else "",
    )


def _finds(name: str, points: float, agents: _Agents) -> None:
    check, judged, offered = agents.check, list[Any](), list[Any]()

    def gate(message: str, other: str) -> bool:
        [kept] = {message, other} - {"is it?"}  # in either order
        judged.append(kept)
        return bool(kept.startswith("safe"))

    def likest(message: str, others: Sequence[str]) -> str | None:
        others = list(others)  # it may be a generator
        offered.append(sorted(others))
        return next((other for other in others if "like" in other), None)

    kept = ["unsafe and like it", "safe", "safe and like it", "safe too"]
    agent, llm = agents.make(1, same_question=gate, similar=likest)
    nothing = agent.find_similar("is it?")
    agents.keep(agent, {"safe": "yes"})
    unlike = agent.find_similar("is it?")
    agents.keep(agent, dict.fromkeys(kept, "yes"))
    found = agent.find_similar("is it?")

    def first(_: str, others: Sequence[str], *more: Any) -> str | None:
        return next(iter(others), None)

    strict, _ = agents.make(1, same_question=lambda *_: False, similar=first)
    agents.keep(strict, dict.fromkeys(kept, "yes"))
    unsafe = strict.find_similar("is it?")
    of_all = set(judged) >= set(kept)
    of_safe = offered[-1:] == [sorted(kept[1:])]
    right = found == "safe and like it"
    check.true(
        "find_similar: the most similar of the safe ones",
        points / 2,
        right and (nothing, unlike, unsafe) == (None,) * 3 and not llm.prompts,
        given=f"kept {kept}, of which the gate lets pass what begins with 'safe'",
        got=f"{found!r}; with nothing kept {nothing!r}, nothing similar {unlike!r}, "
        f"nothing safe {unsafe!r}",
        expected="'safe and like it'; with nothing kept, similar or safe None",
        look="return the kept message that was found, not its answer"
        if found == "yes"
        else "where the gate lets none pass there is nothing to serve"
        if unsafe
        else "return what `self.parts.similar(message, …)` returns"
        if right or (found is None and of_safe)
        else "the gate first, for each kept message; then `similar` among those",
        misconception="guard-the-best-only",
    )
    check.true(
        "find_similar: the gate is asked for each",
        points / 2,
        of_all and of_safe and len(offered) <= 3,
        got=f"the gate judged {sorted(set(judged))}; "
        f"`similar` was offered {offered[-1:]}",
        expected="all four judged; `similar` offered the three that are safe",
        look="`self.parts.same_question(message, other)` decides who may compete",
        misconception="guard-the-best-only",
    )


GREETED = {"bye": "see you", "hello": "A good day", "hm": "", "": "Hello?"}


def _hits(name: str, points: float, agents: _Agents) -> None:
    given = f"kept: {GREETED}; each is asked"
    asked = {message: message for message in GREETED}
    _served_at_once(name, points, agents, True, asked, given)


def _fuzzy(name: str, points: float, agents: _Agents) -> None:
    asked = {"goodbye": "bye", "aloha": "hello", "hmm": "hm", "  ": ""}
    given = f"kept: {GREETED}; find_similar finds {asked}"
    _served_at_once(name, points, agents, "fuzzy", asked, given)


def _served_at_once(
    name: str,
    points: float,
    agents: _Agents,
    hit: Any,
    asked: dict[str, str],
    given: str,
) -> None:
    """Ask messages; the text for which an answer is kept is given for each."""

    def found(message: str) -> str | None:
        return None if hit is True else asked.get(message)

    agent, llm = agents.make(1.5, do_find_similar=found)
    agents.keep(agent, GREETED)
    said, log = agents.ask(agent, *asked), agents.log(agent)
    wants = [GREETED[key] for key in asked.values()]
    came = [s.is_(want, 0.0, hit, False) for s, want in zip(said, wants, strict=True)]
    noted, count = agents.noted(agent, said), len(asked)
    one = came.index(False) if False in came else 0
    blank = came[:2] == [True, True] and one > 1
    agents.check.true(
        name,
        points,
        all(came)
        and not llm.prompts
        and noted
        and same(log, [("hit", 0.0)] * count)
        and agents.kept(agent) == GREETED,
        given=given,
        got=f"{list(asked)[one]!r}: {show(said[one].answer)}; log {log!r}",
        expected=f"{wants[one]!r} after 0 s, cache_hit {show(hit)}, fallback False; "
        f'log [("hit", 0.0)] * {count}',
        look=_cause(
            (
                blank and hit is True,
                "an empty text is kept like any other: `message in kept`",
            ),
            (blank, "an empty message can be found like any other: `is not None`"),
            (
                any(one.waited or one.get("response_time") != 0.0 for one in said),
                "what is kept goes out at once: `self.responder.kept` comes first",
            ),
            (
                any(one.get("cache_hit") != hit for one in said),
                '`cache_hit`: `True` for the same message, `"fuzzy"` for a similar one',
            ),
            (
                any(one.get("fallback") for one in said),
                "`fallback` is True for FALLBACK alone: `response == FALLBACK`",
            ),
            (len(log) != count, "a hit of either kind goes into the log, once"),
            (agents.kept(agent) != GREETED, "only `self.parts.ask` keeps answers"),
            (not noted, "every dict that is returned goes into `self.answers`, too"),
            (True, "`kept` at what was found; in the log the seconds in between"),
        ),
        misconception="never-keep" if hit is True else "hits-are-good",
    )


def _late_answers(name: str, points: float, agents: _Agents) -> None:
    check, message = agents.check, "is it safe?"
    model = Model(5, 1)
    agent, _ = agents.make(do_ask_model=model.__call__, do_find_similar=_none)
    said = agents.ask(agent, message, message, "and this?")
    first, second, third = said
    stays = first.is_(agents.stand_in, 2.0, False, True)

    async def gives_up(*_: Any) -> Any:
        return agents.stand_in

    hasty, _ = agents.make(1, ask=gives_up, do_find_similar=_none)
    soon = agents.ask(hasty, message)[0]
    early = soon.is_(agents.stand_in, 0.0, False, True)
    at_once = stays and not first.kept and not early
    check.true(
        "the stand-in comes at the deadline and is not kept",
        points / 2,
        stays and not first.kept and early,
        given="`self.parts.ask` returns FALLBACK at once"
        if at_once
        else "a model that takes 5 s; no target given, so it is 2 s",
        got=f"{show(soon.answer)} after {soon.waited:g} s"
        if at_once
        else f"{show(first.answer)} after {first.waited:g} s; kept {first.kept!r}",
        expected=f"FALLBACK after {0 if at_once else 2} s, cache_hit False, "
        "fallback True; kept {}",
        look="a stand-in is one whenever it comes: `response == FALLBACK`"
        if at_once and soon.get("response") == agents.stand_in
        else "wait with `self.parts.ask`: `Responder`'s own `ask` is another"
        if at_once
        else "what `self.parts.ask` returns goes out; it keeps what is to be kept"
        if stays
        else "wait with `self.parts.ask`, up to `self.responder.deadline`: it returns "
        "the stand-in"
        if first.get("response") != agents.stand_in
        else "`now()` before and after; no hit; `response == FALLBACK`",
        misconception="what-was-sent-is-an-answer" if first.kept else "",
    )
    log = agents.log(agent)
    late = second.is_(f"answer 1 to {message}", 0.0, True, False)
    check.true(
        "the late answer is served and the model asked once",
        points / 4,
        late
        and third.is_("answer 2 to and this?", 1.0, False, False)
        and model.calls == 2
        and agents.noted(agent, said)
        and all(same(entry, ("hit", 0.0)) for entry in log),
        given="the same an hour later, then another one that takes 1 s",
        got=f"{show(second.answer)}, then {show(third.answer)}; {model.calls} calls; "
        f"log {log!r}",
        expected="the late answer at once, a hit; the other after 1 s; 2 calls; what "
        "the model takes is logged by `ask_model` alone",
        look="`self.parts.ask(self.ask_model, kept, message, deadline)` keeps both"
        if not late or model.calls != 2
        else "every dict goes into `self.answers`, only hits into the log",
        misconception="" if late else "wait-for-lets-go",
    )
    first_wrong = _first_error(agents)
    check.true(
        "an error of the model comes through",
        points / 4,
        not first_wrong,
        given="a model that raises it after a second",
        **first_wrong,
        look="catch nothing: whoever asks must learn of it",
        misconception="an-error-is-a-timeout",
    )


def _first_error(agents: _Agents) -> dict[str, str]:
    """The first error of a model that does not come through, in words."""
    for error in FAILURES:
        failing = _failing_model(error)
        agent, _ = agents.make(do_ask_model=failing, do_find_similar=_none)
        try:
            came = f"{agents.ask(agent, 'hello')[0].answer!r}, and no error"
        except (NotImplementedError, KeyboardInterrupt):
            raise
        except Exception as raised:
            came = _in_words(raised)
        if came != _in_words(error):
            return {"got": came, "expected": f"{_in_words(error)} raised"}
        if kept := agents.kept(agent):
            return {"got": f"kept {kept!r}", "expected": "nothing kept"}
    return {}


STATS = (
    *("total_responses", "exact_hits", "fuzzy_hits", "fallbacks"),
    *("p50_response_time", "p90_response_time", "p95_response_time"),
    "cache_entries",
)


def _stats(name: str, points: float, agents: _Agents) -> None:
    check, (agent, _) = agents.check, agents.make(1)

    def figures(answers: list[dict[str, Any]], kept: dict[str, str]) -> Any:
        check.change(agent.answers, lambda mine: mine.extend(answers))
        agents.keep(agent, kept)
        return agent.get_response_time_stats()

    def given(seconds: float, hit: Any = False) -> dict[str, Any]:
        late = not hit and seconds > 0.9
        said = agents.stand_in if late else "yes"
        return dict(zip(ANSWER, (said, seconds, hit, late), strict=True))

    waits = [round(0.01 + 37 * n % 100 / 100, 2) for n in range(1, 100)]
    hits = ["fuzzy" if s <= 0.2 else s <= 0.6 for s in waits]
    more = [given(s, hit) for s, hit in zip(waits, hits, strict=True)]
    stand_ins = sum(one["fallback"] for one in more)
    stages = [
        ("no answer yet", figures([], {}), {"no_data": True}),
        (
            "one answer, after 0.01 s, and nothing kept",
            figures([given(0.01)], {}),
            dict(zip(STATS, (1, 0, 0, 0, *[0.01] * 3, 0), strict=True)),
        ),
        (
            "100 answers, after 0.01, 0.02, … to 1.00 s, in no order",
            figures(more, {"a": "b", "c": "b", "e": "b"}),
            dict(zip(STATS, (100, 40, 19, stand_ins, 0.5, 0.9, 0.95, 3), strict=True)),
        ),
    ]
    when, off, got, want = next(filter(None, map(_off, stages)), ("", "", 0, 0))
    check.true(
        name,
        points,
        not when,
        given=when,
        got=f"{off} {show(got)}".strip(),
        expected=f"{off} {show(want)}".strip(),
        look="count anew at each call, what is in `self.answers` by then"
        if off == "total_responses" and same(got, 1)
        else f"`percentile(times, {off[1:3]})`, the times of all answers"
        if off.startswith("p")
        else 'count in `self.answers`; `True` and `"fuzzy"` are two kinds of hits'
        if off
        else '`{"no_data": True}` while `self.answers` is empty, else the dict',
        misconception="rank-is-index" if off.startswith("p") else "hits-are-good",
    )


def _off(stage: tuple[str, Any, dict[str, Any]]) -> tuple[str, str, Any, Any] | None:
    """When a figure is wrong, which, what it is and should be; None when none is."""
    when, got, want = stage
    if type(got) is not dict:
        return when, "", got, want
    for key, value in want.items():
        if not same(got.get(key), value):
            return when, key, got.get(key), value
    return None


def _retargets(name: str, points: float, agents: _Agents) -> None:
    check, asked = agents.check, list[Any]()

    def next_one(target: float, log: Sequence[Any]) -> float:
        asked.append((target, [tuple(entry) for entry in log]))
        return target / 2

    agent, _ = agents.make(5, target=3.0, retarget=next_one, do_find_similar=_none)
    log = [("hit", 0.0), ("model", 1.5)] * 500
    check.change(agent.log, lambda mine: mine.extend(log))
    check.wait(agent.optimize_performance())
    check.wait(agent.optimize_performance())
    waited = agents.ask(agent, "hello")[0].waited
    right = same(asked[:1], [(3.0, log)])
    check.true(
        name,
        points,
        same(asked, [(3.0, log), (1.5, log)]) and waited == 0.75,
        given="retarget halves the target; tuned twice, from 3 s; a model of 5 s",
        got=f"retarget asked for {[(s, len(x)) for s, x in asked]!r}; an answer "
        f"after {waited:g} s",
        expected="for [(3.0, 1000), (1.5, 1000)], seconds and entries of the log; "
        "after 0.75 s",
        look="the log stays: the next target is judged by all requests so far"
        if right and asked[1:] and not same(asked[1][1], log)
        else "the new target becomes `self.responder.deadline`, and that is waited for"
        if right
        else "`self.parts.retarget(self.responder.deadline, self.log)`",
        misconception="tune-by-all",
    )


def _trims(name: str, points: float, agents: _Agents) -> None:
    check = agents.check

    all_said = 2000

    def trimmed(count: int) -> list[str]:
        nonlocal all_said
        agent, _ = agents.make(1)
        said = dict(zip(ANSWER, ("yes", 0.0, True, False), strict=True))
        check.change(agent.answers, lambda mine: mine.extend([said] * 2000))
        agents.keep(agent, {f"m{n}": f"a{n}" for n in range(count)})
        held = agent.responder.kept  # late answers on their way go into this one
        check.wait(agent.optimize_performance())
        all_said = min(all_said, len(check.seen(agent.answers)))
        return (
            [*check.seen(held)]
            if len(check.seen(held)) > 1000
            else [*agents.kept(agent)]
        )

    found = {count: trimmed(count) for count in (1, 600, 1000, 1001, 1500)}
    for count, kept in found.items():
        stay = 500 if count > 1000 else count
        if kept != [f"m{n}" for n in range(count - stay, count)]:
            break
    check.true(
        name,
        points,
        kept == [f"m{n}" for n in range(count - stay, count)] and all_said == 2000,
        given=f"{count:,} answers kept, 'm0' to 'm{count - 1}'",
        got=f"{len(kept):,} stay, {' to '.join(map(repr, kept[:1] + kept[1:][-1:]))}",
        expected=f"{stay:,}, 'm{count - stay}' to 'm{count - 1}'",
        look="`self.answers` has all: what goes, goes from `self.responder.kept`"
        if all_said < 2000
        else "more than 1,000: only then answers go"
        if count <= 1000
        else "of `self.responder.kept` the oldest go: it still holds them all"
        if len(kept) > 1000
        else "500 are left, the newest: a dict is in the order of arrival",
        misconception="oldest-goes" if len(kept) == 500 else "",
    )


def _rank(percent: float, n: int) -> int:
    return max(1, math.ceil(percent * n / 100))


def _by_rank(values: list[float], p: float) -> float:
    return sorted(values)[_rank(p, len(values)) - 1]


def _by_counting(values: list[float], p: float) -> float:
    """Right, in other words: the smallest value that enough values do not exceed."""
    return next(
        v
        for v in sorted(values)
        if 100 * sum(x <= v for x in values) >= p * len(values)
    )


def _too_high(values: list[float], p: float) -> float:
    return sorted(values)[min(int(len(values) * p / 100), len(values) - 1)]


def _rounded_down(values: list[float], p: float) -> float:
    return sorted(values)[max(1, int(p * len(values) / 100)) - 1]


def _unsorted(values: list[float], p: float) -> float:
    return list(values)[_rank(p, len(values)) - 1]


def _between(values: list[float], p: float) -> float:
    ordered, place = sorted(values), (len(values) - 1) * p / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def catch(ns: Names, check: Check) -> None:
    """5 points: quiet for two right versions (1), and one for each bug it catches.

    A test that fails a right version catches nothing: 0. The versions come mixed and
    more than once: what the test says may only depend on the version.
    """
    test = ns["check_percentile"]
    bugs: list[tuple[str, Percentile, str, str]] = [
        (
            "is one rank too high",
            _too_high,
            "two values at 50: rank 1 is the first of them",
            "rank-is-index",
        ),
        (
            "rounds the rank down",
            _rounded_down,
            "choose values and a percentile whose rank is not whole",
            "percentile-rounds-down",
        ),
        (
            "does not sort",
            _unsorted,
            "hand in values that are not in order",
            "order-of-arrival",
        ),
        (
            "returns a value between two",
            _between,
            "two values at 50: nearest rank gives one of them",
            "between-two-values",
        ),
    ]
    asked, returned = list[Percentile](), list[Any]()

    def noted(version: Percentile) -> Percentile:
        def percentile(values: list[float], p: float) -> float:
            asked.append(version)
            return version(values, p)

        return percentile

    def verdict(version: Percentile) -> str:
        """What the learner's test raises for a version, in words; empty for nothing."""
        try:
            returned.append(check.call(test, version))
        except NotImplementedError:
            raise
        except Exception as error:
            return fault(error, check.names).text()
        return ""

    alarm, found = verdicts(
        check,
        verdict,
        [noted(version) for version in (_by_rank, _by_counting)],
        {name: noted(bug) for name, bug, _, _ in bugs},
    )
    loud = any(map(_asserted, found.values()))
    answered = any(value is not None for value in returned)
    cause = _cause(
        (alarm, _alarmed(alarm)),
        (not asked, "your check never calls the `percentile` that it is given"),
        (any(found.values()), "raise AssertionError, as `assert` does"),
        (answered, "`assert` it: what is returned, nobody looks at"),
        (True, "`assert percentile(…) == …`: nothing is compared yet that differs"),
    )
    error = "AssertionError is what counts: this is an error of your check's own"
    check.true(
        "quiet for right versions and loud for a wrong one",
        1,
        not alarm and loud,
        got=f"for a right version: {alarm}" if alarm else "never an AssertionError",
        expected="nothing raised for the right ones"
        if alarm
        else "an AssertionError for at least one wrong version",
        look=cause,
        misconception="expected-by-running" if alarm else "assert-nothing",
    )
    for name, _, look, misconception in bugs:
        got = found[name] or "no AssertionError"
        other = found[name] and not _asserted(found[name])
        look = _cause(
            (alarm, "fix the false alarm first"),
            (not loud, cause),
            (other, error),
            (True, look),
        )
        check.true(
            f"catches a version that {name}",
            1,
            _asserted(found[name]) and not alarm,
            got="not counted: a false alarm for a right version" if alarm else got,
            expected="quiet for a right version first" if alarm else "AssertionError",
            look=look,
            misconception="" if alarm else misconception,
        )


def _asserted(said: str) -> bool:
    """Whether a verdict is an AssertionError."""
    return bool(re.match(r"AssertionError\b", said))


def _alarmed(alarm: str) -> str:
    """Where to look when the test raises for a right version."""
    if _asserted(alarm):
        return "your check is loud for the right version: work that line out again"
    return "an error of your check's own: fix that line first"


# 0.41 to 1.40 s, each once, in no order: P95, P97 and the longest differ
SPREAD = [round(0.41 + 37 * n % 100 / 100, 2) for n in range(100)]


# What each criterion asks: (target, what the model took, the next target). Each is
# asked with and without hits of all lengths in the log.
STEPS: list[tuple[str, list[tuple[float, list[float], float]]]] = [
    (
        "a tenth shorter above 90 %",
        [
            (2.0, [0.5] * 40, 1.8),
            (2.0, [0.5] * 20, 1.8),
            (2.0, [0.5] * 19, 2.0),
            (0.004, [0.0005] * 40, 0.0036),
            (20.0, [3.0] * 40, 18.0),
        ],
    ),
    (
        "a fifth longer below 50 %",
        [
            (0.9, [1.0] * 40, 1.08),
            (1.0, [0.5] * 49 + [1.05] * 51, 1.2),
            (1.0, [0.5] * 50 + [1.0] * 50, 1.0),
            (1.0, [0.5] * 70 + [1.0] * 30, 1.0),
            (1.0, [0.5] * 40 + [1.0] * 20 + [1.05] * 40, 1.2),
            (1.0, [0.5] * 199 + [1.05] * 201, 1.2),
            (29.0, [30.5] * 40, 30.0),
        ],
    ),
    (
        "never below what 97 % need",
        [(1.45, SPREAD, 1.37), (0.014, [s / 100 for s in SPREAD], 0.0137)],
    ),
]


def retarget(ns: Names, check: Check) -> None:
    """6 points: hits play no part (1), steps (2), floor (1), closed loop (2).

    Steps: none from 50 to 90 %, none from fewer than 20 answers, to 30 s at most.

    Late in the last ten of 40 rounds, the worst of four simulations: full up to
    6 %, none from 50 %, and none if a target ends above 4 times the model's median.
    """

    taken = list[int]()  # entries that went out of the log

    def after(target: float, took: list[float], hits: Sequence[float] = ()) -> Any:
        log, half = [(_copy("model"), s) for s in took], len(hits) // 2
        log[:0] = [(_copy("hit"), s) for s in hits[:half]]
        log += [(_copy("hit"), s) for s in hits[half:]]
        before = len(log)
        found = check.call(ns["retarget"], target, log)
        taken.append(before - len(log))
        return found

    target, slow = 1.0, [1.05] * 50
    given = "50 real answers of 1.05 s, alone and among 5,000 hits"
    few, many = after(1.0, slow), after(1.0, slow, [HIT_S] * 5000)
    alike = same(few, many)
    moved = not same(few, 1.0)
    played = [
        (target, took, hit)
        for _, examples in STEPS
        for target, took, _ in examples
        for hit in (0.0001, 0.002, 40.0)  # quicker and slower than the model
        if alike and not same(after(target, took), after(target, took, [hit] * 500))
    ]
    for target, took, hit in played[:1]:
        given = f"{len(took)} real answers, alone and among 500 hits of {hit:g} s"
        few, many, alike = after(target, took), after(target, took, [hit] * 500), False
    check.true(
        "hits play no part",
        1,
        alike and moved and not any(taken),
        given=f"target {target:g} s; {given}",
        got=f"{few!r} s and {many!r} s"
        + (f"; {max(taken)} entries are gone from the log" if any(taken) else ""),
        expected="the same new target, twice"
        + (": longer, for none is in time" if alike else ""),
        look="read the log, and take nothing out: it is the agent's"
        if any(taken)
        else "`took` has all of the model's times, late ones too; compare texts by `==`"
        if alike
        else "choose by `how`, neither by seconds nor all; the floor is of `took`, too",
        misconception="late-times-do-not-count" if alike else "tune-by-all",
    )
    for name, examples in STEPS:
        tried = [(*example, after(*example[:2])) for example in examples]
        off = (t for t in tried if not _near(t[3], t[2]))
        target, took, want, got = next(off, tried[0])
        least, most = min(took), max(took)
        check.close(
            name,
            1,
            got,
            want,
            given=f"target {target} s, {len(took)} real answers of "
            + (f"{least:g} s" if least == most else f"{least:g} to {most:g} s"),
            look=_step_look(got, target, took, want),
            misconception="" if want == target else _wrong_step(got, target, want),
        )
    worst, longest = 0.0, 0.0
    for hit_rate, median in [(0.95, 0.8), (0.95, 0.3), (0.5, 2.4), (0.8, 0.8)]:
        late_part, target = _closed_loop(ns, check, hit_rate, median)
        worst, longest = max(worst, late_part), max(longest, target / median)
    follows = longest <= 4
    check.at_most(
        "real answers too late in closed loop",
        2,
        100 * worst if follows else math.inf,
        full=6,
        zero=50,
        unit="%",
        given="40 rounds of 100 requests, 50 to 95 % hits, models of 0.3 to 2.4 s"
        + ("" if follows else f"; a target ended at {longest:.0f} times that"),
        look="judge by the model's own times, late ones included, and keep the floor",
        misconception="" if alike or not follows else "tune-by-all",
    )


def _near(got: Any, want: float) -> bool:
    found = number(got)
    return found is not None and abs(found - want) <= 1e-9


def _step_look(got: Any, target: float, took: list[float], want: float) -> str:
    """Where to look in a rule that makes `got` of a target, by what `got` is."""
    found, share = number(got), sum(s < target for s in took) / len(took)
    if found is None:
        return "return the next target, a number"
    floor = _by_rank(took, 97)
    stays, least = want == target and 0.5 <= share <= 0.9, want == floor
    unmoved = found == target and want not in (30.0, floor)
    alone = any(_near(got, factor) for factor in (0.9, 1.2) if factor != want)
    back = (found - target) * (want - target) < 0
    capped = want == 30.0
    return _cause(
        (capped and found == target, "`took` has all of the model's times, any length"),
        (len(took) < 20, "fewer than 20 answers of the model are too few: it stays"),
        (stays, "it stays from 50 to 90 %, both included: `elif share < 50`"),
        (unmoved, "`took` has all of the model's times, quick and late ones"),
        (alone, "the factor alone is no target: `target * 0.9`, `target * 1.2`"),
        (back, "shorter when most are in time, longer when few are: × 0.9 and × 1.2"),
        (least, _floor_look(found, target, took)),
        (capped, "30 s at most: `min` around all of it"),
        (True, "a tenth shorter is `target * 0.9`, a fifth longer `target * 1.2`"),
    )


def _floor_look(found: float, target: float, took: list[float]) -> str:
    """Where to look for the least target, by what it came to."""
    slowest, fewer = max(took), [_by_rank(took, p) for p in range(90, 97)]
    share = "97 % of the slowest is not the time that 97 % need: `percentile`"
    none = "too low a floor, or none: the last blank is what 97 % of `took` need"
    return _cause(
        (_near(found, slowest), "the slowest is what all need: `percentile(took, 97)`"),
        (_near(found, 0.97 * slowest), share),
        (found in fewer, "fewer than 97 % are in time then: `percentile(took, 97)`"),
        (_near(found, 0.9 * target), none),
        (True, "no less than `percentile(took, 97)`: of the model's times, at 97"),
    )


def _wrong_step(got: Any, target: float, want: float) -> str:
    """What one believes who moves the target that way."""
    got = number(got)
    if got is None or got == target:
        return ""
    if (got > target) != (want > target):
        return "swapped-steps"
    if want != 1.37:
        return ""
    if got > want:
        return "percent-of-the-maximum"
    return "ninety-five-will-do" if got > 1.34 else "no-floor"


def _closed_loop(
    ns: Names, check: Check, hit_rate: float, median: float
) -> tuple[float, float]:
    """The share too late in the last ten rounds, and the last target."""
    log: list[tuple[str, float]] = []

    def tuned(target: float) -> float:
        found = check.call(ns["retarget"], target, list(log))
        told = number(found)  # one of NumPy or a fraction will do
        if told is None or told <= 0:
            raise ValueError(f"a target is a number above 0, not {found!r}")
        return told

    history = simulate(
        tuned,
        on_response=lambda s: log.append((_copy("hit"), s)) if s == HIT_S else None,
        on_model=lambda s: log.append((_copy("model"), s)),
        hit_rate=hit_rate,
        median_s=median,
        target=4.0,
    )
    return late_share(history[-10:]), history[-1].target
