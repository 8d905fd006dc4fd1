"""A module of the course as data: what `module.toml` says, found from a folder."""

import dataclasses
import difflib
import functools
import os
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from coursekit.core.course import SOURCE
from coursekit.core.plain_data import number
from coursekit.core.toml_schema import ModuleError, build, read, tables

FILE, CATALOGUE = "module.toml", "misconceptions.toml"
REPORT = "report"  # the kind that a person grades
KINDS = (
    *("predict", "trace", "parsons", "fill", "fix", "write", "test", "tune"),
    *(REPORT, "quiz"),
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Objective:
    """Something a learner can do afterwards."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """One graded exercise; `lettered` holds a Parsons exercise's lines as shown.

    `distractors` are lines that belong to no right order; `stub` is what is shipped;
    `rubric` says what a person who grades it gives points for.
    """

    id: str
    title: str
    kind: str
    objective: str
    points: float
    difficulty: int = 1
    minutes: float = 0.0
    core: bool = False
    section: str = ""
    hints: tuple[str, ...] = ()
    explanation: str = ""
    lines: tuple[str, ...] = ()
    distractors: tuple[str, ...] = ()
    lettered: tuple[str, ...] = ()
    stub: str = ""
    rubric: tuple[str, ...] = ()

    @property
    def by_hand(self) -> bool:
        """Whether a person grades it."""
        return self.kind == REPORT

    @property
    def graded_cell(self) -> str:
        """The nbgrader id of the cell that has its points."""
        return self.id if self.by_hand else f"test_{self.id}"

    def written(self, text: str) -> bool:
        """Whether an answer in words holds anything that was not handed out."""
        given = {*map(_bare, self.stub.splitlines()), ""}
        return any(_bare(line) not in given for line in text.splitlines())

    def rubric_points(self) -> list[float | None]:
        """The points of each row, written behind its last colon; None where none is."""
        found = [re.fullmatch(r".+: (\d+(?:\.\d+)?) points?", r) for r in self.rubric]
        return [float(row[1]) if row else None for row in found]


def _bare(line: str) -> str:
    return " ".join(line.split()).casefold()


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a question; key releases have feedback and misconception."""

    text: str
    feedback: str = ""
    misconception: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One quiz question; `answer` is a letter, empty where the key is withheld."""

    id: str
    prompt: str
    options: tuple[Option, ...]
    objective: str = ""
    answer: str = ""
    earlier: bool = False
    section: str = ""
    exercise: str = "quiz"  # a module may have a second quiz

    def option(self, letter: str) -> Option:
        """The option with this letter."""
        return self.options[LETTERS.index(letter)]

    @property
    def where(self) -> str:
        """Where to read about it; a heading of an earlier module is called so."""
        return f"an earlier module, {self.section}" if self.earlier else self.section

    @property
    def letters(self) -> str:
        """The letters that can be chosen, `ABCD`."""
        return LETTERS[: len(self.options)]


@dataclass(frozen=True, slots=True)
class Prediction:
    """A figure to guess before it is measured."""

    id: str
    prompt: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Misconception:
    """A mistaken belief (`name`) and the truth (`repair`)."""

    name: str
    repair: str


@dataclass(frozen=True, slots=True)
class Module:
    """Everything about a module that is data; `full` when keys are included."""

    name: str
    folder: Path
    title: str
    minutes: float
    objectives: tuple[Objective, ...]
    exercises: tuple[Exercise, ...]
    quiz: tuple[Question, ...]
    predictions: tuple[Prediction, ...]
    misconceptions: Mapping[str, Misconception]
    full: bool

    def exercise(self, name: str) -> Exercise:
        """The exercise with this id, with or without the module's name before it."""
        return _named(self.exercises, self.short(name), "exercise")

    def question(self, name: str) -> Question:
        """The quiz question with this id."""
        return _named(self.quiz, self.short(name), "question")

    def asked(self, exercise: str) -> tuple[Question, ...]:
        """The questions of a quiz, which is an exercise."""
        return tuple(q for q in self.quiz if q.exercise == exercise)

    def prediction(self, name: str) -> Prediction:
        """The prediction with this id."""
        return _named(self.predictions, self.short(name), "prediction")

    def short(self, name: str) -> str:
        """`recency` for `02_memory.recency`."""
        name = getattr(name, "__name__", name)  # hint(rank) means hint("rank")
        return str(name).strip().casefold().removeprefix(f"{self.name}.")

    @property
    def points(self) -> float:
        """Full points of the module."""
        return sum(e.points for e in self.exercises)


def _named(items: tuple[T, ...], name: str, what: str) -> T:
    for item in items:
        if str(getattr(item, "id", "")).casefold() == name:
            return item
    ids = [getattr(item, "id", "") for item in items]
    near = difflib.get_close_matches(str(name), ids, n=1)
    known = ", ".join(ids) or "none"
    hint = f"did you mean {near[0]!r}?" if near else f"this module has: {known}"
    raise ModuleError(f"there is no {what} {name!r}; {hint}")


def find(folder: Path | None = None) -> Module:
    """The module whose notebook lies in `folder` (the current one).

    The full one from `solutions/` of the course around it or `$COURSEKIT_ROOT`,
    else the one beside the notebook, which may lack the key.
    """
    here = (folder or Path.cwd()).resolve()
    root = os.environ.get("COURSEKIT_ROOT")
    roots = [Path(root)] if root else []
    for place in [*roots, here, *here.parents]:
        if (place / "solutions" / here.name / FILE).is_file():
            return load(place / "solutions" / here.name)
    return load(here)


def load(folder: Path) -> Module:
    """Read the module in `folder`; read again when its files change."""
    path, catalogue = folder / FILE, folder.parent / CATALOGUE
    return _load(path, _stamp(path), catalogue, _stamp(catalogue))


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@functools.lru_cache(maxsize=16)
def _load(path: Path, _changed: int, catalogue: Path, _also: int) -> Module:
    if not path.is_file():
        if path.parents[1].name == SOURCE:  # no learner has that folder
            raise ModuleError(
                f"{path.parent.name}/{FILE}: is missing in {SOURCE}/: take it from "
                "your last commit"
            )
        raise ModuleError(
            f"no {FILE} in {path.parent.name}/: "
            "start the notebook in its own folder of the course"
        )
    data = read(path)
    where = f"{path.parent.name}/{FILE}"
    quiz = tuple(_question(t, where) for t in tables(data, "quiz", where))
    _once(quiz, f"{where}: quiz")
    known = read(catalogue) if catalogue.is_file() else {}
    title, minutes = data.get("title"), number(data.get("minutes", 0))
    if not (isinstance(title, str) and title) or minutes is None or minutes < 0:
        raise ModuleError(f'{where}: needs title = "…" and minutes = …')
    if odd := [name for name, table in known.items() if not isinstance(table, dict)]:
        raise ModuleError(f"{CATALOGUE}: write {odd[0]} as a table, [{odd[0]}]")
    return Module(
        name=path.parent.name,
        folder=path.parent,
        title=title,
        minutes=minutes,
        objectives=_all(Objective, data, "objectives", where),
        exercises=_exercises(data, where),
        quiz=quiz,
        predictions=_all(Prediction, data, "predictions", where),
        misconceptions={
            name: build(Misconception, table, f"{CATALOGUE}: {name}")
            for name, table in known.items()
        },
        full=not data.get("public", False),
    )


def _all(cls: type[T], data: Mapping[str, Any], key: str, where: str) -> tuple[T, ...]:
    rows = tables(data, key, where)
    made = [build(cls, row, f"{where}: {key} {row.get('id', '?')}") for row in rows]
    _once(made, f"{where}: {key}")
    return tuple(made)


def _once(items: Sequence[Any], where: str) -> None:
    """ModuleError when an id is there twice."""
    ids = [item.id for item in items]
    if twice := {name for name in ids if ids.count(name) > 1}:
        raise ModuleError(f"{where} {sorted(twice)[0]} is there twice")


def _question(table: dict[str, Any], where: str) -> Question:
    where = f"{where}: quiz {table.get('id', '?')}"
    options = tuple(build(Option, t, where) for t in tables(table, "options", where))
    made = build(Question, {**table, "options": options}, where)
    if len(options) < 2 or (made.answer and made.answer not in tuple(made.letters)):
        raise ModuleError(f"{where}: needs two options and an answer among them")
    return made


def _exercises(data: Mapping[str, Any], where: str) -> tuple[Exercise, ...]:
    made = _all(Exercise, data, "exercises", where)
    for e in made:
        if e.kind not in KINDS:
            kinds = ", ".join(KINDS)
            raise ModuleError(f"{where}: {e.id}: kind {e.kind!r} is none of {kinds}")
    return tuple(map(letter, made))


def letter(exercise: Exercise) -> Exercise:
    """Fix the order in which a Parsons exercise's lines are shown."""
    if exercise.lettered or not exercise.lines:
        return exercise
    shown = [*exercise.lines, *exercise.distractors]
    shuffle = random.Random(exercise.id).shuffle
    shuffle(shown)
    while len(set(shown)) > 1 and tuple(shown) == exercise.lines:
        shuffle(shown)
    return dataclasses.replace(exercise, lettered=tuple(shown))
