"""Further wrong submissions: a solution's text with one thing changed."""

import ast
import difflib
import inspect
import random
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator

from coursekit.author.mutation_operators import operators
from coursekit.author.verify.plain_run import without_magics


@dataclass(frozen=True)
class Mutant:
    """A changed answer; `diff` is the change in a line."""

    operator: str
    text: str
    diff: str


def mutants(text: str) -> list[Mutant]:
    """Every change of one thing in a cell that still compiles, each once, in order.

    What only changes layout, docstrings or annotations is left out.
    """
    seen = {_meaning(text)}
    found: list[Mutant] = []
    for name, operator in operators().items():
        for changed in _changed(text, operator):
            meaning = _meaning(changed)
            if meaning and meaning not in seen:
                seen.add(meaning)
                found.append(Mutant(name, changed, _difference(text, changed)))
    return sorted(found, key=lambda m: _first_line(text, m.text))


def sample(found: Sequence[Mutant], most: int, seed: str) -> list[Mutant]:
    """At most `most` of them, in their order; the same for the same seed."""
    if len(found) <= most:
        return list(found)
    places = sorted(random.Random(seed).sample(range(len(found)), most))
    return [found[place] for place in places]


def _changed(text: str, operator: Operator) -> Iterator[str]:
    whole = f"{text}\n"  # parso takes a last line without an end for no statement
    nodes = ast_nodes(get_ast(whole))
    count = sum(len(list(operator.mutation_positions(node))) for node in nodes)
    for occurrence in range(count):
        made = mutate_code(whole, operator, occurrence)
        if made is not None:
            yield made.removesuffix("\n")


def _meaning(text: str) -> str:
    """What the cell does, without what changes nothing; empty if it cannot run."""
    source, flags = without_magics(text), ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(source, "answer", "exec", flags=flags, dont_inherit=True)
    except (SyntaxError, ValueError):
        return ""
    return ast.dump(_Bare().visit(ast.parse(source)))


class _Bare(ast.NodeTransformer):
    """Takes off annotations and docstrings."""

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(node.arg)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self._block(node)

    def _block(self, node: ast.AST) -> ast.AST:
        first, *rest = node.body  # type: ignore[attr-defined]
        text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        if text or isinstance(first, ast.Pass):
            node.body = rest  # type: ignore[attr-defined]
        return self.generic_visit(node)

    visit_FunctionDef = visit_AsyncFunctionDef = _function
    visit_ClassDef = _block


def _blocks(old: str, new: str) -> list[tuple[int, list[str], list[str]]]:
    """The differences: the line, the old text, the new one."""
    a, b = old.splitlines(), new.splitlines()
    codes = difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return [(i + 1, a[i:j], b[k:m]) for tag, i, j, k, m in codes if tag != "equal"]


def _first_line(old: str, new: str) -> int:
    return _blocks(old, new)[0][0]


def _difference(old: str, new: str) -> str:
    line, was, now = _blocks(old, new)[0]
    return f"line {line}: {_short(was)}  →  {_short(now)}"


def _short(lines: list[str]) -> str:
    return " ".join(inspect.cleandoc(line) for line in lines) or "nothing"
