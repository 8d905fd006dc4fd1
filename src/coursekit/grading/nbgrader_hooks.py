"""nbgrader's own commands with our grading: chosen in nbgrader_config.py."""

import contextlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from coursekit.core.course import Course, CourseError
from coursekit.core.module import Module, load
from coursekit.core.notebook import grader, is_by_hand, read_source
from coursekit.core.rebuild import rebuild
from coursekit.grading import audit, by_hand, intake, reference
from coursekit.grading.atomic_files import only_grader, read_json
from coursekit.grading.booked import comment, named
from coursekit.grading.by_hand import DECIDED
from coursekit.grading.digest import digest, source_digest, submission_digest
from coursekit.grading.grade_one import grade_submission
from coursekit.grading.gradebook import expected
from coursekit.grading.handed_in_at import handed_in_at
from coursekit.grading.intake import Submission
from coursekit.grading.remarks import remarks
from coursekit.grading.worker import grade_job
from coursekit.sandbox.box import Unavailable
from coursekit.sandbox.choose import launcher
from coursekit.sandbox.limits import Limits

CHANGED = "coursekit_changed"  # among nbgrader's resources


def admit(assignment: str, student: str, notebooks: list[str]) -> None:
    """Before a submission is converted: what does not belong goes to quarantine.

    nbgrader goes on after an error here, so the whole folder goes if anything fails.
    """
    course = Course(Path.cwd())  # nbgrader is in the course's root by now
    for folder in {Path(path).parent for path in notebooks}:
        submission = Submission(folder.parent.name, folder.name, folder)
        try:
            intake.admit(course, submission)
        except Exception as error:
            why = f"it could not be looked through ({type(error).__name__})"
            intake.refuse(course, submission, why)


class Rebuilt(NotebookExporter):
    """Reads a submission with tolerance: the source's cells, the learner's answers.

    nbgrader makes one before it looks at any submission, and takes the last graded
    notebook away before it calls any hook. So what may stop grading is looked at here.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        autograde = self.parent
        if isinstance(autograde, Autograde):
            autograde.coursedir.get_existing_timestamp = _time
            begin = autograde.convert_notebooks
            autograde.convert_notebooks = partial(_alone, autograde, begin)

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **more: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook as nbgrader goes on with it."""
        autograde = self.parent
        if not isinstance(autograde, Autograde) or not autograde._sanitizing:
            return super().from_filename(filename, resources, **more)
        path = Path(filename)
        name = path.stem
        source = Path(autograde.coursedir.root) / autograde.coursedir.source_directory
        cells, _ = intake.read(path, Course(Path(autograde.coursedir.root)))
        rebuilt = rebuild(read_source(source / name / f"{name}.ipynb"), cells)
        resources = {**(resources or {})}
        resources["metadata"] = {"name": name, "path": str(path.parent)}
        return super().from_notebook_node(rebuilt.notebook, resources, **more)


def _time(folder: str) -> datetime | None:
    """Read timestamps for nbgrader as we do, so that both grade alike."""
    return handed_in_at(Path(folder))[0]


def _alone(autograde: Autograde, begin: Callable[[], None]) -> None:
    """Convert as the only grader, and only where grading can succeed."""
    folder = autograde.coursedir
    course, name = Course(Path(folder.root)), str(folder.assignment_id)
    with contextlib.ExitStack() as stack:
        try:
            launcher()
            stack.enter_context(only_grader(intake.grading_folder(course)))
            if name in course.modules:
                book = stack.enter_context(Gradebook(folder.db_url))
                expected(book, load(course.source(name)))
                _solution_must_be_full(course, name)
        except (CourseError, Unavailable) as error:
            autograde.log.error("Nothing was graded: %s", error)
            raise NbGraderException(str(error)) from error
        begin()


def _solution_must_be_full(course: Course, name: str) -> None:
    """Grade the module's own solution unless that was done in this state."""
    limits, source = Limits(), source_digest(course, name)
    if reference.due(course, name, source, limits):
        result = grade_job(
            asdict(reference.job(course, name, source, limits, unprotected=False))
        )
        reference.must_be_full(name, result)
        reference.keep(course, name, source, limits)


class SaveGrades(SaveAutoGrades):
    """nbgrader's, whose comment on answers without a response knows of clicks."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Save the scores, then comment on what has none."""
        told = resources["nbgrader"]
        names = told["notebook"], told["assignment"], told["student"]
        with Gradebook(told["db_url"]) as gradebook:
            before = gradebook.find_submission_notebook(*names)
            looked = {g.name: bool(g.needs_manual_grade) for g in before.grades}
        nb, resources = super().preprocess(nb, resources)
        with Gradebook(self.db_url) as gradebook:
            graded = gradebook.find_submission_notebook(*names)
            comment(nb, graded)
            grades = {g.name: g for g in graded.grades}
            for cell in filter(is_by_hand, nb.cells):
                name = grader(cell)["grade_id"]
                by_hand.book(grades[name], cell, resources[CHANGED], looked[name])
            gradebook.db.commit()
        return nb, resources


class Judged(NbGraderPreprocessor):
    """Runs and judges the submission itself; nbgrader saves what comes of it."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """The graded notebook in place of the one that was put together before."""
        folder = self.parent.parent.coursedir
        course, told = Course(Path(folder.root)), resources["nbgrader"]
        student, name = told["student"], told["assignment"]
        place = folder.format_path(folder.submitted_directory, student, name)
        submission = Submission(student, name, Path(place))
        for note in remarks(course, submission):
            self.log.warning("%s/%s: %s", student, name, note)
        return self._judged(nb, course, submission, resources), resources

    def _judged(
        self,
        nb: NotebookNode,
        course: Course,
        submission: Submission,
        resources: dict[str, Any],
    ) -> NotebookNode:
        name = submission.module
        with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
            module = load(course.source(name))
            expected(gradebook, module)
            _forget(gradebook, submission, module)
        limits = Limits()
        graded = grade_submission(course, name, submission.notebook, limits=limits)
        own = submission_digest(submission.notebook)
        source = source_digest(course, name)
        mark = digest(source, own, limits)
        record = audit.record(submission, graded, limits, mark, source)
        old = read_json(audit.path(course, submission.student, name))
        resources[CHANGED] = by_hand.changed(old, record)
        audit.keep(course, record)
        for line in record["told"]:
            self.log.warning("%s/%s: %s", submission.student, name, line)
        known = {grader(c).get("grade_id"): c.metadata for c in nb.cells if grader(c)}
        for cell in graded.notebook.cells:
            if grader(cell):
                decided = {k: v for k, v in cell.metadata.items() if k == DECIDED}
                cell.metadata = {**known[grader(cell)["grade_id"]], **decided}
        return graded.notebook


def _forget(gradebook: Gradebook, submission: Submission, module: Module) -> None:
    """Take the last scores away: if grading fails now, none of them stays.

    What a person gave stays, and whether another look was asked for.
    """
    name = submission.module
    try:
        found = gradebook.find_submission_notebook(name, name, submission.student)
    except MissingEntry:
        return
    named(found.student)
    found.assignment.timestamp, _ = handed_in_at(submission.folder)
    hands = {e.graded_cell for e in module.exercises if e.by_hand}
    for grade in found.grades:
        grade.auto_score = None
        if grade.name not in hands or grade.manual_score is None:
            grade.needs_manual_grade = False
    gradebook.db.commit()
