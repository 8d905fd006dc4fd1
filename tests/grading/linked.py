"""Attempts at exercises, each graded over the link in a copy of this process."""

import os
import signal
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from coursekit.grading import near
from coursekit.grading.judge_server import Judges
from coursekit.notebook import grader, is_solution, is_test, up_to_last_test
from coursekit.verify import plain_run
from coursekit.verify.bank import SHIPPED, SOLUTION, _attempts
from coursekit.verify.forked import call_forked
from coursekit.verify.subject import Subject


def grade_all(subject: Subject, judges: Judges, only=()) -> dict[str, dict[str, Any]]:
    """Exercise -> attempt -> (report as JSON, seconds)."""
    (found,) = call_forked([partial(_all, subject, judges, only)], 600)
    return found


def _all(subject: Subject, judges: Judges, only) -> dict[str, dict[str, Any]]:
    names = plain_run._become_main(subject.folder)
    reports: dict[str, dict[str, Any]] = {}
    for index, cell in enumerate(up_to_last_test(subject.notebook)):
        if cell.cell_type != "code" or is_test(cell):
            continue
        exercise = grader(cell).get("grade_id", "")
        if is_solution(cell) and (not only or exercise in only):
            reports[exercise] = {
                label: _linked(subject, judges, exercise, index, text, names)
                for label, text in _attempts(subject, exercise).items()
            }
        plain_run.run_cell(cell.source, names, f"cell {index}")
    return reports


def _linked(subject, judges, exercise, index, text, names) -> Any:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "judge"
        judge = judges.start(subject.name, subject.folder)
        judge.listen(path)
        pid = os.fork()
        if pid == 0:
            try:
                attempt(subject, exercise, index, text, names)
                near.connect(path, names)
                near.serve()
            finally:
                os._exit(0)
        began = time.perf_counter()
        try:
            report = judge.grade(exercise, seconds=30)
            return report.to_json(), time.perf_counter() - began
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            judge.close()


def attempt(subject, exercise, index, text, names) -> None:
    """Run `text` in place of the answer cell, and the cells up to its test."""
    plain_run.run_cell(text, names, "your answer")
    for i, cell in enumerate(subject.notebook.cells[index + 1 :], index + 1):
        if grader(cell).get("grade_id") == f"test_{exercise}":
            return
        if cell.cell_type == "code" and not is_test(cell):
            plain_run.run_cell(cell.source, names, f"cell {i}")


__all__ = ["SHIPPED", "SOLUTION", "grade_all"]
