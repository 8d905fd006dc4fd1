"""Rules about the outputs that source notebooks keep."""

from collections.abc import Iterator

from nbformat import NotebookNode

from coursekit.author.finding import Finding
from coursekit.author.verify.subject import Subject
from coursekit.check.grader import MIME
from coursekit.core import style

RUN = "run the source notebook from its top and save it"


def sources_are_run(subject: Subject) -> Iterator[Finding]:
    """Every code cell has been run, in order, without an error."""
    last = 0
    for index, cell in _code(subject):
        where = f"{subject.where}/{subject.name}.ipynb: cell {index}"
        count = cell.execution_count
        if not count or count <= last:
            yield Finding(where, "was not run, or not in order", RUN)
            return
        last = count
        for output in cell.outputs:
            allowed = "raises-exception" in cell.metadata.get("tags", [])
            if output.output_type == "error" and not allowed:
                yield Finding(where, f"{output.ename}: {output.evalue}", RUN)


def tests_pass_in_the_sources(subject: Subject) -> Iterator[Finding]:
    """The stored outputs of graded cells show full marks and no failed test."""
    for name, cell in subject.tests.items():
        where = f"{subject.where}/{subject.name}.ipynb: test_{name}"
        results = [o.data.get(MIME) for o in cell.outputs if "data" in o]
        reports = [r for r in results if r]
        if not reports:
            yield Finding(where, "has no report among its outputs", RUN)
        elif reports[-1]["score"] < reports[-1]["max"]:
            yield Finding(where, "lost points", f"correct the solution; {RUN}")
        if "✗" in _shown(cell):
            yield Finding(where, "a visible test failed", f"correct it; {RUN}")


def warnings_are_not_kept(subject: Subject) -> Iterator[Finding]:
    """Nothing on stderr: it differs from machine to machine."""
    for index, cell in _code(subject):
        if any(o.get("name") == "stderr" for o in cell.outputs):
            yield Finding(
                f"{subject.where}/{subject.name}.ipynb: cell {index}",
                "wrote to stderr",
                f"mend what it warns of; {RUN}",
            )


def pictures_are_whole(subject: Subject) -> Iterator[Finding]:
    """No stored plot lacks a series or could not be drawn."""
    for index, cell in _code(subject):
        for line in _shown(cell).splitlines():
            if style.NOT_DRAWN in line or style.CANNOT in line:
                where = f"{subject.where}/{subject.name}.ipynb: cell {index}"
                yield Finding(where, line.strip(), f"mend what it draws; {RUN}")


def _code(subject: Subject) -> Iterator[tuple[int, NotebookNode]]:
    for index, cell in enumerate(subject.notebook.cells):
        if cell.cell_type == "code" and cell.source.strip():
            yield index, cell


def _shown(cell: NotebookNode) -> str:
    texts = [o.get("text", "") for o in cell.outputs]
    texts += [o.data.get("text/plain", "") for o in cell.outputs if "data" in o]
    return "\n".join(texts)


RULES = (
    sources_are_run,
    tests_pass_in_the_sources,
    warnings_are_not_kept,
    pictures_are_whole,
)
