"""A learner's answers and progress, kept in `answers.json` beside the notebook."""

import contextlib
import functools
import json
import os
import re
import tempfile
import time
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # not on Windows, and in a browser tab without `flock`
    fcntl = None  # type: ignore[assignment]

FILE = "answers.json"
SECTIONS = ("quiz", "predictions", "hints", "progress", "placement")
TRAVELS = ("quiz", "predictions")  # sections that a saved notebook keeps, too
MIME = "application/vnd.coursekit.answers"  # of the output that it keeps them in
STALE = 10.0  # seconds after which a lock file was left behind by a dead kernel
Table = dict[str, dict[str, Any]]


class Record:
    """Answers, predictions, hints and progress; `path` None keeps them in memory.

    Safe with several kernels at once. A file that cannot be read is kept aside, and
    one that cannot be written leaves the old one whole; `note` then says so.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.note = ""
        self._at = ""  # when an answer or a guess was last given
        self._unsaved: Table = {name: {} for name in SECTIONS}

    def section(self, name: str) -> dict[str, Any]:
        """Everything recorded in a section."""
        return {**self._load()[name], **self._unsaved[name]}

    def put(self, section: str, key: str, value: Any, *, first: bool = False) -> Any:
        """Record a value and return it; with `first`, one already there stays."""
        with self._locked():
            data = self._load()
            for name, kept in self._unsaved.items():
                data[name].update(kept)
            if first and key in data[section]:
                return data[section][key]
            data[section][key] = value
            if section in TRAVELS:
                self._at = _now()
            self._save(data, section, key)
        return value

    def forget(self, section: str, keys: Collection[str]) -> None:
        """Remove values that were recorded; OSError when the file cannot be written."""
        with self._locked():
            data = self._load()
            if self.path is None or not data[section].keys() & set(keys):
                return
            data[section] = {k: v for k, v in data[section].items() if k not in keys}
            if section in TRAVELS:
                self._at = _now()
            write(self.path, _text({"at": self._at, **data}))

    def to_travel(self) -> str:
        """The answers for a saved notebook, as JSON; empty for a teacher's source."""
        if self.path is None:
            return ""
        return json.dumps(
            {"at": _now(), **{name: self.section(name) for name in TRAVELS}}
        )

    def take_note(self) -> str:
        """Return once what has gone wrong since the last call."""
        note, self.note = self.note, ""
        return note

    def _load(self) -> Table:
        table: dict[str, Any] = {}
        if self.path is not None and self.path.exists():
            try:
                table, whole = understand(self.path.read_bytes())
            except OSError as error:
                self.note = f"{FILE} cannot be read: {error.strerror}."
            else:
                self._at = str(table.get("at", ""))
                if not whole:
                    self._set_aside(table)
        return sections(table)

    def _set_aside(self, table: dict[str, Any]) -> None:
        """Keep a damaged file under another name, and what could be read of it."""
        assert self.path is not None
        bad = self.path.with_name(f"{FILE}.bad")
        with contextlib.suppress(OSError):
            self.path.replace(bad)
            if table:
                write(self.path, _text(table))
        self.note = f"{FILE} was damaged: it is kept as {bad.name}, a new one is begun."

    def _save(self, data: Table, section: str, key: str) -> None:
        if self.path is None:
            self._unsaved = data
            return
        try:
            write(self.path, _text({"at": self._at, **data}))
        except OSError as error:
            self._unsaved[section][key] = data[section][key]
            why = error.strerror or type(error).__name__
            self.note = (
                f"{FILE} could not be written ({why}): your answer is kept until this "
                "notebook closes. Make room or allow writing here, then answer again."
            )
            return
        self._unsaved = {name: {} for name in SECTIONS}

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            if self.path is not None:
                stack.enter_context(_lock(self.path.parent))
            yield


def _now() -> str:
    """The time in a form whose order as text is that of time."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _text(table: dict[str, Any]) -> str:
    return json.dumps(table, indent=1, sort_keys=True) + "\n"


def sections(table: dict[str, Any]) -> Table:
    """The sections of a record, whatever else its file holds."""
    found = {name: table.get(name) for name in SECTIONS}
    return {k: dict(v) if isinstance(v, dict) else {} for k, v in found.items()}


def understand(data: bytes) -> tuple[dict[str, Any], bool]:
    """The table in a record's bytes, and whether they could be read whole as one.

    Any UTF will do, with or without its mark. Of a file that was cut short, or that
    git left its marks of a conflict in, the quiz answers are read, the last ones.
    """
    try:
        text = data.decode(json.detect_encoding(data)).lstrip("\ufeff")
        found = json.loads(text)
    except UnicodeDecodeError:
        return {}, False
    except (ValueError, RecursionError):
        _, _, rest = text.partition('"quiz"')
        answers = dict(re.findall(r'"(\w+)"\s*:\s*"([A-Z])"', rest.partition("}")[0]))
        return ({"quiz": answers} if answers else {}), False
    return (found, True) if isinstance(found, dict) else ({}, False)


def write(path: Path, text: str) -> None:
    """Replace a file in one step: readers see the old text or the new."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One writer at a time in `folder`; leaves no file behind."""
    try:
        if not hasattr(fcntl, "flock"):
            raise OSError
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        with _lock_file(folder / f".{FILE}.lock"):
            yield
        return
    try:
        with contextlib.suppress(OSError):  # some network disks cannot lock
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _lock_file(path: Path) -> Iterator[None]:
    made = False
    while not made:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL))
            made = True
        except FileExistsError:
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > STALE:
                    path.unlink()
            time.sleep(0.01)
        except OSError:
            break  # nothing can be written here: saving will say so
    try:
        yield
    finally:
        if made:
            path.unlink(missing_ok=True)


@functools.cache
def at(folder: Path) -> Record:
    """The record of the notebook in `folder`; the one of a source is never saved."""
    # a teacher's source folder stays as it is, so that running it is repeatable
    source = (folder / "checks.py").exists()
    return Record(None if source else folder / FILE)


def here() -> Record:
    """The record of the notebook in the current folder."""
    return at(Path.cwd())


def say(*lines: str) -> None:
    """Print lines and what went wrong with the record, if anything did."""
    note = here().take_note()
    print("\n".join([*lines, note] if note else lines))
