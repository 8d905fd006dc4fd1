"""08_throughput: its lab, the figures in its text, and its real servers."""

import asyncio
import math
import re
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from coursekit.core.module import load
from coursekit.core.notebook import read_cells
from session1.demo import throughput
from session1.server import ServerError

pytestmark = pytest.mark.slow

NAME = "08_throughput"
FOLDER = Path(__file__).parents[2] / "solutions" / NAME


def text_of(cell: str) -> str:
    cells = read_cells(FOLDER / f"{NAME}.ipynb")
    return next(c.text for c in cells if c.id == cell)


def test_the_bars_of_the_title_are_measured(files: Any) -> None:
    takes = files.windows.durations(60)
    items = [f"a{seconds}" for seconds in takes]
    right = {
        "in a window": files.windows.in_window(items, 10),
        "perfect": sum(takes) / 10,
    }
    shown = [line for line in text_of("title").splitlines() if "█" in line]
    for line in shown:
        name, figure = re.fullmatch(r"([a-z ]+?) +█+ +([\d.]+) s", line).groups()  # type: ignore[union-attr]
        assert float(figure) == round(right[name], 1)
        assert line.count("█") == round(2 * right[name])
    assert len(shown) == 2


def test_the_key_of_the_quiz_is_worked_out(files: Any) -> None:
    module = load(FOLDER)

    def right(name: str) -> str:
        question = module.question(name)
        return question.option(question.answer).text

    assert right("q1").startswith(f"{30 * 2}:")
    share = (0.96 / 0.04) / (0.8 / 0.2)
    assert round(share) == 6 and "six times" in right("q3")
    calls = ["a3", "b1", "c1", "d3"]
    assert right("q5").startswith(f"At {files.windows.in_window(calls, 2):g} s")
    wrong = module.question("q5").options[2].text
    assert wrong.startswith(f"At {files.windows.in_batches(calls, 2):g} s")


def test_what_the_text_says_of_the_hedge(files: Any) -> None:
    found = files.hedges.played(16)
    assert round(found.extra) == 2 and round(found.p99) == 32
    assert files.hedges.played(1e6).p99 == 1000
    every_third = 1 - (1 - files.hedges.SLOW) ** files.hedges.CALLS
    assert every_third == pytest.approx(1 / 3, abs=0.01)
    full = [ms for ms in range(10, 30) if _full(files.hedges, ms)]
    assert full == [15, 16, 17, 18, 19]


def _full(hedges: ModuleType, ms: float) -> bool:
    days = [hedges.played(ms, seed=seed) for seed in (5, 101, 102, 7)]
    return all(day.p99 <= 36 and day.extra <= 5.5 for day in days)


@pytest.mark.parametrize(("room", "in_time"), [(15, True), (20, False)])
def test_the_right_room_is_where_the_text_says(
    files: Any, room: int, in_time: bool
) -> None:
    found = files.lines.overload(files.parts.Line, room)
    assert (found.late == 0) is in_time
    assert found.in_time + found.late + found.refused == 900


@pytest.mark.parametrize("workers", [1, 3, 10])
def test_the_theory_of_equal_times_and_of_none(files: Any, workers: int) -> None:
    theory = files.queues.theory
    if workers == 1:
        assert theory(0.8, 1, 1, 1) == pytest.approx(4)
    assert theory(0.8 * workers, 1, 0, workers) == pytest.approx(
        theory(0.8 * workers, 1, 1, workers) / 2
    )
    assert math.isinf(theory(workers, 1, 1, workers))


def test_the_lab_puts_the_theory_next_to_the_run(files: Any) -> None:
    lab = files.queue_lab.queue_lab()
    says = re.search(r"mean wait ([\d.]+) s, the theory says ([\d.]+) s", lab.summary())
    assert says and float(says[1]) == pytest.approx(float(says[2]), rel=0.1)
    lab.set(rate=12.0)
    assert "12 workers are needed, there are 10" in lab.summary()
    assert "growing" in lab.summary()
    assert bytes(lab.image.value).startswith(b"\x89PNG")


def test_the_lab_draws_while_a_slider_moves(files: Any) -> None:
    lab, took = files.queue_lab.queue_lab(), list[float]()
    for workers in range(11, 18):
        begin = time.process_time()
        lab.set(workers=workers)
        took.append(time.process_time() - begin)
    assert sorted(took)[len(took) // 2] < 0.1


def test_without_postgresql_the_queries_go_to_sqlite(
    files: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def missing(*_: Any, **__: Any) -> Any:
        raise ServerError("no PostgreSQL here")

    monkeypatch.setattr(files.real_things, "postgres_server", missing)
    asyncio.run(files.real_things.real_database(files.parts.Connections, 5))
    said = capsys.readouterr().out
    assert "SQLite, 5 queries" in said
    assert "20 errors: 1 opened in all, and it answers (1,)" in said


def test_a_real_server_counts_connections(
    files: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(files.real_things.real_pages({"ours": files.parts.fetch}))
    assert "40 of 40 pages" in (said := capsys.readouterr().out)
    assert "6 connections, 6 at a time" in said


def test_the_demo_shows_yours_and_goes_on_without_it(files: Any) -> None:
    questions = [f"What is {i}?" for i in range(20)]
    found: dict[str, Any] = {}
    names: dict[str, Any] = {"asyncio": asyncio}
    exec(text_of("runtime"), names)
    yours = files.mine.build(names, files.parts)
    throughput.pool_section(found, questions, yours)
    assert found["pool"]["yours"] == found["pool"]["warm"]
    throughput.batch_section(found, questions, yours)
    assert found["batches"]["yours_s"] == found["batches"]["window_s"]

    notes: list[str] = []
    broken = SimpleNamespace(Pool=lambda *_: 1 / 0, window=files.parts.window)
    mine = SimpleNamespace(makers={"throughput": broken}, tell=repr)
    context: Any = SimpleNamespace(mine=mine, note=notes.append)
    (section,) = throughput.with_yours(
        context, throughput.pool_section, found, questions
    )
    assert "yours" not in section.data and "ZeroDivisionError" in notes[0]
