"""The judge of a submission, in a process that the learner's code cannot reach."""

import atexit
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coursekit.core.course import Course, CourseError
from coursekit.core.report import Report
from coursekit.grading.kernel import NotebookKernel
from coursekit.grading.outcome import BROKEN
from coursekit.judge.judge_process import lost
from coursekit.judge.judge_server import Handle, Judges

NEAR = "__import__('coursekit.judge.learner_end', fromlist=['near'])"
_servers: dict[int, Judges] = {}  # by process: a fork has none of its own yet
PATIENCE = 20.0  # seconds for a kernel to connect, and to end a test cell
ENDING = 2.0  # seconds for a process whose link was lost to be gone


class Outside:
    """Links kernels to one judge of the judge server."""

    def __init__(self, judge: Handle, seed: str) -> None:
        self.judge, self.seed = judge, seed

    def attach(self, kernel: NotebookKernel) -> None:
        """Connect the kernel, before any code of the learner's."""
        path = Path(kernel.box.folder) / "judge"
        self.judge.listen(path)
        kernel.box.judge = self.judge.pid
        sent = kernel.send(f"{NEAR}.connect({str(path)!r})")
        if not kernel.answered(sent, PATIENCE):
            raise CourseError("The kernel did not connect to its judge.")

    def grade(self, kernel: NotebookKernel, exercise: str, seconds: float) -> Report:
        """The report of an exercise, made by the judge."""
        serving = kernel.send(f"{NEAR}.serve()")
        report = self.judge.grade(
            exercise,
            seconds=seconds,
            seed=self.seed,
            left=lambda: kernel.replied(serving),
            ended=lambda: kernel.ended,
        )
        if report.status not in BROKEN:
            # graded, though the kernel or the link may be of no use any more
            good = self.judge.connected and kernel.answered(serving, PATIENCE)
            kernel.gone = kernel.gone or not good
            if not kernel.ended:
                return report
        if report.status not in BROKEN or (
            report.status == "tampered" and _ends(kernel)
        ):
            report = lost(self.judge.module, exercise, "crashed")
        return _because(kernel, report)


def _ends(kernel: NotebookKernel) -> bool:
    """Whether its process is gone, or about to be: its sockets close before that."""
    end = time.monotonic() + ENDING
    while not kernel.ended and time.monotonic() < end:
        time.sleep(0.01)
    return kernel.ended


def _because(kernel: NotebookKernel, report: Report) -> Report:
    """The report with the limit that ended the kernel, if one did."""
    if not (kernel.box and kernel.box.why):
        return report
    why = kernel.lost()
    return Report.of(report.exercise, report.max, status=why.status, note=why.why)


@contextmanager
def judge(course: Course, module: str, seed: str) -> Iterator[Outside]:
    """A judge for the submission of a seed, from this process's warm judge server."""
    handle = _server(course.root).start(module, course.source(module))
    try:
        yield Outside(handle, seed)
    finally:
        handle.close()


def _server(root: Path) -> Judges:
    """This process's warm judge server, whatever its course; a new one if it ended."""
    made = _servers.get(os.getpid())
    if made is None or made.ended:
        made = _servers[os.getpid()] = Judges(root).__enter__()
        atexit.register(made.__exit__, None, None, None)
    return made
