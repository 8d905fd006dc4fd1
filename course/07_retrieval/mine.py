"""Your notes on hnswlib, for `python demo_runner.py --mine`."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from session1.demo.knowledge_changes import Make, Notes

PART = "knowledge"
AGENT = "stale"


def build(names: Mapping[str, Any], own: SimpleNamespace) -> Make:
    """A maker of `Notes` out of the learner's parts: they embed the texts, too."""
    import chat  # next to this file, which is on the path only here
    from shelf import HnswShelf

    def make(texts: Sequence[str]) -> Notes:
        rows = own.embed_all(list(texts), chat.embed, 256)
        vectors = dict(zip(texts, rows, strict=True))
        made: Notes = names["Notes"](vectors.__getitem__, HnswShelf(ef=100))
        return made

    return make
