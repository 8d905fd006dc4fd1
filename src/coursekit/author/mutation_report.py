"""Which changed solutions still get full marks: holes in a check, or right answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from coursekit.author.mutation import Mutant, mutants, sample
from coursekit.author.score_answers import AnswerBatch, Engine, grade_all, in_process
from coursekit.author.verify.bank import NO_BANK
from coursekit.author.verify.subject import Subject
from coursekit.core.course import Course
from coursekit.core.toml_schema import ModuleError, read

FILE = "survivors.toml"
AT_ONCE = 25  # mutants a process grades before the next: few lead-ins, steady progress


def explained(subject: Subject) -> dict[str, dict[str, str]]:
    """Return why mutants with full marks are right, by exercise and change.

    `bank/survivors.toml` has a table for each exercise, in it the change as `coursekit
    mutants` prints it, without the number of the line. ModuleError for anything else.

        [rank]
        "if n < 2:  →  if n <= 2:" = "Two items are sorted alike on either way."
    """
    path = subject.folder / "bank" / FILE
    found = read(path) if path.exists() else {}
    for exercise, reasons in found.items():
        subject.module.exercise(exercise)  # or it says which there are
        if not isinstance(reasons, dict):
            raise ModuleError(f"{FILE}: put {exercise!r} below an exercise, [its_id]")
        for change, why in reasons.items():
            if not (isinstance(why, str) and why.strip()):
                raise ModuleError(f"{FILE}: {exercise}: give a reason for {change!r}")
    return found


def change(mutant: Mutant) -> str:
    """Return the change a mutant makes, without the line's number."""
    return mutant.diff.partition(": ")[2]


@dataclass
class Tally:
    """The fates of one exercise's mutants; `made` includes those that were not run."""

    exercise: str
    made: int
    killed: int = 0
    timed_out: int = 0
    seconds: float = 0.0
    survivors: list[Mutant] = field(default_factory=list)
    explained: dict[str, str] = field(default_factory=dict)  # reasons by change
    stale: list[str] = field(default_factory=list)  # those whose change is noticed

    @property
    def run(self) -> int:
        """How many were graded."""
        return self.killed + self.timed_out + len(self.survivors)

    @property
    def unexplained(self) -> list[Mutant]:
        """The survivors that nobody has given a reason for."""
        return [m for m in self.survivors if change(m) not in self.explained]


def survey(
    course: Course,
    modules: Sequence[str],
    *,
    exercise: str = "",
    most: int | None = None,
    seconds: float = 10.0,
    jobs: int | None = None,
    engine: Engine = in_process,
    tick: Callable[[int, int], None] = lambda done, count: None,
) -> list[Tally]:
    """Grade mutants of every solution; at most `most` an exercise, each for `seconds`.

    `tick` is told how many are done, and of how many.
    """
    tallies: list[Tally] = []
    work: list[tuple[Tally, float, list[Mutant], AnswerBatch]] = []
    for subject in (Subject(course, name) for name in modules):
        reasons = explained(subject)
        for wanted in _exercises(subject, exercise):
            name = f"{subject.name}.{wanted}"
            points = subject.module.exercise(wanted).points
            found = mutants(subject.solutions[wanted].source)
            chosen = found if most is None else sample(found, most, seed=name)
            tally = Tally(name, len(found), explained=reasons.get(wanted, {}))
            tallies.append(tally)
            waiting = {change(m) for m in found} - {change(m) for m in chosen}
            tally.stale = [c for c in tally.explained if c not in waiting]
            for i in range(0, len(chosen), AT_ONCE):
                part = chosen[i : i + AT_ONCE]
                texts = tuple(m.text for m in part)
                batch = AnswerBatch(subject.name, wanted, texts, seconds)
                work.append((tally, points, part, batch))
    count, done = sum(len(part) for _, _, part, _ in work), 0
    tick(done, count)
    # survivors are listed in the order of the code, whichever batch is done first
    results = {}
    for place, result in grade_all(course, [w[3] for w in work], engine, jobs):
        results[place] = result
        tick(done := done + len(result.outcomes), count)
    for place, (tally, points, part, _) in enumerate(work):
        tally.seconds += results[place].seconds
        for mutant, outcome in zip(part, results[place].outcomes, strict=True):
            if outcome.status == "timed out":
                tally.timed_out += 1
            elif outcome.score >= points:
                tally.survivors.append(mutant)
                tally.stale = [c for c in tally.stale if c != change(mutant)]
            else:
                tally.killed += 1
    return tallies


def _exercises(subject: Subject, wanted: str) -> list[str]:
    """Exercises answered in code, in the module's order; `wanted` ones if given."""
    short = subject.module.short(wanted)
    return [
        e.id
        for e in subject.module.exercises
        if e.id in subject.solutions and e.kind not in NO_BANK and short in ("", e.id)
    ]
