"""Check that a module's sources can be read and fit each other."""

import ast
import functools
import json
import keyword
import math
import signal
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import nbformat
from nbformat import NotebookNode

from coursekit.author.finding import Finding
from coursekit.author.forked import LostFork, call_forked
from coursekit.author.unfilled import unfilled
from coursekit.check.hidden_checks import FILE as CHECKS
from coursekit.check.hidden_checks import load_checks
from coursekit.core.blanks import read_names
from coursekit.core.course import Course
from coursekit.core.module import FILE, Module, ModuleError, load
from coursekit.core.notebook import grader, is_solution, is_test, read_source
from coursekit.core.toml_schema import odd_line

SECONDS = 60  # that a `checks.py` may take to be read
BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"


def unreadable(course: Course, name: str) -> list[Finding]:
    """The sources of a module that cannot be read, one fault a file."""
    folder = course.source(name)
    readers: tuple[Callable[[Path], Iterator[Finding]], ...] = (
        _notebook_faults,
        _module_faults,
        _text_faults,
        _check_faults,
    )
    found = [fault for reader in readers for fault in reader(folder)]
    # the checks are read with the module's table: what is wrong there comes first
    return list({fault.where: fault for fault in reversed(found)}.values())[::-1]


def faults(course: Course, name: str) -> list[Finding]:
    """Everything that keeps a module from being released."""
    if found := [*unfilled(course, name), *unreadable(course, name)]:
        return found
    folder = course.source(name)
    module, notebook = load(folder), read_source(folder / f"{name}.ipynb")
    rules = (cells_of_exercises, exercises_of_cells, unmarked_answers)
    return [fault for rule in rules for fault in rule(module, notebook)]


def _notebook_faults(folder: Path) -> Iterator[Finding]:
    path = folder / f"{folder.name}.ipynb"
    where = f"solutions/{folder.name}/{path.name}"
    todo = "repair it, or take it from your last commit"
    try:
        plain = json.loads(path.read_text(encoding="utf-8-sig"))
        if found := list(_odd_ids(plain, where)):
            yield from found  # nbformat would give them other ids, each time anew
            return
        notebook = read_source(path)
        nbformat.validate(notebook)
        yield from _odd_cells(notebook, where)
    except OSError as error:
        yield Finding(where, f"Cannot read it ({error.strerror})", "allow reading it")
    except UnicodeDecodeError as error:
        what = f"Cannot read it: line {odd_line(error)} is not UTF-8"
        yield Finding(where, what, todo)
    except json.JSONDecodeError as error:
        what = f"Cannot read it: line {error.lineno}: {error.msg}"
        yield Finding(where, what, todo)
    except Exception as error:  # whatever a library says of an odd file
        yield Finding(where, f"Cannot read it: {_first_line(error)}", todo)


def _odd_ids(plain: Any, where: str) -> Iterator[Finding]:
    """Cells without an id of their own, where the notebook's format asks for one."""
    if not isinstance(plain, dict) or plain.get("nbformat_minor", 0) < 5:
        return
    todo = "open it in JupyterLab, which gives it one, and save it"
    ids = Counter[str]()
    for index, cell in enumerate(plain.get("cells", [])):
        name = cell.get("id", "")
        ids[name] += 1
        if not name or ids[name] > 1:
            what = f"has the id {name} of another cell" if name else "has no id"
            yield Finding(f"{where}: cell {index}", what, todo)


def _odd_cells(notebook: NotebookNode, where: str) -> Iterator[Finding]:
    """Cells whose nbgrader metadata is not what nbgrader writes."""
    todo = "set it again in JupyterLab's nbgrader panel"
    for index, cell in enumerate(notebook.cells):
        marks = cell.metadata.get("nbgrader", {})
        name = marks.get("grade_id") if isinstance(marks, dict) else None
        if marks != {} and not (isinstance(name, str) and name):
            yield Finding(f"{where}: cell {index}", "nbgrader's mark has no id", todo)


def _module_faults(folder: Path) -> Iterator[Finding]:
    try:
        module = load(folder)
    except ModuleError as error:
        where, _, what = str(error).partition(": ")
        what = f"{_line_of(folder / FILE, what)}{what}"
        yield Finding(f"solutions/{where}", what, "correct it")
        return
    where = f"solutions/{folder.name}/module.toml"
    for exercise in module.exercises:
        if not exercise.id.isidentifier() or keyword.iskeyword(exercise.id):
            what = f"{exercise.id!r} is not a name of Python"
            yield Finding(where, what, "choose an id that can name its check")
        if not 0 < exercise.points < math.inf:
            what = f"{exercise.id}: points = {exercise.points:g}"
            what = f"{_line_of(folder / FILE, what)}{what}"
            yield Finding(where, what, "state points above zero")
    for question in module.quiz:
        if not question.answer:
            todo = 'set answer = "A" or another letter'
            what = f"{question.id} has no answer"
            yield Finding(where, f"{_line_of(folder / FILE, what)}{what}", todo)


def _line_of(path: Path, what: str) -> str:
    """The line of the last table whose id a fault begins with, as `line 3: `."""
    if not path.is_file():
        return ""
    named = {f'id = "{word.strip(":")}"' for word in what.split()[:2]}
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [n for n, line in enumerate(lines, 1) if line.strip() in named]
    return f"line {found[-1]}: " if found else ""


def _text_faults(folder: Path) -> Iterator[Finding]:
    """Files of Python that are in another encoding than UTF-8."""
    for path in sorted(folder.rglob("*.py")):
        try:
            path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            where = path.relative_to(folder.parents[1]).as_posix()
            yield Finding(where, f"line {odd_line(error)} is not UTF-8", "save it so")
        except OSError:  # others report it
            continue


def _check_faults(folder: Path) -> Iterator[Finding]:
    """A `checks.py` that is missing, ends in an error, or lacks a function."""
    where = f"solutions/{folder.name}/{CHECKS}"
    if not (folder / CHECKS).is_file():
        yield Finding(where, "is missing", "write a function for each exercise")
        return
    stamps = tuple(
        (path, path.stat().st_mtime_ns)
        for place, kind in ((folder, "*.py"), (folder, FILE), (folder.parent, "*.toml"))
        for path in sorted(place.glob(kind))
    )
    yield from _read_checks(folder, stamps)


@functools.lru_cache(maxsize=64)
def _read_checks(folder: Path, _changed: tuple[object, ...]) -> list[Finding]:
    """What is found by running a `checks.py`, once for each state of its folder.

    It runs in a copy of this process, which it may end or keep for ever.
    """
    (found,) = call_forked([partial(_run_checks, folder)], SECONDS + 5)
    if not isinstance(found, LostFork):
        return [Finding(*fields) for fields in found]
    where = f"solutions/{folder.name}/{CHECKS}"
    if found.status == "timed out":
        return [Finding(where, f"is still running after {SECONDS} s", "let it end")]
    what = "ends Python when it is read, as os._exit or a crash does"
    return [Finding(where, what, "take that out")]


def _run_checks(folder: Path) -> list[Finding]:
    where = f"solutions/{folder.name}/{CHECKS}"
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    try:
        module = load(folder)
        checks = load_checks(module)
    except ModuleError:
        return []
    except BaseException as error:
        line = _line_in(folder / CHECKS, error)
        return [Finding(where, f"{line}{_first_line(error)}", "correct it")]
    return [
        Finding(where, f"has no function {e.id}", f"write def {e.id}(ns, check)")
        for e in module.exercises
        if e.kind != "quiz" and not e.by_hand
        if not callable(getattr(checks, e.id, None))
    ]


def _too_long(*_: object) -> NoReturn:
    raise TimeoutError(f"is still running after {SECONDS} s")


def _line_in(path: Path, error: BaseException) -> str:
    """The line of a file that an error comes from, as `line 3: `."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f"line {error.lineno}: "
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    return f"line {lines[-1]}: " if lines else ""


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {text[0][:160]}".rstrip(": ")


def cells_of_exercises(module: Module, notebook: NotebookNode) -> Iterator[Finding]:
    """Exercise `x` has an answer cell `x` and a graded cell `test_x` of its points."""
    where = f"solutions/{module.name}/{module.name}.ipynb"
    answers = {grader(c)["grade_id"]: c for c in notebook.cells if is_solution(c)}
    tests = {grader(c)["grade_id"]: c for c in notebook.cells if grader(c).get("grade")}
    for exercise in module.exercises:
        answer = answers.get(exercise.id)
        if answer and (answer.cell_type != "code") != exercise.by_hand:
            kind = "Markdown" if exercise.by_hand else "code"
            yield Finding(
                where,
                f"{exercise.id} is answered in a {answer.cell_type} cell",
                f"make it a {kind} cell, which its kind {exercise.kind} asks for",
            )
        if not answer:
            yield Finding(
                where,
                f"no answer cell for {exercise.id}",
                f"give its cell the nbgrader id {exercise.id} and type solution",
            )
        test = tests.get(exercise.graded_cell)
        do = "have nbgrader grade" if exercise.by_hand else "add"
        points = grader(test).get("points") if test else None
        if points != exercise.points:
            yield Finding(
                where,
                f"{exercise.graded_cell} has {points} points, module.toml "
                f"{exercise.points:g}",
                "make them equal" if test else f"{do} the cell {exercise.graded_cell}",
            )


def exercises_of_cells(module: Module, notebook: NotebookNode) -> Iterator[Finding]:
    """Every answer cell and graded cell belongs to an exercise, and to one only."""
    where = f"solutions/{module.name}/{module.name}.ipynb"
    marked = [c for c in notebook.cells if is_solution(c) or is_test(c)]
    names = [grader(c)["grade_id"] for c in marked]
    known = {e.id for e in module.exercises}
    for name in sorted({n.removeprefix("test_") for n in names} - known):
        yield Finding(
            where,
            f"cell {name} belongs to no exercise",
            f"describe {name} in module.toml, or take nbgrader's mark off the cell",
        )
    for name in sorted(n for n, count in Counter(names).items() if count > 1):
        yield Finding(where, f"several cells have the id {name}", "rename all but one")


def unmarked_answers(module: Module, notebook: NotebookNode) -> Iterator[Finding]:
    """Find answer cells whose start is given twice or never, by marks or a stub."""
    stubs = {e.id for e in module.exercises if e.stub}
    for cell in filter(is_solution, notebook.cells):
        name = grader(cell)["grade_id"]
        where = f"solutions/{module.name}/{module.name}.ipynb: {name}"
        if BEGIN not in cell.source and name not in stubs:
            yield Finding(
                where,
                "has no ### BEGIN SOLUTION … ### END SOLUTION",
                "mark what the learner writes, or give a stub in module.toml",
            )
        if BEGIN in cell.source and name in stubs:
            yield Finding(
                where,
                "has ### BEGIN SOLUTION, and a stub in module.toml",
                "remove the marks from the cell, or the stub from module.toml",
            )
        if cell.source.count(BEGIN) > cell.source.count(END):
            yield Finding(
                where,
                "no end solution statement found",
                "write ### END SOLUTION below its last line",
            )


def lost_names(
    where: str, source: NotebookNode, released: NotebookNode
) -> Iterator[Finding]:
    """Names that a test calls and that the answer cell as released no longer has."""
    tests = {grader(c)["grade_id"]: c.source for c in source.cells if is_test(c)}
    left = {grader(c).get("grade_id"): c.source for c in released.cells}
    for cell in filter(is_solution, source.cells):
        name = grader(cell)["grade_id"]
        called = {n for n, _ in read_names(tests.get(f"test_{name}", ""))}
        for lost in _defined(cell.source) & called - _words(left.get(name, "")):
            yield Finding(
                f"{where}: {name}",
                f"learners do not see the name {lost}, which its tests call",
                "give a stub in module.toml, or begin the solution below that line",
            )


def _defined(text: str) -> set[str]:
    """Functions and classes that a cell defines at its top level."""
    try:
        body = ast.parse(text).body
    except SyntaxError:  # a magic, or what verify says of it elsewhere
        return set()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in body if isinstance(node, kinds)}


def _words(text: str) -> set[str]:
    return set("".join(c if c.isalnum() or c == "_" else " " for c in text).split())
