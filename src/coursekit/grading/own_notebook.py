"""Grade one learner's notebook on this machine, hidden checks included."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.core.course import Course, CourseError
from coursekit.core.module import Module
from coursekit.core.notebook import read_cells
from coursekit.core.report import Report
from coursekit.grading.grade_one import grade_submission
from coursekit.sandbox.choose import allow_unprotected
from coursekit.sandbox.limits import Limits


@dataclass(frozen=True)
class Result:
    """A graded module: one report an exercise, in the module's order."""

    module: Module
    reports: tuple[Report, ...]

    @property
    def score(self) -> float:
        """Points reached."""
        return round(sum(r.score for r in self.reports), 2)

    @property
    def worth(self) -> float:
        """Points there are without those that a person gives."""
        return round(self.module.points - self.by_hand, 2)

    @property
    def by_hand(self) -> float:
        """Points that a person gives, neither won nor lost here."""
        return sum(e.points for e in self.module.exercises if e.by_hand)

    def to_json(self) -> dict[str, Any]:
        """Plain data for other programs."""
        return {
            "module": self.module.name,
            "score": self.score,
            "max": self.worth,
            "by_hand": self.by_hand,
            "exercises": [
                {
                    "id": f"{self.module.name}.{r.exercise}",
                    "score": r.score,
                    "max": r.max,
                    "status": r.status,
                    "reasons": r.reasons,
                }
                for r in self.reports
            ],
        }


def check(
    course: Course,
    name: str,
    notebook: Path,
    *,
    seconds: float = 30,
    tick: Callable[[int, int], None] = lambda done, count: None,
) -> Result:
    """Grade the answers in `notebook`; CourseError when it cannot be read."""
    read_cells(notebook)
    allow_unprotected()  # it is the learner's own code, on their own machine
    limits = Limits(cell_wall=seconds, wall=max(Limits().wall, seconds))
    graded = grade_submission(
        course, name, notebook.resolve(), limits=limits, tick=tick
    )
    return Result(graded.module, graded.reports)


def default_notebook(course: Course, name: str) -> Path:
    """The learner's notebook of a module; CourseError when there is none yet."""
    path = course.release(name) / f"{name}.ipynb"
    if not path.is_file():
        raise CourseError(
            f"There is no {path.relative_to(course.root)}: `coursekit release {name}` "
            "makes it, or name your notebook with --notebook."
        )
    return path
