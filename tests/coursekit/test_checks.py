"""A check's score is right, bounded and explained, whatever the learner hands in."""

import linecache
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from IPython.core.error import StdinNotImplementedError

from coursekit.check.check import Check
from coursekit.check.error_messages import fault
from coursekit.check.hidden_checks import run_check
from coursekit.core.module import Exercise, find
from coursekit.core.report import Report
from coursekit.judge.exceptions import retell, tell
from session1.virtual_time import Stuck

GOOD = "def total(items):\n    s = 0\n    for x in items:\n        s += x\n    return s"


def names_of(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(source, "answer", "exec"), names)
    return names


def grade(source: str) -> Report:
    return run_check(find(), "total", names_of(source))


def check(points: float = 4) -> Check:
    return Check(Exercise("x", "X", "write", "o", points), {})


class Agrees:
    """Says it equals anything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def test_a_right_answer_gets_full_marks(course: Path) -> None:
    report = grade(GOOD)
    assert (report.score, report.max, report.status) == (4, 4, "passed")
    assert report.balanced
    assert report.reasons == []


def test_partial_credit_says_why(course: Path) -> None:
    report = grade("def total(items):\n    return sum(items) if items else None")
    assert (report.score, report.status) == (3, "partial")
    assert report.reasons == [
        "of nothing (0 of 1): given total([]); got None; expected 0; "
        "look at what the loop starts from; "
        "You may think: An empty sum is missing; But: The sum of no items is 0."
    ]
    assert (
        "    You may think: An empty sum is missing\n"
        "    But: The sum of no items is 0.\n"
    ) in report.text()


def test_a_belief_is_told_only_where_the_answer_shows_it(course: Path) -> None:
    told = Check(find().exercise("total"), {}, find().misconceptions)
    believes = {"empty-is-none": None, "twice-over": 9}
    told.equal("declared", 1, 5, 3, misconception="twice-over", believes=believes)
    told.equal("shown", 1, 9, 3, misconception="empty-is-none", believes=believes)
    told.at_most("read", 1, 9, full=3, zero=6, belief="twice-over")
    told.equal("right", 1, 9, 9, believes=believes)
    found = [(c.misconception, "You may think" in c.reason) for c in told.criteria]
    assert found[:3] == [("twice-over", s) for s in (False, True, True)]
    assert len(told.criteria[3].lines()) == 1


def test_points_fall_on_a_straight_line(course: Path) -> None:
    report = grade("def total(items):\n    [*items]\n    return sum(items)")
    assert report.score == 3
    assert "got 200 reads; expected at most 100 reads" in report.reasons[0]


def test_an_error_costs_the_rest_and_names_the_line(course: Path) -> None:
    report = grade("def total(items):\n    if items: return items / 2\n    return 0")
    assert (report.score, report.status) == (1, "partial")
    assert "TypeError" in report.reasons[0]
    assert "at your line 2" in report.reasons[0]
    assert report.balanced


@pytest.mark.parametrize(
    "source",
    [
        "",
        "total = ...",
        "def total(items):\n    raise NotImplementedError",
        "def total(items):\n    return ____",
        "def total(items):\n    return ...",
    ],
)
def test_a_stub_is_not_attempted(course: Path, source: str) -> None:
    report = grade(source)
    assert (report.score, report.status) == (0, "not attempted")
    assert len(report.reasons) == 1
    assert report.text() == f"total: 0 of 4 points\n{report.reasons[0]}"
    assert report.reasons[0].startswith("not attempted: ")
    assert report.balanced


@pytest.mark.parametrize(
    "body",
    [
        "raise SystemExit",
        "import sys; sys.exit(3)",
        "raise BaseException",
        "return total(items)",
        "import asyncio; raise asyncio.CancelledError",
        "raise type('Odd', (Exception,), {'__str__': lambda self: 1 / 0})",
    ],
)
def test_no_error_of_the_learner_gets_out(course: Path, body: str) -> None:
    report = grade(f"def total(items):\n    {body}")
    assert (report.score, report.status) == (0, "failed")


def test_an_interrupt_gets_out(course: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        grade("def total(items):\n    raise KeyboardInterrupt")


def test_what_learner_code_prints_is_kept_apart(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "import sys, logging as l; print('hi'); print('oh', file=sys.stderr)"
    body += "; l.error('logged')"
    report = grade(GOOD.replace("    s = 0", f"    s = 0\n    {body}"))
    assert report.score == 4
    assert "hi" in report.printed
    assert "oh" in report.text()
    assert capsys.readouterr() == ("", "")


def test_async_code_runs_on_virtual_time() -> None:
    import asyncio

    async def slow() -> int:
        await asyncio.sleep(600)
        return 7

    c = check()
    assert c.call(slow) == 7
    assert c.timed(slow()) == (7, 600.0)


def test_a_wait_that_never_ends_is_ended() -> None:
    import asyncio

    async def stuck() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stuck, match="nothing is left to wake one"):
        check().call(stuck)


def test_a_count_that_was_not_taken_is_said() -> None:
    c = check()
    assert not c.at_most("reads", 1, math.inf, full=1, zero=9)
    assert c.criteria[0].got == "not counted"
    c.at_most("odd", 1, Agrees(), full=1, zero=9)
    assert "Agrees" in c.criteria[1].got


def test_no_learner_eq_is_asked() -> None:
    c = check()
    c.equal("a", 1, Agrees(), 1)
    c.equal("b", 1, [Agrees()], [1])
    c.close("c", 1, Agrees(), 1)
    c.true("d", 1, Agrees())
    assert [x.points for x in c.criteria] == [0, 0, 0, 0]


def test_a_part_loses_only_its_own_points() -> None:
    c = check()
    with c.part("one", 2):
        c.true("first", 1, True)
        raise ValueError("no")
    with c.part("two", 2):
        c.true("second", 2, True)
    assert [(x.name, x.points, x.max) for x in c.criteria] == [
        ("first", 1, 1),
        ("one", 0, 1),
        ("second", 2, 2),
    ]


def test_raises_wants_the_error_named() -> None:
    c = check()
    assert c.raises("a", 1, ValueError, int, "x")
    assert not c.raises("b", 1, KeyError, int, "x")
    assert not c.raises("c", 1, ValueError, int, "3")
    assert c.criteria[2].got == "3"


def test_a_floor_gives_more_for_more() -> None:
    c = check()
    c.at_least("hits", 2, 60, full=90, zero=30, unit="%")
    assert c.criteria[0].points == 1
    assert c.criteria[0].expected == "at least 90 % (no points from 30 %)"


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.just(Agrees())
    | st.builds(lambda: 10**5000)
    | st.just(object()),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner)
    ),
    max_leaves=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=ANYTHING)
def test_score_stays_within_bounds_and_text_says_something(
    course: Path, value: Any
) -> None:
    report = run_check(find(), "total", {"total": lambda items: value})
    assert math.isfinite(report.score) and 0 <= report.score <= report.max
    assert report.text() and report.balanced
    assert report.score == report.max or report.reasons
    assert Report.from_json(report.to_json()) == report


@given(points=ANYTHING, most=st.floats(0, 100))
def test_points_are_capped(points: Any, most: float) -> None:
    c = check(most)
    c.add("x", most, points)
    report = Report.of("x", most, c.criteria)
    assert math.isfinite(report.score) and 0 <= report.score <= round(most, 2)


@pytest.mark.parametrize(
    ("line", "attempted"),
    [
        ("raise NotImplementedError", False),
        ('raise NotImplementedError("write it")', False),
        ("input()", True),
        ("breakpoint()", True),
        ("library()", True),
    ],
)
def test_only_a_stubs_own_line_is_not_attempted(line, attempted):
    def refuse(*_):
        raise StdinNotImplementedError("no input here")

    def library():
        raise NotImplementedError("not on this system")

    names = {"input": refuse, "breakpoint": refuse, "library": library}
    source = f"def f():\n    {line}\n"
    linecache.cache["<answer>"] = len(source), None, source.splitlines(True), "<answer>"
    exec(compile(source, "<answer>", "exec"), names)
    with pytest.raises(NotImplementedError) as raised:
        names["f"]()
    assert fault(raised.value, names).attempted is attempted
    assert fault(retell(tell(raised.value, names)), {}).attempted is attempted
