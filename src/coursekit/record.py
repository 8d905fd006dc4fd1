"""What a learner has done, in `answers.json` beside the notebook."""

import contextlib
import functools
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

FILE = "answers.json"
SECTIONS = ("quiz", "predictions", "hints", "progress")
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
        self._unsaved: Table = {name: {} for name in SECTIONS}

    def section(self, name: str) -> dict[str, Any]:
        """All that is recorded in a section."""
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
            self._save(data, section, key)
        return value

    def take_note(self) -> str:
        """What went wrong since the last time, once."""
        note, self.note = self.note, ""
        return note

    def _load(self) -> Table:
        found: Any = {}
        if self.path is not None and self.path.exists():
            try:
                found = json.loads(self.path.read_text(encoding="utf-8"))
            except OSError as error:
                self.note = f"{FILE} cannot be read: {error.strerror}."
            except (ValueError, RecursionError):
                self._set_aside()
        table = found if isinstance(found, dict) else {}
        sections = {name: table.get(name) for name in SECTIONS}
        return {k: dict(v) if isinstance(v, dict) else {} for k, v in sections.items()}

    def _set_aside(self) -> None:
        assert self.path is not None
        bad = self.path.with_name(f"{FILE}.bad")
        with contextlib.suppress(OSError):
            self.path.replace(bad)
        self.note = f"{FILE} was damaged: it is kept as {bad.name}, a new one is begun."

    def _save(self, data: Table, section: str, key: str) -> None:
        if self.path is None:
            self._unsaved = data
            return
        try:
            _write(self.path, json.dumps(data, indent=1, sort_keys=True) + "\n")
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


def _write(path: Path, text: str) -> None:
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
        if fcntl is None:
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
def _record(folder: Path) -> Record:
    # a teacher's source folder stays as it is, so that running it is repeatable
    source = (folder / "checks.py").exists()
    return Record(None if source else folder / FILE)


def here() -> Record:
    """The record of the notebook in the current folder."""
    return _record(Path.cwd())


def say(*lines: str) -> None:
    """Print lines and what went wrong with the record, if anything did."""
    note = here().take_note()
    print("\n".join([*lines, note] if note else lines))
