"""The submission's files as one archive: plain files only, no notebooks, no links."""

import io
import os
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from coursekit.sandbox.limits import MB, Limits

SKIPPED = (".ipynb",)


@dataclass
class Room:
    """The room left for files: the rest of the limit is left to work in."""

    bytes: int
    files: int
    most: int  # bytes of one file

    @classmethod
    def of(cls, limits: Limits) -> "Room":
        """Half of the disk and half of the number of files."""
        half = limits.disk * MB // 2
        return cls(half, limits.files // 2, min(half, limits.file * MB))

    def take(self, size: int) -> bool:
        """Reserve room for a file of this size; False when it does not fit."""
        if size > min(self.bytes, self.most) or not self.files:
            return False
        self.bytes, self.files = self.bytes - size, self.files - 1
        return True


def pack(folder: Path | None, limits: Limits) -> BinaryIO:
    """A readable file of `folder`'s plain files, in order of their names.

    What does not fit is left out, whole files at a time.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
    room = Room.of(limits)
    with tarfile.open(fileobj=file, mode="w") as files:
        for name, content in _plain(folder, room.most):
            if not room.take(len(content)):
                continue
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            files.addfile(entry, io.BytesIO(content))
    file.seek(0)
    return file


def _plain(folder: Path | None, most: int) -> Iterator[tuple[str, bytes]]:
    for root, folders, names in os.walk(folder) if folder else ():
        folders[:] = sorted(d for d in folders if not (Path(root) / d).is_symlink())
        for name in sorted(names):
            path = Path(root) / name
            if (
                not name.endswith(SKIPPED)
                and (content := _read(path, most)) is not None
            ):
                yield str(path.relative_to(folder or root)), content


def _read(path: Path, most: int) -> bytes | None:
    """The content of a plain file that is not too large; None for anything else."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a FIFO must not hold us up
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > most:
                return None
            return file.read(most)
    except OSError:
        return None
