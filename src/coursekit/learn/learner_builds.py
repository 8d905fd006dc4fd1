"""Take a learner's own parts out of their notebooks for `demo_runner.py --mine`.

A module takes part by a file `mine.py` with `PART`, the part of the demo it belongs to,
`AGENT`, the exercise that assembles the agent, and `build(names, parts)`, which adapts
the learner's agent to that part of the demo: it returns a `Make` of
`session1.demo.replay`, `.tool_runs` or `.answer_runs`, or what else that part of the
demo takes. For the parts see `coursekit.learn.own_parts`.
"""

import traceback
from collections.abc import Container
from pathlib import Path
from types import ModuleType
from typing import Any

from coursekit.check.error_messages import fault
from coursekit.check.learner_names import quiet
from coursekit.core.course import RELEASE, SOURCE, Course, CourseError
from coursekit.core.module import ModuleError, find
from coursekit.core.notebook import read_cells
from coursekit.learn.own_parts import FILE as PARTS
from coursekit.learn.own_parts import collect, load
from coursekit.learn.taken_answers import Built, inside, take
from session1.demo.part import Mine

FILE = "mine.py"
NOTHING = (
    "Nothing of yours to run yet: build an agent in course/, save its notebook, "
    "then run this again."
)


def mine(course: Course, parts: Container[str] | None = None) -> Mine:
    """Load what the learner built in `course/`, for these parts of the demo or all."""
    makers: dict[str, Any] = {}
    notes: list[str] = []
    spaces: list[dict[str, Any]] = []
    for name, path in _recipes(course).items():
        recipe = load(path)
        if parts is not None and recipe.PART not in parts:
            continue
        try:
            built, maker = _taken(course, name, recipe)
        except (CourseError, ModuleError) as e:
            notes.append(f"{name}: {e}")
            continue
        notes += built.notes()
        spaces.append(built.names)
        if maker is not None:
            makers[recipe.PART] = maker

    if not makers:
        notes.append(NOTHING)

    def tell(error: Exception) -> str:
        told = [_told(error, names) for names in spaces]
        return next((text for text in told if text), fault(error, {}).text())

    return Mine(makers, tuple(notes), tell)


def _told(error: Exception, names: dict[str, Any]) -> str:
    """The error with its answer and line, if a notebook with these names raised it."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    own = [f.f_code.co_filename for f in frames if f.f_globals is names]
    return f"{own[-1].strip('<>')}: {fault(error, names).text()}" if own else ""


def _recipes(course: Course) -> dict[str, Path]:
    """The recipes by module: those of the release where there is no `solutions/`."""
    folder = SOURCE if course.modules else RELEASE
    found = sorted((course.root / folder).glob(f"*/{FILE}"))
    return {path.parent.name: path for path in found}


def _taken(course: Course, name: str, recipe: ModuleType) -> tuple[Built, Any]:
    """The answers, and what was built of them (or None)."""
    notebook = course.release(name) / f"{name}.ipynb"
    cells = read_cells(notebook)
    with inside(notebook.parent), quiet():
        module = find()
        own_parts = load(module.folder / PARTS).PARTS
        uses = tuple(dict.fromkeys((*own_parts, recipe.AGENT)))
        built = take(module, cells, uses)
        maker = None
        try:
            if recipe.AGENT in built.solved:
                own, yours = collect(module, built.names, built.solved)
                built.stand_ins = [x for x, is_yours in yours.items() if not is_yours]
                maker = recipe.build(built.names, own)
        except Exception as e:
            built.errors.append(fault(e, built.names).text())
    return built, maker
