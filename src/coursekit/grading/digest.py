"""A digest of all that a grade depends on: equal digests, nothing has changed."""

import dataclasses
import functools
import hashlib
import itertools
import json
import platform
import tomllib
from collections.abc import Callable, Iterable, Mapping
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

from coursekit.core.course import Course, CourseError
from coursekit.core.module import CATALOGUE, FILE
from coursekit.core.notebook import MAX_BYTES
from coursekit.grading import intake
from coursekit.sandbox.limits import Limits

# of module.toml, at any depth: what learners read and no check does
TEXTS = "title", "objectives", "hints", "explanation", "prompt", "text", "feedback"
LABELS = "minutes", "objective", "difficulty", "core", "section", "misconception"
PROSE = frozenset((*TEXTS, *LABELS, "earlier", "unit", "rubric"))
PACKAGES = ("ipykernel", "ipython", "nbclient", "nbgrader", "numpy")


@functools.cache
def versions() -> Mapping[str, str]:
    """Versions of Python, of what runs the cells, and of this code itself."""
    found = {name: metadata.version(name) for name in PACKAGES}
    whole = {"python": platform.python_version(), **found, "code": code_digest()}
    return MappingProxyType(whole)


@functools.cache
def code_digest() -> str:
    """Digest of the sources of coursekit and session1."""
    home = Path(__file__).parents[2]
    packages = ("coursekit", "session1")
    return _of((p, p.read_bytes()) for name in packages for p in _sources(home / name))


def _sources(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*.py") if p.is_file())


def source_digest(course: Course, module: str) -> str:
    """Digest of what a grade depends on of the instructor's side of a module.

    That is the checks, the files, the code, ids and points of the notebook, and the
    exercises and the key of module.toml. Prose may change.
    """
    folder = course.source(module)
    paths = [p for p in folder.rglob("*") if p.is_file()]
    own = [p for p in paths if not {"bank", "__pycache__"} & set(p.parts)]
    catalogue = folder.parent / CATALOGUE
    own += [catalogue] if catalogue.is_file() else []
    notebook = folder / f"{module}.ipynb"
    reads = {folder / FILE: _table, catalogue: _names, notebook: _cells}
    return _of(
        (p.relative_to(course.root), _counts(p, reads.get(p))) for p in sorted(own)
    )


def _counts(path: Path, read: Callable[[str], Any] | None) -> bytes:
    """The part of a file that can change a grade: all of it when unknown or broken."""
    data = path.read_bytes()
    try:
        found = read(data.decode("utf-8-sig")) if read else None
        return json.dumps(found, sort_keys=True).encode() if read else data
    except (ValueError, TypeError, KeyError, AttributeError):
        return data


def _table(text: str) -> Any:
    return _without_prose(tomllib.loads(text))


def _without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_prose(v) for k, v in value.items() if k not in PROSE}
    return [_without_prose(v) for v in value] if isinstance(value, list) else value


def _names(text: str) -> Any:
    return sorted(tomllib.loads(text))


def _cells(text: str) -> Any:
    notebook = json.loads(text)
    kernel = notebook["metadata"].get("kernelspec", {}).get("name")
    return [kernel, *filter(None, map(_cell, notebook["cells"]))]


def _cell(cell: dict[str, Any]) -> Any:
    """Code with its ids and tags; of a text only what nbgrader wrote into it."""
    meta = cell["metadata"]
    marks = meta.get("nbgrader", {})
    if cell["cell_type"] != "code":
        return marks and [cell.get("id"), marks]
    return [cell.get("id"), marks, meta.get("tags"), "".join(cell["source"])]


def submission_digest(notebook: Path) -> str:
    """Digest of a learner's notebook and the plain files beside it."""
    own = [("", _bytes(notebook))]
    return _of(itertools.chain(own, intake.files(notebook.parent)))


def _bytes(notebook: Path) -> bytes:
    try:
        return intake.read_file(notebook, MAX_BYTES)
    except CourseError as error:
        return str(error).encode()


def digest(source: str, submission: str, limits: Limits) -> str:
    """The digest of a grading: the course's side, the learner's, limits, versions."""
    parts = [source, submission, str(dataclasses.asdict(limits)), str(dict(versions()))]
    return _of((part, b"") for part in parts)


def _of(parts: Iterable[tuple[object, bytes]]) -> str:
    made = hashlib.sha256()
    for name, data in parts:
        head = str(name).encode("utf-8", "replace")
        made.update(b"%d %d %s" % (len(head), len(data), head) + data)
    return made.hexdigest()
