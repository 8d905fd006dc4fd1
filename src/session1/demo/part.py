"""The input and output of a part of the demo."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from session1.llm import LLMClient
from session1.progress import bar

T = TypeVar("T")
R = TypeVar("R")
YOURS = "yours"


@dataclass(frozen=True, slots=True)
class Mine:
    """A learner's builds: makers by part, and notes on the rest.

    `tell` puts an error of the learner's code into words.
    """

    makers: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    tell: Callable[[Exception], str] = str


@dataclass(frozen=True, slots=True)
class Context:
    """How to run: the model, how to wait for it, how much, where to and how loudly."""

    llm: LLMClient
    wait: Callable[[Awaitable[Any]], Any]
    quick: bool
    out: Path
    show_progress: bool
    mine: Mine = field(default_factory=Mine)
    note: Callable[[str], None] = print

    def progress(self, items: Iterable[T], total: int, label: str) -> Iterable[T]:
        """`items` with a bar on a terminal while they are worked through."""
        return bar(items, desc=label, total=total, show=self.show_progress)

    def with_yours(self, part: str, known: Mapping[str, T]) -> dict[str, T]:
        """The makers of a part: ours last, and before it the learner's if there is."""
        made = dict(known)
        if part in self.mine.makers:
            last = made.popitem()
            made |= {YOURS: self.mine.makers[part], last[0]: last[1]}
        return made

    def each(
        self, label: str, makers: dict[str, T], work: Callable[[T], R]
    ) -> dict[str, R]:
        """`work` on every maker; the learner's leaves `makers` if it fails."""
        done: dict[str, R] = {}
        for name in self.progress(list(makers), len(makers), label):
            try:
                done[name] = work(makers[name])
            except Exception as e:
                if name != YOURS:
                    raise
                self.note(f"yours stopped at “{label}”: {self.mine.tell(e)}")
                del makers[name]
        return done


@dataclass(frozen=True, slots=True)
class Section:
    """One result: its name and data for JSON, its text for people, and if it is well.

    `failures` says what did not hold, in a sentence each.
    """

    name: str
    data: Any
    text: str
    failures: tuple[str, ...] = ()


def broken(promises: Mapping[str, bool]) -> tuple[str, ...]:
    """The sentences whose promise was not kept."""
    return tuple(sentence for sentence, failed in promises.items() if failed)


class Part(Protocol):
    """A module of the demo; it yields each section as soon as it is known."""

    TITLE: str

    def run(self, context: Context) -> Iterator[Section]: ...
