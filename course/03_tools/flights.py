"""Scenes for single-flight, for its tests: each returns what came of it.

`once(flights, key, work)` is what the lines make. All is counted on virtual time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Any

from session1.virtual_time import now

Once = Callable[..., Awaitable[Any]]


class Work:
    """Something to run that takes 0.3 s: it counts its runs, the first `bad` fail."""

    def __init__(
        self, answer: Any = "sunny", bad: int = 0, error: BaseException | None = None
    ) -> None:
        self.answer, self.bad, self.runs = answer, bad, 0
        self.error = error or ValueError("no answer today")

    async def __call__(self, *_: Any) -> Any:
        self.runs += 1
        run = self.runs
        await asyncio.sleep(0.3)
        if run <= self.bad:
            raise type(self.error)(*self.error.args)
        return self.answer


async def together(once: Once, callers: int) -> Any:
    """So many callers of one key at once: runs, answers and seconds."""
    work, flights = Work(), dict[str, Any]()
    found = await asyncio.gather(*[once(flights, "k", work) for _ in range(callers)])
    answers = sum(answer == "sunny" for answer in found)
    return {"runs": work.runs, "answers": answers, "seconds": round(now(), 6)}


async def apart(once: Once, keys: Sequence[str]) -> Any:
    """Each key asked for at once: the answers and the seconds."""
    flights = dict[str, Any]()
    answers = await asyncio.gather(*[once(flights, key, Work(key)) for key in keys])
    return {"answers": "".join(answers), "seconds": round(now(), 6)}


async def one_leaves(once: Once, callers: int, who: int) -> Any:
    """One of the callers is cancelled meanwhile: runs, and how many have an answer."""
    work, flights = Work(), dict[str, Any]()
    tasks = [asyncio.create_task(once(flights, "k", work)) for _ in range(callers)]
    await asyncio.sleep(0.1)
    tasks[who].cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    answered = sum(type(end) is str and end == "sunny" for end in ends)
    return {"runs": work.runs, "answered": answered}


async def fails_first(once: Once, callers: int) -> Any:
    """The first run fails: who is told, what the next call gets, what stays."""
    work, flights = Work(bad=1), dict[str, Any]()
    calls = [once(flights, "k", work) for _ in range(callers)]
    ends = await asyncio.gather(*calls, return_exceptions=True)
    failed = sum(isinstance(end, ValueError) for end in ends)
    try:
        afterwards = await once(flights, "k", work)
    except ValueError:
        afterwards = "the old error"
    await asyncio.sleep(0)
    return {"told": failed, "afterwards": afterwards, "in flight": len(flights)}


# What the tests say, where to look, the scene, what is given to it, and what has to
# come of it. The hidden check plays the same scenes with other figures.
CASES: list[tuple[str, str, Callable[..., Any], list[Any], Any]] = [
    (
        "overlapping callers cause one run",
        "what runs is noted before anything waits: a task, for the next one to find",
        together,
        [20],
        {"runs": 1, "answers": 20, "seconds": 0.3},
    ),
    (
        "other keys run beside it",
        "each key has its own entry in `flights`",
        apart,
        ["ab"],
        {"answers": "ab", "seconds": 0.3},
    ),
    (
        "a cancelled caller takes nobody along",
        "who awaits the task itself cancels it: what shields the run?",
        one_leaves,
        [20, 0],
        {"runs": 1, "answered": 19},
    ),
    (
        "a failure reaches all and is forgotten",
        "a run that has ended, well or not, is no longer in flight: forget it then",
        fails_first,
        [4],
        {"told": 4, "afterwards": "sunny", "in flight": 0},
    ),
]


def indents(source: str) -> str:
    """Where to look: the first of the lines that does not fit below the one above."""
    lines = source.splitlines()
    if not lines or not lines[0].startswith("async def"):
        return "begin with the `async def`"
    inside = ""  # the latest line of the function's own depth
    for above, line in pairwise([*lines, ""]):
        if above.endswith(":") and _depth(line) <= _depth(above):
            return f"below `{above.strip()}` comes what is done then, one step deeper"
        if _depth(line) > 4 and not inside.endswith(":"):
            start = line.strip().split("(")[0]
            return (
                f"`{start}…` stands deeper: it belongs below `if key not in flights:`"
            )
        inside = line if _depth(line) == 4 else inside
    return "two of the lines wait too early, or let a caller end the run"


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def count(source: str) -> str:
    """Where to look when there are not six lines."""
    lines = len(source.splitlines())
    if lines > 6:
        return "two are traps; a line after the `return` never runs"
    if "add_done_callback" not in source:
        return "nothing forgets the task when it ends"
    return f"six of the eight are needed, there are {lines}: which step is left out?"
