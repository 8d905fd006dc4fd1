"""`coursekit grade` twice at once, killed, interrupted and taken up again."""

import os
import random
import signal
import subprocess
import sys
import time

import psutil
import pytest
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from coursekit.cli import main
from coursekit.core.course import Course
from coursekit.grading.atomic_files import LOCK, only_grader
from coursekit.grading.intake import grading_folder
from tests.coursekit.sample_course import NAME
from tests.grading.classroom import Out, graded, points, recorded, rows
from tests.grading.conftest import HandIn

pytestmark = [pytest.mark.slow, pytest.mark.deep]

KILLS = int(os.environ.get("COURSE_KILLS", "2"))  # of each kind


def test_two_graders_at_once(course: Course, hand_in: HandIn, capsys: Out) -> None:
    for student in ("ada", "bob"):
        hand_in(student)
    first = subprocess.Popen(
        [sys.executable, "-m", "coursekit.cli", "grade", "--jobs", "1"],
        stdout=subprocess.DEVNULL,
    )
    lock = course.root / "grading" / LOCK
    while f"process {first.pid} on" not in lock.read_text():
        assert first.poll() is None
        time.sleep(0.005)
    assert main(["grade"]) == 2
    said = capsys.readouterr().err
    assert f"process {first.pid} on " in said
    assert "is grading this course" in said
    assert first.wait() == 0
    assert [row[0] for row in rows(course)] == ["ada", "bob"]
    assert main(["grade"]) == 0


def test_nbgrader_waits_its_turn(course: Course, hand_in: HandIn, capsys: Out) -> None:
    hand_in("ada")
    graded(capsys)
    before = rows(course)
    config = course.config()
    config.Autograde.force = True
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    with only_grader(grading_folder(course)):
        done = api.autograde(NAME, "ada")
    assert not done["success"]
    assert "is grading this course" in done["log"]
    assert rows(course) == before
    assert api.autograde(NAME, "ada")["success"]
    assert rows(course) == before


def test_a_connection_that_ctrl_c_cuts_off_is_not_complained_of(course: Course) -> None:
    code = (
        "import logging\n"
        "from pathlib import Path\n"
        "from coursekit.core.course import Course\n"
        "from coursekit.grading.gradebook import writer\n"
        "with writer(Course(Path.cwd())):\n"
        "    logging.getLogger('sqlalchemy.pool.impl.QueuePool').error('cut off')\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not said.stderr


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=lambda s: s.name)
def test_ended_and_resumed(
    course: Course, hand_in: HandIn, capsys: Out, how: signal.Signals
) -> None:
    students = [f"s{number:02}" for number in range(2 * KILLS)]
    for student in students:
        hand_in(student)
    rng, ended = random.Random(4), 0
    for _ in range(KILLS):
        after = len(recorded(course)) + rng.randint(0, 2)
        process = subprocess.Popen(
            [sys.executable, "-m", "coursekit.cli", "grade", "--jobs", "2"],
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None and len(recorded(course)) < after:
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.2))
        ended += process.poll() is None
        process.send_signal(how)
        process.wait()
    assert ended
    before = recorded(course)
    found = graded(capsys)
    assert {s for s, row in found["by"].items() if row["skipped"]} >= before
    assert {s: sum(p.values()) for s, p in points(found).items()} == dict.fromkeys(
        students, 8
    )
    assert [row[0] for row in rows(course)] == students
    assert not list((course.root / "grading" / "results").rglob("*.json"))
    assert not workers_of(course)


def workers_of(course: Course) -> list[str]:
    """Command lines of grading processes that still live in the course, ours apart."""
    end = time.monotonic() + 10
    while found := [
        " ".join(p.info["cmdline"] or ())
        for p in psutil.process_iter(["cmdline", "cwd", "pid"])
        if p.info["cwd"] == str(course.root) and p.info["pid"] != os.getpid()
    ]:
        if time.monotonic() > end:
            break
        time.sleep(0.1)
    return found
