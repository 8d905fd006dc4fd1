"""Rules about what learners get."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from coursekit.blanks import BLANK, SHORTER, read_names
from coursekit.notebook import grader, is_solution
from coursekit.verify.finding import Finding
from coursekit.verify.subject import Subject, files, parse

MARKS = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN SOLUTION", "END SOLUTION")
SECRET_KEYS = {"answer", "feedback", "misconception", "explanation"}
LEARNERS = (
    "answers.json",
    ".ipynb_checkpoints/",
    "__pycache__/",
    ".virtual_documents/",
)
SHORTEST = 24  # characters from which a copied text is no accident


def release_equals_the_sources(subject: Subject) -> Iterator[Finding]:
    """The files in course/ are, byte for byte, what the solutions generate."""
    folder = f"course/{subject.name}"
    todo = f"run `coursekit release {subject.name}`"
    present = files(subject.course.release(subject.name))
    for name, content in subject.generated.items():
        if name not in present:
            yield Finding(f"{folder}/{name}", "is missing", todo)
        elif present[name] != content:
            yield Finding(
                f"{folder}/{name}",
                "differs from what the solutions generate",
                f"{todo}; what was edited here belongs into {subject.where}",
            )
    for name in sorted(set(present) - set(subject.generated)):
        if not name.startswith(LEARNERS):
            yield Finding(
                f"{folder}/{name}", "is in no source", "delete it, or " + todo
            )


def nothing_withheld_is_released(subject: Subject) -> Iterator[Finding]:
    """No hidden test, key, explanation, feedback or solution text in the release."""
    secrets = {_line(text): what for text, what in _secrets(subject)}
    for name, content in subject.generated.items():
        where, text = f"course/{subject.name}/{name}", _text(name, content)
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
    yield from _keys(subject)


def _keys(subject: Subject) -> Iterator[Finding]:
    table = tomllib.loads(subject.generated["module.toml"].decode())
    for key in sorted(SECRET_KEYS & set(_all_keys(table))):
        yield Finding(
            f"course/{subject.name}/module.toml",
            f"has the key {key}",
            "coursekit.module.public must leave it out",
        )


def _all_keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _all_keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _all_keys(inner)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(value, list | dict):
        for item in inner:
            yield from _strings(item)


def _secrets(subject: Subject) -> Iterator[tuple[str, str]]:
    """Text that must not reach learners -> what it is."""
    for exercise in subject.module.exercises:
        yield exercise.explanation, f"the explanation of {exercise.id}"
    for question in subject.module.quiz:
        for option in question.options:
            yield option.feedback, f"feedback of {question.id}"
    for name, cell in subject.solutions.items():
        regions = re.findall(
            r"BEGIN SOLUTION[^\n]*\n(.*?)\n[^\n]*END SOLUTION", cell.source, re.S
        )
        for region in regions or [cell.source]:
            yield region, f"the solution of {name}"
    for name, cell in subject.tests.items():
        for region in re.findall(
            r"BEGIN HIDDEN TESTS[^\n]*\n(.*?)\n[^\n]*END HIDDEN", cell.source, re.S
        ):
            yield region, f"the hidden test of {name}"


def _line(text: str) -> str:
    """One line, single spaces."""
    return " ".join(text.split())


def _text(name: str, content: bytes) -> str:
    """Everything readable in a file as one line."""
    if name.endswith(".ipynb"):
        return "\n".join(_line(c.source) for c in parse(content).cells)
    text = content.decode("utf-8", "replace")
    # text in TOML is escaped
    strings = _strings(tomllib.loads(text)) if name.endswith(".toml") else [text]
    return "\n".join(map(_line, strings))


def released_cells_have_no_output(subject: Subject) -> Iterator[Finding]:
    """A release shows no result: the learner makes them."""
    name = f"{subject.name}.ipynb"
    for index, cell in enumerate(parse(subject.generated[name]).cells):
        if cell.get("outputs") or cell.get("execution_count"):
            yield Finding(
                f"course/{subject.name}/{name}: cell {index}",
                "has an output",
                "let nbgrader clear it: is ClearOutput among the preprocessors?",
            )


def cells_have_ids(subject: Subject) -> Iterator[Finding]:
    """Cells have fixed ids: without them each release differs from the last."""
    if any("id" not in cell for cell in subject.notebook.cells):
        yield Finding(
            f"{subject.where}/{subject.name}.ipynb",
            "has cells without an id",
            "save it as nbformat 4.5: open and save it in JupyterLab",
        )


def answers_are_marked(subject: Subject) -> Iterator[Finding]:
    """An answer cell marks its solution or has a stub: else nothing of it is left."""
    stubs = {e.id for e in subject.module.exercises if e.stub}
    for cell in subject.notebook.cells:
        marked = "BEGIN SOLUTION" in cell.source
        name = grader(cell).get("grade_id")
        if is_solution(cell) and not marked and name not in stubs:
            yield Finding(
                f"{subject.where}/{subject.name}.ipynb: {name}",
                "has no ### BEGIN SOLUTION … ### END SOLUTION",
                "mark what the learner writes, or give a stub in module.toml",
            )


def blanks_have_no_value(subject: Subject) -> Iterator[Finding]:
    """A blank is `____`: IPython keeps its last results in shorter ones."""
    name = f"{subject.name}.ipynb"
    for cell in filter(is_solution, parse(subject.generated[name]).cells):
        for read, line in read_names(cell.source):
            if read in SHORTER:
                yield Finding(
                    f"course/{subject.name}/{name}: {grader(cell)['grade_id']}",
                    f"line {line} has {read} for a blank",
                    f"write {BLANK} in its stub",
                )


def blanks_stop_nothing(subject: Subject) -> Iterator[Finding]:
    """A blank outside of functions is `...`: `____` would end Run All there."""
    name = f"{subject.name}.ipynb"
    for cell in filter(is_solution, parse(subject.generated[name]).cells):
        for read, line in read_names(cell.source, at_once=True):
            if read == BLANK:
                yield Finding(
                    f"course/{subject.name}/{name}: {grader(cell)['grade_id']}",
                    f"line {line} stops Run All at its blank",
                    "write `...` there in its stub",
                )


RULES = (
    release_equals_the_sources,
    nothing_withheld_is_released,
    released_cells_have_no_output,
    cells_have_ids,
    answers_are_marked,
    blanks_have_no_value,
    blanks_stop_nothing,
)
