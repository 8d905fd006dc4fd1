"""Put an exercise back as it came, in the notebook and in what is recorded."""

from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from coursekit.core import answers_file
from coursekit.core.course import CourseError
from coursekit.core.module import Exercise, load
from coursekit.core.notebook import read_source

KEPT = "kept"  # the folder of earlier answers, next to the notebook


def reset(folder: Path, name: str) -> Path | None:
    """Put the exercise `name` of the module in `folder` back; return the copy's path.

    None when nothing had changed. CourseError when the notebook lacks the cell or
    something cannot be written; the answer is then where it was.
    """
    module = load(folder)
    exercise = module.exercise(name)
    path = folder / f"{module.name}.ipynb"
    notebook = read_source(path)
    cell = _answer(notebook, exercise.id, path)
    record = answers_file.at(folder)
    given = {
        q.id: record.section("quiz")[q.id]
        for q in module.asked(exercise.id)
        if q.id in record.section("quiz")
    }
    if cell.source.strip() == exercise.stub.strip() and not given:
        return None
    try:
        kept = _keep(folder, exercise, cell.source, given)
        record.forget("progress", [exercise.id])
        record.forget("quiz", given)
        _put_back(notebook, cell, exercise)
        answers_file.write(path, nbformat.writes(notebook) + "\n")
    except OSError as error:
        raise CourseError(
            f"{exercise.id} could not be put back ({error.strerror}): make room or "
            f"allow writing in {folder}, then run this again."
        ) from error
    return kept


def _answer(notebook: NotebookNode, name: str, path: Path) -> NotebookNode:
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade_id") == name and about.get("solution"):
            return cell
    raise CourseError(
        f"{path.name} has no answer cell {name}: take a fresh copy of the module and "
        "paste your answers."
    )


def _keep(folder: Path, exercise: Exercise, text: str, given: dict[str, str]) -> Path:
    """Write the answer to a file of its own."""
    when = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    ending = "md" if exercise.by_hand else "py"
    target = folder / KEPT / f"{exercise.id}_{when}.{ending}"
    target.parent.mkdir(exist_ok=True)
    chosen = "".join(f"# {name}: {letter}\n" for name, letter in given.items())
    answers_file.write(target, f"{chosen}{text}\n")
    return target


def _put_back(notebook: NotebookNode, answer: NotebookNode, exercise: Exercise) -> None:
    """The stub in, and away with outputs that show the old answer."""
    answer.source = exercise.stub.strip("\n")
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        about = cell.metadata.get("nbgrader", {})
        own = about.get("grade_id") in (exercise.id, f"test_{exercise.id}")
        # a notebook keeps the quiz answers in the output of its tests, too
        quiz = exercise.kind == "quiz" and any(
            answers_file.MIME in output.get("data", {}) for output in cell.outputs
        )
        if own or quiz:
            cell.outputs, cell.execution_count = [], None
