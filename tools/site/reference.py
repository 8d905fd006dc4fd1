"""The reference of `session1`: its public names and their docstrings."""

import ast
import html
import inspect
import re
from collections.abc import Iterator

from tools.site import bundle

SOURCE = bundle.ROOT / "src"
# parts of the package that are not for reuse
LEFT_OUT = ("session1.demo", "session1.data")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def body() -> str:
    """All public modules with their classes and functions, as HTML."""
    found = {name: tree for name, tree in _modules() if ast.get_docstring(tree)}
    links = " · ".join(f'<a href="#{n}">{n.split(".", 1)[1]}</a>' for n in found)
    parts = "".join(_module(name, tree) for name, tree in found.items())
    return (
        "<h1>Reference</h1><p>What <code>import session1</code> gives: "
        "each name in its module, with what its docstring says.</p>"
        f"<details><summary>all {len(found)} modules</summary><p>{links}</p></details>"
        f"{parts}"
    )


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((SOURCE / "session1").rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        if path.stem.startswith("_") or name.startswith(LEFT_OUT):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        if any(True for _ in _public(tree)):
            yield name, tree


def _public(tree: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    for node in tree.body:
        if not isinstance(node, Function | ast.ClassDef):
            continue
        if not node.name.startswith("_") and ast.get_docstring(node):
            yield node


def _module(name: str, tree: ast.Module) -> str:
    entries = "".join(_entry(node) for node in _public(tree))
    return f'<h2 id="{name}">{name}</h2>{_said(tree)}<dl>{entries}</dl>'


def _entry(node: Function | ast.ClassDef) -> str:
    inner = ""
    if isinstance(node, ast.ClassDef):
        methods = "".join(_entry(method) for method in _public(node))
        inner = f"<dl>{methods}</dl>" if methods else ""
    head = html.escape(_head(node))
    return f"<dt><code>{head}</code></dt><dd>{_said(node)}{inner}</dd>"


def _head(node: Function | ast.ClassDef) -> str:
    if isinstance(node, ast.ClassDef):
        made = next(
            (m for m in node.body if getattr(m, "name", "") == "__init__"), None
        )
        return f"class {node.name}" + (
            _given(made) if isinstance(made, Function) else ""
        )
    if any(
        ast.unparse(d) in ("property", "cached_property") for d in node.decorator_list
    ):
        return node.name
    word = "async " if isinstance(node, ast.AsyncFunctionDef) else ""
    gives = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{word}{node.name}{_given(node)}{gives}"


def _given(node: Function) -> str:
    args = ast.unparse(node.args)
    return f"({args.removeprefix('self, ').removeprefix('self').removeprefix('cls, ')})"


def _said(node: ast.Module | ast.ClassDef | Function) -> str:
    said = inspect.cleandoc(ast.get_docstring(node) or "")
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(said))
    return "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
