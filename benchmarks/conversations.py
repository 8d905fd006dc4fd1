"""Real chat messages as input: the same ones, in the same order, on every machine."""

from functools import cache
from itertools import cycle, islice

from chitchat_dataset import MessageDataset

from session1.memory.importance import score


@cache
def messages(n: int) -> tuple[tuple[str, float], ...]:
    """The first `n` messages of chitchat-dataset and the importance of each.

    The data set holds about 258,000 messages; beyond that it starts over.
    """
    texts = (text for text in cycle(MessageDataset()) if text.strip())
    return tuple((text, score(text)) for text in islice(texts, n))
