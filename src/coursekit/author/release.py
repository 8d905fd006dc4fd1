"""Make what learners get: nbgrader's release plus module.toml without the answers."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.author.finding import Finding, first_of
from coursekit.author.sources import faults, lost_names, unreadable
from coursekit.author.swap import made_aside, put_back
from coursekit.core.answers_file import FILE as ANSWERS
from coursekit.core.course import RELEASE, Course
from coursekit.core.module import FILE
from coursekit.core.notebook import read_source
from coursekit.core.withheld import stripped
from coursekit.grading.atomic_files import only_grader
from coursekit.learn.reset import KEPT

if TYPE_CHECKING:
    from coursekit.grading.cells import Changed


def write_stripped_module(
    assignment: str, student: str, notebooks: Sequence[str]
) -> None:
    """nbgrader's hook after generate_assignment; its current folder is the course."""
    source = Path(notebooks[0]).parent
    target = source.parents[1] / RELEASE / source.name / FILE
    target.unlink(missing_ok=True)  # nbgrader goes on after an error here
    released = read_source(target.with_name(f"{source.name}.ipynb"))
    target.write_text(stripped(source, released), encoding="utf-8")


@dataclass(frozen=True)
class Released:
    """The folder of a release, and what its gradebook gained and lost."""

    folder: Path
    changed: "Changed"
    tries: Path | None = None  # where what was answered in the last one is now


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

    Whatever goes wrong raises CourseError, and the last release stays. One that was
    worked in is kept in grading/tries.
    """
    from coursekit.author.convert import enter

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
            tries = _keep_tries(course, folder)
    return Released(folder, changed, tries)


def _keep_tries(course: Course, folder: Path) -> Path | None:
    """Copy a release that someone worked in: the next one has no answers."""
    if not any((folder / name).exists() for name in (ANSWERS, KEPT)):
        return None
    target = course.root / "grading" / "tries" / folder.name
    with made_aside(target) as made:
        shutil.copytree(folder, made)
    return target


def faults_of(course: Course, module: str, made: Path) -> list[Finding]:
    """Find what a release must not hand out, and what it lacks."""
    from coursekit.author.leaks import leaks

    path = course.source(module) / f"{module}.ipynb"
    where = path.relative_to(course.root).as_posix()
    released = read_source(made / path.name)
    lost = lost_names(where, read_source(path), released)
    return [*lost, *leaks(course, module, made)]


def _make(course: Course, module: str, made: Path) -> None:
    """Write a release to the folder `made`, which has the module's name."""
    from coursekit.author.convert import convert

    made.mkdir(parents=True)
    convert(course, module, made.parent)
    released = read_source(made / f"{module}.ipynb")
    text = stripped(course.source(module), released)
    (made / FILE).write_text(text, encoding="utf-8")
