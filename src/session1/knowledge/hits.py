"""The results of a search."""

from collections.abc import Sequence
from typing import NamedTuple

from session1.filters import Scalar
from session1.knowledge.exact_index import Nearest
from session1.knowledge.store import Document


class Hit(NamedTuple):
    """A document found; `score` is the cosine of its vector and the question's."""

    id: str
    score: float
    text: str
    metadata: dict[str, Scalar]


def hits(
    near: Nearest, documents: Sequence[Document | None], floor: float
) -> list[Hit]:
    """The documents of the slots found, down to the cosine `floor`."""
    found = []
    for slot, score in zip(near.slots.tolist(), near.scores.tolist(), strict=True):
        document = documents[slot]
        if score < floor or document is None:
            continue
        id, text, metadata = document
        score = score if score < 1.0 else 1.0  # rounding
        # past the constructor in Python, which takes as long as all the rest
        found.append(tuple.__new__(Hit, (id, score, text, metadata.copy())))
    return found
