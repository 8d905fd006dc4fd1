"""Folders for sockets, gone with the process that made them, kill -9 included."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

PREFIX = "ckbox-"
_LOCK = "lock"
_YOUNG = 60.0  # seconds in which a folder may still lack its lock


class Folder:
    """A private folder; `path` is short, since names of sockets hold 107 characters."""

    def __init__(self, base: Path | None = None) -> None:
        base = base or Path(tempfile.gettempdir())
        sweep(base)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base)).resolve()
        self.path.chmod(0o711)  # who knows a kernel's folder may pass
        # it gets its name once it is held: one that nobody holds means left behind
        early = self.path / f"{_LOCK}.new"
        self._lock = os.open(early, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        early.rename(self.path / _LOCK)

    def remove(self) -> None:
        """Delete it with all in it; a second time does nothing."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def sweep(base: Path) -> None:
    """Delete folders of ours whose process is gone: nobody holds the lock."""
    for path in base.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            found = path.lstat()
            if path.is_symlink() or found.st_uid != os.geteuid():
                continue
            if _left(path, time.time() - found.st_mtime):
                shutil.rmtree(path, ignore_errors=True)


def _left(path: Path, age: float) -> bool:
    try:
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return age > _YOUNG
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
