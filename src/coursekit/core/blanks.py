"""Blanks that learners fill in, `____`, and answers that still hold one."""

import ast
from collections import deque
from collections.abc import Iterator

STUB = "raise NotImplementedError"
BLANK = "____"
# IPython keeps its last results in these: a blank of theirs would have a value
SHORTER = ("_", "__", "___")
# letters without their quotes: capitals for lines, small ones for rows of a table
BARE = "([A-Z]+|[a-f]+)"
LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)  # run when called
# what Python raises where it cannot read a source: wrong, a null byte, too deep
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
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
    except UNREADABLE:
        return
    todo: deque[ast.AST] = deque([tree])
    while todo:
        node = todo.popleft()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id, node.lineno
        if not (at_once and isinstance(node, LATER)):
            todo.extend(ast.iter_child_nodes(node))
