"""Pack remembered messages into the text a model is shown, within a budget."""

from collections.abc import Iterable, Iterator

SEPARATOR = "\n"
GAP = len(SEPARATOR)
# After this many messages in a row that do not fit a nearly full context, stop looking.
PATIENCE = 32
NEARLY_FULL = 0.9


def pack(ranked: Iterable[tuple[int, str]], total: int, budget: int) -> str:
    """The best of `total` messages in at most `budget` characters, in arrival order.

    `ranked` gives (position, text), best first. A message that does not fit is skipped,
    not a reason to stop. If any is left out the first line says how many, unless that
    line would cost the last message.
    """
    picked, left = choose(ranked, budget)
    if len(picked) == total:
        return SEPARATOR.join(_in_order(picked))
    if not picked:
        note = notice(total, total)
        return note if len(note) <= budget else ""
    shown = list(picked)
    while shown:
        note = notice(total - len(shown), total)
        if len(note) + GAP <= left:
            return SEPARATOR.join([note, *_in_order(shown)])
        left += len(shown.pop()[1]) + GAP
    return SEPARATOR.join(_in_order(picked))


def choose(
    ranked: Iterable[tuple[int, str]], budget: int
) -> tuple[list[tuple[int, str]], int]:
    """The messages that fit, best first, and the room left for a line and its gap."""
    picked: list[tuple[int, str]] = []
    left = budget + GAP  # the first message has no gap before it
    enough = budget * (1 - NEARLY_FULL)
    misses = 0
    for pair in ranked:
        cost = len(pair[1]) + GAP
        if cost <= left:
            picked.append(pair)
            left -= cost
            misses = 0
        elif left <= enough:
            misses += 1
            if misses == PATIENCE:
                break
    return picked, left


def notice(left_out: int, total: int) -> str:
    """The line that tells the model that it does not see everything."""
    return f"[{left_out} of {total} messages left out]"


def _in_order(pairs: list[tuple[int, str]]) -> Iterator[str]:
    return (text for _, text in sorted(pairs))
