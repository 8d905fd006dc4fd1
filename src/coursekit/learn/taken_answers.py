"""Take single answers out of a learner's notebook, with what they need around them."""

import ast
import contextlib
import linecache
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursekit.check.error_messages import fault
from coursekit.core.blanks import STUB
from coursekit.core.module import Module
from coursekit.core.notebook import Cell, as_it_came

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
def inside(folder: Path) -> Iterator[None]:
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
