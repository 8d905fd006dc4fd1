"""Ways to change code that learners take too, beside those of cosmic-ray."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import parso.python.tree as tree
from cosmic_ray.operators.exception_replacer import ExceptionReplacer
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.operators.provider import OperatorProvider

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
