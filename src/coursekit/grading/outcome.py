"""The outcome of an exercise: its check's report, or why there is none."""

import dataclasses
import re
from collections.abc import Iterable, Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_output

from coursekit.check.grader import GradedHere
from coursekit.core.blanks import BARE, BLANK, STUB
from coursekit.core.module import Exercise
from coursekit.core.notebook import grader, is_solution, is_test
from coursekit.core.rebuild import RebuiltNotebook
from coursekit.core.report import EMPTY, Report
from coursekit.core.wording import clean, short
from coursekit.grading import by_hand
from coursekit.grading.atomic_files import shown

SHOWN, LONG = 3, 400  # names in a line, characters of one
RUN_HERE = "time", "capture", "prun"  # magics of cells that keep what is defined
BROKEN = ("timed out", "crashed", "tampered")  # the kernel is not used again
WHY = {
    "timed out": "It ran longer than it may: look for a loop that never ends.",
    "crashed": "Python itself ended while this ran: look for os._exit, exit, "
    "very deep recursion or memory that grows without bound.",
}


def outcome(
    exercise: Exercise,
    rebuilt: RebuiltNotebook,
    found: Report | None,
    ended: Mapping[str, tuple[str, str]],
) -> Report:
    """The report of an exercise.

    `found` is its check's; `ended` has the answer cells that ended their kernel, with
    the status and why.
    """
    name = exercise.id
    if exercise.by_hand:
        return by_hand.report(exercise, rebuilt)
    if name in rebuilt.problems:
        return lost(exercise, *rebuilt.problems[name])
    if name in ended:
        return lost(exercise, *ended[name])
    if found is None:
        return lost(exercise, "timed out", "The notebook's time was used up before it.")
    if found.status in BROKEN:
        return lost(exercise, found.status, found.note)
    if found.exercise != name or found.max != exercise.points:
        return lost(exercise, "tampered", "Its report is not the one the check makes.")
    as_it_came = rebuilt.texts.get(name) == exercise.stub.strip()
    # a quiz is answered by clicks, its cell may well stay as it came
    if not found.score and as_it_came and exercise.kind != "quiz":
        note = found.note or "it is as it came"
        found = dataclasses.replace(found, status=EMPTY, note=note)
    elif error := cell_error(rebuilt.notebook, name):
        found = _stopped(found, error)
    return _noted(found, rebuilt.notes.get(name, ""))


def note_cells(
    rebuilt: RebuiltNotebook,
    asked: Iterable[int],
    ended: Mapping[int, tuple[str, str]],
    changed: Mapping[int, str],
) -> None:
    """Note which cells spoilt their kernel for others, with an exercise each.

    That of an answer's cell is its own, that of any other the next one. Besides, the
    answers that no one else can see, since a magic keeps what they define.
    """
    for cell in filter(is_solution, rebuilt.notebook.cells):
        magic = re.match(r"\s*%%(\w+)", cell.source)
        if cell.cell_type == "code" and magic and magic[1] not in RUN_HERE:
            said = f"Its cell begins with %%{magic[1]}, so it defines nothing"
            name = grader(cell)["grade_id"]
            rebuilt.notes[name] = (
                f"{rebuilt.notes.get(name, '')} {said}: take that line out.".strip()
            )
    did = dict.fromkeys(asked, "asked Python to end: take out what asks for it")
    for index, what in changed.items():
        did[index] = f"changed `{what}`: the cells below were graded without it"
    for index, (status, _) in ended.items():
        what = "changed IPython itself" if status == "tampered" else status
        did[index] = f"{what} and was left out"
    cells = rebuilt.notebook.cells
    for index, what in sorted(did.items()):
        if not is_solution(cells[index]):
            first = short(cells[index].source.strip().partition("\n")[0])
            _note(rebuilt, index, f"The cell that begins with `{first}` {what}.")
        elif index not in ended:  # its own report says the rest
            _note(rebuilt, index, f"Its cell {what}.")


def _note(rebuilt: RebuiltNotebook, index: int, said: str) -> None:
    cells = rebuilt.notebook.cells
    after = [*cells[index:], *reversed(cells[:index])]
    for name in [grader(c)["grade_id"] for c in after if is_solution(c)][:1]:
        rebuilt.notes[name] = f"{rebuilt.notes.get(name, '')} {said}".strip()


def needs_an_eye(
    notes: Mapping[str, str], reports: Iterable[Report], left_out: list[str]
) -> list[str]:
    """Lines for the instructor: points may be lost for more than a wrong answer.

    What cells did to others, what is broken, and which files did not fit.
    """
    lines = [f"{name}: {note}" for name, note in notes.items() if note]
    broken: dict[tuple[str, str], list[str]] = {}
    for report in reports:
        if report.status in BROKEN:
            broken.setdefault((report.status, report.note), []).append(report.exercise)
    for (status, why), names in broken.items():
        lines.append(f"{', '.join(names)} {status}: {why}".removesuffix(": "))
    if left_out:
        more = f" and {len(left_out) - SHOWN} more" if len(left_out) > SHOWN else ""
        files = ", ".join(shown(name) for name in left_out[:SHOWN])
        lines.append(f"{files}{more} did not fit beside the notebook: left out")
    return [clean(" ".join(line.split()))[:LONG] for line in lines]


def lost(exercise: Exercise, status: str, note: str = "") -> Report:
    """No points, and why."""
    note = note or WHY.get(status, "")
    return Report.of(exercise.id, exercise.points, status=status, note=note)


def _stopped(report: Report, error: str) -> Report:
    """The report on an answer whose own cell ended in an error."""
    if report.status != EMPTY:
        return _noted(report, error)
    return Report.of(report.exercise, report.max, note=error)


def _noted(report: Report, note: str) -> Report:
    note = f"{note} {report.note}".strip()
    return dataclasses.replace(report, note=note) if note else report


def write_outputs(notebook: NotebookNode, reports: Mapping[str, Report]) -> None:
    """Put each report into its test cell: the text as printed, the score as a result.

    A test cell without a report gets an error, which nbgrader reads as no points.
    """
    for cell in filter(is_test, notebook.cells):
        if cell.cell_type != "code":
            continue
        report = reports.get(str(grader(cell).get("grade_id")).removeprefix("test_"))
        cell.execution_count = None
        cell.outputs = _outputs(report) if report else [_nothing()]


def _outputs(report: Report) -> list[NotebookNode]:
    graded = GradedHere(report)
    data = {"text/plain": repr(graded), **graded._repr_mimebundle_()}
    return [
        new_output("stream", name="stdout", text=f"{report.text()}\n"),
        new_output("execute_result", data=data, execution_count=None),
    ]


def _nothing() -> NotebookNode:
    why = "no exercise of the module belongs to this cell"
    return new_output("error", ename="NotGraded", evalue=why, traceback=[why])


def cell_error(notebook: NotebookNode, name: str) -> str:
    """The error that the cell with grade_id `name` ended in, and its line.

    Empty when there was none, and for an answer not written yet.
    """
    cells = [c for c in notebook.cells if grader(c).get("grade_id") == name]
    found = [(c, o) for c in cells for o in c.outputs if o.output_type == "error"]
    if not found:
        return ""
    cell, error = found[-1]
    blank = error.ename == "NameError" and f"'{BLANK}'" in error.evalue
    line = _line(cell, "\n".join(error.traceback))
    stub = error.ename == "NotImplementedError" and (not line or STUB in line)
    if blank or stub:
        return ""
    message = re.sub(r" \([^()]*, line \d+\)$", "", error.evalue)[:200]
    said = f"Your cell ended in {error.ename}: {message}".removesuffix(": ")
    letters = rf": \w+ *= *{BARE}( *#.*)?$"
    bare = error.ename == "NameError" and re.search(letters, line)
    quotes = "; write the letters in quotes" if bare else ""
    return f"{said}, {line}{quotes}" if line else said


def _line(cell: NotebookNode, traceback: str) -> str:
    """The deepest line of the cell that IPython's traceback names."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", traceback)
    found = re.findall(rf"Cell In\[{cell.execution_count}\], line (\d+)", plain)
    lines = cell.source.splitlines()
    if not found or not 0 < (number := int(found[-1])) <= len(lines):
        return ""
    return f"at your line {number}: {lines[number - 1].strip()}"
