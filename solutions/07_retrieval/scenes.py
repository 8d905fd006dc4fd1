"""What a learner's `Notes` goes through: each scene gives what came and what should."""

import random
from collections.abc import Callable
from typing import Any

from shelf import Shelf
from told import vector

Scene = Callable[[Any], tuple[Any, Any]]
THREE = [("a", "tea"), ("b", "coffee and milk"), ("c", "a long walk by the sea")]


def filled(kind: Any, notes: Any = THREE, capacity: int = 100) -> tuple[Any, Shelf]:
    """Notes that were put, and their shelf."""
    shelf = Shelf(capacity)
    made = kind(vector, shelf)
    for id, text in notes:
        made.put(id, text)
    return made, shelf


def found(made: Any, text: str, k: int) -> Any:
    """What a search gives, or the name of the error it ends in."""
    try:
        return list(made.search(text, k))
    except (RuntimeError, LookupError) as error:
        return type(error).__name__


def gone(kind: Any) -> tuple[Any, Any]:
    """A note is deleted."""
    made, _ = filled(kind)
    made.delete("b")
    twice = "nothing"
    try:
        made.delete("b")
    except Exception as error:
        twice = type(error).__name__
    rest = found(made, "coffee and milk", 2)
    return [rest, sorted(made.texts), twice], [["a", "c"], ["a", "c"], "KeyError"]


def said_twice(kind: Any) -> tuple[Any, Any]:
    """Two notes say the same and one of them is deleted."""
    made, shelf = filled(kind, [*THREE, ("d", "coffee and milk")])
    both = found(made, "coffee and milk", 2)
    made.delete("b")
    left = found(made, "coffee and milk", 1)
    got = [sorted(both) if isinstance(both, list) else both, left, shelf.live()]
    return got, [["b", "d"], ["d"], 3]


def moved(kind: Any) -> tuple[Any, Any]:
    """A note is replaced, twice, and another by the same text."""
    made, shelf = filled(kind)
    made.put("a", "a far longer text than all of the others are, about tea")
    made.put("a", "coffee and mill")
    got = [found(made, "tea", 1), found(made, "coffee and mill", 2), made.texts["a"]]
    made.put("c", THREE[2][1])
    every = found(made, "tea", 3)
    got += [sorted(every) if isinstance(every, list) else every, shelf.live()]
    return got, [["b"], ["a", "b"], "coffee and mill", ["a", "b", "c"], 3]


def pushed(kind: Any) -> tuple[Any, Any]:
    """One is deleted, then one is put."""
    made, _ = filled(kind)
    made.delete("a")
    made.put("d", "d is new and has a text of its own, of some length")
    made.delete("b")
    made.put("e", "e")
    got = [found(made, text, 1) for text in ("a long walk by the sea", "e")]
    every = found(made, "tea", 3)
    got.append(sorted(every) if isinstance(every, list) else every)
    return got, [["c"], ["e"], ["c", "d", "e"]]


def fewer(kind: Any) -> tuple[Any, Any]:
    """More are wanted than there are."""
    made, _ = filled(kind)
    empty, _ = filled(kind, [])
    got = [found(made, text, 10) for text in ("tea", "a long walk by the sea")]
    got.append(found(empty, "tea", 2))
    for id in "abc":
        made.delete(id)
    return [*got, found(made, "tea", 1)], [["a", "b", "c"], ["c", "b", "a"], [], []]


def refused(kind: Any) -> tuple[Any, Any]:
    """The shelf is full."""
    made, shelf = filled(kind, capacity=3)
    ended = "nothing"
    try:
        made.put("d", "one more")
    except Exception as error:
        ended = type(error).__name__
    got = [ended, sorted(made.texts), found(made, "one more", 3), shelf.live()]
    right = ["RuntimeError", ["a", "b", "c"], ["a", "b", "c"], 3]
    if got == right:
        ended = _deleted(made, "d")
        if ended != "no error":  # that a delete says so is a promise of its own
            got.append(f"then delete('d'): {ended}")
            right.append("then delete('d'): KeyError")
    return got, right


def _deleted(made: Any, id: Any) -> str:
    """The name of the error in which a delete ends, or nothing."""
    try:
        made.delete(id)
    except Exception as error:
        return type(error).__name__
    return "no error"


def replaced_when_full(kind: Any) -> tuple[Any, Any]:
    """The shelf is full and a note is replaced: by a new label, or in its own."""
    made, shelf = filled(kind, capacity=3)
    try:
        made.put("c", "tea!")
        now = "tea!"
    except RuntimeError:
        now = "a long walk by the sea"
    got: list[Any] = [made.texts.get("c"), found(made, now, 1), shelf.live()]
    right: list[Any] = [now, ["c"], 3]
    if got == right:
        got.append(f"then delete('c'): {_deleted(made, 'c')}")
        right.append("then delete('c'): no error")
    return got, right


def in_step(kind: Any, seed: int = 1, changes: int = 40) -> tuple[Any, Any]:
    """Many changes, and after each a look at both."""
    rng, shelf = random.Random(seed), Shelf(1000)
    made, notes = kind(vector, shelf), dict[Any, str]()
    for turn in range(changes):
        id = rng.choice([0, 1, 2, "1", "two"])
        if id in notes and rng.random() < 0.4:
            made.delete(id)
            del notes[id]
        else:
            none = turn % 6 == 0 and "" not in notes.values()
            notes[id] = "" if none else f"{'x' * rng.randrange(30)}{turn}"
            made.put(id, notes[id])
        after = f"after change {turn + 1}"
        for text in notes.values():
            right = [one for one, other in notes.items() if other == text]
            if (got := found(made, text, 1)) != right:
                return (
                    f"{after} {text!r} finds {got}",
                    f"{after} {text!r} finds {right}",
                )
        if shelf.live() != len(notes):
            return f"{after} {shelf.live()} live labels", f"{after} {len(notes)}"
        if (texts := dict(made.texts)) != notes:
            return [after, texts], [after, notes]
    return "in step", "in step"


CASES: list[tuple[str, str, Scene]] = [
    (
        "a deleted note is found no more",
        "delete in both: `mark_deleted(label)`; an id that is gone is a KeyError, and "
        "`search` gives ids",
        gone,
    ),
    (
        "two notes that say the same",
        "two ids may have the same text: keep the labels by id",
        said_twice,
    ),
    (
        "a replaced note is found by its new text only",
        "the old label has to be marked, or used for the new vector",
        moved,
    ),
    (
        "a new note pushes no other out",
        "the number of notes falls with a delete: count labels up and never down",
        pushed,
    ),
    (
        "no more than there are",
        "ask the shelf for `min(k, len(self.texts))`, and for nothing where that is 0",
        fewer,
    ),
    (
        "a shelf that refuses changes nothing",
        "add to the shelf first and let its error through: nothing has changed yet",
        refused,
    ),
    (
        "a note replaced on a full shelf",
        "add the new vector before you give up the old one",
        replaced_when_full,
    ),
    (
        "forty changes: both in step",
        "every change is made in the texts, the labels and the shelf, an empty text's "
        "too; no two ids share a label",
        in_step,
    ),
]
