"""The page a learner gets back: each exercise, its points, why, and where to look."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from traitlets import default

from coursekit.check.grader import MIME
from coursekit.core import render
from coursekit.core.course import Course
from coursekit.core.module import Exercise, Module, load
from coursekit.core.notebook import grader
from coursekit.core.report import EARNED, EMPTY, Report, plural
from coursekit.grading.booked import NO_RESPONSE
from coursekit.grading.by_hand import DECIDED

FORMAT = HtmlFormatter(style="friendly", cssclass="code")
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50em; margin: 2em auto;
       padding: 0 1em; color: #1a1a1a; background: #fff; }
h1 { margin-bottom: .2em; }
h2 { font-size: 1.15em; margin: 2em 0 .3em; padding-top: .6em;
     border-top: 1px solid #ddd; }
h2 small { font-weight: normal; color: #595959; float: right; }
table { border-collapse: collapse; max-width: 100%; }
td { padding: .1em 1em .1em 0; vertical-align: top; white-space: nowrap; }
td:last-child { overflow-wrap: anywhere; }
nav td.points { text-align: right; white-space: nowrap;
                font-variant-numeric: tabular-nums; }
details { margin: .4em 0; } summary { cursor: pointer; color: #005A8C; }
.code, pre { background: #f6f6f6; padding: .2em .8em; overflow-x: auto;
             font-size: 13px; }
.code pre { padding: 0; }
.comment { border-left: 4px solid #0072B2; padding: .3em 1em; margin: .6em 0;
           white-space: pre-wrap; }
"""


class FeedbackPage(Exporter):
    """Convert a graded submission for `nbgrader generate_feedback`."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _html(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]  # an exporter to text gives text
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **more: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page of a notebook into which nbgrader put points and comments."""
        nb, resources = super().from_notebook_node(nb, resources, **more)
        converter: Any = self.parent
        root = Path(converter.coursedir.root)
        module = load(Course(root).source(resources["nbgrader"]["assignment"]))
        return page(module, nb.cells, resources["nbgrader"]), resources


def page(module: Module, cells: list[NotebookNode], booked: dict[str, Any]) -> str:
    """Write the page; it needs nothing but the file itself to be read."""
    by_id = {grader(c)["grade_id"]: c for c in cells if grader(c)}
    parts = [_Part(e, by_id) for e in module.exercises]
    score, most = max(booked["score"], 0.0), booked["max_score"]
    total = f"{round(score, 2):g} of {plural(most, 'point')}"
    if late := booked.get("late_penalty"):
        total += f", after {plural(late, 'point')} off for being late"
    rows = "".join(part.entry() for part in parts)
    return "".join(
        [
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{render.escape(module.name)}</title>",
            f"<style>{STYLE}{_colours()}</style></head><body>",
            f"<h1>{render.escape(module.title)}</h1>",
            f"<p>{render.bar_html(score / most if most else 0, total)}</p>",
            f"<p>{_first(parts)}</p><nav><table>{rows}</table></nav>",
            *(part.body() for part in parts),
            "</body></html>",
        ]
    )


@functools.cache
def _colours() -> str:
    return str(FORMAT.get_style_defs(".code"))


def _first(parts: list["_Part"]) -> str:
    lost = sorted((p for p in parts if p.lost), key=lambda p: -p.lost)[:3]
    if not lost:
        return "Full marks. Open an exercise to read why it works."
    links = ", ".join(f'<a href="#{p.id}">{render.escape(p.title)}</a>' for p in lost)
    return f"Most is to be gained here: {links}."


class _Part:
    """One exercise of the page: its cells, its report, and a person's comment."""

    def __init__(self, exercise: Exercise, cells: dict[str, NotebookNode]) -> None:
        self.exercise, self.id, self.title = exercise, exercise.id, exercise.title
        self.answer = cells.get(exercise.id)
        self.graded = cells.get(exercise.graded_cell)
        meta = grader(self.graded) if self.graded else {}
        self.score = float(meta.get("score") or 0.0)
        self.most = float(meta.get("points") or exercise.points)
        self.lost = max(self.most - self.score, 0.0)
        self.report = _report(self.graded)
        said = str((grader(self.answer) if self.answer else {}).get("comment") or "")
        self.comment = "" if said == NO_RESPONSE else said.strip()

    @property
    def empty(self) -> bool:
        """Whether nothing was answered."""
        return self.report is not None and self.report.status == EMPTY

    @property
    def mark(self) -> str:
        """The sign of the whole exercise."""
        if self.empty and not self.score:
            return "·"
        return "✓" if not self.lost else "~" if self.score else "✗"

    @property
    def points(self) -> str:
        """The points as shown, `3 of 4`."""
        return f"{round(self.score, 2):g} of {self.most:g}"

    def entry(self) -> str:
        """A row of the contents."""
        note = " · comment" if self.comment else ""
        return (
            f'<tr><td>{render.sign(self.mark)}<a href="#{self.id}">'
            f"{render.escape(self.title)}</a>{note}</td>"
            f'<td class="points">{self.points}</td></tr>'
        )

    def body(self) -> str:
        """The exercise: comment, criteria, a hint or the explanation, the answer."""
        return "".join(
            [
                f'<h2 id="{self.id}">{render.sign(self.mark)}'
                f"{render.escape(self.title)} <small>{self.points}</small></h2>",
                f'<div class="comment">{render.escape(self.comment)}</div>'
                if self.comment
                else "",
                *self._reasons(),
                *self._further(),
                *self._written(),
            ]
        )

    def _reasons(self) -> Iterator[str]:
        if self.exercise.by_hand:
            decided = self.graded.metadata.get(DECIDED) if self.graded else None
            why = str(decided or "Graded by a person, who looks for:")
            rows = "".join(f"<li>{render.inline(r)}</li>" for r in self.exercise.rubric)
            yield f"<p>{render.escape(why)}</p><ul>{rows}</ul>"
            return
        if self.report is None:
            yield from map(_pre, _printed(self.graded))
            return
        report = self.report
        if round(report.score, 2) != round(self.score, 2):
            yield f"<p>Points given by hand; the checks gave {report.score:g}.</p>"
        if report.status == EMPTY:
            yield "<p>There is no answer here yet.</p>"
            return
        if report.status not in EARNED:
            yield f"<p><b>{render.escape(report.status)}</b></p>"
        if report.why:
            yield f"<p>{render.inline(report.why)}</p>"
        yield from map(render.criterion, report.criteria)

    def _further(self) -> Iterator[str]:
        if self.lost and self.exercise.hints:
            yield _details("A hint", f"<p>{render.inline(self.exercise.hints[0])}</p>")
        elif not self.lost and self.exercise.explanation:
            yield _details(
                "Why it works", f"<p>{render.inline(self.exercise.explanation)}</p>"
            )

    def _written(self) -> Iterator[str]:
        if self.answer is None or not self.answer.source.strip():
            return
        if self.empty or self.exercise.kind == "quiz":
            return
        text = self.answer.source
        shown = (
            highlight(text, PythonLexer(), FORMAT)
            if self.answer.cell_type == "code"
            else _pre(text)
        )
        yield _details("Your answer", shown)


def _report(cell: NotebookNode | None) -> Report | None:
    for output in cell.get("outputs", []) if cell else []:
        if found := output.get("data", {}).get(MIME):
            return Report.from_json(found)
    return None


def _printed(cell: NotebookNode | None) -> Iterator[str]:
    for output in cell.get("outputs", []) if cell else []:
        if output.get("text"):
            yield output["text"]


def _pre(text: str) -> str:
    return f'<pre style="white-space:pre-wrap">{render.escape(text)}</pre>'


def _details(head: str, body: str) -> str:
    return f"<details><summary>{head}</summary>{body}</details>"
