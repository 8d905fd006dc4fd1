"""Memory line by line, by memory-profiler: for small functions and few loops.

It asks the system for the process's memory at every line, which slows code 300 to
1,700 times, and it is no longer maintained. The system knows pages, not objects: what
is allocated into memory that was freed before shows as nothing. `peak_allocations` is
exact and much faster; this shows a function's lines in order.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any

import psutil
from memory_profiler import CodeMap, LineProfiler

from session1.monitoring.recorder import recorded
from session1.table import table

MIB = 2**20
Found = tuple[float, float, int] | None  # MiB added, MiB in use, runs
NOTE = "slows code 300 to 1,700 times; counts pages of the process, not objects"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the function: bytes in use after it, added by it, and its runs.

    The bytes are None for a line that did not run.
    """

    number: int
    source: str
    bytes: int | None
    added: int | None
    runs: int


@dataclass(frozen=True, slots=True)
class LineMemory:
    """All lines of one function, in order."""

    function: str
    lines: tuple[Line, ...]
    note: str = NOTE

    def text(self) -> str:
        """The lines with their figures in MiB."""
        rows = [
            [
                f"{line.number:>4}  {line.source}",
                _mib(line.bytes),
                _mib(line.added),
                f"{line.runs:,}" if line.runs else "",
            ]
            for line in self.lines
        ]
        return f"{table([self.function, 'in use', 'added', 'runs'], rows)}\n{self.note}"

    def __str__(self) -> str:
        return self.text()


def profile_lines(func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Call `func` and return its result and its `LineMemory`.

    Works for functions of modules, scripts and notebook cells; ValueError for one
    whose source is not known. Generators are read to their end; for an async function
    `await` what this returns.
    """
    return recorded(_Lines(func), func, args, kwargs)


class _Lines(LineProfiler):
    def __init__(self, func: Callable[..., Any]) -> None:
        super().__init__(backend="psutil")
        self._function = inspect.unwrap(func)
        self.code_map = _Code(include_children=False, backend="psutil")
        self.code_map.add(_code(self._function))

    def __enter__(self) -> "_Lines":
        # memory-profiler counts all there was before as added by the first line
        self._before = psutil.Process().memory_info().rss
        super().__enter__()
        return self

    @property
    def result(self) -> LineMemory:
        """The lines as data."""
        (_, measured), *_ = self.code_map.items()
        known = dict(measured)
        source, first = inspect.getsourcelines(self._function)
        return LineMemory(
            self._function.__qualname__,
            tuple(
                self._line(number, text.rstrip("\n"), known.get(number), first)
                for number, text in enumerate(source, first)
            ),
        )

    def _line(
        self,
        number: int,
        source: str,
        found: tuple[float, float, int] | None,
        first: int,
    ) -> Line:
        if found is None:
            return Line(number, source, None, None, 0)
        added, used, runs = found
        before = self._before if number == first else 0
        return Line(
            number, source, round(used * MIB), round(added * MIB) - before, runs
        )


class _Code(CodeMap):
    """The code to follow; unlike its parent it finds cells, which have no file."""

    def add(self, code: CodeType, toplevel_code: CodeType | None = None) -> None:
        if code in self:
            return
        if toplevel_code is None:
            source, first = inspect.getsourcelines(code)
            numbers = range(first, first + len(source))
            self._toplevel.append((code.co_filename, code, numbers))
        self[code] = self[toplevel_code] if toplevel_code else {}
        for inner in filter(inspect.iscode, code.co_consts):
            self.add(inner, toplevel_code or code)


def _code(func: Callable[..., Any]) -> CodeType:
    """The function's code; an error that says what to do if its lines are not known."""
    code = getattr(func, "__code__", None)
    if code is None:
        raise TypeError(f"{func!r} is not a Python function: no lines to measure")
    try:
        inspect.getsourcelines(code)
    except OSError as e:
        raise ValueError(
            f"the source of {func.__qualname__} is not known: define it in a file or "
            "a notebook cell"
        ) from e
    return code


def _mib(count: int | None) -> str:
    return "" if count is None else f"{count / MIB:,.1f} MiB"
