"""Saving a folder of files whole or not at all, and knowing when one is damaged.

Each save writes a new generation beside the old one and then, in one step, points to
it. The pointer carries the digest of the generation's manifest, and the manifest the
digest of each file: whatever is killed, cut off or overwritten, a load gives the old
state or the new one, or says which file is damaged.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

POINTER = "CURRENT"
MANIFEST = "manifest.json"
LOCK = "lock"
_NAME = "generation-"


class NothingSaved(FileNotFoundError):
    """There is no saved state in the folder."""


class Damaged(ValueError):
    """A saved file is not what was written; `file` is its path."""

    def __init__(self, file: Path, what: str, advice: str) -> None:
        super().__init__(f"{file} {what}. {advice}")
        self.file = file


def write(folder: Path, fill: Callable[[Path], dict[str, Any]]) -> Path:
    """Save what `fill` writes into the folder it is given; the generation's folder.

    `fill` returns what the manifest should say. One save at a time; if it fails, as
    on a full disk, the state saved before is still there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder, fcntl.LOCK_EX):
        new = folder / f"{_NAME}{_newest(folder) + 1:08d}"
        try:
            new.mkdir()
            manifest = fill(new) | {"files": {}}
            for file in sorted(new.iterdir()):
                manifest["files"][file.name] = _sealed(file)
            text = json.dumps(manifest, indent=1).encode()
            _write(new / MANIFEST, text)
            _sync(new)
            _write(folder / f"{POINTER}.new", f"{new.name} {_digest(text)}\n".encode())
            (folder / f"{POINTER}.new").replace(folder / POINTER)
            _sync(folder)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        for old in folder.glob(f"{_NAME}*"):
            if old != new:
                shutil.rmtree(old, ignore_errors=True)
    return new


@contextmanager
def reading(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The current generation's folder and manifest; no save removes it meanwhile."""
    if not (folder / POINTER).is_file():
        raise NothingSaved(f"nothing was saved in {folder}: correct the path, or save")
    with _locked(folder, fcntl.LOCK_SH):
        yield _current(folder)


def intact(file: Path, manifest: dict[str, Any]) -> bool:
    """Whether `file` still has the size and digest it was saved with."""
    sealed = manifest["files"].get(file.name)
    return file.is_file() and sealed == _seal(file)


def _current(folder: Path) -> tuple[Path, dict[str, Any]]:
    advice = "Restore the folder from a copy, or save the documents anew."
    pointer = folder / POINTER
    words = pointer.read_bytes().decode(errors="replace").split()
    if len(words) != 2 or not words[0].startswith(_NAME):
        raise Damaged(pointer, "is damaged", advice)
    generation = folder / words[0]
    try:
        text = (generation / MANIFEST).read_bytes()
    except OSError as e:
        raise Damaged(generation / MANIFEST, f"cannot be read ({e})", advice) from e
    if _digest(text) != words[1]:
        raise Damaged(generation / MANIFEST, "or the pointer is damaged", advice)
    manifest: dict[str, Any] = json.loads(text)
    return generation, manifest


def _newest(folder: Path) -> int:
    numbers = [path.name.removeprefix(_NAME) for path in folder.glob(f"{_NAME}*")]
    return max((int(number) for number in numbers if number.isdigit()), default=0)


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    """Hold the folder's lock; where it cannot be opened to write, a reader goes on."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:
        if how == fcntl.LOCK_EX:
            raise
        yield  # a folder one may only read: nobody saves there either
        return
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def _sealed(file: Path) -> dict[str, Any]:
    """Make sure that the file is on the disk; its size and digest."""
    _sync(file)
    return _seal(file)


def _seal(file: Path) -> dict[str, Any]:
    with file.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return {"bytes": file.stat().st_size, "sha256": digest}


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    """Have the system write a file, or the entries of a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
