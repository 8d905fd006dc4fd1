"""A dry run's gradebook: a copy that is written to and thrown away."""

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from sqlalchemy import make_url

from coursekit.core.course import Course
from coursekit.grading.gradebook import Writer, with_driver, writer
from coursekit.grading.intake import Submission


class Rehearsal(Writer):
    """Writes scores, comments and penalties, and no files."""

    def _files(self, submission: Submission, notebook: NotebookNode) -> None:
        """Write no files: nobody would read them."""


@contextlib.contextmanager
def rehearsal(course: Course, db_url: str = "") -> Iterator[Rehearsal | None]:
    """A writer to a copy of the gradebook; None where there is none in a file."""
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="coursekit-"))
        url = with_driver(db_url or str(course.config().CourseDirectory.db_url))
        copy = Path(place) / "gradebook.db"
        if not _copied(url, copy):
            yield None
            return
        made = stack.enter_context(writer(course, f"sqlite:///{copy}", Rehearsal))
        assert isinstance(made, Rehearsal)
        yield made


def _copied(url: str, copy: Path) -> bool:
    path = make_url(url).database
    if not url.startswith("sqlite:") or not path or not Path(path).is_file():
        return False
    try:
        source = f"{Path(path).absolute().as_uri()}?mode=ro"
        with (
            contextlib.closing(sqlite3.connect(source, uri=True)) as old,
            contextlib.closing(sqlite3.connect(copy)) as new,
        ):
            old.backup(new)
    except sqlite3.OperationalError:  # another program is writing to it
        return False
    return True
