"""A leaderboard lists what entries do here, whatever their files or their code say."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from coursekit.analysis import leaderboard
from coursekit.analysis.leaderboard import Leaderboard, checked_name
from coursekit.cli import main
from coursekit.core.course import Course, CourseError
from coursekit.sandbox.limits import Limits
from tests.coursekit.sample_course import NAME, answered
from tests.grading.classroom import Out

BOARD = '''
"""Play what learners built."""

from helper import two

ENTRY = "double"


def replay(names):
    """Doubles of five numbers, as many as are right."""
    right = sum(names["double"](n) == n * two for n in range(5))
    rows = {"right": right, "of": "five numbers"}
    return {"score": right * 20, "rows": rows, "own": ["double"]}
'''
WRONG = "def double(n):\n    return n + 2"
BOOK = f"{NAME}.ipynb"


@pytest.fixture
def board(course: Course, tmp_path: Path) -> Leaderboard:
    """The board of the sample module, in a folder that is shared."""
    for home in (course.source(NAME), course.release(NAME)):
        (home / "board.py").write_text(BOARD)
    return Leaderboard(course, NAME, tmp_path / "shared" / NAME, Limits(cell_wall=6))


def save(course: Course, code: str) -> None:
    """Have the learner's notebook answer with this code."""
    nbformat.write(answered(double=code), course.release(NAME) / BOOK)


def of(board: Leaderboard, **how: Any) -> dict[str, tuple[int, float, float | None]]:
    """Place, score and what the file said instead, by name."""
    listing = board.listing(**how)
    return {p.name: (p.place, p.played.score, p.said) for p in listing.places}


def file_of(board: Leaderboard, name: str) -> Path:
    """The file of an entry."""
    return board.folder / leaderboard._file(name)


def forge(board: Leaderboard, name: str, change: dict[str, Any]) -> None:
    """Write into the file of an entry."""
    path = file_of(board, name)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))


def hostile(board: Leaderboard, name: str, code: str) -> None:
    """An entry with code that nobody would be let enter."""
    path = file_of(board, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [[code, "double", "double"]]
    made = {"name": name, "by": "x", "cells": cells, "passed": [], "score": 99}
    path.write_text(json.dumps({**made, "rows": {}, "own": []}))


def test_entries_are_listed_by_what_they_do_here(
    board: Leaderboard, course: Course, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = ["--board", str(board.folder.parent)]
    assert main(["leaderboard", NAME, *shared]) == 0
    assert "Nobody has entered yet" in capsys.readouterr().out
    save(course, "def double(n):\n    return n + n")
    assert main(["leaderboard", "01", "--enter", " Ada  Lovelace ", *shared]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Entered with 100 points.\n")
    assert "1. Ada Lovelace  100.0" in said and "five numbers" in said
    assert said.index("right") < said.index("of\n")  # in the order of the replay
    save(course, WRONG)
    assert main(["leaderboard", "01", "--enter", "Béla", *shared, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(p["place"], p["name"], p["score"]) for p in found["places"]] == [
        *((1, "Ada Lovelace", 100), (2, "Béla", 20))
    ]
    assert {p.name for p in board.folder.parent.iterdir()} == {NAME}
    kept = json.loads(file_of(board, "béla").read_text())
    assert [WRONG, "double", "double"] in kept["cells"]
    # nothing has changed, so nothing is played
    with monkeypatch.context() as patch:
        patch.setattr(Leaderboard, "_replayed", None)
        assert of(board) == {"Ada Lovelace": (1, 100, None), "Béla": (2, 20, None)}
    # a better answer takes the place of one's own entry
    save(course, "double = lambda n: 2 * n")
    assert board.enter("BÉLA").score == 100
    assert of(board) == {"Ada Lovelace": (1, 100, None), "BÉLA": (1, 100, None)}


def test_what_a_file_says_is_not_believed(board: Leaderboard, course: Course) -> None:
    save(course, WRONG)
    for name in ("ada", "bob", "cy", "dee"):
        board.enter(name)
    forge(board, "bob", {"score": 120})
    forge(board, "cy", {"score": float("nan"), "rows": 5})
    forge(board, "dee", {"cells": [["x = (", "double", ""]], "score": 1e9})
    (board.folder / "odd.json").write_text("[" * 100_000)
    forge(board, "ada", {"own": ["double", "all"]})
    (board.folder / "other.json").write_text(file_of(board, "ada").read_text())
    (board.folder / "link.json").symlink_to(file_of(board, "ada"))
    listing = board.listing()
    assert {p.name: (p.played.score, p.said) for p in listing.places} == {
        **{"ada": (20, 20), "bob": (20, 120), "cy": (20, 0)}
    }
    assert set(listing.left_out) == {"dee", "odd.json", "other.json", "link.json"}
    assert "SyntaxError" in listing.left_out["dee"]
    # the world has changed: all is played anew
    path = board.course.source(NAME) / "helper.py"
    path.write_text("two = 1\n")
    again = Leaderboard(course, NAME, board.folder, board.limits)
    assert of(again)["bob"][1] == 0


@pytest.mark.deep
def test_hostile_entries_change_nothing_for_others(
    board: Leaderboard, course: Course
) -> None:
    save(course, "double = lambda n: n + n")
    board.enter("ada")
    before = file_of(board, "ada").read_bytes()
    target = str(board.folder)
    cases = {
        "loop": "while True: pass",
        "late": "def double(n):\n    while True: pass",
        "exit": "import os\nos._exit(0)",
        "leave": "raise SystemExit",
        "print": "print('x' * 10**8)\ndef double(n):\n    print(n)\n    return 2 * n",
        "forge": "import board\ndef no(names):\n    return {'score': float('nan'),"
        " 'rows': {}, 'own': []}\nboard.replay = no\ndef double(n):\n    return 0",
        "write": f"import pathlib\nfor p in pathlib.Path({target!r}).glob('*'):\n"
        "    p.write_text('taken')\ndef double(n):\n    return 2 * n",
        "deep": "def double(n):\n    return double(n)",
    }
    for name, code in cases.items():
        hostile(board, name, code)
    found = of(board)
    assert file_of(board, "ada").read_bytes() == before
    assert found["ada"] == (1, 100, None)
    left_out = board.listing().left_out
    assert {"loop", "late", "exit", "deep"} <= set(left_out)
    assert all(len(why) <= 300 for why in left_out.values())


@pytest.mark.parametrize(
    "result",
    [
        None,
        {"score": float("nan"), "rows": {}, "own": []},
        {"score": float("inf"), "rows": {}, "own": []},
        {"score": -1, "rows": {}, "own": []},
        {"score": "9", "rows": {}, "own": []},
        {"score": 9, "rows": {str(n): n for n in range(10_000)}, "own": []},
        {"score": 9, "rows": {"x" * 1000: 1}, "own": []},
        {"score": 9, "rows": {"a\nb": 1}, "own": []},
        {"score": 9, "rows": {"a": float("nan")}, "own": []},
        {"score": 9, "rows": {"a": [1]}, "own": []},
        {"score": 9, "rows": {}, "own": ["\u202e"]},
        {"score": 9, "rows": {}, "own": "all"},
    ],
)
def test_only_a_bounded_result_counts(result: Any) -> None:
    text = json.dumps(result)
    assert set(leaderboard._plain(text)) == {"error"}


@pytest.mark.parametrize("name", ["", " ", "a" * 41, "a\u202eb", "\x1b[2J", "\ud800"])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(CourseError, match="1 to 40 characters"):
        checked_name(name)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/tmp/x", "..", "李雷", "CON"])
def test_a_name_is_never_a_path(name: str) -> None:
    assert checked_name(name) == name
    assert re.fullmatch(r"[0-9a-f]{24}\.json", leaderboard._file(name))


def test_a_name_belongs_to_who_took_it(board: Leaderboard, course: Course) -> None:
    save(course, WRONG)
    board.enter("ada")
    forge(board, "ada", {"by": "another copy"})
    with pytest.raises(CourseError, match="Ada is taken"):
        board.enter("Ada")
    with pytest.raises(CourseError, match="was not entered: double is not solved yet"):
        save(course, "def double(n):\n    raise NotImplementedError")
        board.enter("bob")
    assert not file_of(board, "bob").exists()


@pytest.mark.slow
def test_two_at_once_lose_nothing(board: Leaderboard, course: Course) -> None:
    save(course, WRONG)
    names = ["one", "two", "three"]
    command = [sys.executable, "-m", "coursekit.cli", "leaderboard", NAME]
    command += ["--board", str(board.folder.parent), "--enter"]
    running = [subprocess.Popen([*command, name], cwd=course.root) for name in names]
    assert [process.wait(120) for process in running] == [0, 0, 0]
    assert sorted(of(board)) == sorted(names)


def test_a_module_without_a_board_says_which_have_one(
    course: Course, capsys: Out
) -> None:
    assert main(["leaderboard", NAME]) == 2
    assert f"{NAME} has no leaderboard" in capsys.readouterr().err
