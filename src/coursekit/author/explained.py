"""Changed solutions that get full marks and should: `bank/survivors.toml` says why.

A table for each exercise, in it the change as `coursekit mutants` prints it, without
the number of the line, and the reason why what changed is as right as the solution:

    [rank]
    "if n < 2:  →  if n <= 2:" = "Two items are sorted alike on either way."
"""

from coursekit.author.mutation import Mutant
from coursekit.author.verify.subject import Subject
from coursekit.core.toml_schema import ModuleError, read

FILE = "survivors.toml"


def explained(subject: Subject) -> dict[str, dict[str, str]]:
    """The reasons of a module by exercise and change; ModuleError for anything else."""
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
    """The change a mutant makes, whatever the line's number becomes."""
    return mutant.diff.partition(": ")[2]
