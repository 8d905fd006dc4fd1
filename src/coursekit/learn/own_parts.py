"""The parts that a module's agent is assembled from: the learner's own, else ours.

A module takes part by a file `parts.py` with `PARTS`, which maps an exercise to the
name its answer defines, and with the reference's version of each of these names. An
exercise with a dot, `02_memory.keep`, is one of an earlier module: its answer is taken
out of that module's notebook, which lies next to this one's folder.
"""

import importlib.util
import inspect
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from coursekit.check.error_messages import fault
from coursekit.check.learner_names import quiet
from coursekit.check.parsons import assemble
from coursekit.core import answers_file
from coursekit.core.module import Module, ModuleError, find
from coursekit.core.notebook import read_cells
from coursekit.core.one_line import one_line
from coursekit.learn.taken_answers import inside, take

FILE = "parts.py"


@one_line
def parts(*, ours: bool = False) -> SimpleNamespace:
    """Collect the parts of this module's agent and print whose they are.

    A part is yours when the tests of its exercise passed in its notebook; otherwise
    the reference's version stands in. With `ours` all parts are the reference's: a
    hidden check asks for those, so that an earlier wrong answer costs nothing again.
    """
    if ours:
        return collect(find(), {}, ())[0]
    frame = inspect.currentframe()
    while frame and frame.f_globals.get("__name__", "").startswith("coursekit"):
        frame = frame.f_back
    names = frame.f_globals if frame else {}
    done = answers_file.here().section("progress")
    passed = {name for name, found in done.items() if found["all"]}
    before, errors = earlier(find(), Path.cwd().parent)
    own, yours = collect(find(), names, passed, before)
    print("\n".join([*errors, whose(own, yours)]))
    return own


def collect(
    module: Module,
    names: Mapping[str, Any],
    solved: Collection[str],
    before: Mapping[str, Any] | None = None,
) -> tuple[SimpleNamespace, dict[str, bool]]:
    """The parts by name, and for each whether it is the learner's.

    `before` has those of earlier modules, by exercise.
    """
    ours = load(module.folder / FILE)
    own, yours = SimpleNamespace(), {}
    for exercise, name in ours.PARTS.items():
        made = (before or {}).get(exercise)
        if exercise in solved and "." not in exercise:
            made = _answer(module, exercise, name, names)
        yours[name] = made is not None
        setattr(own, name, getattr(ours, name) if made is None else made)
    return own, yours


def earlier(module: Module, course: Path) -> tuple[dict[str, Any], list[str]]:
    """The learner's parts in the notebooks of `course` that a module builds on.

    Besides, what went wrong: an error costs the one part that it is in.
    """
    found: dict[str, Any] = {}
    errors: list[str] = []
    for exercise, name in load(module.folder / FILE).PARTS.items():
        where, dot, id = exercise.partition(".")
        if not dot:
            continue
        done = answers_file.at(course / where).section("progress").get(id)
        if not (isinstance(done, dict) and done.get("all")):
            continue
        try:
            found[exercise] = _taken(course / where, id, name)
        except Exception as error:
            errors.append(f"{exercise}: {fault(error, {}).text()}")
    return found, errors


def _taken(folder: Path, id: str, name: str) -> Any:
    """One part out of the notebook in a folder; what is below it is not run."""
    cells = read_cells(folder / f"{folder.name}.ipynb")
    place = [cell.grade_id for cell in cells].index(id) + 1
    with inside(folder), quiet():
        module = find()
        built = take(module, cells[:place], (id,))
        if built.errors:
            raise ModuleError(built.errors[0])
        made = _answer(module, id, name, built.names) if built.solved else None
    if made is None:
        raise ModuleError(f"its cell defines no {name}")
    return made


def whose(own: SimpleNamespace, yours: Mapping[str, bool]) -> str:
    """One line for people: which parts are theirs, and which stand in."""
    mine = ", ".join(name for name in vars(own) if yours[name])
    others = ", ".join(name for name in vars(own) if not yours[name])
    if not others:
        return f"All parts are yours: {mine}."
    return f"Yours: {mine or 'none yet'}. The reference stands in for {others}."


def load(path: Path) -> ModuleType:
    """Import a module's file by its path; ModuleError when it is not there."""
    if not path.is_file():
        raise ModuleError(f"no {path.name} in {path.parent}: put back that folder")
    spec = importlib.util.spec_from_file_location(
        f"{path.stem}_{path.parent.name}", path
    )
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def _answer(
    module: Module, exercise: str, name: str, names: Mapping[str, Any]
) -> Callable[..., Any] | None:
    """The learner's version of a part; the lines of a Parsons answer become code."""
    if module.exercise(exercise).kind != "parsons":
        return names.get(name)
    if "order" not in names:
        return None
    space = dict(names)
    exec(assemble(exercise, names["order"]), space)
    return space.get(name)
