"""The interface that each end of the channel offers to the files beside it."""

import itertools
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from coursekit.core.answers_file import Record
from coursekit.judge.codec import Tampered, TooMuch
from coursekit.judge.exports import Exports
from coursekit.judge.framing import Gone
from coursekit.judge.mirrored import Handed


class Channel(Protocol):
    """The judge's end, as handles on the learner's objects and the loop use it."""

    handed: Handed
    given: Exports
    broken: Gone | Tampered | None
    numbers: "itertools.count[int]"
    owed: float

    def request(self, op: str, *rest: Any, quick: bool = False) -> list[Any]:
        """Return what the learner's side answers; its exceptions are raised here."""

    def ask(self, op: str, *rest: Any) -> Any:
        """A request whose answer is one value."""

    def call(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the learner's object."""

    def drop(self, number: int, seen: int) -> None:
        """Note that a handle is no longer used."""

    def pack(self, value: Any) -> Any:
        """A value for the learner's side."""

    def answer(self, value: Any) -> Any:
        """A value for the learner's side that learner code awaits."""

    def unpack(self, tree: Any) -> Any:
        """A value from the learner's side."""

    def told(self, error: BaseException | None, depth: int = 8) -> list[Any] | None:
        """An error for the learner's side."""

    def error(self, told: Any) -> BaseException:
        """An error from the learner's side."""

    def tampered(self, why: str) -> Tampered:
        """Mark the channel as broken; returns what to raise."""

    def too_much(self, why: str) -> TooMuch:
        """Mark it as broken: the exercise failed, and `why` says how."""


class LearnerChannel(Protocol):
    """The learner's end, as its loop, its operations and the judge's proxies use it."""

    names: Mapping[str, Any]
    record: Record
    now: float
    here: threading.local
    refs: dict[int, tuple[Any, int]]
    walked: dict[int, Iterator[Any]]
    handed: Handed
    numbered: "itertools.count[int]"

    def ask(self, request: list[Any]) -> Any:
        """Ask the judge; its exceptions are raised here."""

    def counted(self, frame: bytes) -> Any:
        """Ask for what the judge counts."""

    def pack(self, value: Any) -> Any:
        """A value for the judge."""

    def unpack(self, tree: Any) -> Any:
        """A value from the judge."""

    def pack_call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        """The arguments of a call for the judge."""

    def tell(self, error: BaseException) -> list[Any]:
        """An error for the judge."""

    def error(self, told: list[Any]) -> BaseException:
        """An error that the judge reported."""
