"""Blanks that `coursekit new` left for the author: where each is, what belongs there.

A blank is the word FILL_IN wherever it stands, often with what to write behind it:
`FILL_IN: a nudge`. It is a name in Python and text everywhere else, so a file with
blanks can still be read.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from coursekit.author.finding import Finding
from coursekit.core.course import Course

TOKEN = "FILL_IN"
TODO = f"replace {TOKEN} and what stands behind it"
ASKED = re.compile(rf'{TOKEN}: ([^"`]+)')
TYPES = (".py", ".toml", ".md", ".ipynb")


def unfilled(course: Course, name: str) -> list[Finding]:
    """The blanks of a module, a line each, in the order of its files."""
    folder = course.source(name)
    paths = [p for p in sorted(folder.rglob("*")) if p.suffix in TYPES and p.is_file()]
    return [
        Finding(f"{path.relative_to(course.root).as_posix()}{place}", what, TODO)
        for path in paths
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        for place, what in _blanks(path)
    ]


def _blanks(path: Path) -> Iterator[tuple[str, str]]:
    """Where in a file blanks are, and what each asks for."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):  # not a blank: others report it
        return
    if TOKEN not in text:
        return
    if path.suffix != ".ipynb":
        yield from ((f":{n}", what) for n, what in _lines(text))
        return
    try:
        sources = [cell["source"] for cell in json.loads(text)["cells"]]
    except (ValueError, KeyError, TypeError):
        return
    for index, source in enumerate(sources):
        for n, what in _lines("".join(source)):
            yield f": cell {index}, line {n}", what


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for n, line in enumerate(text.splitlines(), 1):
        if TOKEN in line:
            asked = ASKED.search(line)
            yield n, asked[1].strip() if asked else line.strip()[:80]
