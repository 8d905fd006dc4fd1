"""Why learner code gave None: a `return` left out, or a method that gives nothing."""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import FunctionType
from typing import Any

FORGOTTEN = "your code gave None: is a `return` missing?"
IN_PLACE = "`.{0}(...)` changes a thing and gives None: return the thing afterwards"
CHANGES = ("sort", "append", "extend", "reverse", "insert", "update", "add", "clear")


def why_none(names: Mapping[str, Any], asked: Iterable[str]) -> str:
    """Ask a learner whose functions `asked` gave None; empty if they meant it.

    Where their text is not at hand, a `return` may be missing.
    """
    trees = [_tree(f) for name in asked for f in _functions(names, names.get(name))]
    for tree in filter(None, trees):
        for node in ast.walk(tree):
            call = node.value if isinstance(node, ast.Return) else None
            method = call.func if isinstance(call, ast.Call) else None
            if isinstance(method, ast.Attribute) and method.attr in CHANGES:
                return IN_PLACE.format(method.attr)
    ends = [tree is not None and _ends(tree.body) for tree in trees]
    return "" if ends and all(ends) else FORGOTTEN


def _functions(names: Mapping[str, Any], value: Any) -> Iterator[FunctionType]:
    """The functions that `value` is or, being a class, holds."""
    for found in vars(value).values() if type(value) is type else [value]:
        if type(found) is FunctionType and found.__globals__ is names:
            yield found


def _tree(function: FunctionType) -> Any:
    try:
        text = textwrap.dedent(inspect.getsource(function))
        (tree,) = ast.parse(text).body
    except (OSError, SyntaxError, ValueError):
        return None
    return tree if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef) else None


def _ends(body: Sequence[ast.stmt]) -> bool:
    """Whether a block never runs past its end."""
    match body[-1] if body else None:
        case ast.Return() | ast.Raise():
            return True
        case ast.If() as last:
            return _ends(last.body) and _ends(last.orelse)
        case ast.With() | ast.AsyncWith() as last:
            return _ends(last.body)
        case ast.While(test=ast.Constant(value=True)) as last:
            return not any(isinstance(x, ast.Break) for x in ast.walk(last))
        case ast.Try() as last:
            tried = _ends(last.orelse or last.body)
            caught = all(_ends(handler.body) for handler in last.handlers)
            return _ends(last.finalbody) or (tried and caught)
    return False
