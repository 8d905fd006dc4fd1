"""One odd answer among right ones, in a class of each kind of oddness.

Whatever it does, in its own cell, in one that was added or when it is called: the
exercises beside it keep their points, the learners beside it too, a second grading
gives the same, what was lost or left out is told, and no process stays.
"""

import contextlib
import functools
import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import nbformat
import psutil
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from coursekit.cli import main
from coursekit.commands import grade
from coursekit.core.course import Course
from coursekit.grading.outcome import BROKEN
from coursekit.sandbox.limits import Limits
from tests.coursekit.sample_course import NAME, answered
from tests.grading.test_gradebook_says import exported

pytestmark = [pytest.mark.slow, pytest.mark.deep, pytest.mark.timeout(600)]

RIGHT = "def double(n):\n    return n * two\n"
STAYS = "coursekit-odd-leftover"
LASTS = f"import subprocess\nsubprocess.Popen(['{STAYS}', '300'], executable='sleep')"
SHORT = functools.partial(Limits, cell_wall=10, cell_cpu=8, wall=80)


@dataclass(frozen=True)
class Odd:
    """Code, double's points with it in three places, and what is told of it there.

    The places are the end of its own cell, a cell before that, and its function.
    """

    code: str
    points: tuple[float | None, ...] = (4, 4, 4)
    told: tuple[str, ...] = field(default=("", "", ""))


def ends(status: str) -> dict[str, Any]:
    """It ends its kernel, which costs what it was asked in."""
    out = f"{status} and was left out"
    return {"points": (0, 4, 0), "told": (status, out, status)}


def breaks_python() -> dict[str, Any]:
    """Its kernel could not answer any more, so it ends at once."""
    out = "crashed and was left out"
    return {"points": (0, 4, 0), "told": ("crashed", out, "")}


def raises() -> dict[str, Any]:
    """It is an error like any other."""
    return {"points": (4, 4, 0)}


def changes(what: str, *points: float) -> dict[str, Any]:
    """It changed what others use: they are graded without it."""
    return {"points": points or (4, 4, 4), "told": (f"changed `{what}`",) * 3}


ASKS = {"told": ("asked Python to end",) * 3}
ODD = {
    "exit": Odd("exit()", **ASKS),
    "quit": Odd("quit()", **ASKS),
    "os._exit": Odd("import os; os._exit(0)", **ends("crashed")),
    "sys.exit": Odd("import sys; sys.exit(0)", **raises()),
    "SystemExit": Odd("raise SystemExit", **raises()),
    "KeyboardInterrupt": Odd("raise KeyboardInterrupt", **raises()),
    "kill": Odd("import os\nos.kill(os.getpid(), 9)", **ends("crashed")),
    "term": Odd("import os\nos.kill(os.getpid(), 15)", **ends("crashed")),
    "int": Odd("import os\nos.kill(os.getpid(), 2)", **raises()),
    "stop": Odd("import os\nos.kill(os.getpid(), 19)", **ends("timed out")),
    "double fork": Odd(
        "import os, time\nif not os.fork():\n    os.setsid()\n"
        f"    if not os.fork(): os.execv('/bin/sleep', ['{STAYS}', '300'])\n"
        "    os._exit(0)"
    ),
    "subprocess": Odd(LASTS),
    "child": Odd(
        "import os, subprocess\n"
        "subprocess.Popen(['sh', '-c', f'sleep 0.1; kill {os.getpid()}'])",
        points=(None, 4, None),
    ),
    "thread": Odd(
        "from threading import Thread\nimport time\n"
        "Thread(target=time.sleep, args=(99,)).start()"
    ),
    "daemon": Odd(
        "import threading\ndef spin():\n    while True: pass\n"
        "threading.Thread(target=spin, daemon=True).start()"
    ),
    "prints 200 MB": Odd("print('x' * 200_000_000)", points=(None,) * 3),
    "prints on": Odd("while True: print('x' * 1000)", points=(0, 4, 0)),
    "input": Odd("input('name? ')", **raises()),
    "getpass": Odd("import getpass; getpass.getpass()", **raises()),
    "shell": Odd("get_ipython().run_cell('!pip install requests')"),
    "matplotlib": Odd("get_ipython().run_line_magic('matplotlib', 'inline')"),
    "run": Odd("get_ipython().run_line_magic('run', 'helper.py')"),
    "reset": Odd(
        "get_ipython().run_line_magic('reset', '-f')", **changes("get_ipython", 0, 4, 0)
    ),
    "print": Odd("import builtins\nbuiltins.print = None"),
    "open": Odd("import builtins\nbuiltins.open = None"),
    "sum": Odd("import builtins\nbuiltins.sum = lambda *a: 8"),
    "len": Odd("import builtins\nbuiltins.len = lambda x: 0", **breaks_python()),
    "isinstance": Odd(
        "import builtins\nbuiltins.isinstance = lambda *a: True", **breaks_python()
    ),
    "modules": Odd("import sys\nsys.modules.clear()", **breaks_python()),
    "time": Odd("import time\ntime.time = time.monotonic = lambda: 0.0"),
    "asyncio.run": Odd("import asyncio\nasyncio.run = lambda *a, **k: None"),
    "json.dumps": Odd("import json\njson.dumps = None", points=(4, 4, None)),
    "recursion limit": Odd(
        "import sys\nsys.setrecursionlimit(30)", points=(4, 4, None)
    ),
    "recursion": Odd("def r(n=0): return r(n + 1)\nr()", points=(None, 4, 0)),
    "stdout closed": Odd("import sys\nsys.stdout.close()", points=(4, 4, None)),
    "stdout replaced": Odd("import sys\nsys.stdout = open('log.txt', 'w')"),
    "descriptors": Odd("import os\nos.closerange(0, 99)", **ends("crashed")),
    "chdir": Odd("import os\nos.chdir('/')", **changes("the current folder")),
    "deletes": Odd(
        "import os\nfor name in os.listdir('.'):\n"
        "    if os.path.isfile(name): os.remove(name)",
        **changes("a file of the course"),
    ),
    "warnings": Odd("import warnings\nwarnings.simplefilter('error')"),
    "alarm": Odd(
        "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)",
        points=(0, 4, 0),
    ),
    "a name of the setup": Odd(
        "two = 3", points=(1, 4, 1), told=("changed `two`", "changed `two`", "")
    ),
}
PLACES = ("end", "before", "inside")


def handed(code: str, place: str) -> NotebookNode:
    """A right notebook, with the code in this place."""
    body = code.replace("\n", "\n    ")
    inside = f"def double(n):\n    {body}\n    return n * two\n"
    mine = answered(
        double={"end": RIGHT + code, "before": RIGHT, "inside": inside}[place]
    )
    if place == "before":
        at = next(i for i, c in enumerate(mine.cells) if c.id == "double")
        mine.cells.insert(at, new_code_cell(code))
    return mine


CELLS = {
    "%%time": (4, ""),
    "%%capture": (4, ""),
    "%%timeit -n1 -r1": (0, "begins with %%timeit, so it defines nothing"),
    "%%writefile a.py": (0, "begins with %%writefile, so it defines nothing"),
    "%%bash": (0, "begins with %%bash, so it defines nothing"),
}
CASES = [(name, place) for name in ODD for place in PLACES]


@pytest.fixture(scope="module")
def class_(
    released: Course, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Course, dict[str, Any], dict[str, Any]]]:
    """The class graded twice: the course, and what was said each time."""
    course = Course(tmp_path_factory.mktemp("odd") / "course")
    shutil.copytree(released.root, course.root)
    hand_in(course, "ada", answered())
    for name, place in CASES:
        hand_in(course, student(name, place), handed(ODD[name].code, place))
    for line in CELLS:
        hand_in(course, student(line), answered(double=f"{line}\n{RIGHT}"))
    hand_in(course, "zoe", answered())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        patch.delenv("COURSEKIT_ROOT", raising=False)
        patch.setattr(grade, "Limits", SHORT)
        yield course, said(), said("--regrade")


def said(*args: str) -> dict[str, Any]:
    """What `coursekit grade --json` prints, submissions by student."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["grade", NAME, "--json", *args]) == 0
    found = json.loads(out.getvalue())
    return {**found, "by": {row["student"]: row for row in found["submissions"]}}


def student(*words: str) -> str:
    """A name for who hands this in."""
    return re.sub(r"\W+", "_", "-".join(words)).strip("_")


def hand_in(course: Course, name: str, notebook: NotebookNode) -> None:
    """The release with these answers."""
    folder = course.root / "grading" / "submitted" / name / NAME
    shutil.copytree(course.release(NAME), folder)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")


Class = tuple[Course, dict[str, Any], dict[str, Any]]


@pytest.mark.parametrize("name, place", CASES)
def test_it_costs_its_own_exercise_at_most(
    class_: Class, name: str, place: str
) -> None:
    odd, at = ODD[name], PLACES.index(place)
    row = class_[1]["by"][student(name, place)]
    found = {e: points for e, (points, _) in row["exercises"].items()}
    assert not row["error"] and not row["problem"]
    assert found == {"double": found["double"], "halve": 2, "quiz": 2}
    assert odd.points[at] in (None, found["double"])
    assert odd.told[at] in " ".join(row["told"])


@pytest.mark.parametrize("line", CELLS)
def test_magics_of_cells(class_: Class, line: str) -> None:
    row = class_[1]["by"][student(line)]
    points, told = CELLS[line]
    assert [p for p, _ in row["exercises"].values()] == [points, 2, 2]
    assert told in " ".join(row["told"]) and bool(told) == bool(row["told"])


def test_who_is_right_gets_all_and_twice_gives_the_same(class_: Class) -> None:
    course, first, second = class_
    for found in (first, second):
        assert [found["by"][who]["score"] for who in ("ada", "zoe")] == [8, 8]
        assert not found["remarks"] and not found["quarantined"]
    free = {
        student(name, place)
        for name, place in CASES
        if ODD[name].points[PLACES.index(place)] is None
    }
    for who, row in first["by"].items():
        again = second["by"][who]
        if who not in free:
            pair = again["exercises"], row["exercises"]
            if who.startswith("prints_on"):
                pair = ends_alike(pair[0]), ends_alike(pair[1])
            assert pair[0] == pair[1], who
            assert again["changes"] == {}
    assert {s: row["score"] for s, row in second["by"].items()} == exported(course)


def ends_alike(found: dict[str, Any]) -> dict[str, Any]:
    """Points and statuses of a flood of text: it was `timed out` once, then `crashed`.

    That is a fault of ours, at no points of anybody's: these two are to be one.
    """
    return {e: (n, "broken" if s in BROKEN else s) for e, (n, s) in found.items()}


def test_what_was_lost_by_more_than_a_wrong_value_is_told(class_: Class) -> None:
    for who, row in class_[1]["by"].items():
        broken = {s for _, s in row["exercises"].values()} & set(BROKEN)
        assert not broken or row["told"], who


def test_nothing_stays_at_work(class_: Class) -> None:
    left = psutil.process_iter(["cmdline", "name"])
    assert not [p.info for p in left if STAYS in str(p.info)]
