"""How far a long piece of work is, for whoever watches a terminal."""

import sys
from collections.abc import Iterable
from typing import Any, TypeVar

from tqdm import tqdm

T = TypeVar("T")


def bar(
    items: Iterable[T] | None = None, *, show: bool = True, **options: Any
) -> "tqdm[T]":
    """A bar of tqdm's on stderr, gone at its end; none where that is not a terminal.

    In a log, the carriage returns that redraw it would pile up.
    """
    shown = show and _is_terminal(sys.stderr)
    return tqdm(items, file=sys.stderr, leave=False, disable=not shown, **options)


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # there is no such stream, or it is closed
        return False
