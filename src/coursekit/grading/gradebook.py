"""The one writer: scores into nbgrader's gradebook, notebooks into its folders."""

import contextlib
import itertools
import logging
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.preprocessors import AssignLatePenalties, LimitOutput
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from coursekit.core.course import Course, CourseError
from coursekit.core.module import Module
from coursekit.core.notebook import grader
from coursekit.grading import by_hand, intake
from coursekit.grading.atomic_files import put
from coursekit.grading.booked import Booked, booked, comment, named
from coursekit.grading.handed_in_at import handed_in_at
from coursekit.grading.intake import Submission
from coursekit.grading.lms import Student

LOCK = 0x636B67  # the number of our lock on a server


class Writer:
    """Writes what `nbgrader autograde` would, a submission in one transaction."""

    def __init__(self, course: Course, db_url: str = "") -> None:
        self.course, self.config = course, course.config()
        self.url = with_driver(db_url or str(self.config.CourseDirectory.db_url))
        _needs_its_file(self.url)
        self.withheld = course.withheld
        self.gradebook = Gradebook(self.url)
        try:
            self.held = self._alone()
        except BaseException:
            self.gradebook.close()
            raise
        self.late = AssignLatePenalties(config=self.config)
        self.late.init_plugin()
        self.limit = LimitOutput(config=self.config)
        self.checksums: dict[str, dict[str, str]] = {}
        self.shared: dict[str, list[tuple[str, bytes]]] = {}

    def _alone(self) -> Connection | None:
        """Keep other machines' graders off a server's gradebook, while this is held."""
        if self.gradebook.engine.dialect.name != "postgresql":
            return None
        # no transaction stays open: a server may end those that do nothing
        held = self.gradebook.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        )
        if held.execute(text("SELECT pg_try_advisory_lock(:n)"), {"n": LOCK}).scalar():
            return held
        held.close()
        raise CourseError(
            "Another grader writes to this gradebook. Wait until it is done; then run "
            "this again: what is graded by then is not graded twice."
        )

    def still_alone(self) -> None:
        """Take the lock again when the server has let it go: it was started anew."""
        if self.held is not None:
            try:
                self.held.execute(text("SELECT 1"))
            except SQLAlchemyError:
                self.held.close()
                self.held = self._alone()

    def close(self) -> None:
        """Release the connections."""
        if self.held is not None:
            self.held.close()
        self.gradebook.close()

    def expect(self, module: Module) -> None:
        """CourseError unless the gradebook knows the module as it is now."""
        found = expected(self.gradebook, module)
        self.checksums[module.name] = {c.name: c.checksum for c in found.source_cells}
        self.shared[module.name] = list(self._shared(module.folder))

    def scores(self, module: str) -> dict[str, dict[str, float | None]]:
        """Points given by grading, by student and exercise."""
        with contextlib.suppress(MissingEntry):
            rows = self.gradebook.assignment_submissions(module)
            return {s.student.id: _scores(s) for s in rows}
        return {}

    def booked(self, module: str) -> dict[str, Booked]:
        """The total of all grading, by machine and by hand, by student."""
        self.gradebook.db.expire_all()
        with contextlib.suppress(MissingEntry):
            rows = self.gradebook.assignment_submissions(module)
            return {s.student.id: booked(s) for s in rows}
        return {}

    def roster(self) -> list[str]:
        """All students that the gradebook knows, each with a name to show."""
        students = self.gradebook.students
        for student in students:
            named(student)
        self.gradebook.db.commit()
        return sorted(s.id for s in students)

    def students(self) -> list[Student]:
        """The roster with names and addresses, by id."""
        self.roster()
        return sorted(
            (
                Student(s.id, s.last_name or "", s.first_name or "", s.email or "")
                for s in self.gradebook.students
            ),
            key=lambda s: s.id,
        )

    def write(
        self, submission: Submission, notebook: NotebookNode, changed: set[str]
    ) -> None:
        """Write scores, comments, the late penalty and the graded notebook.

        `changed` has the exercises graded by hand whose text is another one now.
        """
        self.still_alone()
        checksums = self.checksums[submission.module]
        for cell in notebook.cells:
            meta = grader(cell)
            if meta.get("grade_id") in checksums:
                meta["checksum"] = checksums[meta["grade_id"]]
        notebook, _ = self.limit.preprocess(notebook, {})
        self._files(submission, notebook)
        try:
            self._grades(submission, notebook, changed)
        except BaseException:
            self.gradebook.db.rollback()
            raise

    def _grades(
        self, submission: Submission, notebook: NotebookNode, changed: set[str]
    ) -> None:
        student, module = submission.student, submission.module
        book = self.gradebook
        named(book.update_or_create_student(student))
        when, _ = handed_in_at(submission.folder)
        found = book.update_or_create_submission(module, student, timestamp=when)
        (graded,) = (n for n in found.notebooks if n.name == module)
        grades = {g.name: g for g in graded.grades}
        for cell in notebook.cells:
            if utils.is_grade(cell):
                _grade(grades[grader(cell).get("grade_id")], cell, changed)
        comment(notebook, graded)
        book.db.flush()
        graded.late_submission_penalty = self._penalty(found, graded)
        book.db.commit()

    def _penalty(self, found: SubmittedAssignment, graded: Any) -> float | None:
        if found.total_seconds_late <= 0:
            return None
        penalty = self.late.plugin_inst.late_submission_penalty(
            found.student.id, graded.score, found.total_seconds_late
        )
        return penalty and self.late._check_late_penalty(graded, penalty)

    def _files(self, submission: Submission, notebook: NotebookNode) -> None:
        """The folder that nbgrader's feedback and formgrader read, in one step."""
        target = self._target(submission)
        made = target.with_name(f".{target.name}.new")
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        course = self.shared[submission.module]
        nbformat.write(notebook, made / f"{submission.module}.ipynb")
        # ours first: what a learner has of the same name is left out
        for name, data in itertools.chain(course, self._shared(submission.folder)):
            put(made / name, data)
        for path in made.rglob("*"):
            if path.is_file():
                path.chmod(0o444)
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)

    def _target(self, submission: Submission) -> Path:
        home = self.course.root / str(self.config.CourseDirectory.autograded_directory)
        return home / submission.student / submission.module

    def has_notebook(self, submission: Submission) -> bool:
        """Whether the graded notebook is where feedback and formgrader read it."""
        return (self._target(submission) / submission.notebook.name).is_file()

    def has_old_feedback(self, submission: Submission) -> bool:
        """Whether the page for the learner was made before the graded notebook."""
        home = self.course.root / str(self.config.CourseDirectory.feedback_directory)
        page = home / submission.student / submission.module
        graded = self._target(submission) / submission.notebook.name
        try:
            made = (page / f"{submission.module}.html").stat().st_mtime
            return made < graded.stat().st_mtime
        except FileNotFoundError:
            return False

    def _shared(self, folder: Path) -> Iterator[tuple[str, bytes]]:
        """The files of a folder that nbgrader copies too."""
        for name, data in intake.files(folder):
            if not intake.is_withheld(Path(name), self.withheld):
                yield name, data


def with_driver(url: str) -> str:
    """The URL of a PostgreSQL server with the driver that is installed."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _needs_its_file(url: str) -> None:
    """CourseError when the file of an SQLite gradebook is missing."""
    path = make_url(url).database
    if url.startswith("sqlite:") and path and not Path(path).is_file():
        raise CourseError(
            f"There is no gradebook {path}: `coursekit release` makes it when "
            "modules are handed out."
        )


def expected(gradebook: Gradebook, module: Module) -> Any:
    """The gradebook's notebook of a module; CourseError unless it fits the module."""
    again = f"run `coursekit release {module.name}`, then this again."
    try:
        found = gradebook.find_notebook(module.name, module.name)
    except MissingEntry:
        raise CourseError(
            f"The gradebook does not know {module.name} yet: {again}"
        ) from None
    known = {c.name: float(c.max_score) for c in found.grade_cells}
    if known != {e.graded_cell: float(e.points) for e in module.exercises}:
        raise CourseError(
            f"The exercises of {module.name} or their points have changed since "
            f"it was released: {again}"
        )
    return found


def _scores(submission: SubmittedAssignment) -> dict[str, float | None]:
    grades = [g for n in submission.notebooks for g in n.grades]
    return {g.name.removeprefix("test_"): g.auto_score for g in grades}


def _grade(grade: Any, cell: NotebookNode, changed: set[str]) -> None:
    """Store a score of ours; one given by hand stays and asks for another look."""
    if utils.is_solution(cell):
        by_hand.book(grade, cell, changed)
        return
    grade.auto_score, _ = utils.determine_grade(cell)
    manual = grade.manual_score is not None
    grade.needs_manual_grade = manual or grade.auto_score is None


@contextlib.contextmanager
def writer(
    course: Course, db_url: str = "", kind: type[Writer] = Writer
) -> Iterator[Writer]:
    """A writer, closed afterwards; CourseError when the gradebook does not open."""
    # of nbgrader's own use of SQLAlchemy
    warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
    # of connections that Ctrl-C cuts off: what went wrong is raised, too
    logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())
    try:
        made = kind(course, db_url)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        if isinstance(error, CourseError):
            raise
        locked = "database is locked" in str(error)
        do = (
            "another program is writing to it. End that, then run this again."
            if locked
            else "check --db, that its server runs, and that its folder can be written."
        )
        why = f"The gradebook cannot be opened ({type(error).__name__}): {do}"
        raise CourseError(why) from error
    try:
        yield made
    finally:
        made.close()
