"""What others get wrong at an exercise, for those who have solved it.

The bank of wrong answers says which beliefs lead there. Only the instructor's folder
has it, so a class's copy has nothing to show; one that learns by itself does.
"""

import re
from collections import Counter
from pathlib import Path

from coursekit.core.module import Exercise, Misconception, Module

MOST = 3
HEAD = 2_000  # characters of an answer in which it says what is behind it
DECLARED = re.compile(r"^\W*misconception:\s*([\w-]+)", re.M)


def common_mistakes(module: Module, exercise: Exercise) -> list[Misconception]:
    """The beliefs behind most wrong answers to an exercise, at most three.

    None where the notebook is the instructor's own, whose outputs are kept.
    """
    if not module.full or module.folder.resolve() == Path.cwd().resolve():
        return []
    found = Counter[str]()
    for path in sorted((module.folder / "bank" / exercise.id).glob("wrong_*.py")):
        with path.open(encoding="utf-8") as file:
            found.update(DECLARED.findall(file.read(HEAD))[:1])
    known = module.misconceptions
    return [known[name] for name, _ in found.most_common() if name in known][:MOST]
