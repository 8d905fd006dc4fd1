"""Unusual but right: every one keeps every point."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import nbformat

from tests.grading.assay import ANSWERS, NAME
from tests.grading.submission import Entry, cell, without

Notebook = dict[str, Any]


def stale_outputs(notebook: Notebook) -> Notebook:
    """Outputs of an earlier run, large and wrong."""
    picture = base64.b64encode(b"x" * 200_000).decode()
    for c in notebook["cells"]:
        if c["cell_type"] == "code":
            c["execution_count"] = 77
            c["outputs"] = [
                {
                    "output_type": "display_data",
                    "data": {"image/png": picture},
                    "metadata": {},
                },
                {
                    "output_type": "error",
                    "ename": "Old",
                    "evalue": "an old error",
                    "traceback": ["old"],
                },
            ]
    return notebook


def version_3(notebook: Notebook) -> Notebook:
    """As saved before 2015; nbgrader's marks stay in the metadata."""
    made = nbformat.reads(json.dumps(notebook), 4)
    return dict(json.loads(nbformat.writes(nbformat.convert(made, 3), 3)))


def without_ids(notebook: Notebook) -> Notebook:
    """As saved before cells had ids."""
    for c in notebook["cells"]:
        c.pop("id", None)
    return {**notebook, "nbformat_minor": 2}


def in_bytes(encoding: str, ends: str = "\n") -> Any:
    """The file in another encoding, with other line ends."""

    def change(notebook: Notebook) -> bytes:
        text = json.dumps(notebook, indent=1, ensure_ascii=False)
        return text.replace("\n", ends).encode(encoding)

    return change


def windows_lines(notebook: Notebook) -> Notebook:
    """Line ends of Windows inside the cells."""
    for c in notebook["cells"]:
        c["source"] = c["source"].replace("\n", "\r\n")
    return notebook


def moved(notebook: Notebook) -> Notebook:
    """The first answer dragged to the end."""
    mine = cell(notebook, "total")
    rest = without(notebook, "total")
    return {**rest, "cells": [*rest["cells"], mine]}


def given_copied(notebook: Notebook) -> Notebook:
    """A given cell copied before an answer, a helper behind the copy."""
    cells = notebook["cells"]
    copy = {**cell(notebook, "setup"), "id": "copy"}
    at = cells.index(cell(notebook, "limit"))
    helper = {**copy, "id": "helper", "source": "most = max if Tally else None"}
    return {**notebook, "cells": [*cells[:at], copy, helper, *cells[at:]]}


def test_copied(notebook: Notebook) -> Notebook:
    """A test cell copied, its id with it."""
    return {**notebook, "cells": [*notebook["cells"], cell(notebook, "test-total")]}


def answer_copied(notebook: Notebook) -> Notebook:
    """An answer cell copied, its id with it."""
    return {**notebook, "cells": [*notebook["cells"], dict(cell(notebook, "total"))]}


def tests_edited(notebook: Notebook) -> Notebook:
    """Something tried in a test cell."""
    cell(notebook, "test-total")["source"] = "total([1]) == 1  # I tried this"
    return notebook


def other_kernel(notebook: Notebook) -> Notebook:
    """The kernel of the learner's own machine."""
    spec = {"name": "conda-env-py39", "display_name": "My Python"}
    return {**notebook, "metadata": {"kernelspec": spec}}


def odd_cells(notebook: Notebook) -> Notebook:
    """Raw, empty and pictured cells in between."""
    raw = {"cell_type": "raw", "metadata": {}, "source": "raw"}
    empty = {
        "cell_type": "code",
        "metadata": {},
        "source": "",
        "outputs": [],
        "execution_count": None,
    }
    picture = {
        "cell_type": "markdown",
        "metadata": {},
        "source": "![x](attachment:x.png)",
        "attachments": {"x.png": {"image/png": "eA=="}},
    }
    return {**notebook, "cells": [raw, empty, picture, *notebook["cells"]]}


def source_as_lines(notebook: Notebook) -> Notebook:
    """Cell text as a list of lines, the other way nbformat allows."""
    for c in notebook["cells"]:
        c["source"] = c["source"].splitlines(True)
    return notebook


def clicks(folder: Path) -> None:
    """The quiz answered with the widget: an answers file beside the notebook."""
    (folder / "answers.json").write_text('{"quiz": {"q1": "B", "q2": "A"}}')


def slow_helper(folder: Path) -> None:
    """A module of the learner's own that is slow to import."""
    (folder / "my_helper.py").write_text("""import time
time.sleep(0.3)
plus = sum
""")


def old_files(folder: Path) -> None:
    """Left from other days."""
    (folder / f"{NAME}-Copy1.ipynb").write_text("{}")
    (folder / "notes.txt").write_text("to do")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / "old.zip").write_bytes(b"PK\x03\x04 not really")
    stamp = time.time() - 1e9
    (folder / "notes.txt").touch()
    __import__("os").utime(folder / "notes.txt", (stamp, stamp))


TOTAL, TALLY, ASK = (ANSWERS[n] for n in ("total", "tally", "ask"))

ENTRIES = [
    Entry("plain", "the solutions themselves"),
    Entry(
        "unicode",
        "names, comments and texts in other scripts",
        {
            "total": """# 合計 🧮
def total(données):
    сумма = sum(données)
    return сумма"""
        },
    ),
    Entry(
        "warnings",
        "warnings cost nothing",
        {
            "total": f"""import warnings
{TOTAL.replace("return", "warnings.warn(chr(33)); return")}"""
        },
        first="import warnings; warnings.warn('hello')",
    ),
    Entry(
        "log_lines",
        "log lines on stderr cost nothing",
        {
            "total": """import logging
logging.basicConfig(level=10)
"""
            + TOTAL.replace("return", "logging.error('adding'); return")
        },
    ),
    Entry(
        "chatty",
        "prints as it works",
        {"total": TOTAL.replace("return", "print(items, 'x' * 500); return")},
        after={"total": "for i in range(500): print(i, total([i]))"},
    ),
    Entry(
        "stderr_bytes",
        "writes to stderr itself",
        {
            "total": f"""import sys
print('note', file=sys.stderr)
{TOTAL}"""
        },
    ),
    Entry(
        "extra_cells",
        "tries things in cells of their own",
        after={"total": "x = total([1, 2])\nx", "tally": "Tally().add(4)"},
        before={"total": "items = [1, 2, 3]"},
    ),
    Entry(
        "helper_cell",
        "a helper in a cell before the answer",
        {"total": "def total(items):\n    return add_up(items)"},
        before={"total": "def add_up(items):\n    return sum(items)"},
    ),
    Entry(
        "helper_after_all",
        "a helper in a cell behind the answer, before its test",
        {"total": "def total(items):\n    return add_up(items)"},
        after={"total": "def add_up(items):\n    return sum(items)"},
    ),
    Entry("stale_outputs", "outputs of another run", change=stale_outputs),
    Entry("version_3", "a notebook of the old format", change=version_3),
    Entry("no_cell_ids", "a notebook of format 4.2", change=without_ids),
    Entry("bom", "UTF-8 with a byte order mark", change=in_bytes("utf-8-sig")),
    Entry("utf_16", "saved as UTF-16", change=in_bytes("utf-16")),
    Entry(
        "crlf_file",
        "line ends of Windows in the file",
        change=in_bytes("utf-8", "\r\n"),
    ),
    Entry("crlf_cells", "line ends of Windows in the cells", change=windows_lines),
    Entry("line_lists", "cell text as lists of lines", change=source_as_lines),
    Entry("moved", "an answer dragged to the end", change=moved),
    Entry(
        "given_copied",
        "a given cell run again before a helper that needs an earlier answer",
        {"limit": "limit = most(numbers)"},
        change=given_copied,
    ),
    Entry(
        "given_copied_old",
        "the same in a notebook of format 4.2",
        {"limit": "limit = most(numbers)"},
        change=lambda nb: without_ids(given_copied(nb)),
    ),
    Entry("test_copied", "a copy of a test cell", change=test_copied),
    Entry("answer_copied", "a copy of an answer", change=answer_copied),
    Entry("tests_edited", "an edited test cell is put back", change=tests_edited),
    Entry(
        "tests_deleted",
        "deleted test cells are put back",
        change=lambda nb: without(nb, "test-total", "test-ask"),
    ),
    Entry(
        "setup_deleted",
        "a deleted given cell is put back",
        change=lambda nb: without(nb, "setup", "head"),
    ),
    Entry("other_kernel", "a kernel of another name", change=other_kernel),
    Entry("odd_cells", "raw, empty and pictured cells", change=odd_cells),
    Entry(
        "shadowed",
        "names of Python and of the grader used for other things",
        first="""print = check = grade = report = names = near = judge = 3
max_ = max
sum_ = sum
len = id = type = str = None
t = 5""",
        answers={
            "total": "def total(items):\n    return sum_(items)",
            "limit": "limit = max_(numbers)",
        },
    ),
    Entry(
        "own_exceptions",
        "raises and catches errors of its own inside",
        {
            "total": """class Empty(ValueError):
    pass

def total(items):
    try:
        if not items:
            raise Empty('é')
    except Empty:
        return 0
    return items[0] + total(items[1:])"""
        },
    ),
    Entry(
        "lambda_and_partial",
        "callables that are no functions",
        {
            "total": """import functools, operator
total = functools.partial(functools.reduce, operator.add, initial=0) if False else (lambda items: functools.reduce(operator.add, items, 0))""",
            "catch": """class Check:
    def __call__(self, total):
        assert total([]) == 0 and total([1, 2]) == 3 and total([-5, 1]) == -4
check_total = Check()""",
        },
    ),
    Entry(
        "numpy_scalars",
        "numbers of NumPy where numbers belong",
        {
            "total": """import numpy as np
def total(items):
    return np.sum(np.array(items, dtype=np.int64))""",
            "limit": "import numpy as np\nlimit = np.int64(max(numbers))",
        },
    ),
    Entry(
        "inherits",
        "a class with slots, a property and a base",
        {
            "tally": """class Base:
    __slots__ = ('_sum',)
    def __init__(self): self._sum = 0
    @property
    def sum(self): return self._sum

class Tally(Base):
    def add(self, n):
        self._sum += n
        return self._sum"""
        },
    ),
    Entry(
        "dataclass",
        "a dataclass",
        {
            "tally": """from dataclasses import dataclass

@dataclass
class Tally:
    sum: int = 0
    def add(self, n: int) -> int:
        self.sum += n
        return self.sum"""
        },
    ),
    Entry(
        "factory",
        "a function that makes objects instead of a class",
        {
            "tally": """from types import SimpleNamespace
def Tally():
    made = SimpleNamespace(sum=0)
    def add(n):
        made.sum += n
        return made.sum
    made.add = add
    return made"""
        },
    ),
    Entry(
        "task_group",
        "a task group",
        {
            "ask": """async def ask(tool, names):
    async with asyncio.TaskGroup() as group:
        tasks = {n: group.create_task(tool(n)) for n in set(names)}
    return [tasks[n].result() for n in names]"""
        },
    ),
    Entry(
        "single_flight",
        "tasks shared by whoever asks",
        {
            "ask": """async def ask(tool, names):
    flights = {}
    async def one(name):
        if name not in flights:
            flights[name] = asyncio.ensure_future(tool(name))
        return await asyncio.shield(flights[name])
    return await asyncio.gather(*map(one, names))"""
        },
    ),
    Entry(
        "as_completed",
        "results taken as they come, a queue and a lock in between",
        {
            "ask": """async def ask(tool, names):
    queue, lock, found = asyncio.Queue(), asyncio.Lock(), {}
    async def work():
        while not queue.empty():
            name = queue.get_nowait()
            value = await asyncio.wait_for(tool(name), 5)
            async with lock:
                found[name] = value
    for name in set(names):
        queue.put_nowait(name)
    for done in asyncio.as_completed([work() for _ in range(4)]):
        await done
    return [found[n] for n in names]"""
        },
    ),
    Entry(
        "spinning",
        "waits by looking again and again, at no virtual cost",
        {
            "ask": """async def ask(tool, names):
    tasks = {n: asyncio.create_task(tool(n)) for n in set(names)}
    for _ in range(50):
        await asyncio.sleep(0.01)
    while not all(t.done() for t in tasks.values()):
        await asyncio.sleep(0)
    return [tasks[n].result() for n in names]"""
        },
    ),
    Entry(
        "thread_in_async",
        "blocking work on a thread inside async code",
        {
            "ask": "import time\n"
            + ASK.replace(
                "    return",
                "    await asyncio.to_thread(time.sleep, 0.05)\n    return",
            )
        },
    ),
    Entry(
        "background_thread",
        "a thread that goes on in the background",
        first="""import threading, time
def beat():
    while True:
        time.sleep(0.01)
threading.Thread(target=beat, daemon=True).start()""",
    ),
    Entry(
        "background_task",
        "a task left running on the kernel's own loop",
        first="""import asyncio
async def beat():
    while True:
        await asyncio.sleep(0.01)
beating = asyncio.get_event_loop().create_task(beat())""",
    ),
    Entry(
        "widgets",
        "sliders and buttons",
        first="""import ipywidgets
slider = ipywidgets.IntSlider(3)
button = ipywidgets.Button(description='go')
display(ipywidgets.VBox([slider, button]))
slider.value = 4""",
    ),
    Entry(
        "plots",
        "a picture",
        first="""%matplotlib inline
import matplotlib.pyplot as plt
plt.plot([1, 2, 3]);
plt.show()""",
    ),
    Entry(
        "asks_for_input",
        "input() in a cell of its own",
        first="name = input('your name?')",
    ),
    Entry("error_in_own_cell", "an error in a cell of its own", first="1 / 0"),
    Entry(
        "error_below_answer",
        "an error in the answer's cell, below the answer",
        {
            "total": f"""{TOTAL}
print(total([1]))
total(3)"""
        },
    ),
    Entry(
        "magics",
        "magics and shell commands",
        {"total": f"%%time\n{TOTAL}"},
        first="""%pwd
!echo hello
files = !ls
%timeit -n1 -r1 sum([1])""",
    ),
    Entry(
        "top_level_await",
        "awaits at the top of a cell",
        after={
            "ask": """async def echo(name):
    await asyncio.sleep(0)
    return name
await ask(echo, ['a', 'a'])"""
        },
    ),
    Entry(
        "writes_files",
        "keeps notes in files of its own",
        {
            "total": """import json, tempfile
Path('cache.json').write_text('{}')
open('/tmp/mine.txt', 'w').write('x')
"""
            + TOTAL
        },
    ),
    Entry(
        "database",
        "SQLite, in memory and in a file",
        first="""import sqlite3
for place in (':memory:', 'mine.db'):
    db = sqlite3.connect(place)
    db.execute('create table t (x)'); db.commit(); db.close()""",
    ),
    Entry(
        "child_process",
        "a program started and a pool of processes",
        first="""import subprocess, sys
from concurrent.futures import ProcessPoolExecutor
assert subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True).stdout == b'1\\n'
with ProcessPoolExecutor(2) as pool:
    assert list(pool.map(abs, [-1, -2])) == [1, 2]""",
    ),
    Entry(
        "other_folder",
        "changes the current folder",
        first="""import os
here = os.getcwd()
os.chdir('/tmp')
os.chdir(here)""",
    ),
    Entry(
        "annotations",
        "annotations from the future, a match, a walrus",
        {
            "total": """from __future__ import annotations

def total(items: list[Nothing]) -> Nothing:
    match items:
        case []:
            return 0
        case [one, *rest]:
            return (found := one) + total(rest)"""
        },
    ),
    Entry("long_cell", "a comment of 300 KB", {"total": f"# {'x' * 300_000}\n{TOTAL}"}),
    Entry(
        "changes_its_input",
        "works on the list it was handed, which nobody forbade",
        {
            "total": """def total(items):
    result = 0
    while items:
        result += items.pop()
    return result"""
        },
    ),
    Entry(
        "deep_but_fine",
        "recursion 500 deep",
        {
            "total": """def down(n):
    return n and down(n - 1)

def total(items):
    down(500)
    return sum(items)"""
        },
    ),
    Entry("by_clicks", "the quiz answered in the widget", {"quiz": ""}, place=clicks),
    Entry(
        "slow_import",
        "a slow module of its own",
        first="import my_helper",
        place=slow_helper,
    ),
    Entry("old_files", "files of other days beside it", place=old_files),
    Entry(
        "rounds_random",
        "seeds the random numbers of everybody",
        first="""import random, numpy
random.seed(1)
numpy.random.seed(1)""",
    ),
    Entry(
        "quiet_streams",
        "streams replaced and closed",
        first="""import io, sys
sys.stdout = io.StringIO()
sys.stderr = io.StringIO()""",
    ),
    Entry(
        "decimal_context",
        "settings of the process changed",
        first="""import decimal, locale, gc, sys
decimal.getcontext().prec = 3
gc.disable()
sys.setrecursionlimit(5000)
sys.setswitchinterval(0.1)""",
    ),
    Entry(
        "pair_by_sorting",
        "another right algorithm",
        {
            "pair": """def has_pair(numbers, target):
    numbers = sorted(numbers)
    low, high = 0, len(numbers) - 1
    while low < high:
        found = numbers[low] + numbers[high]
        if found == target:
            return True
        if found < target:
            low += 1
        else:
            high -= 1
    return False"""
        },
    ),
]
