"""The figures in 00_start's quiz and trace, from the code they are about."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

from coursekit.core.module import load
from session1 import virtual_time

START = Path(__file__).parents[2] / "solutions" / "00_start"
WAITS = [0.2, 0.2, 0.3, 0.4, 0.5]


async def side_by_side() -> None:
    await asyncio.gather(*map(asyncio.sleep, WAITS))


async def in_line() -> None:
    for seconds in WAITS:
        await asyncio.sleep(seconds)


def test_five_tools_with_gather_and_without() -> None:
    question = load(START).question("q1")
    texts = [option.text for option in question.options]
    together = virtual_time.run(side_by_side).seconds
    right = question.option(question.answer).text
    assert all(f"{seconds:g}" in question.prompt for seconds in WAITS)
    assert right.startswith(f"{together:g} s,")
    assert texts[0].startswith(f"{virtual_time.run(in_line).seconds:g} s,")
    assert texts[2].startswith(f"{sum(WAITS) / len(WAITS):g} s,")
    late = sum(seconds > sum(WAITS) / len(WAITS) for seconds in WAITS)
    assert late == 2, "two of them are still at work, says the feedback"


def test_ten_minutes_are_600_seconds() -> None:
    def wait() -> Awaitable[None]:
        return asyncio.sleep(10 * 60)

    question = load(START).question("q2")
    seconds = virtual_time.run(wait).seconds
    assert f"{seconds:g} s" in question.option(question.answer).text
