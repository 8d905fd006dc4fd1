"""The cell that defines a name, among IPython's `In`, the cells run so far."""

import ast
import re
from collections.abc import Mapping
from typing import Any

from coursekit.blanks import BARE, BLANK, LEFT, UNREADABLE, read_names
from coursekit.words import short


def why_missing(name: str, names: Mapping[str, Any]) -> str:
    """Why `name` is not defined: its cell is unreadable, has a blank or never ran."""
    if error := unread(name, names):
        return f"{name} is not defined, Python cannot read its cell: {error}"
    source = _defining(name, names)
    for read, line in read_names(source):
        if read == BLANK:
            return f"{LEFT}, line {line}: {source.splitlines()[line - 1].strip()}"
    missing = f"{name} is not defined: run the cell that defines it"
    return unquoted(name, names) or missing


def unquoted(name: str, names: Mapping[str, Any]) -> str:
    """What to write where the letters for `name` lack their quotes, else empty."""
    bare = re.search(rf"^{name}\s*=\s*{BARE}\b", _defining(name, names), re.M)
    if not bare or bare[1] in names:
        return ""
    return f'write the letters in quotes: {name} = "{bare[1]}"'


def unread(name: str, names: Mapping[str, Any]) -> str:
    """Python's error where it could not read the cell that defines `name`, else empty.

    Such a cell changed nothing: `name` still is what an older cell made it.
    """
    source = _defining(name, names)
    try:
        compile(source, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except UNREADABLE as error:
        said = [f"{type(error).__name__}: {error}"]
        if isinstance(error, SyntaxError) and error.lineno:
            said = [f"{type(error).__name__}: {error.msg}, at your line {error.lineno}"]
            said += [error.text] if error.text else []
        return short(": ".join(said))
    return ""


def _defining(name: str, names: Mapping[str, Any]) -> str:
    """The last cell run that defines `name`; empty outside of IPython.

    Only at the margin: what is indented may be a function's own variable.
    """
    run = names.get("In")
    sources = [s for s in run if type(s) is str] if type(run) is list else []
    word = rf"(?:(?:async\s+)?def|class)\s+{name}\b|{name}\s*=(?!=)"
    defines = re.compile(rf"^(?:{word})", re.M)
    return next((s for s in reversed(sources) if defines.search(s)), "")
