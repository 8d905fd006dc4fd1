"""What an answer shows, in words: where it went wrong and what to look at next."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from coursekit.core.plain_data import number

COUNTED = "counted once the vectors are right"


class Embedder:
    """Turns texts into small vectors, and notes the batches that it was given."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def __call__(self, texts: Any) -> list[list[float]]:
        given = list(texts)
        self.batches.append(given)
        return [vector(text) for text in given]

    @property
    def sent(self) -> int:
        """Texts embedded, repeats included."""
        return sum(map(len, self.batches))


def vector(text: str) -> list[float]:
    """A vector that no other text has."""
    return [float(len(text)), float(sum(i * ord(c) for i, c in enumerate(text, 1)))]


def rows(found: Any) -> Any:
    """Vectors as plain lists, whatever held them; anything else as it is."""
    try:
        return [[float(x) for x in row] for row in found]
    except (TypeError, ValueError):
        return found


def about_rows(found: Any, texts: Sequence[str], batches: Sequence[Any]) -> str:
    """Where to look when the vectors of `texts` came out wrong."""
    right = [vector(text) for text in texts]
    got = rows(found)
    if not isinstance(got, list):
        return "return a list with a vector for each text"
    if len(got) < len(right):
        if len(got) == len({*texts}):
            return "a text said twice has two places in the list: look its vector up"
        return "one vector a text: is the last batch, which is smaller, in it?"
    if len(got) > len(right):
        return "one vector a text, and no more"
    if sorted(got) == sorted(right):
        return "the order is lost: a set has none, `dict.fromkeys(texts)` keeps it"
    sent = [text for batch in batches for text in batch]
    if got == [vector(text) for text in sent]:
        return "these are the vectors in the order embedded: put each in its own place"
    return "the n-th vector is that of the n-th text"


def about_calls(batches: Sequence[Any], texts: Sequence[str], size: int) -> str:
    """Where to look when there were too many calls, or texts in them."""
    lengths = [len(batch) for batch in batches]
    if max(lengths, default=0) > size:
        return f"a call takes at most {size} texts here: cut them into batches"
    if 0 in lengths:
        return "a call without texts: where nothing is left, nothing is sent"
    sent = sum(lengths)
    if len(lengths) == sent > 1 and size > 1:
        return "each call has one text: give it a slice, `texts[start:start + size]`"
    if sent > len({*texts}):
        return "drop the repeats first, from all texts, and cut into batches then"
    return "the batches are not full: step by `size` from 0"


def readings(
    found: Sequence[Any], scores: Mapping[Any, float], k: int
) -> dict[str, float]:
    """What recall comes to by each usual misreading, by its misconception."""
    best = sorted(scores, key=lambda one: -scores[one])
    nearest, many = best[:k], min(k, len(best))
    last = scores[nearest[-1]]
    good = [one for one in found[:k] if scores.get(one, -2) >= last]
    every = {one for one in found if scores.get(one, -2) >= last}
    return {
        "repeats-count": len(good) / many,
        "found-is-all": len({*good}) / max(1, len(found[:k])),
        "k-is-there": len({*good}) / k,
        "a-tie-is-a-miss": len({*found[:k]} & {*nearest}) / many,
        "place-counts": sum(a == b for a, b in zip(found, nearest)) / many,
        "all-that-came": len(every) / many,
        "nothing-is-certain": float(nearest[0] in found[:k]),
    }


LOOKS = {
    "repeats-count": "an id that came twice was found once: make a set of them",
    "found-is-all": "divide by how many there are to find, not by how many came",
    "k-is-there": "where fewer than k documents exist, only so many can be found",
    "a-tie-is-a-miss": "who is as near as the k-th is as good: compare cosines, not ids",
    "place-counts": "the order does not matter here: is it among the k nearest?",
    "all-that-came": "only the first k of `found` count",
    "nothing-is-certain": "recall is a share of k, not whether the first was found",
}


def recall_of(found: Sequence[Any], scores: Mapping[Any, float], k: int) -> float:
    """The share of the `k` nearest that was found."""
    last = sorted(scores.values(), reverse=True)[:k][-1]
    good = {one for one in found[:k] if scores.get(one, -2) >= last}
    return len(good) / min(k, len(scores))


def about_recall(
    got: Any, found: Sequence[Any], scores: Mapping[Any, float], k: int
) -> str:
    """The misreading that gives just this figure, put into a next step."""
    figure = number(got)
    if figure is None:
        return "return a number from 0 to 1"
    shown = [
        look
        for name, look in LOOKS.items()
        if math.isclose(readings(found, scores, k)[name], figure, abs_tol=1e-9)
    ]
    if shown:
        return shown[0]
    return "count those of the first k whose cosine reaches the k-th highest"


def near(got: Any, right: float) -> bool:
    """Whether a figure is right to nine places."""
    figure = number(got)
    return figure is not None and abs(figure - right) < 1e-9


def about_cosine(cosine: Callable[[Any, Any], Any]) -> str:
    """Where to look, by what becomes of a cosine when a vector gets longer."""
    one, ten = cosine([3.0, 4.0], [3.0, 4.0]), cosine([30.0, 40.0], [3.0, 4.0])
    if near(one, 25.0):
        return "this is the dot product: divide by both lengths"
    if near(one, 5.0) or near(ten, 10.0):
        return "divide by the length of each of the two, one times the other"
    if near(one, 2.5):
        return "the two lengths are multiplied, not added"
    if near(one, 1 / 25):
        return "divide by the lengths themselves, not by their squares"
    return "the dot product, divided by `length(a) * length(b)`"


def about_similarity(got: Any, distance: float, space: str) -> str:
    """Where to look, by what a similarity came to."""
    figure = number(got)
    if figure is None:
        return "both blanks are numbers"
    for value, look in [
        (distance, "that is the distance: a similarity grows as it shrinks"),
        (distance - 1, "1 minus the distance, not the other way round"),
        (
            2 - distance,
            "1 minus half of it: two unit vectors are 2 - 2 cos apart, squared",
        ),
        (
            1 - distance**2 / 2,
            "hnswlib's l2 is squared already: do not square it again",
        ),
        (1 - distance, "half of it: |a - b|² is 2 - 2 cos"),
    ]:
        if near(figure, value) and (space == "l2" or value != 1 - distance):
            return look
    return "|a - b|² is 2 - 2 cos" if space == "l2" else "the distance is 1 - cos"
