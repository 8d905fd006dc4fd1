"""Hidden checks of 00_start: what is asked is in each docstring, thresholds too."""

import asyncio
import math
from collections.abc import Mapping
from typing import Any

from coursekit.check.check import Check
from coursekit.core.plain_data import is_plain, number, same
from coursekit.core.wording import say, show

Names = Mapping[str, Any]


def guess(ns: Names, check: Check) -> None:
    """1 point for any guess that was recorded."""
    check.predicted("three_calls", 1)


class Desk:
    """Tools that note how often they are called and how many are at work at once."""

    def __init__(self, seconds: list[float], answers: list[str] | None = None) -> None:
        self.calls = [0] * len(seconds)
        self.busy = self.peak = 0
        self.answers = answers or [f"answer {i} of 5" for i in range(len(seconds))]
        self.tools = [self._tool(i, s) for i, s in enumerate(seconds)]

    def _tool(self, place: int, seconds: float) -> Any:
        async def tool() -> str:
            self.calls[place] += 1
            self.busy += 1
            self.peak = max(self.peak, self.busy)
            try:
                await asyncio.sleep(seconds)
            finally:
                self.busy -= 1
            return self.answers[place]

        return tool


def together(ns: Names, check: Check) -> None:
    """3 points over five tools of 0.2 to 0.6 s: answers (1), calls (1), seconds (1).

    Seconds: full up to 0.6, the longest tool; none from 2.0, the sum of all. Nothing
    for right answers that came one after another, nothing for speed without them.
    Answers have to be right, too, for one tool, for tools that answer alike or say
    nothing, for a tool that stands twice in the list, and for one that has news.
    """
    desk = Desk([0.5, 0.2, 0.6, 0.4, 0.3])
    wanted, given = desk.answers, "five tools that take 0.5, 0.2, 0.6, 0.4 and 0.3 s"
    answers, seconds = _asked(ns, check, desk.tools)
    right, overlap = same(answers, wanted), desk.peak > 1
    alike = Desk([0.3, 0.1, 0.2, 0.1], ["yes", "", "yes", "no"])
    if right:
        wanted = [*alike.answers, *alike.answers[:2]]
        given = "four tools, two of which answer alike, and the first two again"
        answers, _ = _asked(ns, check, [*alike.tools, *alike.tools[:2]])
        right = same(answers, wanted)
    if right:
        wanted, given = ["no"], "one tool alone"
        answers, _ = _asked(ns, check, alike.tools[3:])
        right = same(answers, wanted)
    if right:
        alike.answers[3] = "not now"
        wanted, given = ["not now"], "the same tool again, with news"
        answers, _ = _asked(ns, check, alike.tools[3:])
        right = same(answers, wanted)
    given = "five tools that take 0.5, 0.2, 0.6, 0.4 and 0.3 s" if right else given
    done = right and overlap
    check.true(
        "right answers with several tools at work at once",
        1,
        done,
        given=given,
        **_diagnosis(answers, wanted, desk.peak, right, sum(desk.calls)),
    )
    later = "" if done else "counted once the answers are right and come together"
    check.true(
        "each tool is called once",
        1,
        done and set(desk.calls) == {1},
        given=later,
        got=f"calls of each tool: {desk.calls}",
        expected="one call each" if done else "",
        look="a call is made wherever `tool()` stands" if done else "",
        misconception="wait-then-call-again" if done else "",
    )
    again = desk.calls != [1] * 5
    check.at_most(
        "virtual seconds for the five tools",
        1,
        seconds if right else math.inf,
        full=0.6,
        zero=2.0,
        unit="s",
        given="" if right else later,
        look="which tools could have been at work already?" if right else "",
        misconception=("wait-then-call-again" if again else "pairs-will-do")
        if done
        else "",
    )


def _asked(ns: Names, check: Check, tools: list[Any]) -> tuple[Any, float]:
    """The answers and the virtual seconds; a tuple is as good as a list."""
    answers, seconds = check.timed(check.on_loop(ns["ask_all"])(list(tools)))
    return list(answers) if type(answers) is tuple else answers, seconds


def _diagnosis(
    answers: Any, wanted: list[str], peak: int, right: bool, calls: int
) -> dict[str, str]:
    """What came, what should, and the likely cause."""
    import start_tools  # found beside the notebook, once there is one

    if right:
        got = f"right answers, {peak} tool at work at a time"
        look = "start every call before you wait for any"
        return _cause(got, "several at work at once", look, "async-is-together")
    expected = f"the {len(wanted)} answers"
    if answers is None:
        look = "is a `return` missing?"
        return _cause("None", expected, look, "forget-await")
    if not is_plain(answers):
        look = "`await` stands before `asyncio.gather`, a star before its list"
        got = "something to wait for, no answers"
        return _cause(got, expected, look, "forget-await")
    look = start_tools.look(answers, wanted, calls)
    ordered = isinstance(answers, list) and sorted(map(str, answers)) == sorted(wanted)
    belief = "finish-order" if ordered else "one-case-is-enough"
    return _cause(say(answers), say(wanted), look, belief)


def _cause(got: str, expected: str, look: str, misconception: str) -> dict[str, str]:
    return {
        "got": got,
        "expected": expected,
        "look": look,
        "misconception": misconception,
    }


def trace(ns: Names, check: Check) -> None:
    """2 points, one a time, within a thousandth of a second."""
    for name, seconds, look, misconception in [
        ("first", 0.5, "a gather ends with its longest wait", "waits-add-up"),
        ("second", 0.9, "it begins where the line before ended", "clock-starts-again"),
    ]:
        got = number(ns[name])
        ok = got is not None and abs(got - seconds) < 0.001
        shown = show(ns[name])
        check.true(name, 1, ok, got=shown, look=look, misconception=misconception)
