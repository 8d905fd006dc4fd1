"""The names that a cell defines."""

import ast
import re
import warnings
from collections.abc import Iterator

MOST = 200_000  # characters of a cell that are looked at
MAGIC = re.compile(r"^[%!].*$", re.M)
BY_LINE = re.compile(
    r"^(?:(?:async +)?def|class) +(\w+)|^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.M
)
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# names in these are their own
INNER = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def defined(text: str, imported: bool = True) -> set[str]:
    """The names at a cell's top level; of a cell that is not Python as lines say."""
    text = text[:MOST]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return set(_bound(ast.parse(MAGIC.sub("pass", text)), imported))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {found[1] or found[2] for found in BY_LINE.finditer(text)}


def _bound(node: ast.AST, imported: bool) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            yield child.name
        elif isinstance(child, ast.alias):
            if imported:
                yield (child.asname or child.name).partition(".")[0]
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        elif not isinstance(child, INNER):
            yield from _bound(child, imported)
