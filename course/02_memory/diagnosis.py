"""Where to look: the mistake that predicts just the result that came out."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import accumulate
from typing import Any

from coursekit.core.plain_data import number
from session1.memory.entry import footprint

MB = 1024 * 1024
Held = Sequence[tuple[Any, Any]]  # messages with their scores, in order of arrival


def shown(found: Any, mistakes: Mapping[str, Any], usual: str) -> str:
    """Where to look after the mistake that leads to `found`; `usual` if none does."""
    return next((look for look, leads in mistakes.items() if leads == found), usual)


def adds(found: Any, said: Sequence[Any], other: int) -> str:
    """For totals after each add; another counter holds `other` bytes."""
    sizes = [entry.size_bytes for entry in said]
    sums = list(accumulate(sizes))
    return shown(
        found,
        {
            "the last entry alone: add it to the total so far": sizes,
            "these are letters: an entry weighs `entry.size_bytes`": _sums(
                len(entry.content) for entry in said
            ),
            "that weighs the text again: take `entry.size_bytes`": _sums(
                footprint(entry.content) for entry in said
            ),
            "that counts entries: take what each weighs, `entry.size_bytes`": list(
                range(1, len(said) + 1)
            ),
            "bytes of another counter are in it: `__init__` makes each its own": [
                other + total for total in sums
            ],
            "one `entry.size_bytes` for each add, once": _sums(sums),
            "an add makes the total more, not less": [-total for total in sums],
            "the first one counts, too": [total - sums[0] for total in sums],
            "an entry that is handed in again is added again": _sums(
                0 if any(e is entry for e in said[:i]) else entry.size_bytes
                for i, entry in enumerate(said)
            ),
        },
        "add what this entry weighs, `entry.size_bytes`, to the total so far",
    )


def drops(found: Any, said: Sequence[Any], other: int) -> str:
    """For totals after each drop, once all are added; `other` as above."""
    sizes = [entry.size_bytes for entry in said]
    whole, n = sum(sizes), len(said)

    def left(gone: Iterable[int]) -> list[int]:
        return [whole - size for size in accumulate(gone)]

    return shown(
        found,
        {
            "what leaves makes it less, not more": left(-size for size in sizes),
            "what leaves is taken off the total": [whole] * n,
            "the others are still there: take off only what leaves": [0] * n,
            "this is what left; what stays is the total so far less that": sizes,
            "take it off the total so far: `self.total - …`": [-s for s in sizes],
            "the newest left: the oldest is on the left, `popleft()`": left(
                reversed(sizes)
            ),
            "the same entry is taken off again: it has to leave `entries`": left(
                sizes[:1] * n
            ),
            "an entry of another counter left: `__init__` makes each its own": left(
                [other, *sizes[:-1]]
            ),
            "with the last one goes its weight, too: then the total is 0": [
                *left(sizes)[:-1],
                sizes[-1],
            ],
            "that is what the next in line weighs: take off the one that left": left(
                [*sizes[1:], 0]
            ),
            "that weighs the text again: take off `entry.size_bytes`": left(
                footprint(entry.content) for entry in said
            ),
            "letters are taken off: take off `entry.size_bytes`": left(
                len(entry.content) for entry in said
            ),
            "one is taken off for each: take off `entry.size_bytes`": left([1] * n),
        },
        "the total so far less `entry.size_bytes` of the one that leaves",
    )


def _sums(sizes: Iterable[int]) -> list[int]:
    return list(accumulate(sizes))


def four(letters: str) -> str:
    """For letters that are not four different ones."""
    if not letters:
        return "write letters, in quotes"
    if len(set(letters)) < len(letters):
        return "each letter once, and nothing but the letters"
    return {
        2: "these may be the two that go: write the four that stay",
        5: "70 % of six are 4.2: rounded down, four stay",
    }.get(len(letters), "in quotes, each letter once")


def survivors(letters: str, key: str) -> str:
    """For the four letters, in order, that stay by the "pair" or by the "score"."""
    pair = "sort the six rows by importance; time decides only between equals"
    score = "0.7 × importance + 0.3 × recency for each row, then the best four"
    common = {"cdef": "by time alone; or has recency the 0.7 that is importance's?"}
    if key == "pair":
        first = "these four come first in ascending order: the last four stay"
        return shown(letters, {first: "bdef", **_turned(common)}, pair)
    first = "these four have the lowest scores, or two of them: the best four stay"
    alone = "by importance, whoever is new: 0.3 × recency belongs to it as well"
    return shown(letters, {first: "bdef", alone: "abcd", **_turned(common)}, score)


def _turned(looks: Mapping[str, str]) -> dict[str, str]:
    return {look: letters for letters, look in looks.items()}


def settings(found: Any) -> str:
    """For two settings of which one is not a number from 0 to 1; empty if both are."""
    names = ("keep_fraction", "importance_weight")
    if type(found) is not dict:
        return 'a dict: `{"keep_fraction": …, "importance_weight": …}`'
    if set(found) != set(names):
        return 'two keys, "keep_fraction" and "importance_weight", and no other'
    for name in names:
        value = number(found[name])
        if value is None:
            return f"`{name}` is to be a number, without quotes"
        if not 0 <= value <= 1:
            return f"`{name}` goes from 0 to 1: 70 % is 0.7"
    return ""


def lines(code: str) -> str:
    """For the lines of a packer in the order they were put in."""

    def at(part: str) -> int:
        return code.find(part)

    fits, takes, adds_up = at("if used"), at("append("), at("used +=")
    for wrong, look in [
        (not code.startswith("def "), "start with the line that begins with `def`"),
        (at("return") < max(fits, takes, adds_up), "`return` ends it: it stands last"),
        (
            at("chosen, used") > at("for "),
            "`chosen, used` are set once, before the loop",
        ),
        (
            at("continue") >= 0 <= at("break"),
            "`continue` or `break`: one is a trap. What should a long text end?",
        ),
        (
            code.count("cost =") > 1,
            "two lines that set `cost`: one is a trap. Which knows of separators?",
        ),
        (at("cost =") > fits, "the line with `if` needs `cost`: find it before"),
        (0 <= takes < fits, "it takes a text before it asks whether that fits"),
        (
            0 <= adds_up < max(fits, at("break"), at("continue")),
            "it counts a text before it knows that it is chosen",
        ),
        (at("break") >= 0, "`break` ends the search: may a shorter text still fit?"),
        (
            re.search(r"cost = len\(text\)$", code, re.M),
            "this cost has no separator: what does a newline cost?",
        ),
        (adds_up < 0, "a line is missing: nothing adds to `used`"),
        (
            0 <= at("cost =") < at("for ") or 0 <= fits < at("for "),
            "what is done for each text stands behind `for`",
        ),
        (
            not re.search(r"if used.*\n +(continue|break)\n", code),
            "what is done where a text does not fit stands right behind the `if`",
        ),
        (code.count("\n") < 9, "two of the eleven lines are traps: nine are needed"),
    ]:
        if wrong:
            return look
    return "is what was chosen counted, and what fits exactly still taken?"


def turns(found: Sequence[Any], count: int) -> str:
    """For the turns that `score` was asked for, when `count` messages were taken."""
    if list(found) == [*range(count - 1), 0]:
        return "one that is refused changes no turn: the next goes on from there"
    asked = sorted(set(found))
    return shown(
        asked,
        {
            "`self.score(importance, turn)` is to be asked for each message": [],
            "the first message has turn 0": list(range(1, count + 1)),
            "one that is refused takes no turn": [*range(count - 1), count],
            "ask for the score of a message once, when it is added": list(
                range(count - 1)
            ),
        },
        "the turn counts all messages so far, not those that are held"
        if len(asked) < count
        else "`score(importance, turn)`: 0 for the first, then 1, 2, …",
    )


def held(
    found: Any,
    want: Any,
    before: Held,
    new: Any,
    most: int,
    weight: Callable[[Any], int],
) -> str:
    """For a memory of `most` bytes, after `new` came to what it held `before`.

    `found` and `want` are its messages and their bytes.
    """
    (texts, counted), right = found, want[0]
    if type(texts) is not list:
        return "`contents` gives a list of messages, not one text"
    came = [*(text for text, _ in before), new]
    if texts == right:
        if counted in (sum(map(of, map(str, texts))) for of in (len, _encoded)):
            return "these are letters: `bytes` is the sum of `weight(content)`"
        if len(right) < len(came):
            return "what leaves is taken off `bytes`, with its own weight"
        return "`bytes` is the sum of the `weight` of each message held"
    if _bag(texts) == _bag(right):
        if texts == _by_text(came, right):
            return "of two that look alike the other one left: find it by its turn"
        return "in order of arrival, not of score: a dict from turn to message keeps it"
    if any(text not in came for text in texts):
        stripped = [text.strip() for text in came if type(text) is str]
        if all(text in stripped for text in texts):
            return "hold each message as it was handed in"
        if [str(text) for text in right] == texts:
            return "hold what was handed in itself, not a text made of it"
        if all(type(row) in (tuple, list) for row in texts):
            return "`contents` gives the messages alone, without turn or score"
        return "messages of another memory are in it: `__init__` makes each its own"
    if not new and new not in texts:
        return "an empty message is a message, too"
    same = set(map(repr, texts)) == set(map(repr, right))
    if texts.count(new) < right.count(new) and not same:
        if texts == came[:-1]:
            return "the new message always stays: others leave for it"
        return "the new one left at once: make room before it joins the others"
    if sum(map(weight, texts)) > most:
        return "while `bytes` and the new weight are more than `max_bytes`, one leaves"
    if same and len(texts) < len(right):
        return "two messages that look alike are two: key them by turn, not by text"
    if len(right) == len(came):
        return "nothing leaves while there is room, and no two messages share a turn"
    gone = list((Counter(map(repr, came)) - Counter(map(repr, texts))).elements())
    best = sorted(before, key=lambda one: one[1], reverse=True)
    if texts == came[len(gone) :]:
        return "the oldest left: the one with the lowest score should, `self.score`"
    if _bag(gone) == _bag([repr(text) for text, _ in best[: len(gone)]]):
        return "the highest score left; a heap has the lowest in front"
    if len(texts) < len(right):
        return "no more leave than it takes for the new one to fit"
    return "the lowest scores leave until the new one fits"


def moved(found: Sequence[Any], said: Sequence[Any], want: Sequence[Any]) -> str:
    """For texts that an agent still holds of `said`, and should be those of `want`."""
    if len(set(map(str, found))) < len(found):
        return (
            "one is held twice: read `entries[0]` before `drop_oldest`, move that one"
        )
    if list(found) == list(said[-len(want) :]):
        return "it moves with its own importance, `entry.importance_score`"
    if len(found) < len(want) - 1:
        return "what leaves `latest` goes into `kept`"
    return "while the new one does not fit, the oldest goes from `latest` to `kept`"


def ties(found: Sequence[Any], want: Sequence[Any]) -> str:
    """For what is held when all scores are equal."""
    if list(found) == list(map(str, want)):
        return "hold what was handed in itself, not a text made of it"
    return "of equal scores the least turn is in front: compare `(score, turn)`"


def asked(turns: Sequence[Any]) -> str:
    """For turns that are none; empty where all are whole numbers."""
    whole = all(type(turn) is int for turn in turns)
    return (
        "" if whole else "`self.score(importance, turn)`: importance first, then turn"
    )


def figures(found: Any, want: Mapping[str, Any]) -> str:
    """For six figures of which some are wrong; empty when no mistake leads to them."""
    if type(found) is not dict or set(found) != set(want):
        return "six figures, by the names in the stub"
    name = next((name for name in want if found[name] != want[name]), "")
    got, right = found.get(name), want.get(name)
    factors = {
        "in seconds: divide by `timedelta(hours=1)`": 3600.0,
        "in minutes: divide by `timedelta(hours=1)`": 60.0,
        "a share, not percent: 100 times as much": 0.01,
        "a megabyte is `MB` bytes, 1024 * 1024": MB / 1e6,
        "in bytes: divide by `MB`": float(MB),
    }
    if isinstance(got, timedelta):
        return f"`{name}`: a number of hours, divide by `timedelta(hours=1)`"
    if number(got) is not None and right:
        for look, factor in factors.items():
            if abs(got - factor * right) <= 2e-6 * max(1.0, abs(factor * right)):
                return f"`{name}`: {look}"
        if "hours" in name and abs(got - right % 24) < 1e-5:
            return f"`{name}`: `.seconds` leaves days out, `.total_seconds()` does not"
    if name == "memory_utilization_pct":
        return f"`{name}`: all bytes held, of all of `limit_bytes`"
    of = {
        "total_memory_mb": "all bytes held, `SLOT` included, not rounded",
        "oldest_entry_age_hours": "from the oldest to `self.clock()`",
        "memory_span_hours": "from the oldest to the newest, whatever the clock shows",
    }
    return f"`{name}`: {of.get(name, 'of all that is held, in `kept` and in `latest`')}"


def _by_text(came: list[Any], right: list[Any]) -> list[Any]:
    """What is held when of those that look alike the first leaves each time."""
    stay, kept = Counter(map(repr, right)), list(came)
    for text in came:
        if not stay[repr(text)]:
            kept.remove(text)
        stay[repr(text)] -= 1
    return kept


def _bag(texts: Sequence[Any]) -> list[str]:
    return sorted(map(repr, texts))


def _encoded(text: str) -> int:
    """Bytes of a text in UTF-8: é takes two."""
    return len(text.encode())
