"""One remembered message, what makes it valid, and the bytes it really takes."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from session1.limits import number


@dataclass(frozen=True, slots=True)
class MemoryEntry:
    """A remembered message: when it came, how much it matters (0 to 1), its bytes."""

    content: str
    timestamp: datetime
    importance_score: float
    size_bytes: int

    def __post_init__(self) -> None:
        check(self.content, self.importance_score)
        object.__setattr__(self, "timestamp", aware(self.timestamp))


def check(content: str, importance: float) -> None:
    """Raise TypeError or ValueError unless both can be remembered."""
    if not isinstance(content, str):
        raise TypeError(f"content must be a str, got {type(content).__name__}")
    if not content:
        raise ValueError("content is empty: there is nothing to remember, so skip it")
    if type(importance) is not float:  # asked first: nearly all are
        number("importance", importance)
    if not 0.0 <= importance <= 1.0:  # false for NaN too
        raise ValueError(
            f"importance must be between 0 and 1, got {importance}: scale it first"
        )


def aware(when: datetime) -> datetime:
    """`when` with a time zone; a naive datetime is taken to be UTC."""
    if not isinstance(when, datetime):
        raise TypeError(f"timestamp must be a datetime, got {type(when).__name__}")
    if when.tzinfo is UTC:  # asked first: nearly all are, and `utcoffset` leaves a
        return when  # string of 58 bytes in Python's cache of methods
    return when.replace(tzinfo=UTC) if when.utcoffset() is None else when


# Beside its text an entry holds one row of six fields, a slot in the ordered list,
# two floats (score, importance), two ints (position, size) and a datetime.
_ROW = sys.getsizeof((None,) * 6) + 8
_FIELDS = 2 * sys.getsizeof(0.5) + 2 * sys.getsizeof(1) + sys.getsizeof(datetime.min)
OVERHEAD = _ROW + _FIELDS


def footprint(content: str) -> int:
    """Bytes that remembering `content` takes: the string and everything around it."""
    return sys.getsizeof(content) + OVERHEAD
