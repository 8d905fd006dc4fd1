"""What grades side by side: workers on this machine, a Dask cluster."""

import contextlib
import json
import queue
import subprocess
import sys
from dataclasses import asdict
from typing import Any

import pytest

from coursekit.cli import main
from coursekit.core.course import Course
from coursekit.grading import worker_pool
from coursekit.grading.worker import Job
from tests.coursekit.sample_course import NAME
from tests.grading.classroom import Out, graded, points, rows
from tests.grading.conftest import SCORES, HandIn

pytestmark = pytest.mark.slow


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
    engine = worker_pool.Here(1)
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
    with contextlib.closing(worker_pool.Here(1)) as engine:
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
        "from coursekit.grading import grade_one, worker\n"
        "def seen(*a, **k): raise ValueError(os.environ['COURSEKIT_UNPROTECTED'])\n"
        "grade_one.grade_submission = seen\n"
        "for job in json.loads(sys.argv[1]): print(worker.grade_job(job)['error'])"
    )
    job = Job("", "ada", NAME, "", "", "", {})
    other = {**asdict(job), "unprotected": True}
    work = json.dumps([other, {**asdict(job), "unprotected": jobs}])
    said = subprocess.run(
        [sys.executable, "-c", code, work], capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines() == ["ValueError: 1", f"ValueError: {allowed}"]


@pytest.mark.deep
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

    monkeypatch.setattr(worker_pool, "MARGIN", 0.1)
    jobs = [Job("", who, NAME, "", "", "", {"wall": 0}) for who in ("ada", "bob")]
    with (
        LocalCluster(n_workers=0, dashboard_address=None, host="127.0.0.1") as cluster,
        contextlib.closing(worker_pool.Dask(cluster.scheduler_address)) as engine,
    ):
        found = list(engine.run(jobs))
    assert [row["job"]["student"] for row in found] == ["ada", "bob"]
    assert all("no Dask worker ended a job" in row["error"] for row in found)


def test_no_scheduler_there(
    hand_in: HandIn, capsys: Out, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in("ada")
    monkeypatch.setattr(worker_pool, "PATIENCE", 0.3)
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
