"""A leaderboard: entries in files, each replayed on this machine before it is listed.

An entry is a file with a name, what its learner's machine made of it, and the code.
Nothing in it is believed: what is listed is what the code does here, in the sandbox.
A result is kept beside the digest of all that it depends on, in this copy's own folder.
"""

import contextlib
import functools
import hashlib
import json
import secrets
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from nbformat.v4 import new_code_cell, new_notebook
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictStr,
    ValidationError,
)

from coursekit.core import answers_file
from coursekit.core.course import Course, CourseError
from coursekit.core.module import FILE as TOML
from coursekit.core.notebook import read_cells
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


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it cannot be printed")
    return text


def _by_name(rows: Any) -> Any:
    """Rows as a table: a file has them as pairs, since it sorts the names of tables."""
    return dict(rows) if isinstance(rows, list) else rows


Label = Annotated[StrictStr, Field(max_length=LABEL), AfterValidator(_printable)]
Figure = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Table = Annotated[dict[Label, Figure | Label], Field(max_length=ROWS)]
Own = Annotated[tuple[Label, ...], Field(max_length=ROWS)]


class Played(BaseModel):
    """The result of a replay."""

    model_config = ConfigDict(frozen=True)

    score: Annotated[
        Figure, Field(ge=0, le=HIGH), AfterValidator(lambda s: round(s, 2))
    ]
    rows: Annotated[Table, BeforeValidator(_by_name)]
    own: Own

    def to_json(self) -> dict[str, Any]:
        """Plain data, as it is kept: rows in their order."""
        return {**dict(self), "rows": list(map(list, self.rows.items()))}


class Entered(BaseModel):
    """A learner's entry: the code, and whose it is."""

    name: Annotated[StrictStr, AfterValidator(lambda name: checked_name(name))]
    by: StrictStr = ""  # the copy of the course that it comes from
    cells: list[tuple[StrictStr, StrictStr, StrictStr]]  # text, nbgrader's id, its own
    passed: list[StrictStr]  # exercises

    @property
    def code(self) -> dict[str, Any]:
        """The part that a replay plays."""
        return self.model_dump(include={"cells", "passed"}, mode="json")


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
        return {"place": self.place, "name": self.name, **dict(self.played), **more}


@dataclass(frozen=True)
class Listing:
    """A board, and why some of its files are not on it."""

    places: Sequence[Ranked]
    left_out: Mapping[str, str] = field(default_factory=dict)


class ReplayFailed(ValueError):
    """An entry gives no result; the message says why."""


@dataclass(frozen=True)
class Leaderboard:
    """The board of a module, in `folder`."""

    course: Course
    module: str
    folder: Path
    limits: Limits

    def listing(self, again: bool = False, tell: Tell = lambda i, n: None) -> Listing:
        """All entries by score; those not known in this state are replayed first."""
        found: list[tuple[Played, Entered, float | None]] = []
        left_out: dict[str, str] = {}
        paths = sorted(self.folder.glob("*.json"))
        with self._world() as world:
            for done, path in enumerate(paths[:ENTRIES]):
                tell(done, len(paths))
                try:
                    entry, said = _entry(path)
                except (CourseError, ValueError) as error:
                    left_out[clean(path.name)[:LABEL]] = clean(str(error))[:300]
                    continue
                try:
                    played = self._played(world, entry, again)
                except ReplayFailed as error:
                    left_out[entry.name] = str(error)
                else:
                    more = None if said == played else said.score if said else 0.0
                    found.append((played, entry, more))
        found.sort(key=lambda one: (-one[0].score, one[1].name))
        scores = [played.score for played, *_ in found]
        places = [
            Ranked(1 + scores.index(played.score), entry.name, played, said)
            for played, entry, said in found
        ]
        return Listing(places, left_out)

    def enter(self, name: str) -> Played:
        """Replay the notebook in course/ and put it on the board, in place of the last.

        CourseError when it cannot be replayed, or the name is somebody else's.
        """
        name = checked_name(name)
        target = self.folder / _file(name)
        mine = self._id()
        if target.exists() and _owner(target) != mine:
            raise CourseError(f"{name} is taken on this board: choose another name.")
        cells, passed = self._mine()
        entry = Entered(name=name, by=mine, cells=cells, passed=passed)
        with self._world() as world:
            try:
                played = self._played(world, entry, again=True)
            except ReplayFailed as error:
                raise CourseError(f"{self.module} was not entered: {error}") from None
        made = {**entry.model_dump(mode="json"), **played.to_json()}
        if len(json.dumps(made)) > MOST:
            raise CourseError("The notebook is too large for a board: clear its cells.")
        try:
            write_json(target, made)
        except OSError as error:
            why = f"{self.folder} cannot be written ({error.strerror})"
            raise CourseError(f"{why}: allow writing there, or use --board.") from error
        return played

    def _id(self) -> str:
        """This copy's own id; made when first needed."""
        path = _home(self.course) / "id.json"
        known = read_json(path).get("id")
        if not isinstance(known, str):
            known = secrets.token_hex(8)
            write_json(path, {"id": known})
        return known

    def _mine(self) -> tuple[list[tuple[str, str, str]], list[str]]:
        """The code in the learner's notebook, and which exercises pass."""
        folder = self.course.release(self.module)
        cells = [
            (c.text, c.grade_id, c.id)
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

    @contextlib.contextmanager
    def _world(self) -> Iterator[tuple[Path, Any]]:
        """A folder with the files that all replays share, and the hash of it all."""
        made = hashlib.sha256(code_digest().encode())
        with tempfile.TemporaryDirectory(prefix="coursekit-") as place:
            for name, data in self._files.items():
                made.update(b"%s %d " % (name.encode(), len(data)) + data)
                put(Path(place, name), data)
            yield Path(place), made

    def _played(self, world: tuple[Path, Any], entry: Entered, again: bool) -> Played:
        """The result of a replay here, now or earlier; ReplayFailed if it has none."""
        folder, made = world[0], world[1].copy()
        made.update(json.dumps(entry.code, sort_keys=True).encode())
        kept = _home(self.course) / "played" / f"{made.hexdigest()}.json"
        known = {} if again else read_json(kept)
        if not known:
            known = self._replayed(folder, entry)
            write_json(kept, known)
        return _result(known)

    def _replayed(self, folder: Path, entry: Entered) -> dict[str, Any]:
        """The sandbox's result, in the form in which it is kept."""
        (folder / "entry.json").write_text(json.dumps(entry.code))
        cell = new_code_cell(PLAY.format(self.module))
        notebook = new_notebook(cells=[cell])
        try:
            launcher()
            with kernel(notebook, folder, self.limits) as client:
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


def _owner(path: Path) -> str | None:
    """The copy of the course that an entry comes from; None where nobody can tell."""
    try:
        return _entry(path)[0].by
    except ValueError:
        return None


def _entry(path: Path) -> tuple[Entered, Played | None]:
    """An entry and the result it claims; CourseError or ValueError if it is not one."""
    try:
        data = json.loads(read_file(path, MOST))
        entry = Entered.model_validate(data)
    except ValidationError as error:
        raise ValueError(f"it is not an entry ({_first(error)})") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("it is not JSON") from error
    if path.name != _file(entry.name):
        raise ValueError("its name is another one than the entry's")
    with contextlib.suppress(ReplayFailed):
        return entry, _result(data)
    return entry, None


def _plain(text: str) -> dict[str, Any]:
    """The result that a replay printed, in the form in which it is kept."""
    try:
        return _result(json.loads(text)).to_json()
    except (ValueError, RecursionError) as error:
        return {"error": clean(" ".join(str(error).split()))[:300]}


def _result(found: Any) -> Played:
    """Check a result and return it; ReplayFailed where it is malformed."""
    if isinstance(found, dict) and isinstance(found.get("error"), str):
        raise ReplayFailed(found["error"])
    try:
        return Played.model_validate(found)
    except (ValidationError, TypeError) as error:
        why = _first(error) if isinstance(error, ValidationError) else str(error)
        raise ReplayFailed(f"its replay gave no result that counts ({why})") from None


def _first(error: ValidationError) -> str:
    """The first thing that does not fit."""
    first = error.errors(include_url=False, include_context=False)[0]
    return f"{' '.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
