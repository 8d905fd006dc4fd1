"""Sort what a platform gives for download into grading/submitted/NAME/MODULE.

Sources: Moodle packs `First Last_123_assignsubmission_file/…` (or, without folders,
`First Last_123_assignsubmission_file_name`), Canvas `lastfirst_LATE_12_345_name`,
where a second try is `name-1`. Everything else is taken as a folder for each learner.
"""

import contextlib
import csv
import io
import re
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from coursekit.core import answers_file
from coursekit.core.course import Course, CourseError
from coursekit.core.notebook import MAX_BYTES
from coursekit.grading.answers import RENAMED
from coursekit.grading.atomic_files import read_file, shown
from coursekit.grading.intake import MAX_FILES, grading_folder
from coursekit.grading.submissions import why_no_student

MOODLE = re.compile(r"(?P<who>.+)_(?P<try>\d+)_assignsubmission_\w+?(_(?P<file>.*))?")
CANVAS = re.compile(r"(?P<who>[^_]+)(?P<late>_LATE)?_\d+_(?P<try>\d+)_(?P<file>.+)")
AGAIN = re.compile(r"( ?\(\d+\)|-\d+| ?[-–] ?Copy|-Copy\d*)*\.ipynb", re.IGNORECASE)
ALL = 2_000_000_000  # bytes of a whole class
HIDDEN = (".", "__MACOSX")
IDS, FIRST = ("id", "username", "login", "sis login id"), ("first_name", "firstname")
LAST = ("last_name", "lastname", "surname")


@dataclass(frozen=True)
class SentFile:
    """A file of a learner's: its name, its content, and how late it was sent."""

    who: str
    name: PurePosixPath
    data: bytes
    order: tuple[int, str] = (0, "")


@dataclass
class Collected:
    """Who was collected, what odd files were taken for, and who is missing."""

    placed: dict[str, list[str]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def collect(
    course: Course, module: str, source: Path, roster: Path | None = None
) -> Collected:
    """Place the submissions to a module that `source`, a folder or zip, holds."""
    known = read_roster(roster) if roster else {}
    found = Collected()
    by_learner = defaultdict[str, list[SentFile]](list)
    for handed in _sorted_out(_files(source, found), module):
        by_learner[_id(handed.who, known, found)].append(handed)
    home = grading_folder(course) / "submitted"
    for student, files in sorted(by_learner.items()):
        target = home / student
        if why := _why_not(target):
            found.said.append(f"{shown(student)}: left out: {why}")
        else:
            _place(target / module, student, module, files, found)
    found.missing = sorted(set(known.values()) - set(found.placed))
    return found


def read_roster(path: Path) -> dict[str, str]:
    """Ids by what a platform may call a learner; CourseError for a file without ids."""
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{path} cannot be read as CSV ({error}).") from error
    found: dict[str, str] = {}
    for row in rows:
        table = {(k or "").strip().casefold(): (v or "") for k, v in row.items() if k}
        if student := _first(table, IDS):
            first, last = _first(table, FIRST), _first(table, LAST)
            for name in (student, f"{first} {last}", f"{last} {first}"):
                if key := _bare(name):
                    found.setdefault(key, student)
    if not found:
        raise CourseError(f"{path} needs a column id, with first_name and last_name.")
    return found


def _first(row: Mapping[str, str], names: Iterable[str]) -> str:
    return next((str(row[n]).strip() for n in names if str(row.get(n, "")).strip()), "")


def _bare(name: str) -> str:
    """Keep letters and digits only, as Canvas writes a name."""
    apart = unicodedata.normalize("NFC", name).casefold()
    return "".join(c for c in apart if c.isalnum())


def _id(who: str, known: Mapping[str, str], found: Collected) -> str:
    """The learner's id by the roster; without one there the name itself."""
    student = known.get(_bare(who))
    if student is None:
        student = " ".join(who.split())
        if (
            known
            and (said := f"{shown(student)} is not in the roster") not in found.said
        ):
            found.said.append(said)
    return student


def _files(source: Path, found: Collected) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The plain files of a folder or zip, with their names in it."""
    if source.is_file():
        yield from _unzipped(source.read_bytes(), str(source.name), found)
    elif source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.is_symlink() or not path.is_file():
                continue
            try:
                data = read_file(path, MAX_BYTES)
            except CourseError as error:
                found.said.append(str(error))
                continue
            yield PurePosixPath(path.relative_to(source).as_posix()), data
    else:
        raise CourseError(f"There is no {source}: name a folder or a zip file.")


def _unzipped(
    data: bytes, name: str, found: Collected
) -> Iterator[tuple[PurePosixPath, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            rows = [row for row in packed.infolist() if not row.is_dir()]
            if sum(row.file_size for row in rows) > ALL:
                raise CourseError(f"{name} unpacks to more than {ALL // 10**9} GB.")
            for row in rows:
                path = PurePosixPath(row.filename.replace("\\", "/"))
                if path.is_absolute() or ".." in path.parts:
                    found.said.append(f"{shown(row.filename)}: left out: no plain name")
                elif row.file_size <= MAX_BYTES:
                    yield path, packed.read(row)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise CourseError(f"{name} cannot be unpacked ({error}).") from error


def _sorted_out(
    files: Iterable[tuple[PurePosixPath, bytes]], module: str
) -> Iterator[SentFile]:
    """Assign each file to its learner, under its own name."""
    for path, data in files:
        if any(part.startswith(HIDDEN) for part in path.parts):
            continue
        top, rest = path.parts[0], PurePosixPath(*path.parts[1:])
        moodle, canvas = MOODLE.fullmatch(top), CANVAS.fullmatch(path.name)
        if moodle and (rest.parts or moodle["file"]):
            name = rest if rest.parts else PurePosixPath(moodle["file"])
            yield SentFile(moodle["who"], name, data, (int(moodle["try"]), ""))
        elif canvas:
            name = PurePosixPath(canvas["file"])
            yield SentFile(canvas["who"], name, data, (int(canvas["try"]), path.name))
        elif rest.parts:
            yield SentFile(top, rest, data, (0, str(rest)))


def _why_not(target: Path) -> str:
    """Why a name cannot be a student's folder."""
    if "/" in target.name or target.name in ("", "..") or target.is_file():
        return "its name cannot be a folder's"
    if target.is_dir():
        return why_no_student(target)
    with contextlib.suppress(OSError):
        target.mkdir(parents=True)
        why = why_no_student(target)
        if why:
            target.rmdir()
        return why
    return "its folder cannot be made"


def _place(
    target: Path, student: str, module: str, files: list[SentFile], found: Collected
) -> None:
    """Write a learner's files, the notebook under the name that is graded."""
    unpacked = [one for handed in files for one in _opened(handed, found)]
    book = f"{module}.ipynb"
    notebooks = [f for f in unpacked if f.name.suffix.lower() == ".ipynb"]
    meant = [f for f in notebooks if _is_meant(f.name.name, module)]
    chosen = max(meant or notebooks[-1:], key=lambda f: f.order, default=None)
    wrote: dict[str, bytes] = {}
    for handed in sorted(unpacked, key=lambda f: f.order):
        name = handed.name.name
        if handed is chosen:
            if name != book:
                found.said.append(f"{student}: {shown(name)} is taken as {book}")
            wrote[book] = handed.data
        elif handed in meant:
            found.said.append(f"{student}: {shown(name)} is an earlier try: left out")
        elif RENAMED.fullmatch(name):
            if name != answers_file.FILE:
                what = f"{shown(name)} is taken as {answers_file.FILE}"
                found.said.append(f"{student}: {what}")
            wrote[answers_file.FILE] = handed.data
        elif name.lower() not in ("module.toml", "onlinetext.html"):
            wrote.setdefault(name, handed.data)
            found.said.append(f"{student}: {shown(name)} is a file of their own")
    if chosen is None:
        found.said.append(f"{student}: there is no notebook")
    target.mkdir(parents=True, exist_ok=True)
    for name, data in list(wrote.items())[:MAX_FILES]:
        (target / name).unlink(missing_ok=True)
        (target / name).write_bytes(data)
    found.placed[student] = sorted(wrote)


def _opened(handed: SentFile, found: Collected) -> Iterator[SentFile]:
    """A file, or those in it where it is a zip."""
    if handed.name.suffix.lower() != ".zip":
        yield handed
        return
    try:
        for path, data in _unzipped(handed.data, handed.name.name, found):
            if not any(part.startswith(HIDDEN) for part in path.parts):
                yield SentFile(handed.who, path, data, handed.order)
    except CourseError as error:
        found.said.append(f"{handed.who}: {error}")


def _is_meant(name: str, module: str) -> bool:
    """Whether a notebook's name is the module's, or a copy's of it."""
    rest = name[len(module) :]
    return name.startswith(module) and bool(AGAIN.fullmatch(rest))
