"""When a submission was handed in: read as it was meant, else told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from coursekit.core.course import Course
from coursekit.grading.handed_in_at import handed_in_at, moment
from tests.coursekit.sample_course import NAME
from tests.grading.classroom import Out, graded, rows
from tests.grading.conftest import HandIn

# the texts that mean 2025-03-30 01:30:00 in UTC
SAME = [
    "2025-03-30 03:30:00 +0200",
    "2025-03-30 03:30:00 +02",
    "2025-03-30 03:30:00+2",
    "2025-03-30 03:30:00.000000 +0200",
    "2025-03-30T03:30:00+02:00",
    "2025-03-30T01:30:00Z",
    "2025-03-30T01:30Z",
    "20250330T013000Z",
    "2025-03-29 20:30:00 -0500",
    "2025-03-30 07:00:00 +0530",
    "2025-03-30 01:30:00",
    "2025-03-30T01:30:00",
    "2025-03-30 01:30:00 UTC",
    "2025-03-30 01:30:00 utc",
    "2025-03-30 01:30:00 GMT",
    "2025-03-30 03:30:00 UTC+02:00",
    "2025-03-30 03:30:00 CEST",
    "2025-03-29 21:30:00 EDT",
    "2025-03-30 04:30:00 EEST",
    "2025-03-30 03:30:00 Europe/Rome",
    "Sun, 30 Mar 2025 03:30:00 +0200",
    "Sun, 30 Mar 2025 03:30:00 +0200 (CEST)",
    "2025-03-30 03:30:00 +0200 CEST",
    "2025-03-30 03:30:00.000 +0200 CEST m=+0.012",
    "3/30/2025 3:30:00 AM +0200",
    "Sun Mar 30 03:30:00 2025 +0200",
    "Sun Mar 30 03:30:00 CEST 2025",
    "Sun Mar 30 2025 03:30:00 GMT+0200 (Central European Summer Time)",
    "30.03.2025 01:30:00",
    "3/30/2025, 1:30:00 AM",
    "1743298200",
    "1743298200 +0200",
    "@1743298200",
]
GUESSED = [
    "now",
    "2025",
    "2025-03-30",
    "03:30",
    "2025-03-30 03h",
    "03/04/2025 10:00 UTC",
    "10.11.2025 10:00:00",
    "30 Mar 25 03:30 UTC",
    "202503300330",
    "174329820",
    "1743298200000",
    "nan",
    "2025-03-30 03:30:00 200",
    "2025-03-30 03:30:00 +9900",
    "2025-03-30 03:30:00 CET+1",
    "2025-03-30 03:30:00 (CEST)",
    "2025-03-30 03:30:00 foo",
    "2025-03-30 03:30:00 Mars/Base",
    "2025-03-30 03:30:00 +0200 Europe/Rome",
    "2025-03-30 03:30:00 UTC UTC",
    "2025-07-01 10:00:00 CST",
    "2025-07-01 10:00:00 IST",
    "2025-01-15 10:00:00 CEST",
    "Mon, 30 Mar 2025 03:30:00 +0200",
    "2025-03-30 03:30:00 +0200 PST",
    "2025-02-29 10:00:00 UTC",
    "2025-03-30 25:00:00 UTC",
    "0000-01-01 00:00:00 UTC",
    "0001-01-01 00:00:00 UTC",
    "1970-01-01 00:00:00 UTC",
    "12025-03-30 03:30:00",
    "-2025-03-30 03:30:00",
    "2025-03-30 02:30:00 Europe/Rome",
    "2025-03-30 02:30:00 CEST",
    "2025-10-26 02:30:00 Europe/Rome",
    "2025-03-30 03:30:00 UTC\n2025-03-31 03:30:00 UTC",
    "x" * 900,
]


@pytest.mark.parametrize("text", SAME)
def test_what_tools_write_is_read(text: str) -> None:
    assert moment(text) == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", GUESSED)
def test_what_had_to_be_guessed_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 2026-11-03 10:00:00 UTC"):
        moment(text)


@pytest.mark.parametrize(
    "text, hour",
    [("02:30:00 CEST", 0), ("02:30:00 CET", 1), ("02:30:00.250000 +0100", 1)],
)
def test_the_hour_that_comes_twice_is_told_apart(text: str, hour: int) -> None:
    found = moment(f"2025-10-26 {text}")
    assert (found.hour, found.minute) == (hour, 30)


@pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_every_encoding_of_a_file(tmp_path: Path, form: str) -> None:
    text = "\r\n2025-03-30 03:30:00 +0200 \r\n\r\n"
    (tmp_path / "timestamp.txt").write_bytes(text.encode(form))
    assert handed_in_at(tmp_path) == (datetime(2025, 3, 30, 1, 30), "")


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xff\xfe", b"\x00\x01", b"9" * 2000])
def test_a_file_that_says_no_time_is_told(tmp_path: Path, data: bytes) -> None:
    assert handed_in_at(tmp_path) == (None, ""), "nothing to read is nothing to tell"
    (tmp_path / "timestamp.txt").write_bytes(data)
    when, why = handed_in_at(tmp_path)
    assert when is None
    assert why.startswith("timestamp.txt is not read, so it counts as on time: ")


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "timestamp.txt").mkdir()
    assert "is no plain file" in handed_in_at(tmp_path)[1]


def test_a_time_to_come_is_read_and_told(tmp_path: Path) -> None:
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    (tmp_path / "timestamp.txt").write_text(str(later))
    when, why = handed_in_at(tmp_path)
    assert when == later.replace(tzinfo=None)
    assert "lies in the future" in why


# handed in, and whether that is behind the due date of 2025-03-30 02:00 UTC
LATE = {
    "git": (b"2025-03-30 03:30:00 +0200", False),
    "west": (b"2025-03-29 22:30:00 -0500", True),
    "summer": (b"2025-03-30 03:30:00 CEST", False),
    "marked": ("\ufeff2025-03-30 03:30:00 UTC".encode(), True),
    "wide": ("2025-03-30 03:30:00 UTC".encode("utf-16"), True),
    "odd": (b"yesterday", False),
}


@pytest.mark.deep
@pytest.mark.usefixtures("quick")
def test_both_commands_take_the_same_as_late(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    for student, (data, _) in LATE.items():
        (hand_in(student) / "timestamp.txt").write_bytes(data)
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    config = course.config()
    with Gradebook(config.CourseDirectory.db_url) as book:
        book.update_or_create_assignment(NAME, duedate="2025-03-30 02:00:00 UTC")
    found = graded(capsys)
    scores = {s: row["score"] for s, row in found["by"].items()}
    assert scores == {s: 0 if late else 8 for s, (_, late) in LATE.items()}
    assert list(found["remarks"]) == [f"odd/{NAME}"]
    ours = rows(course)
    with Gradebook(config.CourseDirectory.db_url) as book:
        for student in LATE:
            book.remove_student(student)
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    logs = {}
    for student in LATE:
        done = api.autograde(NAME, student)
        assert done["success"], done["log"]
        logs[student] = done["log"]
    assert rows(course) == ours
    assert [s for s, log in logs.items() if "timestamp.txt is not read" in log] == [
        "odd"
    ]


@pytest.mark.usefixtures("quick")
def test_a_time_that_was_taken_away_counts_no_more(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    path = hand_in("ada") / "timestamp.txt"
    path.write_text("2025-03-30 03:30:00 UTC")
    graded(capsys)
    assert rows(course)[0][1] == "2025-03-30 03:30:00"
    path.unlink()
    graded(capsys)
    assert rows(course)[0][1] == "None"
