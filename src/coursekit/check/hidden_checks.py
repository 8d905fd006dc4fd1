"""Find the hidden check of an exercise and run it; faults end up in its report."""

import functools
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from coursekit.check.check import Check
from coursekit.check.execution import Place
from coursekit.check.learner_names import Names, quiet
from coursekit.core.module import Exercise, Module
from coursekit.core.report import Report

FILE = "checks.py"


class CheckError(Exception):
    """A check that is missing or broken: for the author, not the learner."""


def load_checks(module: Module) -> ModuleType:
    """The module's `checks.py`, executed anew; CheckError when it is not there."""
    path = module.folder / FILE
    if not path.is_file():
        raise CheckError(f"no {FILE} for {module.name}: only the teacher's copy has it")
    return _execute(path, f"coursekit_checks_{module.name}")


def _execute(path: Path, name: str) -> ModuleType:
    made = ModuleType(name)
    made.__file__ = str(path)
    exec(compiled(path, path.stat().st_mtime_ns), made.__dict__)
    return made


@functools.lru_cache(maxsize=16)
def compiled(path: Path, _changed: int) -> CodeType:
    """The code of a `checks.py`, compiled once for all its exercises."""
    return compile(path.read_bytes(), path, "exec")


def _digest(module: Module) -> str:
    """A digest of the module's `checks.py`, which learners do not have."""
    path = module.folder / FILE
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@functools.lru_cache(maxsize=16)
def prepared(path: Path, _changed: int) -> None:
    """Let a `checks.py` read what all its exercises share: its `prepare()`, if any."""
    prepare = getattr(
        _execute(path, f"coursekit_prepared_{path.parent.name}"), "prepare", None
    )
    if callable(prepare):
        prepare()


def run_check(
    module: Module,
    name: str,
    names: Mapping[str, Any],
    place: Place | None = None,
    seed: str = "",
) -> Report:
    """Grade one exercise on the learner's `names`; faults end up in the report.

    `place` is where learner code runs, this process by default; `seed` is the
    submission's own. The order it leads to is as secret as the checks.
    """
    exercise = module.exercise(name)
    seed = f"{seed} {name} {_digest(module)}"
    check = Check(exercise, names, module.misconceptions, place, seed)
    with quiet() as printed:
        function = _function(module, exercise)
        with check.part("the rest of the check", exercise.points):
            function(Names(names), check)
    nothing = not check.attempted and not any(c.points for c in check.criteria)
    return Report.of(
        exercise.id,
        exercise.points,
        check.criteria,
        status="not attempted" if nothing else "",
        note=check.note if nothing else "",
        printed=printed.text(),
    )


def _function(module: Module, exercise: Exercise) -> Callable[..., None]:
    """The check of an exercise: its function in `checks.py`, or the quiz's own."""
    if exercise.kind == "quiz":
        from coursekit.check.quiz import grade_quiz

        return lambda names, check: grade_quiz(module, check)
    function = getattr(load_checks(module), exercise.id, None)
    if not callable(function):
        raise CheckError(f"{FILE} has no function {exercise.id}")
    return function
