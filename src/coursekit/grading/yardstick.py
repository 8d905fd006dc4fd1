"""Solutions of known cost, by which the metering of CPU time is judged.

The task: do two of the numbers add up to a target? A sum that is not there makes
every solution look at all of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.checks import Check

LIMIT = 2.5  # times the reference's CPU time
SIZE = 3_000  # numbers; about 0.2 ms for the reference
EXERCISE = "cost"
FILES = {
    "module.toml": f"""title = "Yardstick"
[[exercises]]
id = "{EXERCISE}"
title = "Two that add up"
kind = "write"
objective = ""
points = 1
""",
    "checks.py": f"from coursekit.grading.yardstick import {EXERCISE}\n",
}

Numbers = list[int]
Solution = Callable[[Numbers, int], bool]


def reference(numbers: Numbers, target: int) -> bool:
    """One pass, and a set of what was seen."""
    seen = set()
    for number in numbers:
        if target - number in seen:
            return True
        seen.add(number)
    return False


def good(numbers: Numbers, target: int) -> bool:
    """One pass, and a dict of what is missing."""
    wanted: dict[int, int] = {}
    for number in numbers:
        if number in wanted:
            return True
        wanted[target - number] = number
    return False


def half_again(numbers: Numbers, target: int) -> bool:
    """The work of one pass and a half."""
    early = good(numbers[: len(numbers) // 2], target)
    return good(numbers, target) or early


def four_times(numbers: Numbers, target: int) -> bool:
    """The work of four passes."""
    return [good(numbers, target) for _ in range(4)][-1]


def quadratic(numbers: Numbers, target: int) -> bool:
    """Every pair."""
    return any(a + b == target for i, a in enumerate(numbers) for b in numbers[:i])


@dataclass(frozen=True)
class Known:
    """A solution of known cost; `share` of the gradings is spent on it."""

    name: str
    solve: Solution
    passes: bool
    share: float = 1.0


YARDSTICK = (
    Known("good, 1 x", good, True),
    Known("ok15, 1.5 x", half_again, True),
    Known("bad4, 4 x", four_times, False),
    Known("quadratic", quadratic, False, share=0.02),  # seconds each
)


def fresh(number: int) -> tuple[Numbers, int]:
    """Numbers that no other `number` gives, none of which add up to the target."""
    start = 2 * SIZE * number
    return list(range(start, start + 2 * SIZE, 2)), 1


def cost(ns: Mapping[str, Any], check: Check) -> None:
    """1 point for at most 2.5 times the reference's CPU time."""
    check.cpu_at_most("CPU time", 1, ns["solve"], reference, fresh, LIMIT)


def write_module(folder: Path) -> None:
    """The files by which a judge grades the yardstick."""
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
