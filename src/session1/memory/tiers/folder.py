"""The folder of a store: who may open it, and the room in it that is kept for need."""

import fcntl
import os
import shutil
import weakref
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any, NoReturn, TypeVar

from session1.memory.tiers.errors import StoreBusy, StoreError, StoreFull

T = TypeVar("T")
RESERVE = 1024 * 1024  # bytes: to remove records takes some, for a while


def given_or_own(given: str | Path | None, owner: object, opened: ExitStack) -> Path:
    """The folder, made if need be; a temporary one ends with what was opened."""
    if given is not None:
        try:
            Path(given).mkdir(parents=True, exist_ok=True)
        except OSError as e:
            why = e.strerror or e
            raise StoreError(
                f"{given} cannot hold a store ({why}): give a folder"
            ) from e
        return Path(given)
    folder = mkdtemp(prefix="memory-")
    # also with its owner or the program, but not with a fork of that
    opened.callback(weakref.finalize(owner, _remove, folder, os.getpid()))
    return Path(folder)


def _remove(folder: str, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def is_read_only(folder: Path) -> bool:
    """Whether nothing can be written there."""
    return not os.access(folder, os.W_OK)


def lock(folder: Path, shared: bool) -> IO[str]:
    """A lock on `folder`, held until the file is closed or the process ends.

    A hot tier in memory cannot see what another process writes, so it wants the
    folder alone; `StoreBusy` if somebody has it. Whoever only reads shares it.
    """
    path, mode = folder / "lock", "a"
    if is_read_only(folder):
        path, mode, shared = (path if path.exists() else Path(os.devnull)), "r", True
    file = path.open(mode)
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as e:
        file.close()
        raise StoreBusy(
            f"{folder} is open elsewhere: close that MemoryManager first, or give "
            "both the hot tier backend 'redis', with which a folder can be shared"
        ) from e
    return file


class Reserve:
    """A file that only takes room, to be given up when removing needs some."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "reserve"
        self.fill()

    def fill(self) -> None:
        """Take the room unless it is taken; if there is none, go without."""
        if self._path.exists() or is_read_only(self._path.parent):
            return
        try:
            with self._path.open("xb") as file:
                # a file system that compresses would store zeros in no room
                file.write(os.urandom(RESERVE))
        except OSError:
            self.give_up()

    def give_up(self) -> None:
        """Let others have it."""
        with suppress(OSError):
            self._path.unlink()

    def lend(
        self, work: Callable[[], T], then: Callable[[], object] = lambda: None
    ) -> T:
        """`work()`, which makes room; if that takes some, after giving up the reserve.

        `then` may make use of it before `work` is tried again.
        """
        try:
            return work()
        except StoreFull:
            self.give_up()
            then()
            return work()


class Forked:
    """Stands in a forked process for what belongs to the one it was forked from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getattr__(self, name: str) -> NoReturn:
        raise StoreError(
            f"the MemoryManager of {self._folder} was opened before this process was "
            "forked and belongs to its parent: open one here, after the fork (both "
            "with the hot tier backend 'redis' if they share the folder)"
        )


_inherited: list[Any] = []  # never closed here: that would be the parent's affair


def disown(manager: Any, folder: Path, parts: tuple[str, ...]) -> None:
    """In a forked process, put `Forked` in the place of what a manager has open."""
    _inherited.append({part: getattr(manager, part) for part in parts})
    for part in parts:
        setattr(manager, part, Forked(folder))
