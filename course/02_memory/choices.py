"""What stays of the items that `keep` is given, by right and by mistake."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

Item = tuple[str, float, int]


def chosen(
    items: Sequence[Item],
    room: float,
    *,
    order: Callable[[Item, int], Any] = lambda item, place: (item[1], place),
    must: Callable[[Item], bool] = lambda item: item[1] == 1,
    stop: bool = False,
    full: bool = False,
) -> list[Item]:
    """The items that stay; mistakes have another `order`, or end too soon.

    With `stop` at the first that does not fit, with `full` where no room is left.
    """
    places = {i for i, item in enumerate(items) if must(item)}
    left = room - sum(items[i][2] for i in places)
    rest = [i for i in range(len(items)) if i not in places]
    for i in sorted(rest, key=lambda i: order(items[i], i), reverse=True):
        if full and left <= 0:
            break
        if items[i][2] <= left:
            places.add(i)
            left -= items[i][2]
        elif stop:
            break
    return [items[i] for i in sorted(places)]


TWINS = "of two equals the newer is in, at its place (`index` finds the older of twins)"

# a mistake's misconception, where to look, and what it chooses
CHOICES: list[tuple[str, str, Callable[[Sequence[Item], float], list[Item]]]] = [
    (
        "oldest-goes",
        "of two equals the newer goes in first: it stands later in the list",
        lambda items, room: chosen(items, room, order=lambda x, i: (x[1], -i)),
    ),
    (
        "size-decides",
        "of two equals the newer goes in first, whatever their tokens",
        lambda items, room: chosen(items, room, order=lambda x, i: (x[1], -x[2], i)),
    ),
    (
        "size-decides",
        "importance decides, not importance for each token",
        lambda items, room: chosen(
            items, room, order=lambda x, i: (x[1] / max(1, x[2]), i)
        ),
    ),
    (
        "one-case-is-enough",
        "what takes no tokens fits even where no room is left: go on to the end",
        lambda items, room: chosen(items, room, full=True),
    ),
    (
        "",
        "importance counts as it is, not rounded: 0.21 is more than 0.2",
        lambda items, room: chosen(items, room, order=lambda x, i: (round(x[1], 1), i)),
    ),
    (
        "greedy-stops",
        "one that does not fit is skipped; a later one may fit",
        lambda items, room: chosen(items, room, stop=True),
    ),
    (
        "one-case-is-enough",
        "0.0 is an importance, too: such an item stays where there is room",
        lambda items, room: chosen([x for x in items if x[1]], room),
    ),
    (
        "off-by-one",
        "what takes exactly the room that is left still fits",
        lambda items, room: chosen(items, room - 1),
    ),
    (
        "always-means-usually",
        "1.0 stays whatever the others are: set those aside before anything competes",
        lambda items, room: chosen(items, room, must=lambda x: False),
    ),
    (
        "always-means-usually",
        "an importance of 1 is 1.0 as well, and stays",
        lambda items, room: chosen(
            items, room, must=lambda x: type(x[1]) is float and x[1] == 1
        ),
    ),
    (
        "always-means-usually",
        "only 1.0 always stays: 0.9 and 0.999 compete like the others",
        lambda items, room: chosen(items, room, must=lambda x: x[1] >= 0.9),
    ),
    (
        "recency-only",
        "the newest are in: by importance, and of equals the newer first",
        lambda items, room: chosen(items, room, order=lambda x, i: i),
    ),
    (
        "wrong-end",
        "the least important are in: begin with the most important",
        lambda items, room: chosen(items, room, order=lambda x, i: (-x[1], i)),
    ),
    (
        "size-decides",
        "the shortest are in: importance decides, whatever the tokens",
        lambda items, room: chosen(items, room, order=lambda x, i: (-x[2], i)),
    ),
]


def rows(found: Any) -> Any:
    """Items as tuples, also where they are named ones; None stays None."""
    if found is None:
        return None
    return [tuple(item) if isinstance(item, tuple) else item for item in found]


def run(keep: Callable[..., Any], items: Sequence[Item], budget: int) -> Any:
    """What `keep` returns, to its end: a generator raises when it is run."""
    return rows(keep(items, budget))


def kept(found: Any, items: Sequence[Item], room: int) -> tuple[str, str]:
    """For items that were kept of `items`: the misconception, and where to look."""
    want = chosen(items, room)
    if found is None or not all(x in items for x in found):
        return "", "return the items as they are, (text, importance, tokens)"
    for belief, look, choice in CHOICES:
        if found == choice(items, room):
            if belief == "oldest-goes" and sorted(found) == sorted(want):
                return "", TWINS
            return belief, look
    if Counter(map(repr, found)) == Counter(map(repr, want)):
        look = "put the chosen back into the order of the items, also those of 1.0"
        return "score-order-is-fine", look
    if set(map(repr, found)) == set(map(repr, want)):
        if len(found) < len(want):
            return "", "two items that look alike are two items"
        look = "it takes all that look like a chosen one: remember places, not items"
        return "", look
    tokens = sum(item[2] for item in found)
    if tokens > room:
        return "", f"these take {tokens} tokens, and there is room for {room}"
    if not all(item in found for item in want if item[1] == 1):
        look = "1.0 stays whatever the others are: set those aside first"
        return "always-means-usually", look
    return "", "by importance, of equals the later in the list; skip what does not fit"
