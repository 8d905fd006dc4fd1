"""Rules about what learners get."""

from collections.abc import Iterator

from coursekit.author.finding import Finding
from coursekit.author.leaks import leaks_in
from coursekit.author.sources import lost_names, unmarked_answers
from coursekit.author.verify.subject import Subject, files, parse
from coursekit.core.blanks import BLANK, SHORTER, read_names
from coursekit.core.notebook import grader, is_solution

LEARNERS = (
    "answers.json",
    ".ipynb_checkpoints/",
    "__pycache__/",
    ".virtual_documents/",
)


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
    """No key, feedback, solution, hidden test or saved state, there or in the next."""
    present = files(subject.course.release(subject.name))
    for found in {**subject.generated}, present:
        named = {n: c for n, c in found.items() if n in subject.generated}
        yield from leaks_in(subject.module, subject.notebook, named)


def signatures_stay(subject: Subject) -> Iterator[Finding]:
    """An answer cell as released names what its tests call."""
    released = parse(subject.generated[f"{subject.name}.ipynb"])
    unmarked = {f.where for f in unmarked_answers(subject.module, subject.notebook)}
    where = f"{subject.where}/{subject.name}.ipynb"
    found = lost_names(where, subject.notebook, released)
    yield from (f for f in found if f.where not in unmarked)


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
    return unmarked_answers(subject.module, subject.notebook)


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
    signatures_stay,
    released_cells_have_no_output,
    cells_have_ids,
    answers_are_marked,
    blanks_have_no_value,
    blanks_stop_nothing,
)
