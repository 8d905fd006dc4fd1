"""The latest errors, as text, and how many there were of each kind."""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from reprlib import Repr
from typing import Any

from session1.limits import positive_int
from session1.monitoring.bounded_map import Capped
from session1.monitoring.counter import Counter

TEXT = 1000  # characters kept of an error, and of each value of its context
FIELDS = 20  # of a context
KINDS = 100

_brief = Repr()
_brief.maxstring = _brief.maxother = TEXT


class ErrorLog:
    """The latest `limit` errors with their contexts; older ones are only counted.

    Errors are kept as text: an exception would hold every frame it passed through.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.time) -> None:
        self._recent: deque[dict[str, Any]] = deque(
            maxlen=positive_int("max_errors", limit)
        )
        self._clock = clock
        self._lock = threading.RLock()
        self._count = Counter()
        self._kinds: Capped[str, Counter] = Capped(
            KINDS, lambda kind: Counter(), lambda kind: "other"
        )

    def add(
        self, error: BaseException | str, context: Mapping[str, Any] | None = None
    ) -> None:
        """Keep an error with what was going on; TypeError if it is neither."""
        if not isinstance(error, (BaseException, str)):
            raise TypeError(
                f"an error is an exception or a str, not {type(error).__name__}"
            )
        kind = "message" if isinstance(error, str) else type(error).__name__
        fields = list((context or {}).items())[:FIELDS]
        entry = {
            "at": self._clock(),
            "kind": kind,
            "error": _said(error)[:TEXT],
            "context": {_plain(name): _plain(value) for name, value in fields},
        }
        self._count.add()
        self._kinds.get(kind).add()
        with self._lock:
            self._recent.append(entry)

    def figures(self) -> dict[str, Any]:
        """`count`, `by_kind` and the `recent` ones, oldest first."""
        with self._lock:
            recent = [dict(entry) for entry in self._recent]
        return {"count": self._count.value, "by_kind": self.by_kind(), "recent": recent}

    def by_kind(self) -> dict[str, float]:
        """How many there were of each kind."""
        return {kind: counter.value for kind, counter in self._kinds.items()}


def _said(error: BaseException | str) -> str:
    """The error's own words, or its form where it has none or cannot tell."""
    try:
        return str(error) or repr(error)
    except Exception:
        return f"{type(error).__name__}, which cannot be shown"


def _plain(value: Any) -> Any:
    """Numbers and None as they are, text cut, anything else as a brief form."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return value[:TEXT] if isinstance(value, str) else _brief.repr(value)
