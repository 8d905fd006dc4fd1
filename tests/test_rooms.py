"""The rooms of coursekit: imports run one way, and a class name means one thing."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src"
# what each room may import; `session1` is free to all, and knows nothing of the course
BELOW = {
    "core": (),
    "check": ("core",),
    "learn": ("core", "check"),
    "sandbox": ("core",),
    "judge": ("core", "check", "sandbox"),
    "grading": ("core", "check", "sandbox", "judge"),
    "analysis": ("core", "check", "sandbox", "judge", "grading"),
    "author": ("core", "check", "learn", "sandbox", "judge", "grading"),
}
FREE = ("", "cli", "commands", "jupyter")  # on top of all rooms


def _name(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _files() -> dict[str, ast.Module]:
    """The code of each module, read when a test asks for it."""
    return {_name(p): ast.parse(p.read_text()) for p in sorted(SRC.rglob("*.py"))}


def _imports_of(tree: ast.Module) -> set[str]:
    """Modules of src that a file imports, in functions and for type checkers too."""
    found, files = set(), _files()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in files else node.module)
    return found & files.keys()


@cache
def _imports() -> dict[str, set[str]]:
    """What each module imports."""
    return {name: _imports_of(tree) - {name} for name, tree in _files().items()}


def _room(name: str) -> str:
    top, _, rest = name.partition(".")
    return rest.partition(".")[0] if top == "coursekit" else top


def _broken(imports: dict[str, set[str]]) -> list[str]:
    """Each import that goes up, as a sentence."""
    return [
        f"{name} ({_room(name)}) imports {found}, and {_room(found)} is not below it"
        for name in sorted(imports)
        if name.startswith("coursekit") and _room(name) not in FREE
        for found in sorted(imports[name])
        if found.startswith("coursekit")
        and _room(found) not in (_room(name), *BELOW[_room(name)])
    ]


def _circles(imports: dict[str, set[str]]) -> set[str]:
    """The files that are left once all that lead nowhere further are taken away."""
    left = {name: set(found) for name, found in imports.items()}
    while done := [name for name, found in left.items() if not found & left.keys()]:
        for name in done:
            del left[name]
    return set(left)


def test_every_file_is_in_a_room():
    rooms = {_room(name) for name in _files() if name.startswith("coursekit")}
    assert rooms == {*BELOW, *FREE}


def test_imports_go_down():
    assert _broken(_imports()) == []


def test_there_is_no_circle():
    kit = {n: found for n, found in _imports().items() if n.startswith("coursekit.")}
    assert _circles(kit) == set()


def test_session1_knows_nothing_of_the_course():
    for name, found in _imports().items():
        if name.startswith("session1"):
            assert not [f for f in found if f.startswith("coursekit")], name


def test_a_class_name_occurs_once():
    homes = defaultdict(list)
    for name, tree in _files().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and name.startswith("coursekit"):
                homes[node.name].append(name)
    assert {k: v for k, v in homes.items() if len(v) > 1} == {}


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (("coursekit.core.course", "coursekit.grading.batch"), "grading is not below"),
        (("coursekit.learn.lab", "coursekit.sandbox.box"), "sandbox is not below it"),
    ],
)
def test_what_breaks_the_rule_is_named(extra, said):
    name, found = extra
    (line,) = _broken(_imports() | {name: _imports()[name] | {found}})
    assert line.startswith(f"{name} (") and said in line


def test_a_circle_is_found():
    up = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set()}
    assert _circles(up) == {"a", "b", "c", "d"}
