"""Progress is shown on a terminal, and leaves nothing in a log."""

import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest

import session1.progress
from benchmarks import __main__ as benchmarks
from benchmarks.page import Row
from session1.demo.part import Context
from session1.llm import model_file
from session1.progress import bar

ROOT = Path(__file__).parents[2]


class Stream(io.StringIO):
    """A log or a terminal."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def by_demo() -> None:
    context: Any = object.__new__(Context)
    object.__setattr__(context, "show_progress", True)
    assert list(context.progress([1, 2], 2, "step")) == [1, 2]


def by_benchmarks() -> None:
    class Page:
        TITLE = "step"

        @staticmethod
        def cases(quick: bool) -> list[Any]:
            return [lambda: object.__new__(Row)]

    assert len(benchmarks.run(Page, quick=True)) == 1  # type: ignore[arg-type]


def by_hand() -> None:
    with bar(total=3, desc="step") as progress:
        progress.update(3)


@pytest.mark.parametrize("use", [by_hand, by_demo, by_benchmarks])
@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_is_drawn_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, use: Any, terminal: bool
) -> None:
    stream = Stream(terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    use()
    assert ("step" in stream.getvalue()) == terminal
    if not terminal:
        assert stream.getvalue() == ""


@pytest.mark.parametrize("stream", [None, object(), io.StringIO()])
def test_no_stream_and_a_closed_one_are_not_terminals(
    monkeypatch: pytest.MonkeyPatch, stream: Any
) -> None:
    if isinstance(stream, io.StringIO):
        stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    by_hand()


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream(terminal=True)
    monkeypatch.setattr(sys, "stderr", stream)
    assert list(bar([1, 2], show=False)) == [1, 2]
    assert stream.getvalue() == ""


def test_nothing_else_draws_bars() -> None:
    """One place decides, so that none can fill a log."""
    own = Path(session1.progress.__file__)
    uses = re.compile(r"\btqdm\b|\balive_progress\b|rich\.progress|print\([^)]*\\r")
    folders = [ROOT / name for name in ("src", "benchmarks", "tests/grading")]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    assert own in files and Path(model_file.__file__) in files
    found = [str(p) for p in files if p != own and uses.search(p.read_text())]
    assert found == []
