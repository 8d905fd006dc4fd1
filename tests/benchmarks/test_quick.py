"""The pages with --quick: each is complete, and those that are soon over run here.

CI runs all of them.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as command
from benchmarks.page import Row
from benchmarks.pages import grading

pytestmark = pytest.mark.slow

CHEAP = ["caches", "histogram", "latency", "reuse", "tools"]


@pytest.mark.parametrize("name", command.page_names())
def test_every_page_has_cases(name: str) -> None:
    page = command.load(name)
    assert page.TITLE and page.GOALS
    assert 0 < len(page.cases(True)) <= len(page.cases(False))


@pytest.mark.deep
@pytest.mark.parametrize("name", CHEAP)
def test_a_page_runs(name: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(command, "BUDGET_S", {True: 0.0})  # one sample of each
    target = tmp_path / "rows.json"
    words = [name, "--quick", "--json", str(target), "--plot", str(tmp_path)]
    assert command.main(words) == 0
    assert json.loads(target.read_text())["rows"]


def test_graders_that_are_missing_leave_the_page_whole(monkeypatch: Any) -> None:
    def absent(course: object) -> float:
        raise FileNotFoundError("otter is not installed")

    timed = (("ours", lambda course: 8.0), ("nbgrader", lambda course: 80.0))
    monkeypatch.setattr(grading, "CONTENDERS", (*timed, ("otter-grader", absent)))
    monkeypatch.setattr(grading.graders, "classroom", lambda *_: None)
    grading.side_by_side.cache_clear()
    rows = [grading.seconds_each(4), grading.rate(4)]
    grading.side_by_side.cache_clear()
    for row in rows:
        assert isinstance(row, Row)
        assert set(row.peers) == {"nbgrader"}
        assert row.missing == {"otter-grader": "otter is not installed"}
    assert (rows[0].ours, rows[0].peers["nbgrader"]) == (2.0, 20.0)
    assert rows[0].spread["ours"] == (2.0, 2.0)
