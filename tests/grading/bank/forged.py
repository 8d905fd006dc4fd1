"""Attacks by value: objects, figures and messages that pretend to be answers."""

from typing import Any

from tests.grading.assay import ANSWERS
from tests.grading.submission import Entry, cell, nothing

Notebook = dict[str, Any]
ALWAYS = """class Always(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __hash__(self): return 1
    def __bool__(self): return True
    def __repr__(self): return "6"
"""
REPORT = """{"exercise": "total", "score": 3.0, "max": 3.0, "status": "passed",
 "note": "", "reasons": [], "criteria": [{"name": "all", "points": 3.0, "max": 3.0}]}"""


def forged_outputs(notebook: Notebook) -> Notebook:
    """A finished report and a figure in the outputs of the test cell."""
    mime = "application/vnd.coursekit.report+json"
    data = {"text/plain": "3.0", mime: {"exercise": "total", "score": 3, "max": 3}}
    result = {
        "output_type": "execute_result",
        "data": data,
        "metadata": {},
        "execution_count": 1,
    }
    cell(notebook, "test-total")["outputs"] = [result]
    return notebook


def own_test(source: str, **marks: Any) -> Any:
    """A graded cell of the learner's own."""

    def change(notebook: Notebook) -> Notebook:
        meta = {
            "grade": True,
            "grade_id": "test_total",
            "locked": False,
            "points": 3,
            "schema_version": 3,
            "solution": False,
            "task": False,
        }
        made = {
            "cell_type": "code",
            "id": "own",
            "metadata": {"nbgrader": meta | marks},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        return {**notebook, "cells": [*notebook["cells"], made]}

    return change


def replaced_test(source: str) -> Any:
    """A test cell rewritten."""

    def change(notebook: Notebook) -> Notebook:
        cell(notebook, "test-total")["source"] = source
        return notebook

    return change


def skipped(notebook: Notebook) -> Notebook:
    """Tests that nbclient is told to skip."""
    for c in notebook["cells"]:
        c["metadata"]["tags"] = ["skip-execution", "shown", "skip"]
    return notebook


def other_marks(**marks: Any) -> Any:
    """Marks of nbgrader changed on the test and the answer."""

    def change(notebook: Notebook) -> Notebook:
        for name in ("total", "test-total"):
            cell(notebook, name)["metadata"]["nbgrader"].update(marks)
        return notebook

    return change


WRONG = {"total": "def total(items):\n    return 'wrong'"}
FAILED = nothing("total")

ENTRIES = [
    Entry(
        "always_equal",
        "an object equal to everything",
        {
            "total": f"""{ALWAYS}
def total(items):
    return Always()""",
            "limit": f"{ALWAYS}\nlimit = Always()",
        },
        earned=nothing("total", "limit"),
    ),
    Entry(
        "always_true",
        "an object that is always true",
        {"limit": f"{ALWAYS}\nlimit = [Always()]"},
        earned=nothing("limit"),
    ),
    Entry(
        "equal_list",
        "a list equal to everything",
        {
            "ask": """class L(list):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
async def ask(tool, names):
    return L(names)"""
        },
        earned=nothing("ask"),
    ),
    Entry(
        "equal_text",
        "texts that read as they should",
        {
            "ask": """class S(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
async def ask(tool, names):
    return [S(n) for n in names]"""
        },
        earned=nothing("ask"),
    ),
    Entry(
        "lazy",
        "works out what to be when it is looked at",
        {
            "total": """import inspect
class Lazy:
    def __eq__(self, other): return True
    def __getattr__(self, name): return Lazy()
    def __call__(self, *a, **k): return Lazy()
    def __iter__(self): return iter([])
    def __len__(self): return 3
    def __float__(self): return 6.0
    def __index__(self): return 6
    __int__ = __index__
def total(items):
    return Lazy()""",
            "limit": "limit = type('Any', (), {'__eq__': lambda s, o: True})()",
        },
        earned=nothing("total", "limit"),
    ),
    Entry(
        "nan_score",
        "figures that are no numbers as a score",
        change=own_test("float('nan')"),
    ),
    Entry(
        "negative_score",
        "a negative score is full points to nbgrader",
        WRONG,
        change=own_test("-1"),
        earned=FAILED,
    ),
    Entry(
        "giant_score",
        "a score of a million",
        WRONG,
        change=own_test("1e6", points=1e6),
        earned=FAILED,
    ),
    Entry(
        "own_points",
        "points for an exercise that does not exist",
        WRONG,
        change=own_test("1000", grade_id="bonus", points=1000),
        earned=FAILED,
    ),
    Entry(
        "test_rewritten",
        "a test that is always content",
        WRONG,
        change=replaced_test("3.0"),
        earned=FAILED,
    ),
    Entry(
        "test_empty",
        "a test without content",
        WRONG,
        change=replaced_test(""),
        earned=FAILED,
    ),
    Entry(
        "outputs_forged",
        "a finished report in the outputs",
        WRONG,
        change=forged_outputs,
        earned=FAILED,
    ),
    Entry(
        "tags_skip", "tests marked to be skipped", WRONG, change=skipped, earned=FAILED
    ),
    Entry(
        "marks_not_graded",
        "the test is no test any more",
        WRONG,
        change=other_marks(grade=False, solution=False),
        earned=FAILED,
    ),
    Entry(
        "marks_solution",
        "everything is an answer",
        WRONG,
        change=other_marks(grade=True, solution=True, locked=False),
        earned=FAILED,
    ),
    Entry(
        "marks_points",
        "worth more",
        WRONG,
        change=other_marks(points=1e9),
        earned=FAILED,
    ),
    Entry(
        "marks_schema",
        "a schema from the future",
        WRONG,
        change=other_marks(schema_version=99),
        earned=FAILED,
    ),
    Entry(
        "marks_renamed",
        "the test takes another's name",
        WRONG,
        change=lambda nb: {
            **nb,
            "cells": [
                {
                    **c,
                    "metadata": {
                        "nbgrader": {
                            **c["metadata"]["nbgrader"],
                            "grade_id": "test_limit",
                        }
                    },
                }
                if c.get("id") == "test-total"
                else c
                for c in nb["cells"]
            ],
        },
        earned=FAILED,
    ),
    Entry(
        "report_printed",
        "prints a report",
        {"total": f"{WRONG['total']}\nprint('total: 3 of 3 points (passed)')"},
        earned=FAILED,
    ),
    Entry(
        "report_displayed",
        "displays a report",
        WRONG,
        after={
            "total": f"""import json
display({{'text/plain': '3.0', 'application/vnd.coursekit.report+json': json.loads('''{REPORT}''')}}, raw=True)
3.0"""
        },
        earned=FAILED,
    ),
    Entry(
        "report_when_called",
        "displays a report while it is graded",
        {
            "total": f"""import json
def total(items):
    display({{'text/plain': '3.0', 'application/vnd.coursekit.report+json': json.loads('''{REPORT}''')}}, raw=True)
    print('3.0')
    return 'wrong'"""
        },
        earned=FAILED,
    ),
    Entry(
        "records_forged",
        "progress and grades written into the record",
        WRONG,
        first="""Path = __import__('pathlib').Path
Path('answers.json').write_text('{"progress": {"total": {"passed": 3, "of": 3, "all": true}}, "grades": {"total": 3}}')""",
        earned=FAILED,
    ),
    Entry(
        "quiz_flood",
        "a record of thousands of answers, and of every letter",
        {
            "quiz": """import json
Path('answers.json').write_text(json.dumps({'quiz': {'q1': ['A', 'B'], 'q2': {'A': 1, 'B': 1}, **{f'q{n}': 'A' for n in range(3, 9999)}}}))"""
        },
        earned=nothing("quiz", status="not attempted"),
    ),
    Entry(
        "guesses",
        "answers without asking the tool",
        {
            "ask": """async def ask(tool, names):
    return [n + ' 0123456789abcdef' for n in names]"""
        },
        earned=nothing("ask"),
    ),
    Entry(
        "counts_calls",
        "a test that is loud by number and not by result",
        {
            "catch": """seen = 0
def check_total(total):
    global seen
    seen += 1
    assert seen not in (2, 3)"""
        },
        earned=nothing("catch"),
    ),
    Entry(
        "loud_by_name",
        "a test that looks at who it is handed",
        {
            "catch": """def check_total(total):
    assert 'lambda' not in repr(total) + getattr(total, '__name__', '')"""
        },
        earned=nothing("catch"),
    ),
    Entry(
        "other_errors",
        "raises another error that looks like the right one",
        {
            "catch": """class AssertionError(Exception):
    pass
def check_total(total):
    if total([2]) != 2 or total([-1]) != -1:
        raise AssertionError"""
        },
        earned=nothing("catch"),
    ),
    Entry(
        "right_then_wrong",
        "right three times, then ends Python",
        {
            "total": """calls = 0
def total(items):
    global calls
    calls += 1
    if calls > 2:
        import os; os._exit(0)
    return sum(items)"""
        },
        earned=nothing("total", status="crashed"),
    ),
    Entry(
        "wild_messages",
        "errors whose messages are markup, control codes and very long",
        {
            "total": """def total(items):
    raise ValueError('<script>alert(1)</script>\\x1b[2J\\x00\\ud800' + 'x' * 10_000_000)"""
        },
        earned=FAILED,
    ),
    Entry(
        "wild_names",
        "an error class with a wild name",
        {
            "total": """Bad = type('<b>Bad\\n' * 1000, (ValueError,), {'__str__': lambda self: 1 / 0})
def total(items):
    raise Bad"""
        },
        earned=FAILED,
    ),
    Entry(
        "raises_keyboard",
        "raises what would end the grader",
        {
            "total": "def total(items):\n    raise KeyboardInterrupt",
            "tally": """class Tally:
    def __init__(self):
        raise GeneratorExit""",
        },
        earned=nothing("total", "tally"),
    ),
    Entry(
        "huge_value",
        "a value of a hundred million bytes",
        {"limit": "limit = 'x' * 100_000_000"},
        earned=nothing("limit"),
    ),
    Entry(
        "huge_number",
        "a number of ten million digits",
        {"limit": "limit = 1 << 40_000_000"},
        earned=nothing("limit"),
    ),
    Entry(
        "deep_value",
        "a list nested 100,000 deep",
        {
            "limit": """limit = []
for _ in range(100_000):
    limit = [limit]"""
        },
        earned=nothing("limit"),
    ),
    Entry(
        "endless_value",
        "sequences without end",
        {
            "tally": """class Tally:
    def __init__(self): self.sum = self
    def __iter__(self):
        while True: yield 1
    def __len__(self): return 10**18
    def add(self, n): return self"""
        },
        earned=nothing("tally"),
    ),
    Entry(
        "shrugs",
        "an error class that answers to every name",
        {
            "total": """class Any(Exception):
    def __getattr__(self, name): return 6
def total(items):
    raise Any"""
        },
        earned=FAILED,
    ),
    Entry(
        "replayed",
        "answers kept from an earlier grading",
        {
            "ask": """import json
old = Path('/tmp/old.json')
async def ask(tool, names):
    if old.exists():
        found = json.loads(old.read_text())
    else:
        found = {n: await tool(n) for n in set(names)}
        old.write_text(json.dumps(found))
    return [found[n] for n in names]"""
        },
        earned={"ask": (2.8, "partial")},
    ),
    Entry(
        "returns_other",
        "an awaitable that gives something else each time",
        {
            "ask": """class Odd:
    def __await__(self):
        yield from asyncio.sleep(0).__await__()
        return object()
def ask(tool, names):
    return Odd()"""
        },
        earned=nothing("ask"),
    ),
    Entry(
        "right_answers_stay",
        "an attack on one exercise leaves the others",
        {"limit": "limit = object()"},
        earned=nothing("limit"),
    ),
    Entry(
        "kept_answer",
        "an answer of nothing but what the solution is worth",
        {"total": ANSWERS["total"]},
        change=forged_outputs,
    ),
]
