"""The solved memory agent in the demo, row by row, and the figures of its module."""

import asyncio
import heapq
import importlib
import re
import shutil
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from coursekit.core.counting import peak_bytes
from coursekit.core.course import Course
from coursekit.core.notebook import read_cells
from coursekit.learn.learner_builds import mine
from session1.demo.memory import LIMIT, summary
from session1.demo.part import Mine
from session1.demo.replay import MEMORIES, HandClock, long_talks, replay
from session1.llm import LLMClient
from session1.llm.local import LocalLLM
from session1.replay import sample_talks

pytestmark = pytest.mark.slow

TOP = Path(__file__).parents[2]
NAME = "02_memory"
FOLDER = TOP / "solutions" / NAME
RIGHT = sorted((FOLDER / "bank" / "bounded").glob("right_*.py"))
MORE = ("important_kept", "important_shown", "latest_kept", "latest_kept_worst")
Rows = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Mine:
    """What `--mine` makes of a course whose notebook holds the solutions."""
    root = tmp_path_factory.mktemp("course")
    for place in ("solutions", "course"):
        shutil.copytree(
            FOLDER, root / place / NAME, ignore=shutil.ignore_patterns("bank")
        )
    return mine(Course(root))


@pytest.fixture(scope="module")
def rows(solved: Mine) -> Rows:
    """The demo's figures of the three memories over its two longest talks."""
    makers = {**MEMORIES, "yours": solved.makers["memory"]}
    talks = long_talks(2)
    return {
        name: summary([replay(make, talk) for talk in talks])
        for name, make in makers.items()
    }


def test_all_parts_are_the_learners(solved: Mine) -> None:
    assert solved.notes == ()


@pytest.mark.parametrize("row", [*MORE, "in_order"])
def test_it_is_no_worse_than_naive_and_in_sight_of_the_reference(
    rows: Rows, row: str
) -> None:
    assert rows["yours"][row] >= rows["naive"][row]
    assert rows["yours"][row] >= rows["ours"][row] - 0.05


def test_it_keeps_its_limits_where_naive_does_not(rows: Rows) -> None:
    yours, naive = rows["yours"], rows["naive"]
    assert yours["over_budget"] == 0 < naive["over_budget"]
    assert yours["reported_bytes_max"] <= LIMIT
    assert yours["real_bytes_max"] <= LIMIT, "held, not only reported"
    assert naive["reported_of_real"] < 1 <= yours["reported_of_real"], "errs safely"


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_the_slot_is_enough_for_every_right_memory(path: Path) -> None:
    names: dict[str, Any] = {"__name__": __name__, "heapq": heapq, "deque": deque}
    exec(path.read_text("utf-8"), names)

    def remember(n: int = 1000) -> Any:
        memory = names["Bounded"](10**9, lambda importance, turn: turn / 7, len)
        for _ in range(n):
            memory.add("one and the same text", 0.5)
        return memory

    cells = read_cells(FOLDER / f"{NAME}.ipynb")
    slot = next(
        filter(None, (re.search(r"^SLOT = (\d+)", c.text, re.M) for c in cells))
    )
    assert peak_bytes(remember) / 1000 <= int(slot[1])


@pytest.fixture
def uncached(model: LLMClient) -> Iterator[LLMClient]:
    """The real model with nothing of other tests' prompts, which change its words."""
    llm = LocalLLM(prompt_cache=False)
    yield llm
    asyncio.run(llm.aclose())


@pytest.mark.model
def test_the_model_knows_an_allergy_of_200_messages_ago(
    solved: Mine, uncached: LLMClient
) -> None:
    talk = sample_talks()[0]
    clock = HandClock(talk[0].when)
    agent = solved.makers["memory"](clock, 0.08, 1000)
    agent.llm, agent.max_context_size = uncached, 100
    agent.add_to_memory("Answer in one short sentence.", 1.0)
    agent.add_to_memory("user: My name is Ada and I am allergic to peanuts.", 1.0)
    for remark in talk[:200]:
        clock.now = remark.when
        agent.add_to_memory(remark.text, remark.importance)
    assert "allergic to peanuts" in agent.get_compressed_context(100)
    answer = asyncio.run(agent.process_message("What is Ada allergic to?"))
    assert "peanut" in answer.lower()


@pytest.fixture(scope="module")
def lab() -> Iterator[ModuleType]:
    sys.path.insert(0, str(FOLDER))
    yield importlib.import_module("memory_lab")
    sys.path.remove(str(FOLDER))


def test_the_picture_on_the_first_screen_is_measured(
    lab: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.talks_at_work(max_bytes=60_000)
    measured = capsys.readouterr().out
    title = read_cells(FOLDER / f"{NAME}.ipynb")[0].text
    shown = {
        line.split()[0]: (line.count("█"), line.split()[-1])
        for line in title.splitlines()
        if "█" in line
    }
    for name, (_, figure) in shown.items():
        assert re.search(rf"^{name} .*\b{figure}$", measured, re.M)
    for bar, figure in shown.values():
        assert bar == round(28 * int(figure.replace(",", "")) / 60_000)


def passes(lab: ModuleType, keep: float, weight: float) -> bool:
    settings = {"keep_fraction": keep, "importance_weight": weight}
    kept, present, cleanups = lab.shares(
        lab.run(budget=60, cleanup_interval=25, **settings)
    )
    return bool(kept >= 90 and present >= 90 and cleanups <= 20)


@pytest.mark.parametrize("keep", [0.6, 0.7, 0.8])
def test_the_settings_that_pass_are_one_stretch(lab: ModuleType, keep: float) -> None:
    weights = [0.5, 0.54, 0.57, 0.6, 0.63, 0.68, 0.72]
    found = "".join("+" if passes(lab, keep, w) else "-" for w in weights)
    assert re.fullmatch(r"-*\+{2,}-+", found), found
