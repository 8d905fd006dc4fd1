"""Messages that change and go: what a learner's notes find then, beside ours."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from session1.demo.part import Context, Section
from session1.knowledge import KnowledgeBase
from session1.table import table

K = 10


class Notes(Protocol):
    """Texts by id, found by what they say now."""

    def put(self, id: str, text: str) -> None: ...
    def delete(self, id: str) -> None: ...
    def search(self, text: str, k: int) -> Sequence[str]: ...


Make = Callable[[Sequence[str]], Notes]


class Ours:
    """A knowledge base as notes."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._base = KnowledgeBase()
        self._vectors = dict(zip(texts, self._base.embed_batch(texts), strict=True))

    def put(self, id: str, text: str) -> None:
        """Add a note, or replace it."""
        change = self._base.update if id in self._base else self._base.add
        change([id], [text], vectors=[self._vectors[text]])

    def delete(self, id: str) -> None:
        """Forget a note."""
        self._base.delete([id])

    def search(self, text: str, k: int) -> list[str]:
        """The ids of the `k` nearest."""
        return [hit.id for hit in self._base.search(self._vectors[text], k)]


def section(
    context: Context,
    part: str,
    base: KnowledgeBase,
    held: Sequence[dict[str, Any]],
    asked: Sequence[str],
) -> Section:
    """Recall before; what is found of the deleted, and at their old texts, after."""
    texts = [one["text"] for one in held]
    makers: dict[str, Make] = context.with_yours(part, {"ours": Ours})
    found = context.each(
        "notes that change", makers, lambda make: run(make, texts, asked, base)
    )
    names = ("recall", "deleted but found", "found by its old text", "a search")
    rows = [
        [name, f"{a:.3f}", str(b), str(c), f"{1e6 * d:,.0f} µs"]
        for name, (a, b, c, d) in found.items()
    ]
    data = {
        name: dict(zip(("recall", "deleted", "old", "seconds"), of, strict=True))
        for name, of in found.items()
    }
    head = [f"{len(texts):,} notes", *names]
    return Section("yours", data, table(head, rows))


def run(
    make: Make, texts: Sequence[str], asked: Sequence[str], base: KnowledgeBase
) -> tuple[float, int, int, float]:
    """Put all, search, delete every tenth, replace every other tenth, search again."""
    notes = make([*texts, *asked])
    for number, text in enumerate(texts):
        notes.put(str(number), text)
    good = 0
    began = time.thread_time()
    answers = [[*notes.search(question, K)] for question in asked]
    seconds = (time.thread_time() - began) / len(asked)
    for question, ids in zip(asked, answers, strict=True):
        near = base.rows.search(base.vector(question), K).slots.tolist()
        good += len({*map(str, near)} & {*ids})
    gone = [*range(0, len(texts), 10)]
    moved = [*range(5, len(texts), 10)]
    for number in gone:
        notes.delete(str(number))
    for number in moved:
        notes.put(str(number), asked[number % len(asked)])
    deleted = sum(str(n) in [*notes.search(texts[n], K)] for n in gone)
    old = sum([*notes.search(texts[n], 1)] == [str(n)] for n in moved)
    return good / K / len(asked), deleted, old, seconds
