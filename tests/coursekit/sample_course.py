"""A small course that is right in every way; tests break one thing at a time."""

import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from coursekit.check.grader import MIME

NAME = "01_sample"
REPO = Path(__file__).parents[2]

MODULE = """
title = "Doubling"
minutes = 2

[[objectives]]
id = "double"
text = "Double what is given"

[[exercises]]
id = "double"
title = "Twice a number"
kind = "write"
objective = "double"
points = 4
difficulty = 1
minutes = 1
core = true
section = "Twice"
hints = ["Think of two.", "Add or multiply.", "n times two"]
explanation = "Doubling is adding a number to itself, whatever its sign."

[[exercises]]
id = "halve"
title = "Half a number"
kind = "fix"
objective = "double"
points = 2
difficulty = 1
minutes = 0.9
core = true
section = "Twice"
hints = ["Think of two.", "Divide.", "n over two"]
explanation = "Halving undoes doubling, and a half need not be whole."
stub = '''
def halve(n):
    return n * two
'''

[[exercises]]
id = "quiz"
title = "Questions"
kind = "quiz"
objective = "double"
points = 2
difficulty = 1
minutes = 1
section = "Questions"
hints = ["Read it again.", "Try a number.", "Try minus one."]
explanation = "Two and two are what doubling is about, each time anew."

[[quiz]]
id = "q1"
objective = "double"
prompt = "What is twice three?"
answer = "B"
section = "Twice"
[[quiz.options]]
text = "The number five"
feedback = "Five is three and two: that adds two once."
misconception = "adds-two"
[[quiz.options]]
text = "The number six"
feedback = "Three and three."
[[quiz.options]]
text = "The number nine"
feedback = "Nine is three times three: that is the square."
misconception = "squares"

[[quiz]]
id = "q2"
objective = "double"
prompt = "What is twice minus one?"
answer = "A"
section = "Twice"
[[quiz.options]]
text = "It is minus two"
feedback = "The sign stays."
[[quiz.options]]
text = "It is just one!"
feedback = "One is minus one and two: that adds two once."
misconception = "adds-two"
[[quiz.options]]
text = "It is plus one."
feedback = "Plus one is minus one squared, as it happens."
misconception = "squares"
"""

CATALOGUE = """
[adds-two]
name = "Doubling adds two"
repair = "It adds the number itself."

[squares]
name = "Doubling is squaring"
repair = "Only 2 and 0 have the same double and square."
"""

CHECKS = '''
"""What is checked in 01_sample."""

import warnings


def double(ns, check):
    """1 point each: small, zero, negative, float."""
    warnings.warn("costs nothing", stacklevel=1)
    f = ns["double"]
    for name, n in {"small": 3, "zero": 0, "negative": -1, "float": 1.5}.items():
        with check.part(name, 1):
            check.equal(name, 1, f(n), n * 2, given=n, look="both signs")


def halve(ns, check):
    """1 point each: even, odd."""
    for name, n in {"even": 4, "odd": 3}.items():
        with check.part(name, 1):
            check.equal(name, 1, ns["halve"](n), n / 2, given=n)
'''

BANK = {
    "double/right_add.py": (
        '"""adding is doubling too"""\ndef double(n):\n    return n + n\n'
    ),
    "double/wrong_adds.py": (
        '"""misconception: adds-two\nfails: small, zero, negative, float\n"""\n'
        "def double(n):\n    return n + 2\n"
    ),
    "double/wrong_square.py": (
        '"""misconception: squares\nfails: small, negative, float\n"""\n'
        "def double(n):\n    return n * n\n"
    ),
    "double/wrong_whole.py": (
        '"""misconception: adds-two\nfails: float\n"""\n'
        "def double(n):\n    return int(n) * 2\n"
    ),
    "double/wrong_sign.py": (
        '"""misconception: squares\nfails: negative\n"""\n'
        "def double(n):\n    return abs(n) * 2\n"
    ),
    "halve/right_times.py": (
        '"""a half times it"""\ndef halve(n):\n    return n * 0.5\n'
    ),
    "halve/wrong_floor.py": (
        '"""misconception: adds-two\nfails: odd\n"""\n'
        "def halve(n):\n    return n // 2\n"
    ),
    "halve/wrong_less.py": (
        '"""misconception: adds-two\nfails: odd\n"""\ndef halve(n):\n    return n - 2\n'
    ),
    "halve/wrong_root.py": (
        '"""misconception: squares\nfails: odd\n"""\n'
        "def halve(n):\n    return n ** 0.5\n"
    ),
    "halve/wrong_loop.py": (
        '"""misconception: squares\nfails: even, odd\n"""\n'
        "def halve(n):\n    return n * 2\n"
    ),
}

SETUP = "from helper import two\nfrom coursekit import answer, tests"
DOUBLE = """def double(n):
    ### BEGIN SOLUTION
    result_of_doubling = n * two
    return result_of_doubling
    ### END SOLUTION"""
HALVE = """def halve(n):
    result_of_halving = n / two
    return result_of_halving"""
QUIZ = """### BEGIN SOLUTION
answer("q1", "B")
answer("q2", "A")
### END SOLUTION"""
TEST = """with tests("{0}") as t:
    t.{1}
### BEGIN HIDDEN TESTS
from coursekit import grade
grade("{0}")
### END HIDDEN TESTS"""
TESTS = {
    "double": 'equal([double(-1), double(0.5)], [-2, 1], "twice")',
    "halve": 'equal(halve(1), 0.5, "half of one")',
    "quiz": "answered()",
}


def solution(name: str, source: str) -> Any:
    """A cell the learner answers in."""
    meta = {"grade": False, "grade_id": name, "locked": False, "solution": True}
    return _cell(name, source, meta)


def tested(name: str, points: float) -> Any:
    """The cell that grades an exercise."""
    meta = {
        "grade": True,
        "grade_id": f"test_{name}",
        "locked": True,
        "points": points,
        "solution": False,
    }
    return _cell(f"test-{name}", TEST.format(name, TESTS[name]), meta)


def _cell(name: str, source: str, meta: dict[str, Any]) -> Any:
    grader = {"schema_version": 3, "task": False, **meta}
    tags = {"nbgrader": grader, "tags": ["core"]}
    return new_code_cell(source, id=name, metadata=tags)


def text(source: str, name: str) -> Any:
    """Prose on the core path."""
    return new_markdown_cell(source, id=name, metadata={"tags": ["core"]})


def source_notebook() -> Any:
    """The instructor's notebook, not yet run."""
    cells = [
        text("# Doubling\n\nSee `helper.py` and [the root](../../README.md).", "head"),
        new_code_cell(SETUP, id="setup"),
        text("## Twice\n\nA number and itself.", "twice"),
        solution("double", DOUBLE),
        tested("double", 4),
        solution("halve", HALVE),
        tested("halve", 2),
        text("## Questions", "questions"),
        solution("quiz", QUIZ),
        tested("quiz", 2),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def stored(notebook: Any) -> Any:
    """The notebook with the outputs a run of it leaves."""
    code = [c for c in notebook.cells if c.cell_type == "code"]
    for count, cell in enumerate(code, 1):
        cell.execution_count = count
        points = cell.metadata.get("nbgrader", {}).get("points")
        if points:
            report = {"score": points, "max": points}
            data = {"text/plain": f"{points:.1f}", MIME: report}
            cell.outputs = [
                new_output("stream", text="✓ as it should be\n"),
                new_output("execute_result", data, execution_count=count),
            ]
    return notebook


def answered(**texts: str) -> Any:
    """A notebook with these texts in the answer cells; the others are right."""
    notebook = source_notebook()
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in texts:
            cell.source = texts[name]
    return notebook


def write_course(root: Path) -> Path:
    """Write the course's sources below `root`; returns `root`."""
    folder = root / "solutions" / NAME
    for path, body in {
        root / "README.md": "# A course\n",
        root / "solutions" / "misconceptions.toml": CATALOGUE,
        folder / "module.toml": MODULE,
        folder / "checks.py": CHECKS,
        folder / "helper.py": '"""Ships to learners."""\n\ntwo = 2\n',
        **{folder / "bank" / name: body for name, body in BANK.items()},
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    nbformat.write(stored(source_notebook()), folder / f"{NAME}.ipynb")
    shutil.copy(REPO / "nbgrader_config.py", root)
    return root
