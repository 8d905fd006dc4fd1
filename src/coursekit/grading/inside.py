"""A judge inside the learner's kernel: for a learner's own machine, forgeable."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from coursekit.grader import MIME
from coursekit.grading.kernel import Kernel, Lost
from coursekit.report import Report


class Inside:
    """Runs the check where the learner's code runs."""

    def attach(self, kernel: Kernel) -> None:
        """Nothing to prepare."""

    def grade(self, kernel: Kernel, exercise: str, seconds: float) -> Report:
        """The report that the check leaves among the cell's outputs."""
        cell = new_code_cell(
            f"__import__('coursekit.grader').grader.grade({exercise!r})"
        )
        first = kernel.nb.cells[0]
        try:
            kernel.run(cell, 0, seconds)
        except Lost as lost:
            return Report.of(exercise, 0, status=lost.status, note=lost.why)
        finally:
            kernel.nb.cells[0] = first  # the client put ours in its place
        return _report(cell, exercise)


def _report(cell: NotebookNode, exercise: str) -> Report:
    results = [o.data for o in cell.outputs if o.output_type == "execute_result"]
    try:
        return Report.from_json(results[-1][MIME])
    except (IndexError, KeyError, ValueError):
        note = "This exercise could not be graded: no report came back."
        return Report.of(exercise, 0, status="crashed", note=note)
