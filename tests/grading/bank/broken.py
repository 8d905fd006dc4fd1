"""Accidents: each costs what it broke and nothing else."""

import json
from typing import Any

from tests.grading.assay import ANSWERS, POINTS
from tests.grading.submission import Entry, cell, nothing, without

Notebook = dict[str, Any]
ALL = tuple(POINTS)
HOOK = "get_ipython().events.register('pre_execute', __import__('os').abort)"


def retyped(notebook: Notebook) -> Notebook:
    """An answer turned into prose by a slip of the keyboard."""
    mine = cell(notebook, "total")
    mine["cell_type"] = "markdown"
    del mine["outputs"], mine["execution_count"]
    return notebook


def spoiled_copy(notebook: Notebook) -> Notebook:
    """A copy of an answer whose last version is wrong: the last one counts."""
    copy = {**cell(notebook, "total"), "source": "def total(items):\n    return 0"}
    return {**notebook, "cells": [*notebook["cells"], copy]}


def no_marks(notebook: Notebook) -> Notebook:
    """nbgrader's marks lost on one answer, its cell id too."""
    mine = cell(notebook, "total")
    mine["metadata"] = {}
    mine["id"] = "other"
    return notebook


def broken_marks(notebook: Notebook) -> Notebook:
    """Metadata of wrong types everywhere: answers are still found by cell id."""
    for c in notebook["cells"]:
        if c["cell_type"] == "code":
            c["metadata"] = {"nbgrader": ["no", "table"], "tags": 3}
    return notebook


ENTRIES = [
    Entry(
        "as_it_came",
        "nothing written at all",
        dict.fromkeys(ALL, "# your code here\nraise NotImplementedError"),
        earned=nothing(*ALL, status="not attempted"),
    ),
    Entry(
        "one_left_out",
        "one exercise not begun",
        {"total": "def total(items):\n    raise NotImplementedError"},
        earned=nothing("total", status="not attempted"),
    ),
    Entry(
        "dots",
        "a blank left",
        {"limit": "limit = ..."},
        earned=nothing("limit", status="not attempted"),
    ),
    Entry(
        "syntax_error",
        "a colon forgotten",
        {"total": "def total(items)\n    return sum(items)"},
        earned=nothing("total"),
    ),
    Entry(
        "null_byte",
        "a character that is no Python",
        {"total": f"x = '\x00'\n{ANSWERS['total']}"},
        earned=nothing("total"),
    ),
    Entry(
        "wrong_name",
        "another name than asked for",
        {"total": "def totals(items):\n    return sum(items)"},
        earned=nothing("total", status="not attempted"),
    ),
    Entry(
        "partly_right",
        "wrong for nothing",
        {"total": "def total(items):\n    return items[0] + sum(items[1:])"},
        earned={"total": (2, "partial")},
    ),
    Entry(
        "shared_state",
        "state shared by all objects",
        {
            "tally": """class Tally:
    sums = []
    def add(self, n):
        Tally.sums.append(n)
        return self.sum
    @property
    def sum(self):
        return sum(Tally.sums[-3:]) if Tally.sums[-3:] == [1, 2, 3] else sum(Tally.sums)"""
        },
        earned={"tally": (1.5, "partial")},
    ),
    Entry(
        "one_by_one",
        "one tool after another: right and slow",
        {
            "ask": """async def ask(tool, names):
    found = {}
    for n in names:
        if n not in found:
            found[n] = await tool(n)
    return [found[n] for n in names]"""
        },
        earned={"ask": (2.8, "partial")},
    ),
    Entry(
        "asks_twice",
        "at once, but some names twice",
        {
            "ask": """async def ask(tool, names):
    return list(await asyncio.gather(*map(tool, names)))"""
        },
        earned={"ask": (3, "partial")},
    ),
    Entry(
        "await_forgotten",
        "hands back what is still to be waited for",
        {"ask": "async def ask(tool, names):\n    return [tool(n) for n in names]"},
        earned=nothing("ask"),
    ),
    Entry(
        "waits_for_ever",
        "waits for what never comes",
        {"ask": "async def ask(tool, names):\n    await asyncio.Event().wait()"},
        earned=nothing("ask"),
    ),
    Entry(
        "false_alarm",
        "a test that is always loud",
        {"catch": "def check_total(total):\n    assert False"},
        earned=nothing("catch"),
    ),
    Entry(
        "always_quiet",
        "a test that asserts nothing",
        {"catch": "def check_total(total):\n    total([1])"},
        earned=nothing("catch"),
    ),
    Entry(
        "half_a_test",
        "a test that misses one of the two",
        {"catch": "def check_total(total):\n    assert total([2]) == 2"},
        earned={"catch": (1, "partial")},
    ),
    Entry(
        "wrong_quiz",
        "one question wrong",
        {"quiz": 'answer("q1", "A")\nanswer("q2", "A")'},
        earned={"quiz": (1, "partial")},
    ),
    Entry(
        "no_quiz",
        "no question answered",
        {"quiz": ""},
        earned=nothing("quiz", status="not attempted"),
    ),
    Entry(
        "answer_deleted",
        "an answer cell deleted",
        change=lambda nb: without(nb, "total"),
        earned=nothing("total", status="not attempted"),
    ),
    Entry(
        "answer_retyped",
        "an answer turned into prose",
        change=retyped,
        earned=nothing("total", status="tampered"),
    ),
    Entry(
        "spoiled_copy",
        "of two answers the last counts",
        change=spoiled_copy,
        earned={"total": (1, "partial")},
    ),
    Entry(
        "marks_lost",
        "an answer whose marks and id are gone, in its place",
        change=no_marks,
    ),
    Entry("marks_broken", "metadata of wrong types", change=broken_marks),
    Entry(
        "only_one_cell",
        "all cells gone but one answer",
        change=lambda nb: {**nb, "cells": [cell(nb, "total")]},
        earned=nothing(*(n for n in ALL if n != "total"), status="not attempted"),
    ),
    Entry(
        "loops_in_cell",
        "a loop in the answer's cell that never ends",
        {"total": f"{ANSWERS['total']}\nwhile True: pass"},
        earned=nothing("total", status="timed out"),
    ),
    Entry(
        "loops_when_called",
        "a function that never returns",
        {"total": "def total(items):\n    while True: pass"},
        earned=nothing("total", status="timed out"),
    ),
    Entry(
        "sleeps_in_cell",
        "sleeps for a day",
        {
            "total": f"""import time
{ANSWERS["total"]}
time.sleep(86400)"""
        },
        earned=nothing("total", status="timed out"),
    ),
    Entry(
        "spins_on_loop",
        "async code that never lets go",
        {"ask": "async def ask(tool, names):\n    while True: pass"},
        earned=nothing("ask", status="timed out"),
    ),
    Entry(
        "stubborn_loop",
        "a loop that shrugs off interrupts",
        {
            "total": """def total(items):
    while True:
        try:
            while True: pass
        except BaseException:
            pass"""
        },
        earned=nothing("total", status="timed out"),
    ),
    Entry(
        "ends_python",
        "os._exit in the answer's cell",
        {
            "total": f"""{ANSWERS["total"]}
import os
os._exit(0)"""
        },
        earned=nothing("total", status="crashed"),
    ),
    Entry(
        "ends_python_later",
        "os._exit when called",
        {
            "total": """import os
def total(items):
    os._exit(0)"""
        },
        earned=nothing("total", status="crashed"),
    ),
    Entry(
        "ends_after_its_answer",
        "a kernel that ends as soon as its last answer is given",
        {
            "total": """import os
def total(items):
    get_ipython().events.register('post_execute', lambda: os._exit(0))
    return sum(items)"""
        },
        earned=nothing("total", status="crashed"),
    ),
    Entry(
        "ends_between",
        "a kernel whose link is gone a moment before itself, as when a signal ends it",
        {
            "total": f"""import os, threading
from coursekit.judge import learner_end
{ANSWERS["total"]}
learner_end._link.wire.close()
threading.Timer(0.3, os._exit, [0]).start()"""
        },
        earned=nothing("total", status="crashed"),
    ),
    Entry(
        "ends_before_its_child",
        "a kernel that ends while a child of its keeps the link open",
        {
            "total": """import os, time
def total(items):
    if os.fork() == 0: time.sleep(100)
    os._exit(0)"""
        },
        earned=nothing("total", status="crashed"),
    ),
    Entry(
        "ends_with_the_next_cell",
        "a kernel that would end as soon as the next cell begins",
        {
            "total": f"{ANSWERS['total']}\n{HOOK}",
            "letters": f"def letters():\n    {HOOK}\n    yield from 'abc'",
        },
    ),
    Entry(
        "segfault",
        "a crash in C",
        {
            "tally": f"""import ctypes
{ANSWERS["tally"]}
ctypes.string_at(0)"""
        },
        earned=nothing("tally", status="crashed"),
    ),
    Entry(
        "sys_exit",
        "sys.exit() when called is an error like any other",
        {
            "total": """import sys
def total(items):
    sys.exit(3)"""
        },
        earned=nothing("total"),
    ),
    Entry(
        "sys_exit_in_cell",
        "sys.exit() below a right answer",
        {
            "total": f"""{ANSWERS["total"]}
import sys
sys.exit()"""
        },
    ),
    Entry(
        "endless_recursion",
        "recursion without end",
        {"total": "def total(items):\n    return total(items)"},
        earned=nothing("total"),
    ),
    Entry(
        "crash_in_own_cell",
        "Python ended by a cell that is no answer",
        first="import os\nos._exit(1)",
    ),
    Entry(
        "dies_in_two",
        "two exercises that end Python",
        {
            "total": """import os
def total(items):
    os._exit(0)""",
            "ask": """import os
async def ask(tool, names):
    os._exit(0)""",
        },
        earned=nothing("total", "ask", status="crashed"),
    ),
    Entry(
        "not_a_number",
        "NaN where a number belongs",
        {
            "limit": "limit = float('nan')",
            "total": "def total(items):\n    return float('nan')",
        },
        earned=nothing("limit", "total"),
    ),
    Entry(
        "text_for_number",
        "text where a number belongs",
        {"limit": "limit = '42'"},
        earned=nothing("limit"),
    ),
    Entry(
        "cyclic",
        "a list that holds itself",
        {
            "total": """def total(items):
    items.append(items)
    return items"""
        },
        earned=nothing("total"),
    ),
    Entry(
        "generator",
        "a generator where a number belongs",
        {"total": "def total(items):\n    yield sum(items)"},
        earned=nothing("total"),
    ),
    Entry(
        "no_json",
        "not a notebook at all",
        change=lambda nb: b"this is not JSON",
        earned=nothing(*ALL, status="not attempted"),
    ),
    Entry(
        "empty_file",
        "an empty file",
        change=lambda nb: b"",
        earned=nothing(*ALL, status="not attempted"),
    ),
    Entry(
        "half_a_file",
        "an upload cut off",
        change=lambda nb: json.dumps(nb).encode()[:3000],
        earned=nothing(*ALL, status="not attempted"),
    ),
    Entry(
        "a_list",
        "JSON, but no notebook",
        change=lambda nb: b"[1, 2, 3]",
        earned=nothing(*ALL, status="not attempted"),
    ),
    Entry(
        "deep_json",
        "JSON nested 100,000 deep",
        change=lambda nb: b"[" * 100_000 + b"]" * 100_000,
        earned=nothing(*ALL, status="not attempted"),
    ),
    Entry(
        "a_picture",
        "a picture with the name of a notebook",
        change=lambda nb: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        earned=nothing(*ALL, status="not attempted"),
    ),
    Entry(
        "no_cells",
        "a notebook without cells",
        change=lambda nb: {**nb, "cells": []},
        earned=nothing(*ALL, status="not attempted"),
    ),
    Entry(
        "odd_types",
        "cells of wrong types among the right ones",
        change=lambda nb: {
            **nb,
            "cells": [None, 3, [], {"cell_type": 5}, *nb["cells"]],
            "metadata": [],
        },
    ),
    Entry(
        "newer_format",
        "a format that does not exist yet",
        change=lambda nb: {**nb, "nbformat": 9, "nbformat_minor": 99},
    ),
]
