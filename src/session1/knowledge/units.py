"""Vectors of length 1, whose products are cosines; whatever has none is refused."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from session1.knowledge.exact_index import Vector


def unit(vector: ArrayLike, dimension: int) -> Vector:
    """One vector, brought to length 1: to the last bit as `units` would.

    Among near copies a walk goes another way for a difference in the last bit.
    """
    given = np.array(vector, np.float64)
    if given.shape == (dimension,):
        largest = float(np.abs(given).max())
        if 0 < largest < math.inf:  # else it is wrong
            given /= largest
            return _shortened(given[None])[0]
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
    wrong = np.flatnonzero(~np.isfinite(given).all(axis=1))
    if len(wrong):
        raise ValueError(f"vector {wrong[0]} holds NaN or infinity: mend or leave it")
    # by the largest number first: its square might be too large, or too small
    largest = np.abs(given).max(axis=1, keepdims=True, initial=0)
    zero = np.flatnonzero(largest == 0)
    if len(zero):
        raise ValueError(f"vector {zero[0]} is all zeros: it points nowhere")
    given /= largest
    return _shortened(given)


def _shortened(rows: NDArray[np.float64]) -> Vector:
    rows /= np.sqrt(np.vecdot(rows, rows))[:, None]
    return rows.astype(np.float32)
