"""What a part of the demo is given and what it hands back."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tqdm import tqdm

from session1.llm import LLMClient

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """How to run: the model, how to wait for it, how much, where to and how loudly."""

    llm: LLMClient
    wait: Callable[[Awaitable[Any]], Any]
    quick: bool
    out: Path
    show_progress: bool

    def progress(self, items: Iterable[T], total: int, label: str) -> Iterable[T]:
        """`items` with a bar on stderr while they are worked through."""
        return tqdm(items, label, total, leave=False, disable=not self.show_progress)


@dataclass(frozen=True, slots=True)
class Section:
    """One result: its name and data for JSON, its text for people, and if it is well.

    `failures` says what did not hold, in a sentence each.
    """

    name: str
    data: Any
    text: str
    failures: tuple[str, ...] = ()


class Part(Protocol):
    """A module of the demo; it yields each section as soon as it is known."""

    TITLE: str

    def run(self, context: Context) -> Iterator[Section]: ...
