"""Further wrong submissions: a solution's text with one thing changed."""

import ast
import difflib
import inspect
import random
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import parso.python.tree as tree
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.exception_replacer import ExceptionReplacer
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.operators.provider import OperatorProvider

from coursekit.author.verify.plain_run import without_magics

Position = tuple[tuple[int, int], tuple[int, int]]


class StatementRemover(Operator):
    """Forgets a statement."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """One for each simple statement that does something."""
        if node.type == "simple_stmt" and node.children[0].get_code(False) != "pass":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """`pass` in its place."""
        prefix = node.get_first_leaf().prefix
        node.children[0] = tree.Keyword("pass", node.start_pos, prefix)
        return node

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """For cosmic-ray's own tests of its operators."""
        return (Example("if x:\n    y = 1\n", "if x:\n    pass\n"),)


class ArgumentRemover(Operator):
    """Forgets an argument that is given by name."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """One for each of them in a call."""
        for argument in _named(node):
            yield argument.start_pos, argument.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """The call without it, nor the comma beside it."""
        place = node.children.index(_named(node)[index])
        if node.type == "trailer":
            del node.children[place]
        else:
            del node.children[max(0, place - 1) : place + 1 + (place == 0)]
        return node

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """For cosmic-ray's own tests of its operators."""
        return (Example("f(x, key=y)", "f(x)"), Example("f(key=y)", "f()"))


def _named(node: Any) -> list[Any]:
    if node.type not in ("trailer", "arglist"):
        return []
    found = [c for c in node.children if c.type == "argument"]
    return [c for c in found if c.children[1] == "="]


class AwaitRemover(Operator):
    """Forgets to wait."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """One for each `await`."""
        if node.type == "atom_expr" and node.children[0] == "await":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Leave the await out."""
        node.children[1].get_first_leaf().prefix = node.children[0].prefix
        del node.children[0]
        return node

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """For cosmic-ray's own tests of its operators."""
        return (Example("x = await f()", "x = f()"),)


class LetterReplacer(Operator):
    """Swaps neighbours in a text of letters, or drops one: an order of lines."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """One for each variant of such a text."""
        for _ in _variants(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """A variant in its place."""
        value = repr(_variants(node)[index])
        return tree.String(value, node.start_pos, node.prefix)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """For cosmic-ray's own tests of its operators."""
        return (Example('x = "AB"', "x = 'BA'"),)


def _variants(node: Any) -> list[str]:
    if node.type != "string" or node.parent.type != "expr_stmt":
        return []
    text = ast.literal_eval(node.value)
    if not text.isalpha():
        return []
    places = range(len(text))
    swapped = [text[:i] + text[i : i + 2][::-1] + text[i + 2 :] for i in places[:-1]]
    return [*swapped, *(text[:i] + text[i + 1 :] for i in places)]


class ErrorReplacer(ExceptionReplacer):
    """Catches an error that never comes; theirs stops at dotted names."""

    def mutate(self, node: Any, index: int) -> Any:
        """Another name in its place."""
        old = self._name_nodes(node)[index]
        siblings = old.parent.children
        prefix = old.get_first_leaf().prefix
        new = tree.Name("ZeroDivisionError", old.start_pos, prefix)
        siblings[siblings.index(old)] = new
        return node

    @staticmethod
    def _name_nodes(node: Any) -> Sequence[Any]:
        caught = node.children[1]
        if caught.type == "atom":
            caught = caught.children[1]
        several = caught.type == "testlist_comp"
        return caught.children[::2] if several else [caught]

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """For cosmic-ray's own tests of its operators."""
        before = "try: f()\nexcept a.Error: pass"
        return (Example(before, before.replace("a.Error", "ZeroDivisionError")),)


def operators() -> dict[str, Operator]:
    """All of them by name, except those that draw lots."""
    theirs = OperatorProvider()
    found = {name: theirs[name] for name in theirs if not theirs[name].arguments()}
    found["ExceptionReplacer"] = ErrorReplacer
    ours = (StatementRemover, ArgumentRemover, AwaitRemover, LetterReplacer)
    found.update({kind.__name__: kind for kind in ours})
    return {name: kind() for name, kind in found.items()}


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
    """The syntax tree without what changes nothing; empty if the cell cannot run."""
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
