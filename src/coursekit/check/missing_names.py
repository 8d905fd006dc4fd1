"""The cell that defines a name, among IPython's `In`, and how its run ended."""

import ast
import re
import traceback
from collections.abc import Mapping
from typing import Any

from coursekit.core.blanks import BARE, BLANK, LEFT, UNREADABLE, read_names
from coursekit.core.wording import short

FAILED: dict[int, tuple[int, str]] = {}  # run -> the line it ended at, and the error


def watch(shell: Any) -> None:
    """Have IPython note where the run of a cell ends in an error."""
    if shell is not None and _note not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _note)


def _note(result: Any) -> None:
    error = result.error_in_exec
    trace = traceback.walk_tb(error.__traceback__) if error else ()
    lines = [n for frame, n in trace if frame.f_code.co_name == "<module>"]
    if lines and result.execution_count:
        said = ": ".join(filter(None, [type(error).__name__, str(error)]))
        FAILED[result.execution_count] = lines[0], f"{said}, at your line {lines[0]}"


def why_missing(name: str, names: Mapping[str, Any]) -> str:
    """Why `name` is not defined: its cell is unreadable, has a blank or never ran."""
    if error := unread(name, names):
        return f"{name} is not defined, Python cannot read its cell: {error}"
    if error := ended(name, names):
        return f"{name} is not defined, its cell ended before that: {error}"
    _, source = _defining(name, names)
    for read, line in read_names(source):
        if read == BLANK:
            return f"{LEFT}, line {line}: {source.splitlines()[line - 1].strip()}"
    missing = f"{name} is not defined: run the cell that defines it"
    return unquoted(name, names) or missing


def unquoted(name: str, names: Mapping[str, Any]) -> str:
    """Suggest quotes where the letters for `name` lack them, else return empty."""
    bare = re.search(rf"^{name}\s*=\s*{BARE}\b", _defining(name, names)[1], re.M)
    if not bare or bare[1] in names:
        return ""
    return f'write the letters in quotes: {name} = "{bare[1]}"'


def unread(name: str, names: Mapping[str, Any]) -> str:
    """Python's error where it could not read the cell that defines `name`, else empty.

    Such a cell changed nothing: `name` still is what an older cell made it.
    """
    _, source = _defining(name, names)
    try:
        compile(source, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except UNREADABLE as error:
        said = [f"{type(error).__name__}: {error}"]
        if isinstance(error, SyntaxError) and error.lineno:
            said = [f"{type(error).__name__}: {error.msg}, at your line {error.lineno}"]
            said += [error.text] if error.text else []
        return short(": ".join(said))
    return ""


def ended(name: str, names: Mapping[str, Any]) -> str:
    """The error that ended the cell that defines `name` before it did, else empty."""
    run, source = _defining(name, names)
    line, error = FAILED.get(run, (0, ""))
    if not error or unread(name, names):
        return ""
    made = [n for n in ast.parse(source).body if _defines(name).search(ast.unparse(n))]
    return short(error) if any((n.end_lineno or 0) >= line for n in made) else ""


def _defining(name: str, names: Mapping[str, Any]) -> tuple[int, str]:
    """The last cell run that defines `name`, and its number; empty outside of IPython.

    Only at the margin: what is indented may be a function's own variable.
    """
    run = names.get("In")
    cells = list(enumerate(run)) if type(run) is list else []
    found = ((i, s) for i, s in reversed(cells) if type(s) is str)
    return next(((i, s) for i, s in found if _defines(name).search(s)), (0, ""))


def _defines(name: str) -> re.Pattern[str]:
    word = rf"(?:(?:async\s+)?def|class)\s+{name}\b|{name}\s*=(?!=)"
    return re.compile(rf"^(?:{word})", re.M)
