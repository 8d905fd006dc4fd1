"""The files of the cold tier: some hundred records each, a line of JSON a record."""

import logging
import os
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

import zstandard
from cachebox import LRUCache

from session1.memory.tiers.errors import DamagedFile

_KEPT = 32  # files whose records stay in memory: neighbours are often read together
_log = logging.getLogger(__name__)


class ColdFiles:
    """Writes files that are whole or not there, and gives back only what it wrote.

    A file that is not what was written is set aside in `damaged`, beside the others.
    """

    def __init__(self, folder: Path, compression: bool = True) -> None:
        self.folder = folder
        self.damaged = folder / "damaged"
        self.compression = compression
        self._kept: LRUCache[str, list[bytes]] = LRUCache(_KEPT)
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, bodies: Sequence[bytes]) -> tuple[str, bytes, int]:
        """(name, digest, bytes) of a new file with `bodies`, safe on the disk."""
        # no JSON of ours has a line break: in one that was damaged before it came here
        # it would make two lines, and give its neighbours wrong places
        data = b"\n".join(body.replace(b"\n", b" ") for body in bodies)
        if self.compression:
            data = zstandard.ZstdCompressor(level=3).compress(data)
        name = token_hex(8) + (".jsonl.zst" if self.compression else ".jsonl")
        new = self.folder / f"{name}.new"
        try:
            with new.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.folder / name)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        self._sync_folder()
        return name, _digest(data), len(data)

    def read(self, name: str, digest: bytes) -> list[bytes]:
        """The bodies in a file; FileNotFoundError, or `DamagedFile` if it is unsound.

        What is unsound is set aside first.
        """
        with self._lock:
            bodies = self._kept.get(name)
        if bodies is not None:
            return bodies
        bodies = self.load(name, digest)
        with self._lock:
            self._kept.insert(name, bodies)
        return bodies

    def load(self, name: str, digest: bytes) -> list[bytes]:
        """As `read`, always from the disk."""
        path = self.folder / name
        data = path.read_bytes()
        if _digest(data) != digest:
            self._set_aside(path)
            raise self.missing(name)
        if name.endswith(".zst"):
            data = zstandard.ZstdDecompressor().decompress(data)
        return data.split(b"\n")

    def missing(self, name: str) -> DamagedFile:
        """The error for a file that is not where the ledger says."""
        aside = self.damaged / name
        found = f"it is damaged and was set aside as {aside}"
        return DamagedFile(
            self.folder / name,
            f"{found if aside.exists() else 'it is missing'}; put it back from a "
            "backup, or delete its records. All others can be read",
        )

    def remove(self, names: Iterable[str]) -> None:
        """Remove files that the ledger no longer names."""
        for name in names:
            with self._lock:
                self._kept.pop(name, None)
            (self.folder / name).unlink(missing_ok=True)

    def keep_only(self, names: Iterable[str]) -> None:
        """Remove what a process that was killed left behind."""
        known = set(names)
        for path in self.folder.iterdir():
            if path.name not in known and path.is_file():
                path.unlink(missing_ok=True)

    def damaged_count(self) -> int:
        """Files that were set aside."""
        return sum(1 for _ in self.damaged.glob("*")) if self.damaged.is_dir() else 0

    def _set_aside(self, path: Path) -> None:
        with suppress(OSError):  # another reader was first, or nothing can be written
            self.damaged.mkdir(exist_ok=True)
            path.replace(self.damaged / path.name)
            _log.error("%s is damaged; set aside in %s", path, self.damaged)

    def _sync_folder(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
