"""The gradebook on a PostgreSQL server: released, graded, one grader at a time."""

import json

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from coursekit.author.release import generate
from coursekit.cli import main
from coursekit.core.course import Course, CourseError
from coursekit.grading.gradebook import writer
from session1.servers import postgres_server
from tests.coursekit.sample_course import NAME
from tests.grading.conftest import SCORES

pytestmark = pytest.mark.slow


@pytest.mark.usefixtures("three", "quick")
def test_grades_on_a_server(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    with postgres_server(own=True) as server:
        url = server.url.replace("postgresql://", "postgresql+psycopg://")
        config = course.root / "nbgrader_config.py"
        plain = config.read_text()
        config.write_text(f"{plain}c.CourseDirectory.db_url = {url!r}\n")
        generate(course, NAME)
        (course.root / "grading" / "gradebook.db").unlink()
        with writer(course, server.url):
            assert main(["grade"]) == 2
            assert "Another grader writes" in capsys.readouterr().err
        assert main(["grade", "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert not any(row["error"] for row in found["submissions"])
        with writer(course, server.url) as book:
            assert book.scores(NAME) == SCORES
        config.write_text(plain)
        assert main(["grade", "--json", "--db", url]) == 0
        again = json.loads(capsys.readouterr().out)
        assert all(row["skipped"] for row in again["submissions"])


def test_a_lock_that_the_server_lost_is_taken_again(
    course: Course, capsys: pytest.CaptureFixture[str], three: None
) -> None:
    with postgres_server(own=True) as server:
        url = server.url.replace("postgresql://", "postgresql+psycopg://")
        config = course.root / "nbgrader_config.py"
        config.write_text(f"{config.read_text()}c.CourseDirectory.db_url = {url!r}\n")
        generate(course, NAME)
        with writer(course, url) as book:
            let_go(url)
            book.still_alone()
            assert main(["grade"]) == 2
            assert "Another grader writes" in capsys.readouterr().err
            let_go(url)
            with writer(course, url), pytest.raises(CourseError, match="Another"):
                book.still_alone()


def let_go(url: str) -> None:
    """End the connection that holds the lock, as a restart of the server does."""
    end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = :kind"
    with create_engine(url, poolclass=NullPool).connect() as connection:
        assert list(connection.execute(text(end), {"kind": "advisory"})) == [(True,)]
