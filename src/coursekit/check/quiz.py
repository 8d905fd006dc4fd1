"""Quiz answers: given from code, their feedback, the quiz as text, its grade."""

from typing import Any

from coursekit.check.check import Check
from coursekit.core import answers_file
from coursekit.core.answers_file import Record
from coursekit.core.module import Module, ModuleError, Question, find
from coursekit.core.one_line import one_line


@one_line
def answer(name: str, letter: str) -> None:
    """Answer a quiz question from code; says what is right where that is known."""
    question = find().question(name)
    picked = _letter(question, letter)
    answers_file.here().put("quiz", question.id, picked)
    answers_file.say(feedback(question, picked))


def _letter(question: Question, letter: Any) -> str:
    picked = letter.strip().upper() if isinstance(letter, str) else letter
    if picked in tuple(question.letters):
        return str(picked)
    letters = ", ".join(question.letters)
    raise ModuleError(f"{question.id} takes one of {letters}, not {letter!r}")


def feedback(question: Question, letter: str) -> str:
    """The feedback on `letter`; only "recorded" when the key is withheld."""
    if not question.answer:
        return f"{question.id}: {letter} recorded."
    option = question.option(letter)
    if letter == question.answer:
        return f"{question.id}: ✓ {letter} is right. {option.feedback}"
    where = f" Read again: {question.where}." if question.section else ""
    return f"{question.id}: ✗ {letter} is not it. {option.feedback}{where}"


def saved(module: Module, record: Record | None = None) -> dict[str, str]:
    """The answers recorded so far that fit the module's questions, by question."""
    answers = (record or answers_file.here()).section("quiz")
    return {
        q.id: answers[q.id]
        for q in module.quiz
        if answers.get(q.id) in tuple(q.letters)
    }


def answered(module: Module, exercise: str) -> str:
    """How many questions of a quiz have an answer."""
    asked, answers = module.asked(exercise), saved(module)
    return f"{sum(q.id in answers for q in asked)} of {len(asked)} answered"


def summary(module: Module, exercise: str) -> str:
    """Every question of a quiz with its options and what was chosen, as text."""
    answers = saved(module)
    lines = [answered(module, exercise)]
    for question in module.asked(exercise):
        lines += ["", f"{question.id}  {question.prompt}"]
        if question.section:
            lines.append(f"    see: {question.where}")
        for letter, option in zip(question.letters, question.options, strict=True):
            chosen = ">" if answers.get(question.id) == letter else " "
            lines.append(f"  {chosen} {letter}  {option.text}")
    return "\n".join(lines)


def grade_quiz(module: Module, check: Check) -> None:
    """One criterion a question, for the quiz exercise of any module."""
    if not module.full:
        raise ModuleError(f"{module.name} is here without its key: it cannot be graded")
    asked, answers = module.asked(check.exercise.id), saved(module)
    check.attempted = any(question.id in answers for question in asked)
    check.note = 'no question is answered: use the quiz or answer("q1", "A")'
    share = check.exercise.points / max(1, len(asked))
    for question in asked:
        _grade_one(question, answers.get(question.id), share, check)


def _grade_one(
    question: Question, picked: str | None, points: float, check: Check
) -> None:
    name, look = f"{question.id} {question.prompt}", question.where
    if picked is None:
        check.add(name, points, 0, got="no answer", look=look)
        return
    option = question.option(picked)
    right = picked == question.answer
    got = f"{picked} {option.text}: {option.feedback}"
    blame = option.misconception
    check.add(name, points, points * right, got=got, look=look, belief=blame)
