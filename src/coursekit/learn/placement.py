"""A placement: questions on a module's ★ path whose answers say what to skip.

Its answers are kept apart from those of the graded quiz, and cost no points.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from coursekit.core.answers_file import Record
from coursekit.core.module import Module, ModuleError, Question
from coursekit.core.notebook import read_cells

SECTION = "placement"  # of the record
UNSURE = "?"  # in place of a letter: a guess would skip what one does not know
STAR = "## ★ "


@dataclass(frozen=True)
class Step:
    """A section of the ★ path and the questions that place it."""

    section: str
    questions: tuple[Question, ...]

    def known(self, given: Mapping[str, str]) -> bool:
        """Whether all of its questions are answered rightly."""
        return all(given.get(q.id) == q.answer for q in self.questions)


def asked(module: Module) -> tuple[Question, ...]:
    """The questions of a placement: those of the ★ path's quiz on this module."""
    quizzes = [e for e in module.exercises if e.kind == "quiz"]
    core = {e.id for e in quizzes if e.core} or {e.id for e in quizzes}
    return tuple(q for q in module.quiz if q.exercise in core and not q.earlier)


def steps(module: Module) -> list[Step]:
    """The sections of the ★ path that a placement can tell you to skip, in order.

    A question places the section that it points to, and those whose exercises have
    its objective.
    """
    found = []
    for section in _starred(module):
        aims = {
            e.objective
            for e in module.exercises
            if e.core and e.kind != "quiz" and e.section == section
        }
        on = [q for q in asked(module) if q.section == section or q.objective in aims]
        if on:
            found.append(Step(section, tuple(on)))
    return found


def _starred(module: Module) -> list[str]:
    """The headings of the ★ path."""
    cells = read_cells(module.folder / f"{module.name}.ipynb")
    lines = [x for c in cells if c.kind == "markdown" for x in c.text.splitlines()]
    return [x.removeprefix(STAR).strip() for x in lines if x.startswith(STAR)]


def given(module: Module, record: Record) -> dict[str, str]:
    """The answers to a placement so far, by question."""
    kept = record.section(SECTION)
    return {
        q.id: kept[q.id]
        for q in asked(module)
        if isinstance(kept.get(q.id), str) and kept[q.id] in {*q.letters, UNSURE}
    }


def placed(module: Module, record: Record) -> bool:
    """Whether a placement is finished, and its key is here."""
    questions = asked(module)
    return (
        module.full
        and bool(questions)
        and given(module, record).keys() == {q.id for q in questions}
    )


def skipped(module: Module, record: Record) -> frozenset[str]:
    """The exercises of the ★ path in sections that a placement says to skip."""
    if not placed(module, record):
        return frozenset()
    answers = given(module, record)
    known = {step.section for step in steps(module) if step.known(answers)}
    return frozenset(
        e.id
        for e in module.exercises
        if e.core and e.kind != "quiz" and e.section in known
    )


def need_key(module: Module) -> None:
    """Raise ModuleError where there is nothing to place a learner with."""
    if not module.full:
        raise ModuleError(
            "This copy of the course has no answers, so it cannot say what you may "
            "skip: where a section looks familiar, try its exercise first."
        )
    if not asked(module):
        raise ModuleError(f"{module.title} has no questions for a placement.")


def offer(module: Module) -> str:
    """Say what a placement is, before it begins."""
    count = len(asked(module))
    return (
        f"Know some of this? Answer {count} questions and see what you may skip. "
        "It costs no points."
    )


def verdict(module: Module, record: Record) -> list[tuple[str, str]]:
    """What to skip and where to begin: a mark and a text for each line."""
    answers, found = given(module, record), steps(module)
    known = [step for step in found if step.known(answers)]
    todo = [step for step in found if step not in known]
    if not todo:
        head = "You know the ★ path: go on with Deeper, or with the next module."
    else:
        head = (
            f"You know {len(known)} of {len(found)} sections. "
            f"Begin with “{todo[0].section}”."
        )
    lines = [("", head)]
    for step in found:
        here = step in known
        lines.append(("✓" if here else "·", f"{step.section}: {_advice(here)}"))
    if known:
        lines.append(("", "What you skip stays open: do its exercises for points."))
    return lines


def _advice(known: bool) -> str:
    return "you know this, skip it" if known else "read it"


def text(lines: list[tuple[str, str]]) -> str:
    """A verdict as text."""
    return "\n".join(f"{mark} {line}".strip() for mark, line in lines)
