"""Rules about module.toml, the cells that belong to it, and the files around both."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from coursekit.author.finding import Finding
from coursekit.author.sources import cells_of_exercises, exercises_of_cells
from coursekit.author.templates import facts
from coursekit.author.verify.subject import Subject
from coursekit.core.course import RELEASE, SOURCE
from coursekit.core.module import Exercise

MADE = ("__pycache__", ".ipynb_checkpoints", ".virtual_documents", ".DS_Store")
DATA = (".csv", ".json", ".png", ".svg", ".txt")


def exercises_are_complete(subject: Subject) -> Iterator[Finding]:
    """Each has objective, points, minutes, three hints, explanation."""
    objectives = {o.id for o in subject.module.objectives}
    for exercise in subject.module.exercises:
        for lack, todo in _lacks(exercise, objectives, subject.headings):
            yield Finding(f"{subject.where}/module.toml: {exercise.id}", lack, todo)


def _lacks(
    exercise: Exercise, objectives: set[str], headings: set[str]
) -> Iterator[tuple[str, str]]:
    if exercise.objective not in objectives:
        known = ", ".join(sorted(objectives)) or "none yet"
        yield f"unknown objective {exercise.objective!r}", f"use one of {known}"
    if exercise.points <= 0 or exercise.minutes <= 0:
        yield "points and minutes must be above zero", "state both"
    if not 1 <= exercise.difficulty <= 5:
        yield f"difficulty {exercise.difficulty}", "use 1 to 5"
    hints = [h for h in exercise.hints if h.strip()]
    if len(hints) < 3:
        yield f"{len(hints)} hints", "write a nudge, an approach, nearly the code"
    if not exercise.explanation.strip():
        yield "no explanation", "say why the solution works, for after solving"
    if exercise.section not in headings:
        yield (
            f"no heading {exercise.section!r} in the notebook",
            "set section to the heading that teaches it",
        )


def objectives_are_practised(subject: Subject) -> Iterator[Finding]:
    """Every objective has an exercise and a quiz question."""
    module = subject.module
    used = {
        "exercise": {e.objective for e in module.exercises if e.kind != "quiz"},
        "quiz question": {q.objective for q in module.quiz},
    }
    for objective in module.objectives:
        for what, ids in used.items():
            if objective.id not in ids:
                yield Finding(
                    f"{subject.where}/module.toml: {objective.id}",
                    f"no {what} has this objective",
                    f"write one, or set objective on the {what} that fits",
                )


def exercises_have_cells(subject: Subject) -> Iterator[Finding]:
    """Exercise `x` has an answer cell `x` and a graded cell `test_x` of its points."""
    return cells_of_exercises(subject.module, subject.notebook)


def cells_have_exercises(subject: Subject) -> Iterator[Finding]:
    """Every answer cell and graded cell belongs to an exercise of module.toml."""
    return exercises_of_cells(subject.module, subject.notebook)


def tasks_say_what_the_table_says(subject: Subject) -> Iterator[Finding]:
    """A line **Exercise `x`** has the kind, points and difficulty of module.toml."""
    for index, cell in enumerate(subject.notebook.cells):
        for line in cell.source.splitlines() if cell.cell_type == "markdown" else ():
            for exercise in subject.module.exercises:
                right = facts(exercise)
                if line.startswith(f"**Exercise `{exercise.id}`**") and not (
                    f"{line} ·".startswith(f"{right} ·")
                ):
                    yield Finding(
                        f"{subject.where}/{subject.name}.ipynb: cell {index}",
                        f"{exercise.id} is described in another way than in its table",
                        f"write {right}, or change module.toml",
                    )


def rubrics_say_what_earns_the_points(subject: Subject) -> Iterator[Finding]:
    """A rubric that learners can read has all points of what a person grades."""
    cells = (c for c in subject.notebook.cells if c.cell_type == "markdown")
    lines = {line.strip("*- ") for cell in cells for line in cell.source.splitlines()}
    for exercise in subject.module.exercises:
        where = f"{subject.where}/module.toml: {exercise.id}"
        for lack, todo in _lacks_of_rubric(exercise, lines):
            yield Finding(where, lack, todo)


def _lacks_of_rubric(exercise: Exercise, lines: set[str]) -> Iterator[tuple[str, str]]:
    if not exercise.by_hand:
        if exercise.rubric:
            yield "has a rubric, and is graded by its check", "take the rubric out"
        return
    points = exercise.rubric_points()
    for row, worth in zip(exercise.rubric, points, strict=True):
        if worth is None:
            yield f"no points in the row {row!r}", "write `what earns it: 2 points`"
        if row not in lines:
            yield (
                f"learners do not see the row {row!r}",
                "put it into the task's cell, in a list",
            )
    total = sum(filter(None, points))
    if abs(total - exercise.points) > 1e-9:
        yield (
            f"its rubric has {total:g} points, the exercise {exercise.points:g}",
            "make them equal",
        )
    if not exercise.stub.strip():
        yield "no stub", "write what the answer cell says before it is answered"


def no_stray_files_in_sources(subject: Subject) -> Iterator[Finding]:
    """A module's folder holds what a module has, and nothing else."""
    exercises = {e.id for e in subject.module.exercises}
    text = "\n".join(c.source for c in subject.notebook.cells)
    for path in sorted(subject.folder.rglob("*")):
        parts = path.relative_to(subject.folder).parts
        if path.is_file() and not set(parts) & set(MADE):
            if _belongs(parts, exercises, subject.name, text):
                continue
            yield Finding(
                path.relative_to(subject.course.root).as_posix(),
                "does not belong to the module",
                "delete it, name it in the notebook, or rename it "
                "(bank/EXERCISE/right_….py, wrong_….py)",
            )


def _belongs(parts: tuple[str, ...], exercises: set[str], name: str, text: str) -> bool:
    last = Path(parts[-1])
    if parts[0] == "bank":
        if parts[1:] == ("survivors.toml",):  # read by `coursekit mutants`
            return True
        named = last.suffix == ".py" and last.name.startswith(("right_", "wrong_"))
        return len(parts) == 3 and parts[1] in exercises and named
    if len(parts) == 1 and (last.suffix == ".py" or last.name == "module.toml"):
        return True
    used = last.suffix in DATA and last.name != "answers.json" and last.name in text
    return parts == (f"{name}.ipynb",) or used


def no_stray_modules(subjects: Sequence[Subject]) -> Iterator[Finding]:
    """solutions/ and course/ hold modules; every folder in course/ has its source."""
    course = subjects[0].course
    for place in (SOURCE, RELEASE):
        folder = course.root / place
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            known = path.name in course.modules if path.is_dir() else _top(path)
            if not known and path.name not in MADE:
                yield Finding(
                    f"{place}/{path.name}",
                    "belongs to no module",
                    f"delete it, or write {SOURCE}/{path.stem}/{path.stem}.ipynb",
                )


def _top(path: Path) -> bool:
    return path.suffix == ".md" or path.name == "misconceptions.toml"


RULES = (
    exercises_are_complete,
    rubrics_say_what_earns_the_points,
    objectives_are_practised,
    exercises_have_cells,
    cells_have_exercises,
    tasks_say_what_the_table_says,
    no_stray_files_in_sources,
)
COURSE_RULES = (no_stray_modules,)
