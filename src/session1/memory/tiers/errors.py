"""Errors of a store of records."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StoreError(RuntimeError):
    """The store could not do what it was asked; what it holds is as it was."""


class StoreFull(StoreError):
    """Raised where the disk or a tier has no room for one more record."""


class StoreBusy(StoreError):
    """Another process is writing, or has the folder to itself."""


class ClockJumped(StoreError):
    """The clock is out of line with what the store has seen; nothing was removed."""


class DamagedFile(StoreError):
    """A file of the store is missing or is not what was written; `path` names it."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path}: {what}")
        self.path = path


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# what the low byte of an SQLite error code says, see sqlite.org/rescode.html
_BUSY, _CORRUPT, _NOT_A_DATABASE = {5, 6}, 11, 26
_NO_ROOM = {10, 13}  # an I/O error of a write, too, is mostly a limit or a full disk


@contextmanager
def told_plainly(path: Path) -> Iterator[None]:
    """Errors of SQLite and of the disk as a `StoreError` that says what to do next."""
    try:
        yield
    except sqlite3.ProgrammingError as e:
        raise StoreError(f"{path.parent}: the store is closed ({e})") from e
    except UnicodeDecodeError as e:  # its words on what is not sound are not either
        raise _plain(path, e, _CORRUPT) from e
    except sqlite3.DatabaseError as e:
        raise _plain(path, e, getattr(e, "sqlite_errorcode", 0) & 0xFF) from e
    except OSError as e:
        if e.errno not in _FULL:
            raise
        raise StoreFull(_no_room(path, e)) from e


def _plain(path: Path, e: Exception, code: int) -> StoreError:
    if code in _BUSY:
        return StoreBusy(f"{path}: another process is writing; try again ({e})")
    if code in _NO_ROOM:
        return StoreFull(_no_room(path, e))
    if code in (_CORRUPT, _NOT_A_DATABASE):
        return DamagedFile(
            path,
            f"the database is damaged ({e}). Nothing was changed: put the file back "
            "from a backup, or save what `sqlite3 FILE .recover` finds in it",
        )
    return StoreError(f"{path}: {e}")


def _no_room(path: Path, e: Exception) -> str:
    return (
        f"{path}: nothing could be written ({e}). What was stored before is intact: "
        "make room on the disk, or remove records, and try again"
    )
