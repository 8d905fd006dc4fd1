"""Take a learner's own parts out of their notebooks for `demo_runner.py --mine`.

A module takes part by a file `mine.py` with `PART`, the part of the demo it belongs to,
`AGENT`, the exercise that assembles the agent, and `build(names, parts)`, which adapts
the learner's agent to that part of the demo: it returns a `Make` of
`session1.demo.replay`, `.tool_runs` or `.answer_runs`, or what else that part of the
demo takes. For the parts see `coursekit.learn.own_parts`.
"""

import ast
import contextlib
import linecache
import re
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from coursekit.check.error_messages import fault
from coursekit.check.learner_names import quiet
from coursekit.core.blanks import STUB
from coursekit.core.course import RELEASE, SOURCE, Course, CourseError
from coursekit.core.handed_out import as_it_came
from coursekit.core.module import Module, ModuleError, find
from coursekit.core.notebook import Cell, read_cells
from coursekit.learn.own_parts import FILE as PARTS
from coursekit.learn.own_parts import collect, load
from session1.demo.part import Mine

FILE = "mine.py"
NOTHING = (
    "Nothing of yours to run yet: build an agent in course/, save its notebook, "
    "then run this again."
)
UNSOLVED = re.compile(rf"\b_{{3,}}\b|{STUB}")
DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class Built:
    """The names a notebook defines, and what is to be said of its answers."""

    module: Module
    names: dict[str, Any]
    solved: list[str] = field(default_factory=list)
    unsolved: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    stand_ins: list[str] = field(default_factory=list)

    def notes(self) -> Iterator[str]:
        """A line for errors, and one for what is still to do."""
        for error in self.errors:
            yield f"{self.module.name}: {error}"
        if self.unsolved:
            next_one = self.module.exercise(self.unsolved[0])
            yield (
                f"{self.module.name}: not solved yet: {', '.join(self.unsolved)}. "
                f"Next: {next_one.id}, “{next_one.title}”"
            )
        if self.stand_ins:
            yield (
                f"{self.module.name}: the reference stands in for "
                f"{', '.join(self.stand_ins)}"
            )


def mine(course: Course) -> Mine:
    """Load the learner's parts from `course/`, for each module that takes part."""
    makers: dict[str, Any] = {}
    notes: list[str] = []
    spaces: list[dict[str, Any]] = []
    for name, recipe in _recipes(course).items():
        try:
            part, built, maker = _taken(course, name, load(recipe))
        except (CourseError, ModuleError) as e:
            notes.append(f"{name}: {e}")
            continue
        notes += built.notes()
        spaces.append(built.names)
        if maker is not None:
            makers[part] = maker

    if not makers:
        notes.append(NOTHING)

    def tell(error: Exception) -> str:
        told = [_told(error, names) for names in spaces]
        return next((text for text in told if text), fault(error, {}).text())

    return Mine(makers, tuple(notes), tell)


def _told(error: Exception, names: dict[str, Any]) -> str:
    """The error with its answer and line, if a notebook with these names raised it."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    own = [f.f_code.co_filename for f in frames if f.f_globals is names]
    return f"{own[-1].strip('<>')}: {fault(error, names).text()}" if own else ""


def _recipes(course: Course) -> dict[str, Path]:
    """The recipes by module: those of the release where there is no `solutions/`."""
    folder = SOURCE if course.modules else RELEASE
    found = sorted((course.root / folder).glob(f"*/{FILE}"))
    return {path.parent.name: path for path in found}


def _taken(course: Course, name: str, recipe: ModuleType) -> tuple[str, Built, Any]:
    """The part of the demo, the answers, and what was built of them (or None)."""
    notebook = course.release(name) / f"{name}.ipynb"
    cells = read_cells(notebook)
    with _inside(notebook.parent), quiet():
        module = find()
        own_parts = load(module.folder / PARTS).PARTS
        uses = tuple(dict.fromkeys((*own_parts, recipe.AGENT)))
        built = take(module, cells, uses)
        maker = None
        try:
            if recipe.AGENT in built.solved:
                own, yours = collect(module, built.names, built.solved)
                built.stand_ins = [x for x, is_yours in yours.items() if not is_yours]
                maker = recipe.build(built.names, own)
        except Exception as e:
            built.errors.append(fault(e, built.names).text())
    return recipe.PART, built, maker


def take(module: Module, cells: list[Cell], uses: tuple[str, ...]) -> Built:
    """Run the answers in `uses`, and of all other cells only what defines names."""
    built = Built(module, {"__name__": f"mine_{module.name}"})
    missing = set(uses) - {cell.grade_id for cell in cells}
    for cell in cells:
        if cell.kind != "code" or cell.grade_id.startswith("test_"):
            continue
        if cell.grade_id in uses:
            _answer(built, cell)
        else:
            _definitions(built.names, cell.text)
    built.unsolved = [name for name in uses if name in {*built.unsolved, *missing}]
    return built


def _answer(built: Built, cell: Cell) -> None:
    stub = built.module.exercise(cell.grade_id).stub.strip()
    if UNSOLVED.search(cell.text) or cell.text.strip() == stub or as_it_came(cell):
        built.unsolved.append(cell.grade_id)
        return
    place = f"<{built.module.name}: {cell.grade_id}>"
    lines = [f"{line}\n" for line in cell.text.splitlines()]
    linecache.cache[place] = len(cell.text), None, lines, place
    try:
        exec(compile(cell.text, place, "exec"), built.names)
    except Exception as e:
        told = fault(e, built.names).text()
        if isinstance(e, SyntaxError) and e.filename == place:
            told += f", at your line {e.lineno}: {(e.text or '').strip()}"
        built.errors.append(f"{cell.grade_id}: {told}")
    else:
        built.solved.append(cell.grade_id)


def _definitions(names: dict[str, Any], text: str) -> None:
    """Run what a cell imports, defines or sets to a plain value; nothing else."""
    try:
        body = ast.parse(text).body
    except SyntaxError:  # a magic, or not finished
        return
    for node in body:
        if isinstance(node, (*DEFINES, ast.ClassDef)) or _sets_a_value(node):
            code = compile(ast.Module([node], []), "<given>", "exec")
            with contextlib.suppress(Exception):
                exec(code, names)


def _sets_a_value(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Assign):
        return False
    try:
        ast.literal_eval(node.value)
    except ValueError:
        return False
    return True


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in a module's folder, its helper files importable.

    Another module may have files of the same names: each gets its own.
    """
    own = {path.stem for path in folder.glob("*.py")}
    others = {name: sys.modules.pop(name) for name in own & sys.modules.keys()}
    sys.path.insert(0, str(folder))
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        sys.path.remove(str(folder))
        for name in own & sys.modules.keys():
            del sys.modules[name]
        sys.modules.update(others)
