"""Hints, a rung at a time: a nudge, the approach, nearly the code."""

import re
from collections import Counter
from pathlib import Path

from coursekit.core import answers_file, render
from coursekit.core.module import Exercise, Misconception, Module, find
from coursekit.core.one_line import one_line


@one_line
def hint(exercise: str = "", rung: int | None = None) -> None:
    """Show the next hint of an exercise, or hint number `rung`; it is recorded."""
    if not exercise:
        names = ", ".join(e.id for e in find().exercises)
        answers_file.say(f'Of which exercise? hint("name"), the name one of {names}.')
        return
    found = find().exercise(exercise)
    count = len(found.hints)
    if not count:
        answers_file.say(f"{found.id} has no hints.")
        return
    used = _used(found)
    step = min(used + 1, count) if rung is None else rung
    if type(step) is not int or not 1 <= step <= count:
        answers_file.say(f'{found.id} has hints 1 to {count}: hint("{found.id}", 1)')
        return
    answers_file.here().put("hints", found.id, max(used, step))
    _show(found, step)


def _used(exercise: Exercise) -> int:
    used = answers_file.here().section("hints").get(exercise.id)
    return used if type(used) is int and 0 < used <= len(exercise.hints) else 0


def _show(exercise: Exercise, step: int) -> None:
    count = len(exercise.hints)
    head = f"Hint {step} of {count} for {exercise.id}"
    more = "Call hint again for more." if step < count else "That was the last one."
    text, note = exercise.hints[step - 1], answers_file.here().take_note()
    shown = render.inline(text)
    body = f"<div style='white-space:pre-wrap;margin:4px 0'>{shown}</div>"
    body += render.escape(" ".join(filter(None, [more, note])))
    lines = [head, *(f"    {line}" for line in text.splitlines()), more]
    render.show("\n".join([*lines, note] if note else lines), render.boxed(head, body))


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
