"""Take in what was handed in: plain files of sane size; the rest to quarantine.

What a submission's folder may hold, and what happens to the rest:

    a link, device, pipe, socket          quarantine
    a file or notebook that is too large  quarantine
    files beyond the first 200, 100 MB    quarantine
    folders below the fifth level         quarantine
    a folder where a file must stand      quarantine
    a notebook that cannot be read        stays; no points, the report says why

A notebook that went to quarantine leaves a small one in its place that says so.
"""

import contextlib
import fnmatch
import json
import os
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from coursekit.core import notebook
from coursekit.core.course import Course, CourseError
from coursekit.core.wording import clean
from coursekit.grading.atomic_files import read_file, shown
from coursekit.grading.in_its_place import missing
from coursekit.grading.whose import another

MAX_FILE, MAX_FILES, MAX_DEPTH, MAX_NAME = 10_000_000, 200, 5, 100
MAX_ALL = 100_000_000  # bytes of all files together
REASONS = "REASONS.txt"
REFUSED = "refused"  # the key, below "coursekit", of the notebook left in its place


@dataclass(frozen=True, slots=True)
class Submission:
    """One learner's folder of one module."""

    student: str
    module: str
    folder: Path

    @property
    def notebook(self) -> Path:
        """Where its notebook should be."""
        return self.folder / f"{self.module}.ipynb"


def grading_folder(course: Course) -> Path:
    """Where submissions, scores and records lie."""
    return course.root / "grading"


def admit(course: Course, submission: Submission) -> list[str]:
    """Move what does not belong to quarantine; the reasons, a line each."""
    if why := why_no_folder(submission):
        student = submission.folder.parent
        what = student if student.is_symlink() else None
        return [refuse(course, submission, why, what)]
    whole = os.path.lexists(submission.notebook)
    place = _quarantine(course, submission)
    found = list(_unwanted(course, submission))
    reasons = [_away(path, place, why) for path, why in found]
    if whole and not os.path.lexists(submission.notebook):
        _leave_note(submission.notebook, _about(reasons, submission))
    return reasons


def why_no_folder(submission: Submission) -> str:
    """Why a submission is not looked into at all, empty when it is."""
    folder = submission.folder
    if folder.parent.is_symlink():
        return "its student's folder is a link"
    if folder.is_symlink() or not folder.is_dir():
        return "this is a link or file, no folder"
    return ""


def refuse(
    course: Course, submission: Submission, why: str, what: Path | None = None
) -> str:
    """Move a whole submission (or `what` holds it) to quarantine; the reason."""
    reason = _away(what or submission.folder, _quarantine(course, submission), why)
    submission.folder.mkdir(parents=True)
    _leave_note(submission.notebook, reason)
    return reason


def _quarantine(course: Course, submission: Submission) -> Path:
    home = grading_folder(course) / "quarantine"
    return home / submission.student / submission.module


def _about(reasons: list[str], submission: Submission) -> str:
    name = submission.notebook.name
    return next((r for r in reasons if r.startswith(f"{name}: ")), reasons[0])


def _unwanted(course: Course, submission: Submission) -> Iterator[tuple[Path, str]]:
    """The files that do not belong in a submission, with the reason."""
    own = submission.notebook.name  # before all others: copies may be too much
    source, withheld = course.source(submission.module), course.withheld
    count, total, waiting = 0, 0, [(submission.folder, 0)]
    while waiting:
        home, depth = waiting.pop(0)
        with os.scandir(home) as entries:
            ordered = sorted(entries, key=lambda e: (e.name != own, *_first(e)))
        for entry in ordered:
            path, folder = Path(entry.path), entry.is_dir(follow_symlinks=False)
            name = path.relative_to(submission.folder)
            if clean(entry.name) != entry.name:
                yield path, "its name is no text"
            elif folder and str(name).endswith(".ipynb") and not depth:
                yield path, "this is a folder, no notebook"
            elif not is_withheld(name, withheld) and _clash(source / name, folder):
                kind = "file" if folder else "folder"
                yield path, f"the course has a {kind} of this name"
            elif not folder:
                info = entry.stat(follow_symlinks=False)
                count += 1
                why = _why_not(info, path) or _too_much(count, total + info.st_size)
                if why:
                    yield path, why
                else:
                    total += info.st_size
            elif depth < MAX_DEPTH:
                waiting.append((path, depth + 1))
            else:
                yield path, f"folders lie deeper than {MAX_DEPTH} levels"


def _clash(there: Path, folder: bool) -> bool:
    """Whether the course has a file where this is a folder, or the reverse."""
    return os.path.lexists(there) and there.is_dir() != folder


def is_withheld(name: Path, withheld: Iterable[str]) -> bool:
    """Whether a file is never copied to or from learners."""
    return any(fnmatch.fnmatch(p, w) for p in name.parts for w in withheld)


def _first(entry: os.DirEntry[str]) -> tuple[bool, bool, str]:
    """The notebook and the answers come before what may be too much."""
    name = entry.name
    return not name.endswith(".ipynb"), name != "answers.json", name


def _why_not(info: os.stat_result, path: Path) -> str:
    if stat.S_ISLNK(info.st_mode):
        return "this is a link: hand in the file itself"
    if not stat.S_ISREG(info.st_mode):
        return "this is a device, pipe or socket, no file"
    own = path.suffix == ".ipynb"
    most = notebook.MAX_BYTES if own else MAX_FILE
    if info.st_size > most:
        do = f": {notebook.SMALLER.format(path.name)}" if own else ""
        return f"larger than {most // 1_000_000} MB{do}"
    return ""


def _too_much(count: int, total: int) -> str:
    if count > MAX_FILES:
        return f"more than {MAX_FILES} files were handed in"
    if total > MAX_ALL:
        return f"more than {MAX_ALL // 1_000_000} MB were handed in"
    return ""


def _away(path: Path, place: Path, why: str) -> str:
    """Move `path` to quarantine; the reason as a line."""
    place.mkdir(parents=True, exist_ok=True)
    name = shown(path.name)[:MAX_NAME]
    name = name.encode()[: 2 * MAX_NAME].decode(errors="ignore")
    target = place / f"{name}.{time.time_ns()}"
    path.rename(target)
    reason = f"{name}: {why}"
    with (place / REASONS).open("a", encoding="utf-8") as file:
        file.write(f"{target.name}: {why}\n")
    return reason


def _leave_note(path: Path, why: str) -> None:
    """A notebook in place of one that was refused."""
    text = f"This notebook was not graded. {why}"
    cell = {"cell_type": "markdown", "id": "refused", "metadata": {}, "source": text}
    meta = {"coursekit": {REFUSED: why}}
    made = {"cells": [cell], "metadata": meta, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(made, indent=1), encoding="utf-8")


def read(
    path: Path, course: Course | None = None, module: str = ""
) -> tuple[list[notebook.Cell], str]:
    """The cells of a notebook handed in, and why it cannot be graded, if so.

    With a course also whether it is of the module, by its own name if none is given.
    """
    module = module or path.stem
    if not os.path.lexists(path):
        return [], clean(missing(path, course if module == path.stem else None))
    try:
        cells, why = understand(read_file(path, notebook.MAX_BYTES), path.name)
    except CourseError as error:
        return [], clean(str(error))
    return cells, why or (clean(another(course, module, cells)) if course else "")


def understand(data: bytes, name: str) -> tuple[list[notebook.Cell], str]:
    """The cells in the bytes of a notebook, and why it was refused, if so."""
    found = notebook.parse(data, Path(name))
    return notebook.cells_of(found, Path(name)), _refusal(found)


def _refusal(found: object) -> str:
    meta = found.get("metadata") if isinstance(found, dict) else None
    ours = meta.get("coursekit") if isinstance(meta, dict) else None
    why = ours.get(REFUSED) if isinstance(ours, dict) else None
    return clean(why)[:300] if isinstance(why, str) else ""


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Plain files of a submission, notebooks left out: relative name and bytes."""
    for home, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(home, name)
            if path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts:
                with contextlib.suppress(CourseError, OSError):
                    yield str(path.relative_to(folder)), read_file(path, MAX_FILE)
