"""Count the work a piece of code does: reads, comparisons, calls, growth, bytes."""

import functools
import gc
import inspect
import math
import operator
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any


class Counts:
    """Counted work: reads, comparisons, calls.

    Whoever looks at a count has `told` set until `reset`: a judge refuses what learner
    code reads or compares later, or work put off until then would cost nothing.
    """

    __slots__ = ("_calls", "_comparisons", "_names", "told")

    def __init__(self) -> None:
        self._names = Counter[str]()
        self.reset()

    def read(self, name: str, times: int = 1) -> None:
        """Count `times` reads of `name`."""
        self._names[name] += times

    def compare(self) -> None:
        """Count a comparison."""
        self._comparisons += 1

    def call(self) -> None:
        """Count a call."""
        self._calls += 1

    def reset(self) -> None:
        """Start again from nothing."""
        self._comparisons = self._calls = 0
        self._names.clear()
        self.told = False

    @property
    def names(self) -> Counter[str]:
        """Reads of each attribute."""
        self.told = True
        return self._names

    @property
    def reads(self) -> int:
        """Reads of all attributes and items."""
        return self.names.total()

    @property
    def comparisons(self) -> int:
        """Comparisons made."""
        self.told = True
        return self._comparisons

    @property
    def calls(self) -> int:
        """Calls made."""
        self.told = True
        return self._calls


def _counting(kind: type) -> type:
    """A subclass of `kind` that counts its comparisons; arithmetic gives plain values.

    Real subclasses, so that counted values still format, hash, slice and serialize.
    """

    def compare(name: str) -> Callable[[Any, Any], Any]:
        plain = getattr(kind, name)

        def method(self: Any, other: Any) -> Any:
            self.counts.compare()
            return plain(self, other)

        return method

    names = ("__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__")
    body: dict[str, Any] = {name: compare(name) for name in names}
    body["__hash__"] = kind.__hash__
    return type(f"Counted{kind.__name__.title()}", (kind,), body)


_COUNTED = {kind: _counting(kind) for kind in (int, float, str)}
_PLAIN = {counted: kind for kind, counted in _COUNTED.items()}


def Counted(value: Any, counts: Counts) -> Any:
    """`value` (int, float or str) that counts every comparison it takes part in."""
    if type(value) not in _COUNTED:
        raise TypeError(f"can count int, float and str, not {type(value).__name__}")
    made = _COUNTED[type(value)](value)
    made.counts = counts
    return made


def bare(value: Any) -> Any:
    """A counted value as the plain one it wraps, anything else unchanged."""
    kind = _PLAIN.get(type(value))
    if kind is str:
        return str.__str__(value)
    if kind is not None:
        return getattr(kind, f"__{kind.__name__}__")(value)
    return value


class Mark:
    """Something that sorts: compares with its like, counting; it has no other use."""

    __slots__ = ("_counts", "_value")

    def __init__(self, value: Any, counts: Counts | None = None) -> None:
        self._value, self._counts = value, counts or Counts()

    def _with(self, other: Any, compare: Callable[[Any, Any], Any]) -> Any:
        if type(other) is not Mark:
            return NotImplemented
        self._counts.compare()
        return compare(self._value, other._value)

    def __lt__(self, other: Any) -> Any:
        return self._with(other, operator.lt)

    def __le__(self, other: Any) -> Any:
        return self._with(other, operator.le)

    def __gt__(self, other: Any) -> Any:
        return self._with(other, operator.gt)

    def __ge__(self, other: Any) -> Any:
        return self._with(other, operator.ge)

    def __eq__(self, other: object) -> Any:
        return self._with(other, operator.eq)

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "<something that sorts>"


def is_counted(value: Any) -> bool:
    """Whether comparisons of `value` are counted."""
    return type(value) is Mark or type(value) in _PLAIN


def counts_of(value: Any) -> Counts:
    """Where the work with a counted value or entry is counted."""
    counts: Counts = value.counts if type(value) in _PLAIN else value._counts
    return counts


class CountedEntry:
    """Stands in for an object and counts the reads of each of its attributes.

    Attributes named in `compared` also count the comparisons they take part in.
    """

    __slots__ = ("_compared", "_counts", "_entry")

    def __init__(
        self, entry: Any, counts: Counts, compared: Iterable[str] = ()
    ) -> None:
        self._entry, self._counts = entry, counts
        self._compared = frozenset(compared)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._entry, name)
        if name.startswith("__"):
            return value
        self._counts.read(name)
        return Counted(value, self._counts) if name in self._compared else value

    def __repr__(self) -> str:
        return repr(self._entry)


def counted_entries(
    entries: Iterable[Any], counts: Counts, compared: Iterable[str] = ()
) -> "CountedList":
    """A counted list of counted entries: item reads are counted as "item"."""
    names = frozenset(compared)
    return CountedList([CountedEntry(e, counts, names) for e in entries], counts)


class CountedList(list[Any]):
    """A list that counts the items read from it, one each (a copy reads them all)."""

    def __init__(self, items: Iterable[Any], counts: Counts) -> None:
        super().__init__(items)
        self.counts = counts

    def _read(self, times: int) -> None:
        self.counts.read("item", times)

    def __iter__(self) -> Iterator[Any]:
        for item in super().__iter__():
            self._read(1)
            yield item

    def __reversed__(self) -> Iterator[Any]:
        for item in super().__reversed__():
            self._read(1)
            yield item

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        self._read(len(found) if isinstance(index, slice) else 1)
        return found

    def __contains__(self, value: object) -> bool:
        return any(item is value or item == value for item in self)

    def __add__(self, other: Any) -> Any:
        self._read(len(self))
        return super().__add__(other)

    def copy(self) -> list[Any]:
        """A plain list of the items; reads them all."""
        return list(self)

    def sort(self, **how: Any) -> None:
        """Sort in place; reads them all once, comparisons count themselves."""
        self._read(len(self))
        super().sort(**how)

    def pop(self, *index: Any) -> Any:
        """Remove and return an item; one read."""
        self._read(1)
        return super().pop(*index)

    def index(self, *args: Any) -> int:
        """Find the position of a value, reading up to it."""
        found = super().index(*args)
        self._read(found + 1)
        return found

    def count(self, value: Any) -> int:
        """Count how often a value occurs, reading all items."""
        self._read(len(self))
        return super().count(value)


def calls(fn: Callable[..., Any], counts: Counts) -> Callable[..., Any]:
    """`fn` (plain or async), counting its calls in `counts.calls`."""
    if inspect.iscoroutinefunction(fn):

        @functools.wraps(fn)
        async def counted_async(*args: Any, **kwargs: Any) -> Any:
            counts.call()
            return await fn(*args, **kwargs)

        return counted_async

    @functools.wraps(fn)
    def counted(*args: Any, **kwargs: Any) -> Any:
        counts.call()
        return fn(*args, **kwargs)

    return counted


def slope(sizes: Sequence[float], counts: Sequence[float]) -> float:
    """Growth exponent: slope of log count over log size (0 counts as 1 at most)."""
    if len(sizes) != len(counts) or len(set(sizes)) < 2 or min(sizes) <= 0:
        raise ValueError("growth needs at least two different sizes above 0")
    x = [math.log(size) for size in sizes]
    floor = min([1.0, *(count for count in counts if count > 0)])
    y = [math.log(max(count, floor)) for count in counts]
    mean_x, mean_y = math.fsum(x) / len(x), math.fsum(y) / len(y)
    top = math.fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return top / math.fsum((a - mean_x) ** 2 for a in x)


def growth(work: Callable[[int], float], sizes: Sequence[int]) -> float:
    """How `work(n)`, a count, grows with n: 1.0 is linear, 2.0 quadratic."""
    return slope(sizes, [work(n) for n in sizes])


def peak_bytes(fn: Callable[[], Any]) -> int:
    """Most bytes held at once by what `fn()` allocates, by tracemalloc."""
    running = tracemalloc.is_tracing()
    gc.collect()
    if not running:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        fn()
        return max(0, tracemalloc.get_traced_memory()[1] - before)
    finally:
        if not running:
            tracemalloc.stop()
