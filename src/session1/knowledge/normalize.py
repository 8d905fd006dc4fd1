"""Check vectors, which are brought to length 1, and documents."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from session1.filters import Scalar, scalar
from session1.knowledge.exact_index import Vector
from session1.knowledge.store import Document

SHORT, LONG = 1e-100, 1e100  # lengths whose squares are still numbers


def unit(vector: ArrayLike, dimension: int) -> Vector:
    """One vector, brought to length 1: to the last bit as `units` would.

    Among near copies a walk goes another way for a difference in the last bit.
    """
    given = np.array(vector, np.float64)
    if given.shape == (dimension,):
        length = math.sqrt(np.vdot(given, given))  # vdot never warns
        if SHORT < length < LONG:
            given /= length
            return given.astype(np.float32)
    elif given.shape != (1, dimension):
        raise ValueError(f"a query has {dimension} dimensions here, not {given.shape}")
    row: Vector = units(given.reshape(1, -1), dimension)[0]
    return row


def units(vectors: ArrayLike, dimension: int) -> Vector:
    """Vectors one a row, brought to length 1; a new array."""
    try:
        given = np.array(vectors, np.float64)
    except (TypeError, ValueError) as e:
        raise ValueError(f"vectors are rows of {dimension} numbers ({e})") from e
    if given.size == 0:
        given = given.reshape(0, dimension)
    if given.ndim != 2 or given.shape[1] != dimension:
        raise ValueError(
            f"vectors of shape {given.shape} do not fit: this base holds rows of "
            f"{dimension} dimensions"
        )
    lengths = _lengths(given)
    odd = np.flatnonzero(~((lengths > SHORT) & (lengths < LONG)))
    if len(odd):
        # by the largest number first: its square may be too large, or too small
        given[odd] /= _largest(given, odd)
        lengths[odd] = _lengths(given[odd])
    given /= lengths[:, None]
    return given.astype(np.float32)


def _lengths(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(over="ignore", invalid="ignore"):
        lengths: NDArray[np.float64] = np.sqrt(np.vecdot(rows, rows))
    return lengths


def _largest(rows: NDArray[np.float64], odd: NDArray[np.int64]) -> NDArray[np.float64]:
    """The largest number of each of the rows `odd`; ValueError where there is none."""
    largest: NDArray[np.float64] = np.abs(rows[odd]).max(axis=1, keepdims=True)
    wrong = np.flatnonzero(~np.isfinite(largest))
    if len(wrong):
        raise ValueError(
            f"vector {odd[wrong[0]]} holds NaN or infinity: mend or leave it"
        )
    zero = np.flatnonzero(largest == 0)
    if len(zero):
        raise ValueError(f"vector {odd[zero[0]]} is all zeros: it points nowhere")
    return largest


Metadata = Mapping[str, Scalar]


def checked_documents(
    ids: Sequence[str], texts: Sequence[str], metadata: Sequence[Metadata] | None
) -> list[Document]:
    """The documents, whose ids are distinct; the metadata are copied."""
    distinct(ids)
    strings("texts", texts)
    given: Sequence[Metadata] = [{}] * len(ids) if metadata is None else metadata
    if not len(ids) == len(texts) == len(given):
        raise ValueError(
            f"{len(ids)} ids, {len(texts)} texts and {len(given)} metadata: "
            "give as many of each"
        )
    return [
        Document(id, text, _checked(id, one))
        for id, text, one in zip(ids, texts, given, strict=True)
    ]


def distinct(ids: Sequence[str]) -> Sequence[str]:
    """`ids` if they are strings and none is there twice."""
    seen: set[str] = set()
    for one in strings("ids", ids):
        if one in seen:
            raise ValueError(f"{one!r} is given twice: each document needs its own id")
        seen.add(one)
    return ids


def strings(name: str, values: Sequence[str]) -> Sequence[str]:
    """`values` if they are strings, and not one string alone."""
    if (
        isinstance(values, str)
        or not isinstance(values, Iterable)
        or not all(isinstance(one, str) for one in values)
    ):
        raise TypeError(f"{name} is a list of str, got {repr(values)[:80]}")
    return values


def _checked(id: str, metadata: Metadata) -> dict[str, Scalar]:
    if not isinstance(metadata, Mapping):
        raise TypeError(f"the metadata of {id!r} are a dict, not {metadata!r}")
    for name in metadata:
        if not isinstance(name, str) or name.startswith("$"):
            raise ValueError(f"{id!r}: {name!r} cannot be asked for in a filter")
    return {name: scalar(value, f"{id!r}: {name}") for name, value in metadata.items()}
