"""Vectors of length 1, whose products are cosines; whatever has none is refused."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from session1.knowledge.exact_index import Vector

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
