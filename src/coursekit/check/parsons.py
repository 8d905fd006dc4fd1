"""Parsons exercises: lines of code to be put in order."""

import linecache
import textwrap
from collections.abc import Sequence

from coursekit.check.error_messages import ASSEMBLED
from coursekit.check.learner_names import filled
from coursekit.core import render
from coursekit.core.module import LETTERS, Exercise, find
from coursekit.core.one_line import one_line


@one_line
def parsons(exercise: str) -> None:
    """Show the lines of an exercise, shuffled and lettered."""
    found = find().exercise(exercise)
    width = max(map(len, found.lettered), default=0)
    lines = [f"{a}  {line:<{width}}".rstrip() for a, line in _lettered(found)]
    order = 'Write the letters of the lines you need, in order: order = "…"'
    shown = render.inline(order.replace('order = "…"', '`order = "…"`'))
    # indentation is kept: it is half of the answer's meaning
    cells = "".join(
        f"<tr><td><b>{a}</b></td><td style='text-align:left'>"
        f"<pre style='margin:0;background:none'>{render.escape(line)}</pre></td></tr>"
        for a, line in _lettered(found)
    )
    body = f"<table>{cells}</table>{shown}"
    render.show("\n".join([*lines, "", order]), render.boxed(found.title, body))


def assemble(exercise: str, order: str | Sequence[str]) -> str:
    """The source text that the letters of `order` spell; spaces and case are free.

    A list of letters will do. ValueError for one that is not there or is used twice.
    """
    filled(order, "order")
    spelled = "".join(map(str, order)) if isinstance(order, list | tuple) else order
    if not isinstance(spelled, str):
        raise ValueError(f'write the order as text, "CADB", not {type(order).__name__}')
    lines = dict(_lettered(find().exercise(exercise)))
    letters = [letter for letter in spelled.upper() if letter.isalnum()]
    for letter in letters:
        if letter not in lines:
            raise ValueError(f"there is no line {letter}; there are {', '.join(lines)}")
        if letters.count(letter) > 1:
            raise ValueError(f"line {letter} is used {letters.count(letter)} times")
    source = textwrap.dedent("\n".join(lines[letter] for letter in letters)) + "\n"
    # so that errors in it can show their line
    linecache.cache[ASSEMBLED] = len(source), None, source.splitlines(True), ASSEMBLED
    return source


def _lettered(exercise: Exercise) -> list[tuple[str, str]]:
    return list(zip(LETTERS, exercise.lettered, strict=False))
