"""The tool agent of full-mark answers does in the demo what ours does."""

import asyncio
import json
import shutil
import threading
import time
from pathlib import Path

import pytest

from coursekit.core.course import Course
from coursekit.learn.learner_builds import mine
from session1 import virtual_time
from session1.data import conversations
from session1.demo import tools
from session1.demo.part import Mine
from session1.demo.tool_runs import (
    AGENTS,
    batches,
    identical,
    one_bad_one_stuck,
    results_of,
    session,
    session_of,
)
from session1.tool import Tool

pytestmark = pytest.mark.slow

TOP = Path(__file__).parents[2]
MODULE = "03_tools"


def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *stubs: str) -> Mine:
    """What `--mine` finds in a solved notebook in which `stubs` are not solved."""
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    for place in ("solutions", "course"):
        wanted = shutil.ignore_patterns("bank", "__pycache__", "*.ipynb")
        shutil.copytree(TOP / place / MODULE, tmp_path / place / MODULE, ignore=wanted)
    notebook = json.loads((TOP / "solutions" / MODULE / f"{MODULE}.ipynb").read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") in stubs:
            cell["source"] = "raise NotImplementedError"
    copy = tmp_path / "course" / MODULE / f"{MODULE}.ipynb"
    copy.write_text(json.dumps(notebook))
    return mine(Course(tmp_path))


@pytest.fixture
def makers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict:
    found = collected(tmp_path, monkeypatch)
    assert found.notes == ()
    return {**AGENTS, "yours": found.makers["tools"]}


def test_no_row_of_the_demo_is_worse_than_naive(makers: dict) -> None:
    talks = conversations(60, min_turns=4)
    calls = session_of(talks, 200)
    right = virtual_time.run(results_of, talks, calls).value

    def each(scene, *given):
        found = {n: virtual_time.run(scene, m, *given) for n, m in makers.items()}
        return {name: done.value for name, done in found.items()}

    assert each(identical, talks, 100) == {"naive": 100, "ours": 1, "yours": 1}
    day = each(session, talks, calls, right)
    assert day["yours"] == day["ours"]
    assert day["yours"]["wrong"] == 0 < day["naive"]["wrong"]
    assert day["yours"]["runs"] <= day["naive"]["runs"]
    assert day["yours"]["notes_written"] == 10 > day["naive"]["notes_written"]
    bad = each(one_bad_one_stuck, talks)
    assert bad["yours"] == bad["ours"]
    assert bad["yours"]["seconds"] < bad["naive"]["seconds"]
    assert bad["yours"]["good"] == bad["naive"]["good"] == bad["yours"]["of"]
    as_ours = [
        tools.session_section({**day, "ours": day["yours"]}),
        tools.apart_section({**bad, "ours": bad["yours"]}),
    ]
    assert [section.failures for section in as_ours] == [(), ()]


def test_a_batch_again_runs_nothing(makers: dict) -> None:
    talks = conversations(60, min_turns=4)
    found = asyncio.run(batches(makers["yours"], talks))
    runs = {how: len(batch.runs) for how, batch in found.items()}
    assert runs == {"one by one": 16, "at once": 16, "again": 0}


def test_what_blocks_holds_up_a_thread_and_not_the_loop(makers: dict) -> None:
    where = Tool("where", "the thread it runs in", threading.get_ident)
    agent = makers["yours"]([where], time.perf_counter)
    ran = asyncio.run(agent.execute_tool_cached("where", {}))
    assert ran != threading.get_ident()


def test_the_reference_stands_in_for_what_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = collected(tmp_path, monkeypatch, "fresh", "flight")
    assert any("stands in for once, Fresh" in note for note in found.notes)
    talks = conversations(60, min_turns=4)
    made = found.makers["tools"]
    assert virtual_time.run(identical, made, talks, 100).value == 1
    assert virtual_time.run(one_bad_one_stuck, made, talks).value["seconds"] == 2.0
