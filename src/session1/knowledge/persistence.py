"""A store as files: documents, vectors and graph."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from session1.knowledge.hnsw_index import GONE, HnswIndex
from session1.knowledge.reach import Reach
from session1.knowledge.store import Document, Settings, Store, unused

VERSION = 1
DOCUMENTS, VECTORS, GRAPH = "documents.jsonl", "vectors.npy", "graph.bin"
NODES = "nodes.npy"  # the slot of each node of the graph
POINTER = "CURRENT"
MANIFEST = "manifest.json"
LOCK = "lock"
_NAME = "generation-"


def save(store: Store, folder: Path) -> None:
    """Write the store into `folder`, replacing what was saved there."""

    def fill(target: Path) -> dict[str, Any]:
        with (target / DOCUMENTS).open("w", encoding="utf-8") as file:
            for document in store.documents:
                # what JSON cannot hold in UTF-8, a lone half of a pair, is escaped
                file.write(json.dumps(document) + "\n")
        np.save(target / VECTORS, store.rows.rows, allow_pickle=False)
        if store.graph is not None:
            store.graph.index.save(target / GRAPH)
            np.save(target / NODES, store.graph.index.nodes, allow_pickle=False)
        return {
            "version": VERSION,
            "settings": asdict(store.settings),
            "tuned": store.tuned and list(store.tuned.items()),
            "changes": store.changes,
            "strays": [] if store.graph is None else store.graph.strays.tolist(),
        }

    write(folder, fill)


def load(folder: Path, rebuild: bool = False) -> Store:
    """Read what `save` wrote; with `rebuild` a damaged graph is made anew."""
    with reading(folder) as (place, manifest):
        if manifest["version"] != VERSION:
            raise Damaged(
                place,
                f"has version {manifest['version']}; this code reads {VERSION}",
                "Load it with the code that saved it.",
            )
        for name in (DOCUMENTS, VECTORS):
            if not intact(place / name, manifest):
                advice = "Restore the folder from a copy, or add the documents anew."
                raise Damaged(place / name, "is damaged or missing", advice)
        store = Store(Settings(**manifest["settings"]))
        tuned = manifest["tuned"] and dict(manifest["tuned"])
        store.restore(_documents(place / DOCUMENTS), np.load(place / VECTORS), tuned)
        store.changes = manifest.get("changes", 0)
        if GRAPH in manifest["files"]:
            parts = [name for name in (GRAPH, NODES) if name in manifest["files"]]
            if all(intact(place / name, manifest) for name in parts):
                store.graph = _graph(place, store, manifest.get("strays"))
            elif not rebuild:
                advice = "The vectors are well: load with rebuild=True to make it anew."
                raise Damaged(place / GRAPH, "is damaged or missing", advice)
    store.settle()
    return store


def _graph(place: Path, store: Store, strays: list[int] | None) -> Reach:
    settings = store.settings
    if (place / NODES).is_file():
        nodes = np.load(place / NODES)
    else:  # saved when a slot had the one node of its number
        nodes = np.arange(len(store.documents))
        nodes[unused(store.documents)] = GONE
    index = HnswIndex.load(place / GRAPH, settings.dimension, nodes, settings.threads)
    if strays is None:  # saved before they were known: `settle` looks for them
        store.tuned = None
    return Reach(store.rows, index, np.array(strays or [], np.int64))


def _documents(path: Path) -> list[Document | None]:
    with path.open(encoding="utf-8") as file:
        records = map(json.loads, file)
        return [None if record is None else Document(*record) for record in records]


class NothingSaved(FileNotFoundError):
    """Raised where the folder has no saved state."""


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
