"""An agent's parts are the learner's where their tests pass, else the reference's."""

from types import SimpleNamespace

import pytest

from coursekit.core import answers_file
from coursekit.core.module import Exercise, Module, ModuleError
from coursekit.learn.own_parts import collect, parts, whose

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
