"""The figures that 01_measure states, its lab, and where its flowchart leads."""

import asyncio
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from coursekit.core.module import load
from coursekit.core.notebook import read_cells
from session1 import virtual_time
from session1.monitoring.flowchart import BRANCHES
from session1.monitoring.kpi import KPIS

FOLDER = Path(__file__).parents[2] / "solutions" / "01_measure"
MEASURES = [measure for _, three in BRANCHES.values() for measure in three]


@pytest.mark.parametrize("measure", MEASURES, ids=[m.part for m in MEASURES])
def test_each_remedy_of_the_flowchart_leads_to_a_lesson(
    files: Any, measure: Any
) -> None:
    module, _, exercise = files.lessons.LESSONS[measure.part].partition(".")
    known = load(FOLDER.parent / module)
    assert not exercise or known.exercise(exercise).kind != "quiz"


def test_no_lesson_is_named_for_a_remedy_that_is_gone(files: Any) -> None:
    assert set(files.lessons.LESSONS) == {measure.part for measure in MEASURES}


@pytest.mark.parametrize("frozen", [0.0, 5.0])
def test_both_testers_see_what_they_would_on_virtual_time(
    files: Any, frozen: float
) -> None:
    """The lab works its minute out; here callers really wait for a service."""

    async def minute(ask_on_time: bool) -> list[float]:
        lock, waits, clock = asyncio.Lock(), list[float](), virtual_time.now

        async def served(due: float) -> None:
            async with lock:  # one after the other, in order
                begins = clock()
                if 20 <= begins < 20 + frozen:
                    await asyncio.sleep(20 + frozen - begins)
                await asyncio.sleep(0.001)
            waits.append(round(1000 * (clock() - due), 3))

        tasks = []
        for number in range(6000):
            due = number / 100
            if due < clock() - 1e-9:
                continue
            await asyncio.sleep(due - clock())
            if ask_on_time:
                tasks.append(asyncio.create_task(served(due)))
            else:
                await served(due)
        for task in tasks:
            await task
        return waits

    runs = files.load_lab.run(frozen=frozen)
    for seen, on_time in ((runs.open, True), (runs.closed, False)):
        found = sorted(virtual_time.run(minute, on_time).value)
        assert sorted(seen.waits) == pytest.approx(found, abs=0.01)


def test_the_title_has_the_figures_of_the_lab(files: Any) -> None:
    title = read_cells(FOLDER / "01_measure.ipynb")[0].text
    runs = files.load_lab.run()
    assert f"{runs.open.percentile(99):,.0f} ms" in title
    assert round(runs.closed.percentile(99.9)) == 1 and "99.9 % of all" in title
    assert len(runs.open.waits) - len(runs.closed.waits) == runs.missing == 500


def test_the_lab_draws_and_tells_both_testers(files: Any) -> None:
    lab = files.load_lab.load_lab(frozen=2.0, slow_share=5.0)
    assert "closed" in lab.summary() and "The closed loop left out" in lab.summary()
    left, right = lab.figure.axes
    assert len(left.lines) == len(right.lines) == 2
    same = files.load_lab.load_lab(frozen=0.0)
    assert "left out 0 requests" in same.summary()


def test_the_users_of_omitted_wait_as_its_key_says(files: Any) -> None:
    free, waits = 0, []
    for due in range(0, 100, 10):
        begins = max(due, free)
        free = 71 if due == 20 else begins + 1
        waits.append(free - due)
    assert waits[6] == 15 and sorted(waits)[7] == 33
    for name, value in (("wait_of_60", 15), ("users_p80", 33), ("missing", 5)):
        cell = next(
            c for c in read_cells(FOLDER / "01_measure.ipynb") if c.id == "test-omitted"
        )
        assert files.diagnosis.sign(name, value) in cell.text


def test_the_recorded_profile_has_the_calls_of_a_real_one(files: Any) -> None:
    _, calls = files.evidence.count_clean(files.sick_search.serve, 3, 5)
    assert calls == 3 * (5 * 100 + 8)
    assert f"{100 * (300 * 100 + 8):,}" in files.evidence.PROFILE


def test_the_recorded_snapshots_are_like_real_ones(files: Any) -> None:
    agent, held = files.sick_memory.Agent(), list[dict[int, int]]()
    here = tracemalloc.Filter(True, files.sick_memory.__file__)
    tracemalloc.start()
    for number in range(2000):
        agent.answer(f"question {number:06}")
        if number in (999, 1999):
            found = tracemalloc.take_snapshot().filter_traces([here])
            # The interpreter keeps the empty head of a freed list for the next one.
            lines = [one for one in found.statistics("lineno") if one.size > 1024]
            held.append({one.traceback[0].lineno: one.size for one in lines})
    tracemalloc.stop()
    assert set(held[0]) == set(held[1]) == {10, 11}
    assert held[1][10] == pytest.approx(held[0][10], rel=0.02)
    assert (held[1][11] - held[0][11]) / 1000 == pytest.approx(79, abs=8)


def test_the_procedure_treats_every_patient_as_is_said(files: Any) -> None:
    exercise = load(FOLDER).exercise("flowchart")
    for name, (*_, want) in files.sick.PATIENTS.items():
        improve = files.sick.made("\n".join(exercise.lines))
        kept, agent = files.sick.treat(improve, name)
        assert kept == agent.taken == want


def test_verdicts_are_those_of_the_reference(files: Any) -> None:
    for row in KPIS:
        bounds = (row.target, row.excellent, row.action)
        for value in (*bounds, 0.0, row.target * 0.999, row.action * 0.97):
            expected = row.verdict(value)
            assert files.diagnosis.band(value, *bounds) == expected
            assert files.parts.verdict(value, *bounds) == expected
