"""Which documents have a text."""

from collections.abc import Iterator


class Texts:
    """Slots by text; that a text is there twice is rare, and takes more room."""

    def __init__(self) -> None:
        self._one: dict[str, int] = {}
        self._more: dict[str, set[int]] = {}

    def add(self, text: str, slot: int) -> None:
        """Note that the document in `slot` has this text."""
        if self._one.setdefault(text, slot) != slot:
            self._more.setdefault(text, set()).add(slot)

    def discard(self, text: str, slot: int) -> None:
        """Forget a document whose text was noted."""
        more = self._more.get(text, set())
        if self._one[text] != slot:
            more.remove(slot)
        elif more:
            self._one[text] = more.pop()
        else:
            del self._one[text]
        if not more:
            self._more.pop(text, None)

    def slots(self, text: str) -> Iterator[int]:
        """Yield the slots of all documents with just this text."""
        if text in self._one:
            yield self._one[text]
            yield from self._more.get(text, ())
