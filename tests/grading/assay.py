"""A module made to be attacked: every kind of answer a check can ask for."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NAME = "01_assay"
REPO = Path(__file__).parents[2]

MODULE = """
title = "Assay"
minutes = 5

[[objectives]]
id = "all"
text = "Answer in every way there is"

[[exercises]]
id = "total"
title = "A function"
kind = "write"
objective = "all"
points = 3

[[exercises]]
id = "tally"
title = "A class with state"
kind = "write"
objective = "all"
points = 3

[[exercises]]
id = "letters"
title = "Items one by one"
kind = "write"
objective = "all"
points = 2

[[exercises]]
id = "ask"
title = "Tools on virtual time"
kind = "write"
objective = "all"
points = 4

[[exercises]]
id = "limit"
title = "A figure from a file"
kind = "tune"
objective = "all"
points = 2

[[exercises]]
id = "catch"
title = "A test that is handed functions"
kind = "test"
objective = "all"
points = 2

[[exercises]]
id = "pair"
title = "A function of a long list"
kind = "write"
objective = "all"
points = 2

[[exercises]]
id = "quiz"
title = "Questions"
kind = "quiz"
objective = "all"
points = 2

[[quiz]]
id = "q1"
objective = "all"
prompt = "What is twice three?"
answer = "B"
[[quiz.options]]
text = "Five"
feedback = "That adds two."
[[quiz.options]]
text = "Six"
feedback = "Three and three."

[[quiz]]
id = "q2"
objective = "all"
prompt = "What is twice four?"
answer = "A"
[[quiz.options]]
text = "Eight"
feedback = "Four and four."
[[quiz.options]]
text = "Six"
feedback = "That adds two."
"""

CHECKS = '''
"""What is checked in 01_assay: the secret below must never be found by a learner."""

import asyncio
import os
import random
from pathlib import Path

SECRET = "a-secret-of-the-checks"


def total(ns, check):
    """1 point each: nothing, three numbers, negative ones."""
    for name, items in {"nothing": [], "three": [1, 2, 3], "negative": [-4, 1]}.items():
        with check.part(name, 1):
            got = check.call(ns["total"], list(items))
            check.equal(name, 1, got, sum(items), given=items, look="start from 0")


def tally(ns, check):
    """1.5 points each: running sums, two tallies apart."""
    with check.part("running sums", 1.5):
        one = check.call(ns["Tally"])
        sums = [check.call(one.add, n) for n in (1, 2, 3)]
        check.equal("running sums", 1.5, [sums, one.sum], [[1, 3, 6], 6])
    with check.part("two apart", 1.5):
        one, two = check.call(ns["Tally"]), check.call(ns["Tally"])
        one.add(5)
        two.add(7)
        check.equal("two apart", 1.5, [one.sum, two.sum], [5, 7])


def letters(ns, check):
    """2 points for the first three letters, in whatever can be iterated over."""
    got = list(check.call(ns["letters"]))
    check.equal("letters", 2, got, ["a", "b", "c"])


class Desk:
    """A tool that takes its time, counts its calls and answers with a secret."""

    def __init__(self):
        self.calls, self.busy, self.peak = [], 0, 0
        self.word = os.urandom(8).hex()

    def answer(self, name):
        return f"{name} {self.word}"

    async def tool(self, name):
        self.calls.append(name)
        self.busy += 1
        self.peak = max(self.peak, self.busy)
        await asyncio.sleep(0.5)
        self.busy -= 1
        return self.answer(name)


def ask(ns, check):
    """Right answers (1), each name asked once (1), virtual seconds (2).

    Seconds: full up to 0.5, none from 3. Nothing without the right answers.
    """
    desk, names = Desk(), ["a", "b", "a", "c", "b", "d"]
    got, seconds = check.timed(ns["ask"](desk.tool, names))
    right = check.equal("answers", 1, got, [desk.answer(n) for n in names])
    once = right and sorted(desk.calls) == ["a", "b", "c", "d"]
    check.true("each name once", 1, once, got=f"{len(desk.calls)} calls")
    late = seconds if right else 1e9
    check.at_most("virtual seconds", 2, late, full=0.5, zero=3, unit="s")


def limit(ns, check):
    """2 points for the largest number in numbers.csv."""
    path = Path(__file__).with_name("numbers.csv")
    numbers = [int(n) for n in path.read_text().split(",")]
    check.equal("the largest", 2, ns["limit"], max(numbers))


def catch(ns, check):
    """2 points: loud for both wrong functions, and nothing for a false alarm."""
    wrong = [lambda items: len(items), lambda items: sum(map(abs, items))]
    order = [sum, wrong[0], sum, sum, wrong[1], sum, wrong[0], wrong[1], sum]
    loud = {0: [], 1: [], "right": []}
    for function in order:
        key = wrong.index(function) if function in wrong else "right"
        loud[key].append(_loud(ns, check, function))
    alarm = any(loud["right"])
    for key in (0, 1):
        check.true(f"loud for wrong {key}", 1, all(loud[key]) and not alarm)


def _loud(ns, check, function):
    try:
        check.call(ns["check_total"], lambda items: function(items))
    except AssertionError:
        return True
    return False


def _has_pair(numbers, target):
    seen = set()
    for n in numbers:
        if target - n in seen:
            return True
        seen.add(n)
    return False


def pair(ns, check):
    """1 point each: short lists, a list of 3,000 numbers."""
    cases = [([], 3), ([1, 2], 3), ([2], 4), ([2, 2], 4), ([1, 5, 9], 7), ([-1, 1], 0)]
    got = [check.call(ns["has_pair"], list(n), t) for n, t in cases]
    want = [_has_pair(n, t) for n, t in cases]
    check.equal("answers", 1, got, want)
    start = random.randrange(1000)
    numbers = list(range(start, start + 6000, 2))
    check.equal("a long list", 1, check.call(ns["has_pair"], numbers, 1), False)
'''

ANSWERS = {
    "total": "def total(items):\n    return sum(items)",
    "tally": """class Tally:
    def __init__(self):
        self.sum = 0

    def add(self, n):
        self.sum += n
        return self.sum""",
    "letters": "def letters():\n    yield from 'abc'",
    "ask": """async def ask(tool, names):
    once = list(dict.fromkeys(names))
    found = dict(zip(once, await asyncio.gather(*[tool(n) for n in once])))
    return [found[n] for n in names]""",
    "limit": "limit = max(numbers)",
    "catch": """def check_total(total):
    assert total([]) == 0
    assert total([1, 2]) == 3
    assert total([-5, 1]) == -4""",
    "pair": """def has_pair(numbers, target):
    seen = set()
    for n in numbers:
        if target - n in seen:
            return True
        seen.add(n)
    return False""",
    "quiz": 'answer("q1", "B")\nanswer("q2", "A")',
}
POINTS = dict(zip(ANSWERS, (3, 3, 2, 4, 2, 2, 2, 2), strict=True))
SETUP = """import asyncio
from pathlib import Path

from coursekit import answer, tests

numbers = [int(n) for n in Path("numbers.csv").read_text().split(",")]"""
TEST = """with tests("{0}") as t:
    t.true(True, "it runs")
### BEGIN HIDDEN TESTS
from coursekit import grade

grade("{0}")
### END HIDDEN TESTS"""


def answer_cell(name: str) -> Any:
    """The cell an exercise is answered in, with its solution."""
    source = f"### BEGIN SOLUTION\n{ANSWERS[name]}\n### END SOLUTION"
    meta = {"grade": False, "grade_id": name, "locked": False, "solution": True}
    return _cell(name, source, meta)


def test_cell(name: str) -> Any:
    """The cell that grades an exercise."""
    meta = {
        "grade": True,
        "grade_id": f"test_{name}",
        "locked": True,
        "points": POINTS[name],
        "solution": False,
    }
    return _cell(f"test-{name}", TEST.format(name), meta)


def _cell(name: str, source: str, meta: dict[str, Any]) -> Any:
    grader = {"schema_version": 3, "task": False, **meta}
    return new_code_cell(source, id=name, metadata={"nbgrader": grader})


def source_notebook() -> Any:
    """The instructor's notebook."""
    cells = [
        new_markdown_cell("# Assay", id="head"),
        new_code_cell(SETUP, id="setup"),
    ]
    for name in ANSWERS:
        cells += [new_markdown_cell(f"## {name}", id=f"head-{name}")]
        cells += [answer_cell(name), test_cell(name)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def handed_in(answers: Mapping[str, str]) -> Any:
    """A learner's notebook: these answers, and right ones where none is given."""
    notebook = source_notebook()
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in POINTS:
            cell.source = answers.get(name, ANSWERS[name])
        elif name:  # the hidden part of a test stays with the teacher
            cell.source = cell.source.split("### BEGIN HIDDEN")[0].strip()
    return notebook


def write_course(root: Path) -> Path:
    """Write the course's sources below `root`; returns `root`."""
    folder = root / "solutions" / NAME
    folder.mkdir(parents=True)
    (root / "README.md").write_text("# A course\n")
    (folder.parent / "misconceptions.toml").write_text("")
    (folder / "module.toml").write_text(MODULE)
    (folder / "checks.py").write_text(CHECKS)
    (folder / "numbers.csv").write_text("3,42,7,19")
    nbformat.write(source_notebook(), folder / f"{NAME}.ipynb")
    shutil.copy(REPO / "nbgrader_config.py", root)
    return root
