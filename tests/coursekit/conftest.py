"""A tiny course in a temporary folder: one module, with and without its key."""

import textwrap
from pathlib import Path

import pytest

from tests.nbgrader_head import one_alembic  # noqa: F401

NAME = "99_sample"
MODULE = """
title = "Sample"
minutes = 5

[[objectives]]
id = "sums"
text = "Add numbers up"

[[exercises]]
id = "total"
title = "Add them up"
kind = "write"
objective = "sums"
points = 4
difficulty = 1
minutes = 2
core = true
section = "Sums"
hints = ["Start from nothing.", "Go over the items once.", "result += item"]
explanation = "One pass reads every item once."

[[exercises]]
id = "order"
title = "Put it in order"
kind = "parsons"
objective = "sums"
points = 2
lines = ["def total(items):", "    result = 0", "    for item in items:",
         "        result += item", "    return result"]
distractors = ["        result = item"]

[[exercises]]
id = "quiz"
title = "Quiz"
kind = "quiz"
objective = "sums"
points = 3

[[quiz]]
id = "q1"
objective = "sums"
prompt = "What does an empty sum give?"
answer = "B"
section = "Sums"
[[quiz.options]]
text = "None"
feedback = "None is not a number."
misconception = "empty-is-none"
[[quiz.options]]
text = "0"
feedback = "Right: adding nothing gives 0."

[[quiz]]
id = "q2"
objective = "sums"
prompt = "How many reads for n items?"
answer = "A"
section = "Sums"
[[quiz.options]]
text = "n"
feedback = "Right: each one once."
[[quiz.options]]
text = "n squared"
feedback = "Each item is needed only once."
misconception = "twice-over"

[[predictions]]
id = "speedup"
prompt = "How many times faster is one pass?"
unit = "times"
"""
CATALOGUE = """
[empty-is-none]
name = "An empty sum is missing"
repair = "The sum of no items is 0."
[twice-over]
name = "Every item is compared with every other."
repair = "One pass is enough for a sum."
"""
CHECKS = '''
from coursekit.core.counting import CountedList, Counts
from coursekit.check.parsons import assemble


def total(ns, check):
    """Right on two lists, and at most one read an item (none from three)."""
    fn = ns["total"]
    check.equal("of nothing", 1, check.call(fn, []), 0, given="total([])",
                look="what the loop starts from", believes={"empty-is-none": None})
    check.equal("of three", 1, check.call(fn, [1, 2, 3]), 6, given="total([1, 2, 3])")
    counts = Counts()
    check.call(fn, CountedList(range(100), counts))
    check.at_most("reads of 100 items", 2, counts.reads, full=100, zero=300,
                  unit="reads")


def order(ns, check):
    """The assembled function adds up."""
    names = {}
    exec(assemble("order", ns["order"]), names)
    check.equal("adds up", 2, names["total"]([2, 3]), 5, given=ns["order"])
'''


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a course; the current folder is where its learner works."""
    source, learner = tmp_path / "solutions" / NAME, tmp_path / "course" / NAME
    source.mkdir(parents=True)
    learner.mkdir(parents=True)
    (source / "module.toml").write_text(MODULE, encoding="utf-8")
    (source / "checks.py").write_text(textwrap.dedent(CHECKS), encoding="utf-8")
    (source.parent / "misconceptions.toml").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.chdir(learner)
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return tmp_path
