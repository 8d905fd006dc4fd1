"""A judge in a process that the learner's code cannot reach, linked to its kernel."""

from pathlib import Path
from typing import Any

from coursekit.course import CourseError
from coursekit.grading.kernel import Kernel
from coursekit.grading.outcome import BROKEN
from coursekit.report import Report

NEAR = "__import__('coursekit.grading.near', fromlist=['near'])"
PATIENCE = 20.0  # seconds for a kernel to connect, and to end a test cell


class Outside:
    """Links the kernel to a judge of the judge server."""

    def __init__(self, judge: Any, folder: Path) -> None:
        self.judge, self.folder = judge, folder

    def attach(self, kernel: Kernel) -> None:
        """Connect the kernel, before any code of the learner's."""
        folder = kernel.boxed.folder if kernel.boxed else self.folder
        path = Path(folder) / "judge"
        self.judge.listen(path)
        sent = kernel.send(f"{NEAR}.connect({str(path)!r})")
        if not kernel.answered(sent, PATIENCE):
            raise CourseError("The kernel did not connect to its judge.")

    def grade(self, kernel: Kernel, exercise: str, seconds: float) -> Report:
        """The report of an exercise, made by the judge."""
        serving = kernel.send(f"{NEAR}.serve()")
        report: Report = self.judge.grade(exercise, seconds=seconds)
        if report.status in BROKEN:
            return self._why(kernel, report)
        if not kernel.answered(serving, PATIENCE):
            # graded, yet the kernel is of no use any more
            kernel.gone = True
        return report

    def _why(self, kernel: Kernel, report: Report) -> Report:
        """The report with the limit that ended the kernel, if one did."""
        if kernel.boxed is None or not kernel.boxed.why:
            return report
        lost = kernel.lost()
        return Report.of(report.exercise, report.max, status=lost.status, note=lost.why)
