"""Answers that are the same but for names, comments and layout."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from coursekit.analysis.class_results import ClassResults
from coursekit.core.blanks import UNREADABLE
from coursekit.core.module import Exercise

KINDS = ("write", "test", "fix")  # where there is more than one way to say it
LONG = 60  # nodes of a syntax tree: shorter answers coincide
COMMON = 1 / 3  # of the class: an answer that so many have is the usual one


@dataclass(frozen=True)
class Pair:
    """Two learners, and the exercises whose answers are the same."""

    first: str
    second: str
    exercises: tuple[str, ...]


def pairs(results: ClassResults) -> list[Pair]:
    """Pairs with an answer in common that is neither short nor usual, most first."""
    found = defaultdict[tuple[str, str], list[str]](list)
    for exercise in results.module.exercises:
        if exercise.kind in KINDS:
            for names in _groups(results, exercise):
                for pair in combinations(sorted(names), 2):
                    found[pair].append(exercise.id)
    made = [Pair(*who, tuple(what)) for who, what in found.items()]
    return sorted(made, key=lambda p: (-len(p.exercises), p.first, p.second))


def _groups(results: ClassResults, exercise: Exercise) -> Iterator[Sequence[str]]:
    texts = {x.name: x.answers.get(exercise.id, "") for x in results.learners}
    alike = defaultdict[str, list[str]](list)
    for name, text in texts.items():
        if shape := shape_of(text):
            alike[shape].append(name)
    own = {shape_of(exercise.stub)}
    usual = max(2.0, COMMON * len(texts))
    for shape, names in alike.items():
        if shape not in own and 2 <= len(names) <= usual:
            yield names


def shape_of(text: str) -> str:
    """The syntax tree of code without docstrings, its names numbered as they come.

    Empty for what is shorter than `LONG` nodes or cannot be parsed.
    """
    try:
        tree = ast.parse(text)
        if sum(1 for _ in ast.walk(tree)) < LONG:
            return ""
        return ast.dump(_Numbered().visit(tree))
    except UNREADABLE:
        return ""


class _Numbered(ast.NodeTransformer):
    """Gives each variable and argument a number, and takes docstrings out."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}

    def _number(self, name: str) -> str:
        return self.numbers.setdefault(name, f"n{len(self.numbers)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.copy_location(ast.Name(self._number(node.id), node.ctx), node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        self.generic_visit(node)
        node.arg = self._number(node.arg)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        text = isinstance(node.value, ast.Constant) and isinstance(
            node.value.value, str
        )
        return None if text else self.generic_visit(node)
