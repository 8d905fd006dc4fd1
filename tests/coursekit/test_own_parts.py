"""An agent's parts are the learner's where their tests pass, else the reference's."""

import json
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from coursekit.core import answers_file
from coursekit.core.module import Exercise, Module, ModuleError
from coursekit.core.module import load as load_module
from coursekit.learn.own_parts import collect, earlier, parts, whose

OURS = """
PARTS = {"double": "double", "stack": "Stack", "turn": "turn"}
def double(x): return 2 * x
class Stack: owner = "ours"
def turn(x): return -x
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "parts.py").write_text(OURS, "utf-8")
    lines = ("def turn(x):", "    return x")
    made = [
        Exercise("double", "", "write", "", 1),
        Exercise("stack", "", "write", "", 1),
        Exercise("turn", "", "parsons", "", 1, lines=lines, lettered=lines),
    ]
    found = Module("m", tmp_path, "", 1, (), tuple(made), (), (), {}, False)
    for place in ("coursekit.check.parsons.find", "coursekit.learn.own_parts.find"):
        monkeypatch.setattr(place, lambda: found)
    return found


def test_a_solved_answer_is_the_part(module):
    names = {"double": lambda x: x + x, "order": "AB"}
    own, yours = collect(module, names, {"double", "turn"})
    assert own.double is names["double"] and own.turn(3) == 3
    assert own.Stack.owner == "ours"
    assert yours == {"double": True, "Stack": False, "turn": True}
    assert whose(own, yours) == (
        "Yours: double, turn. The reference stands in for Stack."
    )


@pytest.mark.parametrize("solved", [set(), {"double", "stack", "turn"}])
def test_what_is_not_there_is_not_yours(module, solved):
    own, yours = collect(module, {}, solved)
    assert own.double(2) == 4 and own.turn(3) == -3 and not any(yours.values())
    assert whose(own, yours).startswith("Yours: none yet. The reference stands in")


def test_parts_in_a_notebook_go_by_its_tests(module, monkeypatch, capsys):
    kept = answers_file.Record(None)
    monkeypatch.setattr(answers_file, "here", lambda: kept)
    kept.put("progress", "double", {"passed": 2, "of": 2, "all": True})
    kept.put("progress", "stack", {"passed": 1, "of": 2, "all": False})
    names = {"parts": parts, "double": len, "Stack": SimpleNamespace}
    exec("own = parts()", names)
    assert names["own"].double is len and names["own"].Stack.owner == "ours"
    assert "Yours: double. " in capsys.readouterr().out


def test_a_folder_without_its_parts_says_so(module):
    (module.folder / "parts.py").unlink()
    with pytest.raises(ModuleError, match=r"no parts.py in .*put back"):
        collect(module, {}, set())


EARLIER = """
PARTS = {"01_first.twice": "twice", "01_first.turn": "turn", "last": "last"}
def twice(x): return 2 * x
def turn(x): return -x
def last(x): return x
"""
FIRST = """
title = "First"
[[exercises]]
id = "twice"
title = "Twice"
kind = "write"
objective = ""
points = 1
stub = "later"
[[exercises]]
id = "turn"
title = "Turn"
kind = "parsons"
objective = ""
points = 1
lines = ["def turn(x):", "    return scale * x"]
stub = "order = ..."
"""


@pytest.fixture
def two_modules(tmp_path):
    """A module that builds on another, whose folder lies beside its own."""
    first, last = tmp_path / "01_first", tmp_path / "02_last"
    first.mkdir()
    last.mkdir()
    (first / "module.toml").write_text(FIRST, "utf-8")
    (first / "helpers.py").write_text("scale = -1\n", "utf-8")
    (last / "parts.py").write_text(EARLIER, "utf-8")
    known = Module("02_last", last, "", 1, (), (), (), (), {}, False)
    return known, tmp_path


def written(course, solved, **answers):
    cells = [new_code_cell("from helpers import *", id="start")]
    for name, text in answers.items():
        cells.append(new_code_cell(text, id=name))
        cells[-1].metadata.nbgrader = {
            "grade": False,
            "grade_id": name,
            "locked": False,
            "schema_version": 3,
            "solution": True,
            "task": False,
        }
    cells.append(new_code_cell("raise SystemExit('not run')", id="end"))
    folder = course / "01_first"
    nbformat.write(new_notebook(cells=cells), folder / "01_first.ipynb")
    done = {name: {"passed": 1, "of": 1, "all": True} for name in solved}
    record = json.dumps({"progress": done})
    (folder / answers_file.FILE).write_text(record, "utf-8")


def test_parts_of_an_earlier_module_are_taken_from_its_notebook(two_modules):
    module, course = two_modules
    letters = next(e for e in load_module(course / "01_first").exercises[1:]).lettered
    order = "".join("AB"[letters.index(line)] for line in sorted(letters)[::-1])
    written(
        course,
        ["twice", "turn"],
        twice="def twice(x): return x + x",
        turn=f'order = "{order}"',
    )
    found, errors = earlier(module, course)
    assert found["01_first.twice"](4) == 8 and errors == []
    assert found["01_first.turn"](4) == -4  # with what its own notebook imports
    own, yours = collect(module, {}, (), found)
    assert own.twice is found["01_first.twice"]
    assert yours == {"twice": True, "turn": True, "last": False}


def test_an_error_in_an_earlier_notebook_costs_its_part_and_is_named(two_modules):
    module, course = two_modules
    text = "def twice(x): return x + x\nprint(scales)"
    written(course, ["twice", "turn"], twice=text, turn="order = 3")
    found, errors = earlier(module, course)
    assert found == {}
    assert errors[0].startswith("01_first.twice: ") and "scales" in errors[0]
    assert errors[1].startswith("01_first.turn: ")


def test_what_was_not_solved_is_not_taken(two_modules):
    module, course = two_modules
    written(course, [], twice="def twice(x): return x + x")
    assert earlier(module, course) == ({}, [])
    (course / "01_first" / "01_first.ipynb").unlink()
    (course / "01_first" / answers_file.FILE).write_text("[1", "utf-8")
    assert earlier(module, course) == ({}, [])


def test_of_a_source_nothing_is_taken(two_modules):
    """So that running the notebook of a source is repeatable."""
    module, course = two_modules
    (course / "01_first" / "checks.py").touch()
    written(course, ["twice"], twice="def twice(x): return x + x")
    assert earlier(module, course) == ({}, [])
