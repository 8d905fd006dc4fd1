"""Find what a release must not hold: keys, solutions, hidden tests, saved state."""

import ast
import copy
import html
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from coursekit.author.finding import Finding
from coursekit.author.stubs import Strip
from coursekit.check.hidden_checks import FILE as CHECKS
from coursekit.core.course import Course
from coursekit.core.module import FILE, Module, load
from coursekit.core.notebook import grader, is_solution, is_test, read_source

MARKS = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN SOLUTION", "END SOLUTION")
SECRET_KEYS = {"answer", "feedback", "misconception", "explanation"}
SHORTEST = 24  # characters from which a copied text is not chance
KEY = 4  # questions from which their letters in a row are not chance
PAIRS = 2  # the same of letters behind the names of their questions
PAIR = r"\b{}\b\W{{1,12}}{}\b"
THEIRS = "roster.csv", "timestamp.txt", "reasons.txt", "grades.csv"
PACKED = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".pkl")


def leaks(course: Course, name: str, folder: Path) -> list[Finding]:
    """Find what must not be handed out in the files of a release."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths}
    source = course.source(name)
    notebook = read_source(source / f"{name}.ipynb")
    return list(leaks_in(load(source), notebook, files))


def leaks_in(
    module: Module, notebook: NotebookNode, files: Mapping[str, bytes]
) -> Iterator[Finding]:
    """The same, of files by name, with the sources they were made from."""
    secrets = {_line(text): what for text, what in _secrets(module, notebook)}
    for name, content in files.items():
        where = f"course/{module.name}/{name}"
        yield from _not_for_learners(where, content)
        try:
            text = _text(name, content)
        except (ValueError, nbformat.ValidationError):
            continue  # it differs from what the sources generate: verify says so
        for mark in MARKS:
            if mark in text:
                yield Finding(where, f"contains {mark!r}", "end the region in its cell")
        for secret, what in secrets.items():
            if len(secret) >= SHORTEST and secret in text:
                yield Finding(
                    where,
                    f"gives away {what}: {secret[:50]!r}",
                    "take it out of the source's visible part",
                )
        yield from _quiz_key(module, where, text)
        if name.endswith(".ipynb"):
            yield from _state(where, nbformat.reads(content.decode(), as_version=4))
        if name == FILE:
            yield from _keys(where, tomllib.loads(content.decode("utf-8-sig")))


def _not_for_learners(where: str, content: bytes) -> Iterator[Finding]:
    """Files that belong to the instructor, or that nobody can look into."""
    name = Path(where).name.lower()
    if name.endswith(".db") or name in THEIRS or content.startswith(b"SQLite format"):
        yield Finding(where, "is not for learners", "keep it outside of solutions/")
    elif name.endswith(PACKED) or (
        content.startswith((b"PK\x03\x04", b"\x1f\x8b")) and not name.endswith(".npz")
    ):
        yield Finding(where, "is an archive, and may hold answers", "unpack it")


def _quiz_key(module: Module, where: str, text: str) -> Iterator[Finding]:
    """The key as letters in a row, or each letter behind the name of its question."""
    letters = "".join(q.answer for q in module.quiz)
    if len(letters) >= KEY and letters in text:
        yield Finding(where, f"gives away the quiz key {letters}", "take it out")
    pairs = (PAIR.format(re.escape(q.id), q.answer) for q in module.quiz)
    if len(letters) >= PAIRS and all(re.search(pair, text) for pair in pairs):
        yield Finding(where, "gives away the quiz key by question", "take it out")


def _state(where: str, notebook: NotebookNode) -> Iterator[Finding]:
    """Metadata and attachments that a release takes off: saved widgets are there."""
    bare, _ = Strip().preprocess(copy.deepcopy(notebook), {})
    pairs = zip(notebook.cells, bare.cells, strict=True)
    changed = [f"cell {i}" for i, (old, new) in enumerate(pairs) if old != new]
    extra = sorted(set(notebook.metadata) - set(bare.metadata))
    if extra or changed:
        what = ", ".join([*(f"metadata.{name}" for name in extra), *changed])
        name = Path(where).parent.name
        yield Finding(
            where, f"holds saved state: {what}", f"`coursekit release {name}`"
        )


def _keys(where: str, table: Mapping[str, Any]) -> Iterator[Finding]:
    for key in sorted(SECRET_KEYS & set(_all_keys(table))):
        todo = "coursekit.core.module.public must leave it out"
        yield Finding(where, f"has the key {key}", todo)


def _all_keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _all_keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _all_keys(inner)


def _strings(value: Any) -> Iterator[str]:
    """Every text in a table, keys and nested ones too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (key, *_strings(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _secrets(module: Module, notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """Text that must not reach learners -> what it is."""
    for exercise in module.exercises:
        yield exercise.explanation, f"the explanation of {exercise.id}"
    for question in module.quiz:
        for option in question.options:
            yield option.feedback, f"feedback of {question.id}"
    for cell in notebook.cells:
        name = grader(cell).get("grade_id", "")
        if is_solution(cell):
            regions = _regions(cell.source, "SOLUTION", "SOLUTION")
            for region in regions or [cell.source]:
                yield region, f"the solution of {name}"
        elif is_test(cell):
            for region in _regions(cell.source, "HIDDEN TESTS", "HIDDEN"):
                yield region, f"the hidden test of {name.removeprefix('test_')}"
    for name, text in _checks(module.folder / CHECKS):
        yield text, f"the hidden check {name}"


def _regions(text: str, begin: str, end: str) -> list[str]:
    pattern = rf"BEGIN {begin}[^\n]*\n(.*?)\n[^\n]*END {end}"
    return re.findall(pattern, text, re.S)


def _checks(path: Path) -> Iterator[tuple[str, str]]:
    """The text of each function in a `checks.py`, without its first line.

    A function of one line is left out: others come to write the same.
    """
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = lines[node.lineno : node.end_lineno]
            if len(body) > 1:
                yield node.name, "\n".join(body)


def _line(text: str) -> str:
    """One line, single spaces."""
    return " ".join(text.split())


def _text(name: str, content: bytes) -> str:
    """Everything readable in a file, a line each text; HTML as it reads, too."""
    if name.endswith(".ipynb"):
        found = list(_strings(nbformat.reads(content.decode(), as_version=4)))
    elif name.endswith(".toml"):  # text in TOML is escaped
        found = list(_strings(tomllib.loads(content.decode("utf-8-sig"))))
    else:
        found = [content.decode("utf-8", "replace")]
    plain = [html.unescape(re.sub("<[^>]+>", "", t)) for t in found if "<" in t]
    return "\n".join(map(_line, [*found, *plain]))
