"""Read a learner's notebook with tolerance; tell what a cell of the source is."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from coursekit.core.course import CourseError

MAX_BYTES = 100_000_000  # outputs are most of it, and are left out
MAX_PARTS = 1_000_000  # brackets and braces: each becomes an object in memory
MAX_ITEMS = 5_000_000  # commas, those inside of texts too
MAX_CELLS = 5_000
SMALLER = (
    "choose Edit, Clear Outputs of All Cells in JupyterLab and save, or run "
    "`jupyter nbconvert --clear-output --inplace {}`"
)
SHOWN = "shown"  # the tag of cells that only show something: not run when grading
OWN = "learners_own"  # in a cell's metadata, where the source has none
MAX_PICTURES = 10_000_000  # characters of those pasted into a cell
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
PLAIN, BASE64 = re.compile(r"[\w. -]{1,100}"), re.compile(r"[A-Za-z0-9+/=\s]*")
# what is often saved or sent in its place, by how it begins
INSTEAD = {
    "": "it is empty: save it again, or start from a fresh copy",
    "version https://git-lfs": "it is a pointer of Git LFS: run `git lfs pull` first",
    "<<<<<<<": "it has conflict marks of git: settle them, then save it",
    "pk\x03\x04": "it is a zip archive: unpack it",
    "\x1f‹": "it is a gzip archive: unpack it",  # as the Windows code page reads it
    "rar!": "it is a RAR archive: unpack it",
    "7z¼¯": "it is a 7z archive: unpack it",
    "<": "it is a web page: hand in the notebook itself, not its export",
    "%pdf": "it is a PDF: hand in the notebook itself, not its export",
}


@dataclass(frozen=True)
class Cell:
    """The parts of a learner's cell that are used; its other metadata is ignored."""

    kind: str
    text: str
    grade_id: str = ""
    id: str = ""
    checksum: str = ""  # nbgrader's, of the answer cell as it was handed out
    pictures: tuple[tuple[str, str, str], ...] = ()  # name, kind and base64


def read_source(path: Path) -> NotebookNode:
    """An instructor's notebook, as nbformat 4."""
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise CourseError(f"Cannot read {path}: {error}") from error


def read_cells(path: Path) -> list[Cell]:
    """The cells of a learner's notebook: any version, any UTF, up to 100 MB."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CourseError(
            f"Cannot open {path} ({error.strerror}): check the name."
        ) from error
    if len(data) > MAX_BYTES:
        raise CourseError(
            f"{path} is larger than {MAX_BYTES // 1_000_000} MB: "
            f"{SMALLER.format(path.name)}."
        )
    return cells_of(parse(data, path), path)


def parse(data: bytes, path: Path) -> Any:
    """Parse a notebook's bytes; CourseError when they are not JSON or too large."""
    text = _decode(data)
    parts = text.count("[") + text.count("{")
    if parts > MAX_PARTS or text.count(",") > MAX_ITEMS:
        raise CourseError(f"{path} has too many parts: {SMALLER.format(path.name)}.")
    try:
        return json.loads(text, parse_int=_no_number)
    except (ValueError, RecursionError) as error:
        if what := instead(text):
            raise CourseError(f"{path} is not a notebook: {what}.") from error
        raise CourseError(
            f"{path} is not a notebook (not JSON: {str(error)[:80]}). Save it again in "
            "JupyterLab, or take a fresh copy of the module and paste your answers."
        ) from error


def _decode(data: bytes) -> str:
    """Text in any UTF with or without its mark, else in the old Windows code page."""
    try:
        return data.decode(json.detect_encoding(data)).lstrip("\ufeff")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _no_number(_digits: str) -> int:
    """No number in a notebook counts, and long ones are slow to read."""
    return 0


def cells_of(notebook: Any, path: Path) -> list[Cell]:
    """The cells of a notebook of any version; CourseError when it has none."""
    found = notebook.get("cells") if isinstance(notebook, dict) else None
    if found is None and isinstance(notebook, dict):
        found = _version_3(notebook.get("worksheets"))
    if not isinstance(found, list):
        raise CourseError(
            f"{path} has no list of cells: take a fresh copy of the module "
            "and paste your answers."
        )
    if len(found) > MAX_CELLS:
        raise CourseError(
            f"{path} has {len(found):,} cells, more than {MAX_CELLS:,}: "
            "take a fresh copy of the module and paste your answers."
        )
    return [_cell(c) for c in found if isinstance(c, dict)]


def _version_3(worksheets: Any) -> list[Any] | None:
    """Notebooks before 2015 kept their cells in worksheets."""
    if not isinstance(worksheets, list):
        return None
    sheets = [w.get("cells") for w in worksheets if isinstance(w, dict)]
    return [c for cells in sheets if isinstance(cells, list) for c in cells]


def _cell(cell: dict[str, Any]) -> Cell:
    meta = cell.get("metadata")
    meta = meta if isinstance(meta, dict) else {}
    nbgrader = meta.get("nbgrader")
    marks = nbgrader if isinstance(nbgrader, dict) else {}
    return Cell(
        kind=_word(cell.get("cell_type")),
        text=_text(cell.get("source", cell.get("input", ""))),
        grade_id=_word(marks.get("grade_id")),
        # Colab keeps the id in the metadata, and nowhere else
        id=_word(cell.get("id")) or _word(meta.get("id")),
        checksum=_word(marks.get("checksum")),
        pictures=tuple(_pictures(cell.get("attachments"))),
    )


def _pictures(attachments: Any) -> Iterator[tuple[str, str, str]]:
    """The pictures pasted into a text cell; nothing else that it may carry."""
    rows = attachments.items() if isinstance(attachments, dict) else ()
    room = MAX_PICTURES
    for name, parts in rows:
        for kind, data in parts.items() if isinstance(parts, dict) else ():
            if isinstance(data, str) and kind in PICTURES and PLAIN.fullmatch(name):
                room -= len(data)
                if room >= 0 and BASE64.fullmatch(data):
                    yield name, kind, data


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _text(source: Any) -> str:
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    # half a surrogate pair cannot be sent to a kernel
    text = text.encode("utf-8", "replace").decode()
    return text.replace("\r\n", "\n").replace("\r", "\n")


def grader(cell: NotebookNode) -> dict[str, Any]:
    """nbgrader's metadata of a source cell, empty when it has none."""
    return cell.metadata.get("nbgrader", {})


def is_solution(cell: NotebookNode) -> bool:
    """Whether the learner answers in this cell."""
    return bool(grader(cell).get("solution"))


def is_test(cell: NotebookNode) -> bool:
    """Whether the cell is graded by running it."""
    return bool(grader(cell).get("grade")) and not is_solution(cell)


def is_by_hand(cell: NotebookNode) -> bool:
    """Whether a person grades what the learner writes in this cell."""
    return is_solution(cell) and bool(grader(cell).get("grade"))


def is_theirs(cell: NotebookNode) -> bool:
    """Whether the learner wrote this cell: an answer, or one that was added."""
    return is_solution(cell) or OWN in cell.metadata


def up_to_last_test(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that grading needs: those behind the last graded one change nothing."""
    tests = [i for i, cell in enumerate(notebook.cells) if is_test(cell)]
    return notebook.cells[: tests[-1] + 1] if tests else notebook.cells


def instead(text: str) -> str:
    """Say what a text is that is not a notebook, and what to do; empty if unknown."""
    begin = text[:1000].strip("\ufeff\0 \t\r\n").lower()
    known = (what for mark, what in INSTEAD.items() if mark and begin.startswith(mark))
    if "\n<<<<<<< " in text:
        return INSTEAD["<<<<<<<"]
    return next(known, "") if begin else INSTEAD[""]


def as_it_came(cell: Cell) -> bool:
    """Whether an answer is still what was handed out; tells without the stubs too."""
    # nbgrader's checksum of a code cell with an answer: not graded, a solution, open
    shipped = f"{cell.text}codeFalseTrueFalse{cell.grade_id}"
    return cell.checksum == hashlib.md5(shipped.encode()).hexdigest()
