"""Run nbgrader's generate_assignment on one notebook, its errors in plain words."""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment, NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError

from coursekit.author.finding import first_of
from coursekit.author.sources import faults
from coursekit.core.course import Course, CourseError
from coursekit.core.notebook import read_source
from coursekit.grading.cells import Changed, fit_cells


def enter(course: Course, module: str, released: NotebookNode) -> Changed:
    """Have the gradebook know a release: its cells, points and texts."""
    url = str(course.config().CourseDirectory.db_url)
    with tempfile.TemporaryDirectory() as place:
        try:
            changed = fit_cells(url, module, released)
        except Exception as error:  # of a database, or that its driver is missing
            raise plain(module, error) from error
        convert(course, module, Path(place), with_gradebook=True)
    return changed


def convert(
    course: Course, module: str, place: Path, *, with_gradebook: bool = False
) -> None:
    """Run `nbgrader generate_assignment` on the module's notebook, into `place`."""
    config = course.config()
    config.CourseDirectory.release_directory = str(place.resolve())
    config.CourseDirectory.ignore = course.withheld
    config.GenerateAssignment.post_convert_hook = None
    config.GenerateAssignment.no_database = not with_gradebook
    config.SaveCells.enabled = with_gradebook
    folder = CourseDirectory(config=config, assignment_id=module, notebook_id=module)
    app = _Generate(coursedir=folder, config=config, force=True)
    app.log = logging.Logger("release")
    app.log.addHandler(logging.NullHandler())
    try:
        app.start()
    except Exception as error:
        raise plain(module, app.error or error) from error


class Checked(NotebookExporter):
    """Of nbgrader's own command: it is made before that deletes the last release.

    So what would fail is found in time, and a graded module may change its exercises.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        run = self.parent
        if isinstance(run, GenerateAssignment) and not isinstance(run, _Generate):
            course = Course(Path(run.coursedir.root))
            url = "" if run.no_database else run.coursedir.db_url
            for name in {Path(folder).name for folder in run.assignments}:
                try:
                    _check(course, name, url)
                except (CourseError, SQLAlchemyError) as error:
                    run.log.error(str(error))
                    raise NbGraderException(str(error)) from error


def _check(course: Course, name: str, url: str) -> None:
    if found := faults(course, name):
        raise first_of(found)
    if url:
        fit_cells(url, name, read_source(course.source(name) / f"{name}.ipynb"))


class _Generate(GenerateAssignment):
    """Keeps the error that nbgrader only logs."""

    error: Exception | None = None

    def init_assignment(self, *args: Any) -> None:
        """Copy the other files and enter the assignment in the gradebook."""
        self._keeping(super().init_assignment, *args)

    def convert_single_notebook(self, *args: Any) -> None:
        """Run the preprocessors on the notebook."""
        self._keeping(super().convert_single_notebook, *args)

    def _keeping(self, work: Callable[..., None], *args: Any) -> None:
        try:
            work(*args)
        except Exception as error:
            self.error = error
            raise


def plain(module: str, error: Exception) -> CourseError:
    """An error of nbgrader's on one line, with the next step."""
    text = " ".join(str(error).split())[:300]
    if "database is locked" in text:
        text, do = "another program is writing to the gradebook", "end that"
    elif isinstance(error, SQLAlchemyError):
        text, do = f"the gradebook: {type(error).__name__}: {text}", "see to it"
    elif isinstance(error, OSError):
        do = "make room and allow writing"
    else:
        do = f"correct solutions/{module}/{module}.ipynb"
    return CourseError(
        f"{module} could not be released ({text}): {do}, then run this again. "
        "The last release stays."
    )
