"""Notebooks as no program would write them, from a seed."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

ODD: list[Any] = [
    None,
    True,
    -1,
    10**400,
    float("nan"),
    "",
    "\ud800",
    "\x00",
    "x" * 1000,
    [],
    {},
    [[[]]],
    {"nbgrader": None},
    {"cells": []},
    "code",
    "test_double",
]
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252")


def mutated(whole: dict[str, Any], rng: random.Random) -> bytes:
    """The notebook's bytes after one to four mutations of its tree, then of these."""
    tree = copy.deepcopy(whole)
    for _ in range(rng.randint(1, 4)):
        rng.choice(TREE)(tree, rng)
    text = json.dumps(tree, ensure_ascii=rng.random() < 0.7)
    data = text.encode(rng.choice(ENCODINGS), "replace")
    return rng.choice(BYTES)(data, rng) if rng.random() < 0.3 else data


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Every container with one of its keys."""
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node))
        for key in keys:
            found.append((node, key))
            if isinstance(node[key], dict | list):
                waiting.append(node[key])
    return found


def _replace(tree: Any, rng: random.Random) -> None:
    if places := _places(tree):
        node, key = rng.choice(places)
        node[key] = copy.deepcopy(rng.choice(ODD))


def _delete(tree: Any, rng: random.Random) -> None:
    if places := _places(tree):
        node, key = rng.choice(places)
        del node[key]


def _cells(tree: Any) -> list[Any]:
    cells = tree.get("cells")
    return cells if isinstance(cells, list) else []


def _double(tree: Any, rng: random.Random) -> None:
    if cells := _cells(tree):
        cells.insert(rng.randrange(len(cells)), copy.deepcopy(rng.choice(cells)))


def _shuffle(tree: Any, rng: random.Random) -> None:
    rng.shuffle(_cells(tree))


def _retype(tree: Any, rng: random.Random) -> None:
    if cells := _cells(tree):
        cell = rng.choice(cells)
        if isinstance(cell, dict):
            cell["cell_type"] = rng.choice(["code", "markdown", "raw", "heading", 7])


def _age(tree: Any, rng: random.Random) -> None:
    """As notebooks were before 2015."""
    if isinstance(cells := tree.pop("cells", None), list):
        for cell in cells:
            if isinstance(cell, dict) and "source" in cell:
                cell["input"] = cell.pop("source")
        tree.update(worksheets=[{"cells": cells}], nbformat=rng.choice([2, 3]))


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _flip(data: bytes, rng: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(rng.randint(1, 8) if made else 0):
        made[rng.randrange(len(made))] = rng.randrange(256)
    return bytes(made)


def _nest(data: bytes, rng: random.Random) -> bytes:
    depth = rng.choice([10, 1000, 100_000])
    return b'{"deep": ' + b"[" * depth + b"]" * depth + b"," + data[1:]


def _lines(data: bytes, rng: random.Random) -> bytes:
    return data.replace(b", ", b",\r")


TREE: list[Callable[[Any, random.Random], None]] = [
    _replace,
    _replace,
    _delete,
    _delete,
    _double,
    _shuffle,
    _retype,
    _age,
]
BYTES: list[Callable[[bytes, random.Random], bytes]] = [_cut, _flip, _nest, _lines]
