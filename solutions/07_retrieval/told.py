"""What an answer shows, in words: where it went wrong and what to look at next."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from coursekit.core.plain_data import number

COUNTED = "counted once the vectors are right"
CHANGED = "make a list of your own: whoever called needs the vector as it was"
FAILED = "let the error of `embed` through: whoever called decides about a second try"


class Embedder:
    """Turns texts into small vectors, and notes the batches that it was given.

    Its call number `fails` raises ConnectionError.
    """

    def __init__(self, fails: int = 0) -> None:
        self.batches: list[list[str]] = []
        self._fails = fails

    def __call__(self, texts: Any) -> list[list[float]]:
        given = list(texts)
        self.batches.append(given)
        if len(self.batches) == self._fails:
            raise ConnectionError("the model is gone for a moment")
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
    known = {*texts}
    if any(text not in known for batch in batches for text in batch):
        return "other texts were embedded: `Ok` and `ok` are two, and so is `ok `"
    if sorted(map(str, got)) == sorted(map(str, right)):
        return "the order is lost: a set has none, `dict.fromkeys(texts)` keeps it"
    if any(row not in right for row in got):
        return "every text has its vector, an empty one too: is each batch whole?"
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
    if sent < len({*texts}):
        return "each call starts afresh: keep no vectors from an earlier one"
    if sent > len({*texts}):
        return "drop the repeats first, from all texts, and cut into batches then"
    return "the batches are not full: step by `size` from 0"


def readings(
    found: Sequence[Any], scores: Mapping[Any, float], k: int
) -> dict[str, tuple[float, ...]]:
    """What recall comes to by each usual misreading, by its misconception."""
    best = sorted(scores, key=lambda one: -scores[one])
    nearest, many, came = best[:k], min(k, len(best)), found[:k]
    last = scores[nearest[-1]]
    good = [one for one in came if scores.get(one, -2) >= last]
    once = [*dict.fromkeys(found)][:k]
    there = [one for one in found if one in scores][:k]
    every = {one for one in found if scores.get(one, -2) >= last}
    placed = sum(a == b for a, b in zip(found, nearest, strict=False))
    distinct = sorted({*scores.values()})[-k:][0]
    truthy = {one for one in good if scores[one]}
    return {
        "zero-is-gone": (len(truthy) / many,),
        "repeats-count": (len(good) / many,),
        "found-is-all": tuple(
            len({*good}) / max(1, n) for n in (len(came), len({*came}), len(found))
        ),
        "k-is-there": (len({*good}) / k,),
        "a-tie-is-a-miss": (len({*came} & {*nearest}) / many,),
        "place-counts": (placed / many,),
        "repeats-first": (_reaching(once, scores, last) / many,),
        "gone-first": (_reaching(there, scores, last) / many,),
        "all-that-came": (len(every) / many,),
        "the-last-is-first": (len({*came} & {*best[-many:]}) / many,),
        "equal-is-one": (_reaching(came, scores, distinct) / many,),
        "one-too-far": (_reaching(came, scores, scores[best[: k + 1][-1]]) / many,),
        "percent-is-a-share": (100 * len({*good}) / many,),
        "zero-id-is-gone": (len({one for one in good if one}) / many,),
        "gone-are-there": (len({*good}) / min(k, len({*scores, *found})),),
        "whole-shares": (len({*good}) // many,),
    }


def _reaching(came: Sequence[Any], scores: Mapping[Any, float], least: float) -> int:
    return len({one for one in came if scores.get(one, -2) >= least})


LOOKS = {
    "zero-is-gone": "a cosine of 0 is false to `if`: ask whether the id is in `scores`",
    "repeats-count": "an id that came twice was found once: make a set of them",
    "found-is-all": "divide by how many there are to find, not by how many came",
    "k-is-there": "where fewer than k documents exist, only so many can be found",
    "a-tie-is-a-miss": "as near as the k-th is as good: compare cosines, not ids",
    "place-counts": "the order does not matter here: is it among the k nearest?",
    "repeats-first": "cut first: an id that came twice took up two of the k places",
    "gone-first": "cut first: an id that is gone took up one of the k places",
    "all-that-came": "only the first k of `found` count",
    "the-last-is-first": "a high cosine is near: sort from the highest down",
    "equal-is-one": "the k-th of all cosines, equal ones counted each",
    "one-too-far": "the k-th is at index k - 1",
    "percent-is-a-share": "a share from 0 to 1, not percent",
    "zero-id-is-gone": "an id of 0 is false to `if`: ask whether it is in `scores`",
    "gone-are-there": "an id that is gone is not a document: count those in `scores`",
    "whole-shares": "none counted? `/` makes a share of it, and `//` cuts that off",
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
        if any(near(got, value) for value in readings(found, scores, k)[name])
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
    back = cosine([3.0, 4.0], [-3.0, -4.0])
    if near(one, 25.0) and near(ten, 25.0):
        return "`/` and `*` go from left to right: put both lengths into brackets"
    if near(one, 1.0) and near(ten, 1.0) and near(back, 1.0):
        return "the opposite way is -1: keep the sign"
    if near(one, 25.0):
        return "this is the dot product: divide by both lengths"
    if near(one, 5.0) or near(ten, 10.0):
        return "divide by the length of each of the two, one times the other"
    if near(one, 2.5):
        return "the two lengths are multiplied, not added"
    if near(one, 1.0) and near(cosine([1.0, 2.0, 2.0], [2.0, 1.0, 2.0]), 0.89):
        return "8/9 is not 0.89: round nothing"
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


class Asked:
    """A distance that notes how often it was asked of each node."""

    def __init__(self, distance: Callable[[Any], float]) -> None:
        self._distance = distance
        self.nodes: list[Any] = []

    def __call__(self, node: Any) -> float:
        self.nodes.append(node)
        return self._distance(node)

    @property
    def most(self) -> int:
        """How often the node was asked that was asked most."""
        return max(map(self.nodes.count, self.nodes), default=0)


def walked(found: Any) -> Any:
    """What a walk returned as plain pairs, rounded; anything else as it is."""
    if isinstance(found, Iterator):
        return found  # a generator is not a list
    try:
        pairs = [(number(away), node) for away, node in found]
        return [[round(away, 6), node] for away, node in pairs if away is not None]
    except (TypeError, ValueError):
        return found


def settled(found: Any) -> Any:
    """Pairs that come nearest first, with those that are equally far put by id."""
    try:
        far = [away for away, _ in found]
        if far != sorted(far):
            return found
        return sorted(found, key=lambda pair: (pair[0], str(pair[1])))
    except (TypeError, ValueError):
        return found


def about_walk(got: Any, want: list[Any], ef: int, whole: bool = True) -> str:
    """Where to look when a walk found something else; `whole` are links left alone."""
    if not whole:
        return "the next walk needs the links as well: take nothing out of them"
    if not isinstance(got, list) or not all(isinstance(one, list) for one in got):
        return "return *best*: a list of pairs (distance, node)"
    if len(got) > ef:
        return "*best* lets its farthest go when it has more than `ef`"
    if got != want and sorted(got) == want:
        return "nearest first: keep *best* in order, or sort it at the end"
    if _wider(got, want):
        return (
            "the walk gets less far: `ef` in *best*, the nearest of *todo* next, and "
            "no node that it does not meet"
        )
    turned = zip(got, want, strict=False)
    if all(near(far, right) and node == one for (node, far), (right, one) in turned):
        return "the distance comes first in each pair, then the node"
    if len(got) < len(want):
        return "while *best* has room, every node that is met joins both lists"
    if len({node for _, node in got}) < len(got):
        return "a node is in *best* twice: note in a set which were met"
    return (
        "go on to the nearest of *todo*, and end only when it is farther than the "
        "farthest of a full *best*"
    )


def _wider(got: list[Any], want: list[Any]) -> bool:
    """Whether a walk found more than its beam allows, and all of it as near."""
    pairs = list(zip(got, want, strict=False))
    return len(got) == len(want) and all(a[0] <= b[0] for a, b in pairs)


def sign(answer: str) -> str:
    """Tells whether an answer is right, but not what is right."""
    return hashlib.sha256(("07" + answer).encode()).hexdigest()[:6]


def about_path(letters: str) -> str:
    """Where a way down the layers leaves the rule."""
    if len({*letters}) < len(letters):
        return "each letter once: going down a layer is not a step"
    if not letters.startswith("ai"):
        return "layer 2 is walked first: from `a` to `i`, as the text says"
    if letters[:3] != "aim":
        return (
            "on layer 1 compare the neighbours of `i`, which are `e` (6.6 away) and "
            "`m` (1.4), with `i` (2.6)"
        )
    if len(letters) == 3:
        return "and on the ground: is a neighbour of `m` nearer than 1.4?"
    return "on the ground, from `m`: go on only while a neighbour is nearer"


def about_compared(name: str, answer: Any, path: str = "aiml") -> str:
    """Which nodes were forgotten, or counted twice."""
    figure = number(answer)
    if figure is None:
        return "write the number without quotes"
    if name == "compared" and path != "aiml":
        return "first the way: it says at which nodes neighbours are compared"
    if name == "flat":
        if figure == 12:
            return "at `l` its other neighbour is compared, too, before the walk ends"
        if figure == 16:
            return "the walk ends where all neighbours are farther: it sees no more"
        return "from `a` each step compares one new node; count up to the end"
    if figure == 4:
        return "these are the nodes it stood at; at each it compared the neighbours"
    if figure in (8, 9, 10):
        return "a node met on a layer above is known: count each letter once"
    if figure in (5, 6):
        return "at the end, too, both neighbours are compared: that is how it ends"
    return "write down each letter that is compared, and count the different ones"


LIMITS = {"m": (2, 64), "ef_construction": (10, 400), "ef": (10, 400)}


def about_settings(settings: Any) -> str:
    """What is wrong with the form of settings, or nothing."""
    if not isinstance(settings, dict) or set(settings) != set(LIMITS):
        return f"a dict with the keys {', '.join(LIMITS)}"
    for name, (low, high) in LIMITS.items():
        value = settings[name]
        figure = number(value)
        if value is ...:
            return f"put a number in place of the dots of {name!r}"
        if figure is None or figure != int(figure) or not low <= figure <= high:
            return f"{name!r} is a whole number from {low} to {high}"
    return ""


def about_tuning(found: Any, settings: Mapping[str, Any]) -> str:
    """Which way to turn."""
    if found.recall < 0.95:
        return "more recall: a wider beam (`ef`), or better links (`ef_construction`)"
    if settings["ef"] > 30 and settings["m"] >= 8:
        return "there is recall to spare: narrow the beam, step by step"
    if settings["m"] > 24:
        return "many links make many comparisons at each step: fewer, with a wider beam"
    return "few links need a wide beam: try `m` between 8 and 16 in the lab"


def about_filtered(got: Any, want: list[Any], documents: Any, passing: Any) -> str:
    """Where to look when a filtered search found something else."""
    if isinstance(got, str):
        return "take nothing out of `passing`: whoever called needs it"
    if not isinstance(got, list) or not all(isinstance(one, list) for one in got):
        return "return a list of pairs (distance, id)"
    if any(one[1] not in passing for one in got):
        return "one of these does not pass: `if pair[1] in passing`"
    if any(one[0] != round(documents.away[one[1]], 6) for one in got):
        return "the distance is that of another search: keep none from call to call"
    if len(got) > len(want):
        return "at most k"
    level = [len({far for far, _ in pairs}) < len(pairs) for pairs in (got, want)]
    if level == [False, True]:
        return "two may be equally far: both are wanted, and a key holds only one"
    if 0 in [one for _, one in want] and 0 not in [one for _, one in got]:
        return "0 is an id, and a distance of 0 the nearest: both are false to `if`"
    if len(got) < len(want) and documents.walks:
        return "the walk came back with too few that pass: scan what passes instead"
    if len(got) < len(want):
        return "all that pass, up to k"
    if sorted(got) == want:
        return "nearest first: sort the pairs"
    return "of all that pass the nearest: a scan compares each of them"


def about_way(documents: Any, passing: Any) -> str:
    """Where to look when a way costs too much."""
    if not passing:
        return "where nothing passes there is nothing to compare"
    if documents.walks and documents.compared > len(passing):
        if len(passing) < 700:
            return "few pass: comparing each of them is cheaper than a walk"
        return "the walk keeps more than it needs: about 1.5 * k * n / len(passing)"
    if documents.compared > len(passing):
        return "each document once: keep its pair, and sort the pairs"
    return "many pass: a walk that keeps a few more than k is cheaper than the scan"


def about_cache(settings: Any, known: Any) -> str:
    """What is wrong with the form of a cache's settings, or nothing."""
    if not isinstance(settings, dict) or set(settings) != {"threshold", "guards"}:
        return "a dict with the keys threshold and guards"
    threshold, names = number(settings["threshold"]), settings["guards"]
    if settings["threshold"] is ... or names is ...:
        return "put your settings in place of the dots"
    if threshold is None or not 0 <= threshold <= 1:
        return "the threshold is a number from 0 to 1"
    if not isinstance(names, (list, tuple, set, frozenset)):
        return "guards is a list of names"
    odd = [name for name in names if not isinstance(name, str) or name not in known]
    return f"{odd[0]!r} is not a guard: copy the names from the table" if odd else ""


def about_served(found: Any, threshold: float, names: Any) -> str:
    """Which guard to add or to leave out."""
    chosen = set(names)
    if found.wrong:
        if not chosen & {"same words", "same words but a slip"}:
            return "most of them differ in a word that matters: a guard for the words"
        if "word order" not in chosen:
            return "dog bites man, man bites dog: the same words in another order"
        return "what is left is a statement beside a question: a guard for that"
    if "same words" in chosen:
        return "typing errors are the most of what is missed: let one slip pass"
    if threshold > 0.7:
        return "the guards decide: a lower threshold proposes more"
    return "a guard that stops nothing wrong may stop something right"
