"""Figures in the keys of 03_tools come out of the code they are about."""

import asyncio
import runpy
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[2] / "solutions" / "03_tools"


@pytest.fixture
def runs() -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(FOLDER / "tool_runs.py")))


@pytest.fixture
def right() -> dict[str, str]:
    """The right option's text of every question."""
    quiz = tomllib.loads((FOLDER / "module.toml").read_text())["quiz"]
    return {q["id"]: q["options"]["ABCD".index(q["answer"])]["text"] for q in quiz}


def test_two_slots_take_what_the_quiz_says(
    runs: SimpleNamespace, right: dict[str, str]
) -> None:
    assert f"At {runs.lasts([5, 1, 1, 4], 2):g} s" in right["q6"]
    assert runs.lasts([5, 1, 1, 4], 4) == 5


def test_the_schedule_is_as_its_explanation_says(runs: SimpleNamespace) -> None:
    calls = [4, 1, 2, 2, 3]
    assert [runs.lasts(calls, limit) for limit in (1, 5, 2)] == [12, 4, 7]


def test_overlapping_callers_share_a_run_and_naive_ones_do_not(
    runs: SimpleNamespace, right: dict[str, str]
) -> None:
    assert runs.reference_runs(40) == 1
    assert right["q4"].startswith("40")


def test_the_tally_is_what_the_agent_does(runs: SimpleNamespace) -> None:
    times = [0, 1, 3, 9, 11, 12, 13, 15]
    assert runs.fates(times, 10, 2) == ("RJHHHRJH", 0.75, 2)


def test_the_average_over_all_calls_is_what_the_quiz_says(
    runs: SimpleNamespace,
) -> None:
    """Two runs of 2 s and eight hits."""
    letters, wait, work = runs.fates([0, 2, 3, 4, 5, 20, 22, 23, 24, 25], 10, 2)
    assert (letters.count("R"), letters.count("H")) == (2, 8)
    assert (wait, work) == (pytest.approx(0.4), 2)


def test_the_slow_batches_are_as_many_as_the_text_says(runs: SimpleNamespace) -> None:
    assert runs.slow_batches(asyncio.gather) == 83
    assert round(100 * (1 - 0.9**20)) == 88


def test_in_the_lab_each_step_saves_something() -> None:
    """With the sliders as they start; one request joins a run that fails."""
    lab = SimpleNamespace(**runpy.run_path(str(FOLDER / "tool_lab.py")))
    found = lab.ways(16, 4, 0.15, 0.6)
    seconds = [way.seconds for way in found]
    assert seconds == sorted(seconds, reverse=True)
    assert [way.count("run") for way in found] == [16, 16, 13, 9]
    assert "1 run failed, and 1 who joined them" in lab.words(found)


@pytest.mark.parametrize("failure_rate", [0.0, 0.15, 0.6])
@pytest.mark.parametrize("tail", [0.0, 0.6, 1.4])
def test_the_figures_of_the_lab_add_up_to_the_calls_made(
    failure_rate: float, tail: float
) -> None:
    lab = SimpleNamespace(**runpy.run_path(str(FOLDER / "tool_lab.py")))
    for limit in (1, 4, 16):
        for way in lab.ways(16, limit, failure_rate, tail):
            assert way.count("run") + way.count("hit") + way.count("joined") == 16
            told = next(x for x in lab.words([way] * 4).splitlines() if way.name in x)
            assert sum(map(int, told.split()[-4:-1])) == 16


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("right_workers", "over at 9 s, 6 of 6 calls had started"),
        ("right_plain_def", "over at 1 s, 2 of 6 calls had started"),
    ],
)
def test_a_batch_that_is_given_up_ends_as_the_text_says(
    runs: SimpleNamespace, answer: str, said: str
) -> None:
    text = (FOLDER / "bank" / "side_by_side" / f"{answer}.py").read_text()
    names: dict = {"asyncio": asyncio}
    exec(text, names)
    assert runs.given_up(names["side_by_side"]) == said
