"""A batch goes on: whatever one submission, disk, server or worker does."""

import errno
import gc
import json
import weakref
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from coursekit.cli import main
from coursekit.core.course import Course, CourseError
from coursekit.grading import gradebook, intake, worker_pool
from coursekit.grading.atomic_files import read_json
from coursekit.grading.batch import Batch, grade_all
from coursekit.grading.intake import Submission
from coursekit.grading.submissions import submitted
from coursekit.grading.worker import Job
from coursekit.sandbox.limits import Limits
from tests.coursekit.sample_course import NAME
from tests.grading.classroom import Out, graded, points, recorded
from tests.grading.conftest import HandIn

pytestmark = pytest.mark.slow

FAILURES = {
    "admit": PermissionError(13, "no"),
    "write": OperationalError("UPDATE", {}, ValueError("locked:\nno")),
    "disk": OSError(errno.ENOSPC, "no"),
    "memory": MemoryError("no"),
}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("step", FAILURES)
def test_one_that_fails_on_our_side_stops_nothing(
    course: Course,
    hand_in: HandIn,
    capsys: Out,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    hand_in("ada")
    hand_in("bob")
    where = intake if step == "admit" else gradebook.Writer
    name = "admit" if step == "admit" else "write"
    done = getattr(where, name)

    def fails(self: Any, submission: Submission, *args: Any) -> Any:
        if submission.student == "ada":
            raise FAILURES[step]
        return done(self, submission, *args)

    with monkeypatch.context() as patch:
        patch.setattr(where, name, fails)
        found = graded(capsys, code=1)
        said = found["by"]["ada"]["error"]
        assert f"({type(FAILURES[step]).__name__}: " in said and "\n" not in said
        assert ("make room" in said) == (step == "disk")
        assert sum(points(found)["bob"].values()) == 8
        assert "ada" not in recorded(course)
        if step != "admit":  # it waits in results/, and is no more in the way there
            assert graded(capsys, code=1)["by"]["ada"]["error"] == said
    assert sum(points(graded(capsys))["ada"].values()) == 8
    assert not list((course.root / "grading" / "results").rglob("*.json"))


def test_regrade_takes_no_result_of_before(
    course: Course,
    hand_in: HandIn,
    capsys: Out,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hand_in("ada")

    def fails(self: Any, *args: Any) -> None:
        raise OSError("no")

    with monkeypatch.context() as patch:
        patch.setattr(gradebook.Writer, "write", fails)
        graded(capsys, code=1)
    (place,) = (course.root / "grading" / "results").rglob("*.json")
    old = read_json(place)
    old["record"]["reports"][0]["score"] = 1
    place.write_text(json.dumps(old))
    again = graded(capsys, "--regrade")
    assert sum(points(again)["ada"].values()) == 8
    assert not place.exists()


@pytest.mark.usefixtures("quick")
def test_a_dry_run_follows_no_link(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    home = course.root / "grading" / "submitted"
    (home / "mallory").mkdir()
    (home / "mallory" / NAME).symlink_to(course.source(NAME))
    found = graded(capsys, "--dry-run", code=1)["by"]
    assert "this is a link" in found["mallory"]["error"]
    assert found["mallory"]["score"] is None and found["ada"]["score"] == 8
    assert graded(capsys)["by"]["mallory"]["score"] == 0


@pytest.mark.usefixtures("quick")
def test_a_module_named_twice_is_graded_once(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    assert main(["grade", NAME, NAME.split("_")[0], "--dry-run"]) == 0
    assert capsys.readouterr().out.count("ada") == 1


class Told:
    """Gives results that are known before."""

    def __init__(self, *results: dict[str, Any]) -> None:
        self.results = results

    def run(self, work: list[Job]) -> Iterator[dict[str, Any]]:
        """The results, whatever the work."""
        for job, result in zip(work, self.results, strict=True):
            yield {"job": asdict(job), **result}


def test_one_worker_without_a_sandbox_does_not_stop_the_others(
    course: Course, hand_in: HandIn
) -> None:
    for student in ("ada", "bob", "cy"):
        hand_in(student)
    found = submitted(course, [NAME]).submissions
    good, no = {"record": {}, "notebook": {}}, {"refused": "No sandbox here."}
    batch = Batch(course, Limits())
    _, done = grade_all(batch, found, Told(good, no, good), lambda one: None)
    assert [d.error for d in done] == ["", "No sandbox here.", ""]
    with pytest.raises(CourseError, match="No sandbox here"):
        grade_all(batch, found, Told(no, good, good), lambda one: None)


class Kept(dict[str, Any]):
    """A result that can be seen to be gone."""


def test_results_are_not_kept_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    alive: weakref.WeakSet[Kept] = weakref.WeakSet()

    def grade(self: worker_pool.Here, job: Job) -> Kept:
        alive.add(made := Kept())
        return made

    monkeypatch.setattr(worker_pool.Here, "_grade", grade)
    monkeypatch.setattr(Kept, "__hash__", object.__hash__)
    engine = worker_pool.Here(1)
    for count, _ in enumerate(engine.run([None] * 9), 1):  # type: ignore[list-item]
        if count == 9:
            gc.collect()
            assert len(alive) <= 2, "this one, and what the thread made last"
    engine.close()
