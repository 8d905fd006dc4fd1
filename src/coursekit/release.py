"""Make what learners get: nbgrader's release plus module.toml without the answers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.course import RELEASE, Course
from coursekit.grading.files import only_grader
from coursekit.module import FILE, read
from coursekit.notebook import read_source
from coursekit.public import public
from coursekit.sources import Fault, faults, first_of, lost_names, unreadable
from coursekit.swap import made_aside, put_back, unwritable

if TYPE_CHECKING:
    from coursekit.grading.cells import Changed


def to_toml(table: Mapping[str, Any], path: str = "") -> str:
    """A table as TOML text: plain keys first, then its lists of tables."""
    rows = {k: v for k, v in table.items() if _is_rows(v)}
    lines = [f"{k} = {_value(v)}\n" for k, v in table.items() if k not in rows]
    for key, items in rows.items():
        name = f"{path}{key}"
        lines += [f"\n[[{name}]]\n{to_toml(item, f'{name}.')}" for item in items]
    return "".join(lines)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _value(value: Any) -> str:
    """A JSON text, number, truth or list of these reads the same in TOML."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def stripped(source: Path) -> str:
    """The text of the released module.toml."""
    table = public(read(source / FILE))
    return f"# Made from {source.name} by nbgrader.\n{to_toml(table)}"


def write_stripped_module(
    assignment: str, student: str, notebooks: Sequence[str]
) -> None:
    """nbgrader's hook after generate_assignment; its current folder is the course."""
    source = Path(notebooks[0]).parent
    target = source.parents[1] / RELEASE / source.name / FILE
    target.unlink(missing_ok=True)  # nbgrader goes on after an error here
    target.write_text(stripped(source), encoding="utf-8")


@dataclass(frozen=True)
class Released:
    """The folder of a release, and what its gradebook gained and lost."""

    folder: Path
    changed: "Changed"


def generate(course: Course, module: str, target: Path | None = None) -> Path:
    """Release a module; returns the folder.

    With a `target` the release is written below it and the gradebook left alone.
    """
    if target is None:
        return release(course, module).folder
    if found := unreadable(course, module):
        raise first_of(found)
    with made_aside(target.resolve() / module) as made:
        _make(course, module, made)
    return target / module


def release(course: Course, module: str) -> Released:
    """Put a module's next release in place of the last one, and in the gradebook.

    Whatever goes wrong raises CourseError, and the last release stays.
    """
    from coursekit.convert import enter

    folder = course.release(module)
    with only_grader(course.root / "grading"):
        put_back(folder)
        if found := faults(course, module):
            raise first_of(found)
        with made_aside(folder) as made:
            _make(course, module, made)
            if found := faults_of(course, module, made):
                raise first_of(found)
            changed = enter(course, module, read_source(made / f"{module}.ipynb"))
    return Released(folder, changed)


def faults_of(course: Course, module: str, made: Path) -> list[Fault]:
    """What must not be handed out in a release, or is missing from it."""
    from coursekit.leaks import leaks

    path = course.source(module) / f"{module}.ipynb"
    where = path.relative_to(course.root).as_posix()
    released = read_source(made / path.name)
    lost = lost_names(where, read_source(path), released)
    return [*lost, *leaks(course, module, made)]


def _make(course: Course, module: str, made: Path) -> None:
    """Write a release to the folder `made`, which has the module's name."""
    from coursekit.convert import convert

    try:
        made.mkdir(parents=True)
        convert(course, module, made.parent)
        (made / FILE).write_text(stripped(course.source(module)), encoding="utf-8")
    except OSError as error:
        raise unwritable(made.parents[1], error) from error
