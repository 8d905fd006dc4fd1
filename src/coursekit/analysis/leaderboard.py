"""A leaderboard: entries in files, each replayed on this machine before it is listed.

An entry is a file with a name, what its learner's machine made of it, and the code.
Nothing in it is believed: what is listed is what the code does here, in the sandbox.
A result is kept beside the digest of all that it depends on, in this copy's own folder.
"""

import functools
import hashlib
import json
import math
import secrets
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_notebook

from coursekit.core import answers_file
from coursekit.core.course import Course, CourseError
from coursekit.core.module import FILE as TOML
from coursekit.core.notebook import read_cells
from coursekit.core.plain_data import number
from coursekit.core.withheld import stripped
from coursekit.core.wording import clean
from coursekit.grading.atomic_files import put, read_file, read_json, write_json
from coursekit.grading.digest import code_digest
from coursekit.grading.kernel import Lost, kernel
from coursekit.sandbox.box import Unavailable
from coursekit.sandbox.choose import launcher
from coursekit.sandbox.limits import Limits

BOARD = "board.py"
MOST, ENTRIES = 4_000_000, 1000  # bytes of an entry, entries on a board
NAME, LABEL, ROWS = 40, 60, 40  # characters of a name and a label, rows of a result
HIGH = 1_000_000.0  # a score beyond this is none
PLAY = "from coursekit.learn.board_entry import play\nplay({!r})"
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Played:
    """What the replay of an entry gave."""

    score: float
    rows: Mapping[str, float | str]
    own: Sequence[str]

    def to_json(self) -> dict[str, Any]:
        """Plain data, as it is kept: rows in their order."""
        rows = [list(row) for row in self.rows.items()]
        return {"score": self.score, "rows": rows, "own": list(self.own)}


@dataclass(frozen=True)
class Entered:
    """What a learner has entered: the code, and what their machine made of it."""

    name: str
    by: str  # the copy of the course that it comes from
    cells: Sequence[Sequence[str]]  # each its text, nbgrader's id, and its own
    passed: Sequence[str]  # exercises
    said: Played

    @property
    def code(self) -> dict[str, Any]:
        """What a replay plays."""
        return {"cells": self.cells, "passed": self.passed}

    def to_json(self) -> dict[str, Any]:
        """The file's content."""
        return {"name": self.name, "by": self.by, **self.code, **self.said.to_json()}


@dataclass(frozen=True)
class Ranked:
    """A line of the board."""

    place: int
    name: str
    played: Played
    said: float | None = None  # by its file, where that differs from the replay

    def to_json(self) -> dict[str, Any]:
        """Plain data for other programs."""
        more = {} if self.said is None else {"its_file_said": self.said}
        own = {**self.played.to_json(), "rows": dict(self.played.rows)}
        return {"place": self.place, "name": self.name, **own, **more}


@dataclass(frozen=True)
class Listing:
    """A board, and why some of its files are not on it."""

    places: Sequence[Ranked]
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Leaderboard:
    """The board of a module, in `folder`."""

    course: Course
    module: str
    folder: Path
    limits: Limits

    def listing(self, again: bool = False, tell: Tell = lambda i, n: None) -> Listing:
        """All entries by score; those not known in this state are replayed first."""
        found: list[tuple[Entered, Played]] = []
        left_out: dict[str, str] = {}
        paths = sorted(self.folder.glob("*.json"))
        with self._world() as world:
            for done, path in enumerate(paths[:ENTRIES]):
                tell(done, len(paths))
                try:
                    entry = _entry(path)
                except (CourseError, ValueError) as error:
                    left_out[clean(path.name)[:LABEL]] = clean(str(error))[:300]
                    continue
                try:
                    found.append((entry, self._played(world, entry, again)))
                except ReplayFailed as error:
                    left_out[entry.name] = str(error)
        found.sort(key=lambda pair: (-pair[1].score, pair[0].name))
        scores = [played.score for _, played in found]
        places = [
            Ranked(1 + scores.index(p.score), entry.name, p, _said(entry, p))
            for entry, p in found
        ]
        return Listing(places, left_out)

    def enter(self, name: str) -> Played:
        """Replay the notebook in course/ and put it on the board, in its last's place.

        CourseError when it cannot be replayed, or the name is somebody else's.
        """
        name = checked_name(name)
        target = self.folder / _file(name)
        mine = self._id()
        with ExitStack() as stack:
            if target.exists():
                taken = CourseError(
                    f"{name} is taken on this board: choose another name."
                )
                try:
                    if _entry(target).by != mine:
                        raise taken
                except ValueError:
                    raise taken from None
            world = stack.enter_context(self._world())
            cells, passed = self._mine()
            entry = Entered(name, mine, cells, passed, Played(0, {}, ()))
            try:
                played = self._played(world, entry, again=True)
            except ReplayFailed as error:
                raise CourseError(f"{self.module} was not entered: {error}") from None
        made = Entered(name, mine, cells, passed, played)
        if len(json.dumps(made.to_json())) > MOST:
            raise CourseError("The notebook is too large for a board: clear its cells.")
        try:
            write_json(target, made.to_json())
        except OSError as error:
            why = f"{self.folder} cannot be written ({error.strerror})"
            raise CourseError(f"{why}: allow writing there, or use --board.") from error
        return played

    def _id(self) -> str:
        """What tells this copy of the course from others; made when first needed."""
        path = _home(self.course) / "id.json"
        known = read_json(path).get("id")
        if not isinstance(known, str):
            known = secrets.token_hex(8)
            write_json(path, {"id": known})
        return known

    def _mine(self) -> tuple[list[list[str]], list[str]]:
        """The code in the learner's notebook, and which exercises pass."""
        folder = self.course.release(self.module)
        cells = [
            [c.text, c.grade_id, c.id]
            for c in read_cells(folder / f"{self.module}.ipynb")
            if c.kind == "code" and not c.grade_id.startswith("test_")
        ]
        rows = answers_file.at(folder).section("progress").items()
        return cells, [k for k, v in rows if isinstance(v, dict) and v.get("all")]

    @functools.cached_property
    def _files(self) -> dict[str, bytes]:
        """The public files of the module, by name; the instructor's if here."""
        here = self.course.source(self.module)
        there = here.is_dir()
        source = here if there else self.course.release(self.module)
        ignored = shutil.ignore_patterns(*self.course.withheld, "*.ipynb")
        names = [path.name for path in sorted(source.glob("*")) if path.is_file()]
        odd = {answers_file.FILE, TOML, *ignored(str(source), names)}
        found = {n: (source / n).read_bytes() for n in names if n not in odd}
        text = stripped(source) if there else (source / TOML).read_text("utf-8")
        found[TOML] = text.encode()
        return {f"course/{self.module}/{name}": data for name, data in found.items()}

    def _world(self) -> "_World":
        return _World(self._files, code_digest())

    def _played(self, world: "_World", entry: Entered, again: bool) -> Played:
        """The result of a replay here, now or earlier; ReplayFailed if it has none."""
        kept = _home(self.course) / "played" / f"{world.digest(entry)}.json"
        known = {} if again else read_json(kept)
        if not known:
            known = self._replayed(world, entry)
            write_json(kept, known)
        return _result(known)

    def _replayed(self, world: "_World", entry: Entered) -> dict[str, Any]:
        """What the sandbox says, as it may be kept."""
        (world.folder / "entry.json").write_text(json.dumps(entry.code))
        cell = new_code_cell(PLAY.format(self.module))
        notebook = new_notebook(cells=[cell])
        try:
            launcher()
            with kernel(notebook, world.folder, self.limits) as client:
                client.run(cell, 0, self.limits.cell_wall)
        except Unavailable as error:
            raise CourseError(str(error)) from error
        except Lost as lost:
            return {"error": lost.why or lost.status}
        for output in reversed(cell.outputs):
            if output.output_type == "execute_result":
                return _plain(output.data.get("text/plain", ""))
            if output.output_type == "error":
                return {"error": clean(f"{output.ename}: {output.evalue}")[:300]}
        return {"error": "its replay gave no result"}


class ReplayFailed(ValueError):
    """An entry gives no result; the message says why."""


class _World:
    """A folder with the files that all replays share."""

    def __init__(self, files: Mapping[str, bytes], code: str) -> None:
        self.made = hashlib.sha256(code.encode())
        for name, data in files.items():
            self.made.update(b"%s %d " % (name.encode(), len(data)) + data)
        self._place = tempfile.TemporaryDirectory(prefix="coursekit-")
        self.folder = Path(self._place.name)
        for name, data in files.items():
            put(self.folder / name, data)

    def digest(self, entry: Entered) -> str:
        """A digest of all that the result of an entry depends on."""
        made = self.made.copy()
        made.update(json.dumps(entry.code, sort_keys=True).encode())
        return made.hexdigest()

    def __enter__(self) -> "_World":
        return self

    def __exit__(self, *_error: object) -> None:
        self._place.cleanup()


def boards(course: Course) -> list[str]:
    """The modules that have a leaderboard."""
    names = course.modules or course.released
    home = course.source if course.modules else course.release
    return [name for name in names if (home(name) / BOARD).is_file()]


def _home(course: Course) -> Path:
    """This copy's own folder: what it has replayed, and which copy it is."""
    return course.root / "grading" / "leaderboard"


def checked_name(name: str) -> str:
    """A name as it stands on a board; CourseError unless it is one."""
    made = unicodedata.normalize("NFC", " ".join(name.split()))
    if not 0 < len(made) <= NAME or not made.isprintable():
        raise CourseError(f"A name has 1 to {NAME} characters that can be printed.")
    return made


def _file(name: str) -> str:
    """The file of a name; two that differ in case only are one."""
    key = unicodedata.normalize("NFKC", name).casefold()
    return f"{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:24]}.json"


def _said(entry: Entered, played: Played) -> float | None:
    return None if entry.said == played else entry.said.score


def _entry(path: Path) -> Entered:
    """Read an entry; CourseError or ValueError when it is none."""
    try:
        data = json.loads(read_file(path, MOST))
    except RecursionError as error:
        raise ValueError("it is no entry") from error
    except ValueError as error:
        raise ValueError("it is not JSON") from error
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        raise ValueError("it is no entry")
    name = checked_name(data["name"])
    if path.name != _file(name):
        raise ValueError("its name is another one than the entry's")
    cells: Any = data.get("cells")
    passed: Any = data.get("passed")
    lists = isinstance(cells, list) and isinstance(passed, list)
    if not (lists and all(map(_is_cell, cells)) and all(map(_is_text, passed))):
        raise ValueError("its code cannot be read")
    by = data.get("by")
    return Entered(name, by if isinstance(by, str) else "", cells, passed, _told(data))


def _told(data: dict[str, Any]) -> Played:
    """What an entry's file says came of it; nothing where that is no result."""
    try:
        return _result(data)
    except ReplayFailed:
        return Played(0, {}, ())


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_cell(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(map(_is_text, value))


def _plain(text: str) -> dict[str, Any]:
    """What a replay printed, as far as it can be kept."""
    try:
        found = json.loads(text)
        if isinstance(found, dict) and isinstance(found.get("error"), str):
            return {"error": clean(" ".join(found["error"].split()))[:300]}
        return _result(found).to_json()
    except (ValueError, RecursionError) as error:
        return {"error": clean(str(error))[:300]}


def _result(found: Any) -> Played:
    """A result; ReplayFailed unless it is one."""
    if not isinstance(found, dict):
        raise ReplayFailed("its replay gave no table")
    if isinstance(found.get("error"), str):
        raise ReplayFailed(found["error"])
    score, rows, own = number(found.get("score")), found.get("rows"), found.get("own")
    if score is None or not 0 <= score <= HIGH:
        raise ReplayFailed("its score is no number from 0 up")
    if isinstance(rows, list) and all(map(_is_row, rows)):
        rows = dict(rows)
    if not isinstance(rows, dict) or len(rows) > ROWS or not all(map(_label, rows)):
        raise ReplayFailed(f"its rows are no table of at most {ROWS} names")
    figures = {name: _figure(value) for name, value in rows.items()}
    if not isinstance(own, list) or len(own) > ROWS or not all(map(_label, own)):
        raise ReplayFailed("its list of own parts is none")
    return Played(round(score, 2), figures, tuple(own))


def _is_row(row: Any) -> bool:
    return isinstance(row, list) and len(row) == 2 and _label(row[0])


def _label(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= LABEL and text.isprintable()


def _figure(value: Any) -> float | str:
    if _label(value):
        return str(value)
    found = number(value)
    if found is None or not math.isfinite(found):
        raise ReplayFailed("a figure in its rows is neither a number nor a short text")
    return found


def rows_of(played: Played) -> Iterator[tuple[str, str]]:
    """Names and figures as they are printed."""
    for name, value in played.rows.items():
        yield name, value if isinstance(value, str) else f"{value:,.10g}"
