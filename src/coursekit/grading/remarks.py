"""Remarks for the instructor on a submission that can nevertheless be graded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coursekit.core.answers_file import FILE as ANSWERS
from coursekit.core.course import Course, CourseError
from coursekit.core.module import FILE, load
from coursekit.core.notebook import (
    MAX_BYTES,
    Cell,
    as_it_came,
    cells_of,
    parse,
    read_source,
)
from coursekit.core.rebuild import by_place
from coursekit.core.wording import clean
from coursekit.grading.answers import given
from coursekit.grading.atomic_files import read_file, shown
from coursekit.grading.handed_in_at import TIMESTAMP, handed_in_at
from coursekit.grading.in_its_place import Other, others
from coursekit.grading.intake import REFUSED, Submission, files, is_withheld
from coursekit.grading.whose import Known, known, whose

MOST = 3  # names in a remark
OWN = FILE, ANSWERS, TIMESTAMP  # no learner's work, or read as such


def remarks(course: Course, submission: Submission) -> list[str]:
    """A line for each thing; a notebook that cannot be read is reported by grading."""
    _, late = handed_in_at(submission.folder)
    notes = [*filter(None, [late]), *_stamps(submission.folder)]
    notebook = submission.notebook
    try:
        found = parse(read_file(notebook, MAX_BYTES), notebook)
        cells = cells_of(found, notebook)
    except CourseError:
        return [clean(n) for n in notes]
    meta = found.get("metadata")
    refused = isinstance(meta, dict) and REFUSED in str(meta.get("coursekit", ""))
    if not refused and whose(course, submission.module, cells) == submission.module:
        source = course.source(submission.module) / notebook.name
        notes += _of_answers(
            course, submission, by_place(read_source(source), cells), meta
        )
        notes += _of_files(course, submission)
        notes += given(notebook, load(course.source(submission.module))).notes
    return [clean(n) for n in notes]


def _of_answers(
    course: Course, submission: Submission, cells: list[Cell], meta: Any
) -> list[str]:
    module, name = known(course, submission.module), submission.notebook.name
    mine = _answers(module, cells)
    beside = others(submission.notebook, course)
    if mine and not _changed(module, mine) and not module.added(cells):
        return [f"{name} is as it was handed out{_look(course, beside, name)}"]
    notes = _not_complete(module, mine, name) if mine else []
    notes += [_of_other(course, module, o, mine, name) for o in beside if o.cells]
    if language := _foreign_kernel(meta):
        notes.append(f"{name} was saved with {language}: its answers ran as Python")
    return list(filter(None, notes))


def _of_files(course: Course, submission: Submission) -> Iterator[str]:
    """Name the course's own files that were handed in with another content."""
    released, withheld = course.release(submission.module), course.withheld
    odd = [
        shown(name)
        for name, data in files(submission.folder)
        if name not in OWN
        and not is_withheld(Path(name), withheld)
        and (released / name).is_file()
        and _lines(data) != _lines((released / name).read_bytes())
    ]
    if odd:
        more = f" and {len(odd) - MOST} more" if len(odd) > MOST else ""
        are = "is" if len(odd) == 1 else "are"
        yield (
            f"{', '.join(odd[:MOST])}{more} {are} not as the course has it: "
            "the course's own was used"
        )


def _lines(data: bytes) -> bytes:
    """A file's content whatever ends its lines."""
    return data.replace(b"\r\n", b"\n")


def _answers(module: Known, cells: list[Cell]) -> dict[str, Cell]:
    found = {module.answer(c): c for c in cells}
    return {name: c for name, c in found.items() if name}


def _changed(module: Known, answers: dict[str, Cell]) -> list[str]:
    """The answers that differ from what is, and ever was, handed out."""
    return [
        name
        for name, cell in answers.items()
        if cell.text.strip() != module.answers[name].text.strip()
        and not as_it_came(cell)
    ]


def _not_complete(module: Known, mine: dict[str, Cell], name: str) -> list[str]:
    """Say that answer cells are missing, or were handed out differently than now."""
    lost = [n for n in module.answers if n not in mine]
    old = [
        n
        for n, cell in mine.items()
        if module.answers[n].checksum not in ("", cell.checksum) and cell.checksum
    ]
    of = "it may be of an older release" if old or lost else ""
    notes = [f"{name} lacks the answer cells {', '.join(lost)}: {of}"] if lost else []
    changed = f"{name} is of another release: {', '.join(old)} differ from today's"
    return [*notes, changed] if old else notes


def _of_other(
    course: Course, module: Known, other: Other, mine: dict[str, Cell], name: str
) -> str:
    """Say that another notebook has other answers than the one that is graded."""
    if its := _elsewhere(course, other, name):
        return f"{other.as_shown(name)} is the notebook of {its}: it was not graded"
    theirs = _answers(module, other.cells or [])
    differ = [n for n in _changed(module, theirs) if not _same(theirs[n], mine.get(n))]
    if not differ:
        return ""
    return (
        f"{other.as_shown(name)} has other answers ({', '.join(differ[:MOST])}): "
        f"only {name} was graded, look which one is meant"
    )


def _same(one: Cell, two: Cell | None) -> bool:
    return two is not None and one.text.strip() == two.text.strip()


def _elsewhere(course: Course, other: Other, name: str) -> str:
    own = name.removesuffix(".ipynb")
    found = whose(course, own, other.cells or [])
    return found if found != own else ""


def _look(course: Course, beside: list[Other], name: str) -> str:
    """Where the answers may be instead."""
    own = known(course, name.removesuffix(".ipynb"))
    for other in beside:
        if other.cells and _changed(own, _answers(own, other.cells)):
            shown = other.as_shown(name)
            return f", but {shown} has answers: give it that name, if it is meant"
    if not beside:
        return ""
    names = ", ".join(o.as_shown(name) for o in beside[:MOST])
    return f": look whether the answers are in {names}"


def _stamps(folder: Path) -> Iterator[str]:
    """Files that were meant to be the timestamp."""
    for name in sorted(path.name for path in folder.glob("*")):
        if name.lower().startswith("timestamp") and name != TIMESTAMP:
            yield f"{shown(name)} is not read: give it the name {TIMESTAMP}"


def _foreign_kernel(meta: Any) -> str:
    """The language a notebook was saved with, empty for Python or none."""
    meta = meta if isinstance(meta, dict) else {}
    tables = meta.get("kernelspec"), meta.get("language_info")
    keys = "language", "name"
    named = [
        str(t[key]).lower()
        for t, key in zip(tables, keys, strict=True)
        if isinstance(t, dict) and isinstance(t.get(key), str) and t[key]
    ]
    python = any(n.startswith(("python", "ipython")) for n in named)
    return "" if python or not named else f"the language {named[0]}"
