"""Every key that configures something stands in a docstring."""

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest

import session1
from session1.memory.manager import MemoryManager
from session1.memory.tiers.config import DEFAULTS, tiers

ROOT = Path(__file__).parents[2]
SOURCES = sorted(Path(next(iter(session1.__path__))).rglob("*.py"))
VARIABLE = re.compile(r"(SESSION1|COURSE|OPENAI)_[A-Z_]+")


def reused() -> list[str]:
    """The names of README's table of what to import."""
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme.split("| to | import |")[1].split("\n\n")[0]
    return sorted(set(re.findall(r"`(session1\.[\w.]+)`", table)))


def keys(thing: Callable[..., Any]) -> list[str]:
    """The parameters that one may leave out."""
    parameters = inspect.signature(thing).parameters.values()
    return [p.name for p in parameters if p.default is not p.empty]


def docstrings(thing: Callable[..., Any]) -> str:
    classes = thing.__mro__[:-1] if isinstance(thing, type) else [thing]
    documented = [*classes, *(getattr(one, "__init__", None) for one in classes)]
    return "\n".join(one.__doc__ or "" for one in documented if one is not None)


@pytest.mark.parametrize("name", reused())
def test_parameters_are_explained(name: str) -> None:
    thing = resolve_name(name)
    said = docstrings(thing)
    assert [k for k in keys(thing) if not re.search(rf"\b{k}\b", said)] == []


def read_keys(tier: str) -> list[str]:
    """The keys that a tier reads, by its own words."""
    with pytest.raises(ValueError, match="it takes") as refused:
        tiers({tier: {"no such key": 1}})
    return re.findall(r"'(\w+)'", str(refused.value).split("it takes")[1])


def test_so_are_the_keys_of_the_tiers() -> None:
    said = docstrings(MemoryManager)
    for tier in DEFAULTS:
        assert {"backend", "ttl", "max_size_mb"} <= set(read_keys(tier))
        for key in (tier, *read_keys(tier)):
            assert re.search(rf"\b{key}\b", said), key


def test_so_are_the_variables_of_the_environment() -> None:
    read: set[str] = set()
    said = ""
    for source in SOURCES:
        tree = ast.parse(source.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                read |= {node.value} if VARIABLE.fullmatch(node.value) else set()
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                said += ast.get_docstring(node) or ""
    assert len(read) > 5
    assert sorted(read - {m.group() for m in VARIABLE.finditer(said)}) == []
