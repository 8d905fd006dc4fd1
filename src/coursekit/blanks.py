"""Blanks that learners fill in, `____`, and answers that still hold one."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

BLANK = "____"
# IPython keeps its last results in these: a blank of theirs would have a value
SHORTER = ("_", "__", "___")
# letters without their quotes: capitals for lines, small ones for rows of a table
BARE = "([A-Z]+|[a-f]+)"
LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)  # run when called
LEFT = f"there is still a blank ({BLANK}) in your answer"


def is_blank(error: BaseException) -> bool:
    """Whether a blank that was left raised `error`."""
    return isinstance(error, NameError) and error.name == BLANK


def read_names(source: str, at_once: bool = False) -> Iterator[tuple[str, int]]:
    """Each name that `source` reads, and its line; nothing where it does not parse.

    `at_once`: only those that are read when it runs, not when its functions do.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id, node.lineno
        if not (at_once and isinstance(node, LATER)):
            todo.extend(ast.iter_child_nodes(node))


def why_missing(name: str, names: Mapping[str, Any]) -> str:
    """Why `name` is not defined: a blank in the cell that defines it, or not run.

    `names` holds IPython's `In`, the cells run so far, where there is one.
    """
    source = _defining(name, names)
    for read, line in read_names(source):
        if read == BLANK:
            return f"{LEFT}, line {line}: {source.splitlines()[line - 1].strip()}"
    missing = f"{name} is not defined: run the cell that defines it"
    return unquoted(name, names) or missing


def unquoted(name: str, names: Mapping[str, Any]) -> str:
    """What to write where the letters for `name` lack their quotes, else empty."""
    line = re.search(rf"^{name}\s*=\s*{BARE}\b", _defining(name, names), re.M)
    if not line or line[1] in names:
        return ""
    return f'write the letters in quotes: {name} = "{line[1]}"'


def _defining(name: str, names: Mapping[str, Any]) -> str:
    """The last cell run that defines `name`."""
    run = names.get("In")
    sources = [s for s in run if type(s) is str] if type(run) is list else []
    defines = re.compile(rf"^\s*(?:(?:def|class)\s+{name}\b|{name}\s*=(?!=))", re.M)
    return next((s for s in reversed(sources) if defines.search(s)), "")
