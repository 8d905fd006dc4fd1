"""`coursekit grade`: same scores as nbgrader's own command, resumed, regraded, dry."""

import contextlib
import json
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from coursekit.cli import main
from coursekit.commands import grade
from coursekit.course import Course
from coursekit.grading import (
    audit,
    nbgrader_hooks,
    pool,
    submission,
)
from coursekit.grading.batch import Done, Plan, grade_all
from coursekit.grading.files import LOCK, read_json
from coursekit.grading.intake import Submission
from coursekit.grading.sandbox.box import Unavailable
from coursekit.grading.worker import Job, grade_job
from tests.coursekit.sample_course import BANK, NAME, answered
from tests.grading.conftest import SCORES, HandIn

Out = pytest.CaptureFixture[str]
KILLS = int(os.environ.get("COURSE_KILLS", "2"))  # of each kind
STATUSES = {
    "ada": {"double": "passed", "halve": "passed", "quiz": "passed"},
    "bob": {"double": "partial", "halve": "passed", "quiz": "partial"},
    "cy": {"double": "crashed", "halve": "partial", "quiz": "passed"},
}


def graded(out: Out, *args: str, code: int = 0) -> dict[str, Any]:
    """What `coursekit grade --json` prints, submissions by student."""
    assert main(["grade", NAME, "--json", *args]) == code
    found = json.loads(out.readouterr().out)
    return {**found, "by": {row["student"]: row for row in found["submissions"]}}


def points(found: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Points by student and exercise."""
    return {
        student: {e: score for e, (score, _) in row["exercises"].items()}
        for student, row in found["by"].items()
    }


def rows(course: Course) -> list[tuple[Any, ...]]:
    """All of the gradebook that grading writes."""
    with Gradebook(course.config().CourseDirectory.db_url) as book:
        return sorted(
            (
                submission.student.id,
                str(submission.timestamp),
                notebook.late_submission_penalty,
                sorted(
                    (g.name, g.auto_score, g.manual_score, g.needs_manual_grade)
                    for g in notebook.grades
                ),
                sorted((c.name, c.auto_comment) for c in notebook.comments),
            )
            for submission in book.assignment_submissions(NAME)
            for notebook in submission.notebooks
        )


def outputs(course: Course, student: str) -> dict[str, Any]:
    """Cells of the autograded notebook: metadata and outputs, and files beside it."""
    folder = course.root / "grading" / "autograded" / student / NAME
    notebook = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    cells = [(c.source, c.metadata, c.get("outputs")) for c in notebook.cells]
    files = {p.name: (p.stat().st_mode, p.read_bytes()) for p in folder.iterdir()}
    del files[f"{NAME}.ipynb"]
    return {"cells": cells, "files": files}


@pytest.mark.usefixtures("three", "quick")
def test_the_same_gradebook_as_nbgrader_autograde(course: Course, capsys: Out) -> None:
    late = course.root / "grading" / "submitted" / "bob" / NAME / "timestamp.txt"
    late.write_text("2026-11-03 10:00:00 UTC")
    found = graded(capsys)
    assert points(found) == SCORES
    by = {s: row["exercises"] for s, row in found["by"].items()}
    assert {s: {e: t for e, (_, t) in r.items()} for s, r in by.items()} == STATUSES
    assert set(found["seconds"]) >= {"rebuild", "kernel", "cells", "judge", "write"}
    ours, shown = rows(course), {s: outputs(course, s) for s in SCORES}
    shutil.rmtree(course.root / "grading" / "autograded")
    config = course.config()
    with Gradebook(config.CourseDirectory.db_url) as book:
        for student in SCORES:
            book.remove_student(student)
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    for student in SCORES:
        done = api.autograde(NAME, student)
        assert done["success"], done["log"]
    assert rows(course) == ours
    assert {s: outputs(course, s) for s in SCORES} == shown
    again = graded(capsys)
    assert all(row["skipped"] for row in again["by"].values()), "one line of records"
    done = api.generate_feedback(NAME)
    assert done["success"], done["log"]
    html = course.root / "grading" / "feedback" / "bob" / NAME / f"{NAME}.html"
    assert "negative (0 of 1)" in html.read_text(encoding="utf-8")


class Slow:
    """A batch that sees whether each of its results was told before the next."""

    def __init__(self) -> None:
        self.told: list[Done] = []

    def plan(self, submissions: list[Submission]) -> Plan:
        """Nothing that was graded before."""
        return Plan()

    def run(self, plan: Plan, engine: None) -> Iterator[Done]:
        """Three results."""
        for number in range(3):
            assert len(self.told) == number
            yield Done(Submission(str(number), NAME, Path()))


def test_each_is_told_as_soon_as_it_is_done() -> None:
    batch: Any = Slow()
    grade_all(batch, [], batch, batch.told.append)
    assert len(batch.told) == 3


@pytest.mark.usefixtures("quick")
def test_only_what_changed_is_graded_again(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    path = hand_in("bob") / f"{NAME}.ipynb"
    assert not any(row["skipped"] for row in graded(capsys)["by"].values())
    nbformat.write(answered(halve=BANK["halve/wrong_floor.py"]), path)
    dry = graded(capsys, "--dry-run")
    before = rows(course)
    assert dry["by"]["bob"]["changes"] == {"halve": [2, 1]}
    found = graded(capsys)
    assert found["by"]["ada"]["skipped"]
    assert found["by"]["bob"]["changes"] == {"halve": [2, 1]}
    assert rows(course) != before
    one = graded(capsys, "--regrade", "--student", "ada")["by"]
    assert [(s, row["changes"]) for s, row in one.items()] == [("ada", {})]


@pytest.mark.usefixtures("quick")
def test_a_dry_run_writes_nothing(course: Course, hand_in: HandIn, capsys: Out) -> None:
    folder = hand_in("ada")
    (folder / "link").symlink_to(folder)
    before = {p: p.lstat().st_mtime_ns for p in course.root.rglob("*")}
    assert main(["grade", "--dry-run"]) == 0
    assert "8" in capsys.readouterr().out
    assert {p: p.lstat().st_mtime_ns for p in course.root.rglob("*")} == before


@pytest.mark.usefixtures("quick")
def test_bad_submissions_stop_nothing_and_get_no_points(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    (hand_in("bob") / f"{NAME}.ipynb").write_text('{"cells": [')
    path = hand_in("cy") / f"{NAME}.ipynb"
    path.unlink()
    os.mkfifo(path)
    (hand_in("dee") / f"{NAME}.ipynb").unlink()
    hand_in("a*b")
    found = graded(capsys, code=1)
    assert {s: sum(p.values()) for s, p in points(found).items()} == {
        "ada": 8,
        "bob": 0,
        "cy": 0,
        "dee": 0,
    }
    assert "pipe" in found["quarantined"][f"cy/{NAME}"][0]
    assert list(found["refused"]) == ["a*b"]
    reasons = {
        s: audit_of(course, s)["reports"][0]["reasons"][0] for s in ("bob", "cy", "dee")
    }
    assert "not JSON" in reasons["bob"]
    assert "pipe" in reasons["cy"]
    assert "cannot be opened" in reasons["dee"]


def audit_of(course: Course, student: str) -> dict[str, Any]:
    """The record of a student's grading."""
    return read_json(audit.path(course, student, NAME))


@pytest.mark.usefixtures("quick")
def test_a_grade_by_hand_stays_and_asks_for_another_look(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    graded(capsys)
    with Gradebook(course.config().CourseDirectory.db_url) as book:
        grade = book.find_grade("test_halve", NAME, NAME, "ada")
        grade.manual_score = 1.5
        book.db.commit()
    graded(capsys, "--regrade")
    ((_, _, _, grades, _),) = rows(course)
    assert ("test_halve", 2.0, 1.5, True) in grades


@pytest.mark.usefixtures("quick")
def test_a_score_changed_behind_our_back_is_graded_again(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    graded(capsys)
    before = rows(course)
    with Gradebook(course.config().CourseDirectory.db_url) as book:
        book.find_grade("test_halve", NAME, NAME, "ada").auto_score = 0
        book.db.commit()
    assert not graded(capsys)["by"]["ada"]["skipped"]
    assert rows(course) == before


@pytest.mark.usefixtures("quick")
def test_a_record_lets_the_grade_be_made_again(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    folder = hand_in("ada", answered(double=BANK["double/wrong_sign.py"], quiz=""))
    (folder / "answers.json").write_text('{"quiz": {"q1": "B", "q2": "B"}}')
    graded(capsys)
    path = audit.path(course, "ada", NAME)
    shutil.rmtree(folder)
    assert main(["grade", "--replay", str(path)]) == 0
    assert capsys.readouterr().out.endswith("quiz: 1 partial\nThe same grade.\n")
    record = read_json(path)
    record["reports"][0]["criteria"][0]["points"] = 0
    record["reports"][0]["score"] = 2
    forged = path.with_name("forged.json")
    forged.write_text(json.dumps(record))
    with (course.source(NAME) / "checks.py").open("a") as file:
        file.write("# a change\n")
    assert main(["grade", "--replay", str(forged)]) == 1
    said = capsys.readouterr().out
    assert "double: 2 partial, now 3 partial" in said
    assert f"the sources of {NAME}" in said
    assert main(["grade", "--replay", str(folder / "none.json")]) == 2


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda c: shutil.rmtree(c.root / "grading"), "Nothing was handed in"),
        (lambda c: forget(c), "coursekit release"),
        (lambda c: more_points(c), "have changed since"),
    ],
)
def test_what_cannot_be_graded_is_told(
    course: Course, hand_in: HandIn, capsys: Out, break_it: Any, message: str
) -> None:
    hand_in("ada")
    break_it(course)
    assert main(["grade", NAME]) == 2
    assert message in capsys.readouterr().err


def forget(course: Course) -> None:
    """Take the gradebook away."""
    (course.root / "grading" / "gradebook.db").unlink()


def more_points(course: Course) -> None:
    """Change an exercise's points behind the gradebook's back."""
    path = course.source(NAME) / "module.toml"
    path.write_text(path.read_text().replace("points = 4", "points = 5"))


def test_a_gradebook_that_does_not_open_is_told(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    (course.root / "grading" / "broken.db").write_bytes(b"no database" * 100)
    for url, message in {
        "sqlite:///grading/broken.db": "cannot be opened",
        "sqlite:////nowhere/at/all.db": "There is no gradebook",
        "no address": "cannot be opened",
    }.items():
        assert main(["grade", "--db", url]) == 2
        assert message in capsys.readouterr().err


def test_two_graders_at_once(course: Course, hand_in: HandIn, capsys: Out) -> None:
    for student in ("ada", "bob"):
        hand_in(student)
    first = subprocess.Popen(
        [sys.executable, "-m", "coursekit.cli", "grade", "--jobs", "1"],
        stdout=subprocess.DEVNULL,
    )
    lock = course.root / "grading" / LOCK
    while not (lock.exists() and lock.read_text()):
        assert first.poll() is None
        time.sleep(0.005)
    assert main(["grade"]) == 2
    said = capsys.readouterr().err
    assert f"process {first.pid} on " in said
    assert "is grading this course" in said
    assert first.wait() == 0
    assert [row[0] for row in rows(course)] == ["ada", "bob"]
    assert main(["grade"]) == 0


def test_workers_that_are_closed_do_not_begin_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: queue.SimpleQueue[Any] = queue.SimpleQueue()
    real = subprocess.Popen

    def silent(_command: list[str], **how: Any) -> Any:
        never = [sys.executable, "-S", "-c", "while input(): pass"]
        started.put(made := real(never, **how))
        return made

    monkeypatch.setattr(subprocess, "Popen", silent)
    engine = pool.Here(1)
    waiting = engine.threads.submit(
        engine.workers[0].grade, Job("", "ada", NAME, "", "", "", {"wall": 0})
    )
    process = started.get()
    engine.close()
    assert process.returncode is not None
    assert "error" in waiting.result(0)
    assert started.empty()


def test_a_worker_that_cannot_be_started_fails_its_job_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_command: Any, **_how: Any) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", full)
    job = Job("", "ada", NAME, "", "", "", {"wall": 0})
    with contextlib.closing(pool.Here(1)) as engine:
        (done,) = engine.run([job])
    assert done["job"] == asdict(job)
    assert "did not start" in done["error"]


@pytest.mark.parametrize(
    ("own", "jobs", "allowed"),
    [("1", False, "1"), ("", False, ""), ("", True, "1")],
)
def test_unprotected_grading_is_allowed_by_a_job_or_by_the_machine(
    monkeypatch: pytest.MonkeyPatch, own: str, jobs: bool, allowed: str
) -> None:
    monkeypatch.setenv("COURSEKIT_UNPROTECTED", own)
    code = (
        "import json, os, sys\n"
        "from coursekit.grading import submission, worker\n"
        "def seen(*a, **k): raise ValueError(os.environ['COURSEKIT_UNPROTECTED'])\n"
        "submission.grade_submission = seen\n"
        "for job in json.loads(sys.argv[1]): print(worker.grade_job(job)['error'])"
    )
    job = Job("", "ada", NAME, "", "", "", {})
    other = {**asdict(job), "unprotected": True}
    work = json.dumps([other, {**asdict(job), "unprotected": jobs}])
    said = subprocess.run(
        [sys.executable, "-c", code, work], capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines() == ["ValueError: 1", f"ValueError: {allowed}"]


class InThisProcess:
    """Grades where the test can take the sandbox away."""

    def run(self, work: list[Job]) -> Iterator[dict[str, Any]]:
        """The results."""
        yield from (grade_job(asdict(job)) for job in work)

    def close(self) -> None:
        """Nothing is held."""


def test_without_a_sandbox_a_class_is_not_graded(
    course: Course, hand_in: HandIn, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> None:
        raise Unavailable("No sandbox on this machine: say --unprotected.")

    hand_in("ada")
    graded(capsys)
    before = rows(course)
    monkeypatch.setattr(grade, "engine", lambda args: InThisProcess())
    monkeypatch.setattr(submission, "launcher", none)
    monkeypatch.setattr(nbgrader_hooks, "launcher", none)
    monkeypatch.setenv("COURSEKIT_UNPROTECTED", "")
    assert main(["grade", "--regrade"]) == 2
    assert "--unprotected" in capsys.readouterr().err
    config = course.config()
    config.Autograde.force = True
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    assert not api.autograde(NAME, "ada")["success"]
    assert rows(course) == before


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


def recorded(course: Course) -> set[str]:
    """The students whose grading has its record."""
    return {p.parent.name for p in (course.root / "grading" / "audit").glob("*/*.json")}


def test_on_a_dask_cluster(course: Course, three: None, capsys: Out) -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        found = graded(capsys, "--dask", cluster.scheduler_address)
    assert points(found) == SCORES
    assert len(rows(course)) == 3


def test_a_dask_cluster_that_does_nothing_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr(pool, "MARGIN", 0.1)
    jobs = [Job("", who, NAME, "", "", "", {"wall": 0}) for who in ("ada", "bob")]
    with (
        LocalCluster(n_workers=0, dashboard_address=None, host="127.0.0.1") as cluster,
        contextlib.closing(pool.Dask(cluster.scheduler_address)) as engine,
    ):
        found = list(engine.run(jobs))
    assert [row["job"]["student"] for row in found] == ["ada", "bob"]
    assert all("no Dask worker ended a job" in row["error"] for row in found)


def test_no_scheduler_there(
    hand_in: HandIn, capsys: Out, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in("ada")
    monkeypatch.setattr(pool, "PATIENCE", 0.3)
    address = f"tcp://127.0.0.1:{free_port}"
    assert main(["grade", "--dask", address]) == 2
    assert "No Dask scheduler answers" in capsys.readouterr().err


@pytest.fixture
def free_port() -> int:
    """A port that nothing listens on."""
    import socket

    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


@pytest.mark.usefixtures("quick")
def test_records_hold_what_ran(course: Course, three: None, capsys: Out) -> None:
    graded(capsys)
    record = audit_of(course, "cy")
    assert record["kernels"] == 2
    assert list(record["ended"].values()) == [["crashed", ""]]
    assert record["score"] == 3
    assert {"python", "nbclient", "code"} <= set(record["versions"])
    assert record["limits"]["cell_wall"] > 0
    assert record["seeds"] == {"random": 0, "numpy": 0, "hash": 0}
    assert Path(record["files"] and audit.path(course, "cy", NAME)).is_file()


def test_what_is_drawn_at_random_is_the_same_each_time(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    draws = (
        "import random, numpy\nprint(random.random(), numpy.random.rand(), {*'abc'})"
    )
    notebook = answered()
    notebook.cells.insert(1, new_code_cell(draws))
    for student in ("ada", "bob"):
        hand_in(student, notebook)
    graded(capsys, "--jobs", "2")
    drawn = [
        out.text
        for student in ("ada", "bob")
        for source, _, outs in outputs(course, student)["cells"]
        if source == draws
        for out in outs
    ]
    assert len(drawn) == 2
    assert drawn[0] == drawn[1]
