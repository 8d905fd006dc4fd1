"""A store as files: documents, vectors and graph."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from session1.knowledge import atomic_folder
from session1.knowledge.atomic_folder import Damaged
from session1.knowledge.hnsw_index import GONE, HnswIndex
from session1.knowledge.reach import Reach
from session1.knowledge.store import Document, Settings, Store, unused

VERSION = 1
DOCUMENTS, VECTORS, GRAPH = "documents.jsonl", "vectors.npy", "graph.bin"
NODES = "nodes.npy"  # the slot of each node of the graph


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

    atomic_folder.write(folder, fill)


def load(folder: Path, rebuild: bool = False) -> Store:
    """Read what `save` wrote; with `rebuild` a damaged graph is made anew."""
    with atomic_folder.reading(folder) as (place, manifest):
        if manifest["version"] != VERSION:
            raise Damaged(
                place,
                f"has version {manifest['version']}; this code reads {VERSION}",
                "Load it with the code that saved it.",
            )
        for name in (DOCUMENTS, VECTORS):
            if not atomic_folder.intact(place / name, manifest):
                advice = "Restore the folder from a copy, or add the documents anew."
                raise Damaged(place / name, "is damaged or missing", advice)
        store = Store(Settings(**manifest["settings"]))
        tuned = manifest["tuned"] and dict(manifest["tuned"])
        store.restore(_documents(place / DOCUMENTS), np.load(place / VECTORS), tuned)
        store.changes = manifest.get("changes", 0)
        if GRAPH in manifest["files"]:
            parts = [name for name in (GRAPH, NODES) if name in manifest["files"]]
            if all(atomic_folder.intact(place / name, manifest) for name in parts):
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
