"""Classical item statistics of a class: how hard, how telling, how consistent.

Source: Moodle's quiz statistics and Crocker & Algina, "Introduction to Classical and
Modern Test Theory", 1986.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEW = 30  # learners below which every figure here is a weak hint
TAIL = 0.27  # share of the class that counts as upper, and as lower
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Item:
    """One exercise or question, by the points that a class got for it.

    `facility` is the mean share of its points, `item_rest` the correlation with the
    points of all other items, `upper_lower` how much more the upper 27 % by those
    others got than the lower 27 %, as a share. None where nothing varies.
    """

    facility: float
    item_rest: float | None
    upper_lower: float | None


def items(points: Points, worth: Points) -> list[Item]:
    """Statistics of each column; `points` is learners by items, `worth` by items."""
    _check(points, worth)
    total = points.sum(axis=1)
    return [
        Item(
            facility=float(column.mean() / most) if most else 0.0,
            item_rest=correlation(column, total - column),
            upper_lower=_upper_lower(column, total - column, float(most)),
        )
        for column, most in zip(points.T, worth, strict=True)
    ]


def alpha(points: Points) -> float | None:
    """Cronbach's alpha, how far the items measure one thing; None below two of them.

    None, too, where all learners have the same total.
    """
    learners, count = points.shape
    if count < 2 or learners < 2 or _flat(points.sum(axis=1)):
        return None
    shared = points.var(axis=0, ddof=1).sum() / points.sum(axis=1).var(ddof=1)
    return float(count / (count - 1) * (1 - shared))


def correlation(a: Points, b: Points) -> float | None:
    """Pearson's, None where one of the two does not vary or there are fewer than 3."""
    if len(a) < 3 or _flat(a) or _flat(b):
        return None
    return float(np.clip(np.corrcoef(a, b)[0, 1], -1, 1))


def _upper_lower(column: Points, rest: Points, most: float) -> float | None:
    """Who ties with the last of a group counts as a part, so that no order decides."""
    size = TAIL * len(rest)
    if size < 1 or not most or _flat(rest):
        return None
    upper, lower = _top(column, rest, size), _top(column, -rest, size)
    return float((upper - lower) / most)


def _top(column: Points, rest: Points, size: float) -> Any:
    """The mean of `column` over the `size` learners who are highest by `rest`."""
    edge = np.sort(rest)[::-1][int(np.ceil(size)) - 1]
    above, on = rest > edge, rest == edge
    weight = above + on * (size - above.sum()) / on.sum()
    return (column * weight).sum() / size


def _flat(values: Points) -> bool:
    return bool(np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())))


def _check(points: Points, worth: Points) -> None:
    if points.ndim != 2 or points.shape[1] != len(worth) or not len(points):
        raise ValueError(
            f"points of shape {points.shape} do not fit {len(worth)} items: one row a "
            "learner, at least one, and one column an item"
        )
    if not np.isfinite(points).all():
        raise ValueError("points must be finite numbers")
