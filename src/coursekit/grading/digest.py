"""What a grade depends on, as a digest: equal digests mean nothing has changed."""

import dataclasses
import functools
import hashlib
import itertools
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

from coursekit.course import Course, CourseError
from coursekit.grading import intake
from coursekit.grading.sandbox.limits import Limits
from coursekit.module import CATALOGUE
from coursekit.notebook import MAX_BYTES

PACKAGES = ("ipykernel", "ipython", "nbclient", "nbgrader", "numpy")


@functools.cache
def versions() -> Mapping[str, str]:
    """Versions of Python, of what runs the cells, and of this code itself."""
    found = {name: metadata.version(name) for name in PACKAGES}
    whole = {"python": platform.python_version(), **found, "code": _code()}
    return MappingProxyType(whole)


def _code() -> str:
    """Digest of the sources of coursekit and session1."""
    home = Path(__file__).parents[2]
    packages = ("coursekit", "session1")
    return _of((p, p.read_bytes()) for name in packages for p in _sources(home / name))


def _sources(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*.py") if p.is_file())


def source_digest(course: Course, module: str) -> str:
    """Digest of the instructor's side of a module: notebook, checks, files."""
    folder = course.source(module)
    paths = [p for p in folder.rglob("*") if p.is_file()]
    own = [p for p in paths if not {"bank", "__pycache__"} & set(p.parts)]
    catalogue = folder.parent / CATALOGUE
    own += [catalogue] if catalogue.is_file() else []
    return _of((p.relative_to(course.root), p.read_bytes()) for p in sorted(own))


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
