"""A missing `await` is named, and blamed on the run that left it out."""

import asyncio
import contextlib
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coursekit import tests as trial
from coursekit.check.unawaited import LOOK
from session1.virtual_time import run

pytestmark = pytest.mark.slow

Out = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def warned() -> Iterator[None]:
    """Warnings are printed, as in a notebook, and not made into errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = _print_to_stderr
        yield


def _print_to_stderr(message: Any, category: Any, *rest: Any) -> None:
    print(f"{category.__name__}: {message}", file=sys.stderr)


async def one() -> int:
    return 1


async def slow() -> int:
    await asyncio.sleep(1)
    return 1


async def gathers(awaited: bool) -> list[int]:
    both = asyncio.gather(slow(), slow())
    return await both if awaited else []


def test_a_call_in_place_of_its_answer_is_named(course: Path, capsys: Out) -> None:
    with trial("total") as t:
        t.equal(one(), 1, "one", look="add them up")
    out = capsys.readouterr().out
    assert LOOK in out
    assert "add them up" not in out


def test_a_call_that_was_dropped_is_named(course: Path, capsys: Out) -> None:
    with trial("total") as t:
        one()  # type: ignore[unused-coroutine]
        t.equal(0, 1, "one")
    assert LOOK in capsys.readouterr().out


def test_a_gather_that_nobody_awaits_is_named(course: Path, capsys: Out) -> None:
    with trial("total") as t:
        t.equal(run(gathers, False).value, [1, 1], "both")
    out = capsys.readouterr()
    assert LOOK in out.out
    assert "Traceback" not in out.out + out.err


def test_what_passes_is_not_blamed(course: Path, capsys: Out) -> None:
    with trial("total") as t:
        t.equal(run(gathers, True).value, [1, 1], "both")
        t.equal(0, 1, "one", look="add them up")
    out = capsys.readouterr().out
    assert LOOK not in out
    assert "add them up" in out


def test_an_earlier_run_is_not_told_in_a_later_one(course: Path, capsys: Out) -> None:
    kept: Any = None
    for answer in (one, lambda: 1):
        with trial("total") as t:
            kept = answer()
            t.equal(kept, 1, "one")
    out = capsys.readouterr()
    assert out.out.count(LOOK) == 1
    assert "never awaited" not in out.out + out.err


def test_a_call_of_another_cell_is_left_alone(course: Path, capsys: Out) -> None:
    mine: Any = one()
    with trial("total") as t:
        t.equal(0, 1, "one", look="add them up")
    assert "add them up" in capsys.readouterr().out
    assert asyncio.run(mine) == 1


def test_a_call_that_ends_in_a_later_run_is_not_its_own(
    course: Path, capsys: Out
) -> None:
    mine: Any = one()
    with trial("total") as t:
        mine = 1
        t.equal(0, mine, "one", look="add them up")
    out = capsys.readouterr()
    assert "add them up" in out.out
    assert "never awaited" not in out.out + out.err


def test_what_waits_in_a_task_is_not_closed(course: Path, capsys: Out) -> None:
    loop = asyncio.new_event_loop()
    with contextlib.closing(loop):
        with trial("total") as t:
            task = loop.create_task(one())
            t.equal(0, 1, "one", look="add them up")
        assert "add them up" in capsys.readouterr().out
        assert loop.run_until_complete(task) == 1
