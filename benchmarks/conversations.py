"""Real chat messages as input: the same ones, in the same order, on every machine."""

from functools import cache
from itertools import cycle, islice

from session1.data import conversations
from session1.memory.importance import score


@cache
def messages(n: int) -> tuple[tuple[str, float], ...]:
    """The first `n` messages of chitchat-dataset and the importance of each.

    The data set holds about 258,000 messages; beyond that it starts over.
    """
    texts = (turn.text for talk in cycle(conversations()) for turn in talk.turns)
    return tuple((text, score(text)) for text in islice(texts, n))
