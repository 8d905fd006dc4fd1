"""Tables in plain text."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns under a ruled head: the first aligned left, the others right."""
    cells = [list(head), *(list(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [_line(row, widths) for row in cells]
    return "\n".join([lines[0], "─" * len(lines[0]), *lines[1:]])


def rows_of(
    labels: Mapping[str, tuple[str, str]], found: Iterable[Mapping[str, Any]]
) -> list[list[str]]:
    """A row for each key of `labels`, which has a name and a form for its figures."""
    some = list(found)
    return [
        [name, *(form.format(figures[key]) for figures in some)]
        for key, (name, form) in labels.items()
    ]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return "  ".join(
        [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    )
