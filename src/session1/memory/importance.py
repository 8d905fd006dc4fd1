"""Guess from its wording alone how much a chat message matters.

An honest heuristic, not a model: it looks for what people expect to be remembered
(facts about themselves, likes, plans, names, numbers) and for filler. It knows English
only and can be fooled; whoever knows better passes an importance of their own.
"""

import re

_BASE = 3  # tenths: an ordinary remark
_FILLER = 1

# What to look for, and the tenths that each adds once.
_SIGNS: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern, flags), tenths)
    for pattern, flags, tenths in (
        (r"\b(my name is|call me|i live|i work|i study|i(['’]| a)?m from)\b", re.I, 3),
        (r"\bmy \w+|\bi(['’]?m| am| was|['’]?ve| have)\b", re.I, 1),
        (r"\b(love|hate|prefer|enjoy|favou?rite|allergic|can['’]?t stand)\b", re.I, 2),
        (r"\b(remember|don['’]?t forget|must|promise|deadline|important)\b", re.I, 3),
        (r"\b(tomorrow|tonight|next \w+day|next (week|month|year))\b", re.I, 1),
        (r"\d", 0, 1),
        (r"(?<=[a-z,] )[A-Z][a-z]+", 0, 1),  # a name: a capital inside a sentence
        (r"\?", 0, 1),
    )
)
_FILLER_WORDS = frozenset(
    re.findall(
        r"\w+",
        """ah aha alright bye cool good great haha hahaha hello hey hi hm hmm i lol nice
        no nope oh ok okay really right same see sure thank thanks too true well wow
        yea yeah yep yes you""",
    )
)
_WORD = re.compile(r"\w+")


def score(text: str) -> float:
    """Importance of `text`, 0.1 (filler) to 1.0, in steps of 0.1."""
    words = _WORD.findall(text.lower())
    if all(word in _FILLER_WORDS for word in words):
        return _FILLER / 10
    found = sum(tenths for pattern, tenths in _SIGNS if pattern.search(text))
    return min(_BASE + found, 10) / 10
