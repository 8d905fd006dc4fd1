"""Rules about quiz questions, one by one and as a bank."""

import math
from collections.abc import Callable, Iterator, Sequence

from nbformat import NotebookNode

from coursekit.author.finding import Finding
from coursekit.author.verify.subject import Subject, headings
from coursekit.core.module import LETTERS, Question

LENGTHS = 1.6  # the longest option to the shortest, with some characters of grace
GRACE = 12
DEVIATIONS = 2.0  # above chance, for small banks


def questions_are_complete(subject: Subject) -> Iterator[Finding]:
    """Options have feedback, wrong ones a known misconception; the section exists."""
    for question in subject.module.quiz:
        where = f"{subject.where}/module.toml: {question.id}"
        for what, todo in _lacks(question, subject):
            yield Finding(where, what, todo)


def _lacks(question: Question, subject: Subject) -> Iterator[tuple[str, str]]:
    if not question.answer:
        yield "has no answer", 'set answer = "A" or another letter'
    if question.objective not in {o.id for o in subject.module.objectives}:
        yield f"unknown objective {question.objective!r}", "name one of the module"
    quizzes = [e.id for e in subject.module.exercises if e.kind == "quiz"]
    if question.exercise not in quizzes:
        yield f"no quiz {question.exercise!r}", f"name one of {', '.join(quizzes)}"
    for letter in question.letters:
        option, right = question.option(letter), letter == question.answer
        name = option.misconception
        if not option.feedback.strip():
            yield f"option {letter} has no feedback", "say why it is right or wrong"
        if right and name:
            yield f"right option {letter} has a misconception", "take it off"
        if not right and name not in subject.module.misconceptions:
            yield (
                f"option {letter}: misconception {name or '(none)'} is unknown",
                "name one of solutions/misconceptions.toml",
            )
    if question.section not in _sections(subject, question):
        yield (
            f"section {question.section!r} is not a heading",
            "name the heading that repairs what went wrong",
        )


def _sections(subject: Subject, question: Question) -> set[str]:
    """Headings a question may point to: an earlier module's when it asks about one."""
    found = subject.headings
    if question.earlier:
        names = [n for n in subject.course.modules if n < subject.name]
        for name in names:
            found |= headings(Subject(subject.course, name).notebook)
    return found


def options_are_of_similar_length(subject: Subject) -> Iterator[Finding]:
    """Length gives nothing away."""
    for question in subject.module.quiz:
        sizes = [len(o.text) for o in question.options]
        if max(sizes) > LENGTHS * min(sizes) + GRACE:
            yield Finding(
                f"{subject.where}/module.toml: {question.id}",
                f"options have {min(sizes)} to {max(sizes)} characters",
                "even them out",
            )


def core_quizzes_ask_about_the_core(subject: Subject) -> Iterator[Finding]:
    """A quiz on the core path asks only about sections of the module's own core."""
    cells = [c for c in subject.notebook.cells if "core" in c.metadata.get("tags", [])]
    sections = headings(NotebookNode(cells=cells))
    for exercise in (e for e in subject.module.exercises if e.core):
        for question in subject.module.asked(exercise.id):
            if question.earlier or question.section not in sections:
                yield Finding(
                    f"{subject.where}/module.toml: {question.id}",
                    f"{exercise.id} is core, {question.where!r} is not",
                    'ask it in a quiz of its own: exercise = "…", one that is not core',
                )


def modules_look_back(subject: Subject) -> Iterator[Finding]:
    """Where there is an earlier module, the quiz asks about one too."""
    quiz = subject.module.quiz
    first = min(subject.course.modules)
    if subject.name > first and quiz and not any(q.earlier for q in quiz):
        yield Finding(
            f"{subject.where}/module.toml",
            "no question is about an earlier module",
            "add one, with earlier = true and the heading that answers it",
        )


def guessing_does_not_pay(subjects: Sequence[Subject]) -> Iterator[Finding]:
    """Always the longest, the shortest or one letter is no better than chance."""
    questions = [q for s in subjects for q in s.module.quiz if q.answer]
    chances = [1 / len(q.options) for q in questions]
    limit = sum(chances) + DEVIATIONS * math.sqrt(sum(p * (1 - p) for p in chances))
    for name, strategy in _strategies().items():
        hits = sum(strategy(q) for q in questions)
        if hits > limit:
            yield Finding(
                "the quiz bank",
                f"always {name} gets {hits:.3g} of {len(questions)} questions right "
                f"(chance {sum(chances):.3g}, at most {limit:.3g})",
                "change the order or the length of some options",
            )


def _strategies() -> dict[str, Callable[[Question], float]]:
    """How many points a strategy expects from a question."""

    def of_length(extreme: Callable[[list[int]], int]) -> Callable[[Question], float]:
        def strategy(question: Question) -> float:
            sizes = [len(o.text) for o in question.options]
            chosen = [i for i, n in enumerate(sizes) if n == extreme(sizes)]
            return (LETTERS.index(question.answer) in chosen) / len(chosen)

        return strategy

    def letter(chosen: str) -> Callable[[Question], float]:
        return lambda question: float(question.answer == chosen)

    letters = {letter_name: letter(letter_name) for letter_name in LETTERS[:5]}
    return {
        "the longest option": of_length(max),
        "the shortest option": of_length(min),
        **letters,
    }


RULES = (
    questions_are_complete,
    options_are_of_similar_length,
    core_quizzes_ask_about_the_core,
    modules_look_back,
)
COURSE_RULES = (guessing_does_not_pay,)
