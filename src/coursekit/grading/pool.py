"""Grade jobs side by side: in worker processes here, or on a Dask cluster."""

import concurrent.futures
import contextlib
import json
import os
import queue
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from coursekit.course import Course, CourseError
from coursekit.grading.worker import Job, grade_job

Result = dict[str, Any]
Engine = Callable[[Course, list[Job]], Iterator[Result]]
MARGIN = 60.0  # seconds a worker may take on top of a notebook's limit


class Worker:
    """A warm process; a new one takes its place when it is lost."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.process: subprocess.Popen[bytes] | None = None

    def grade(self, job: Job) -> Result:
        """The result of a job; a worker that is lost is tried once more."""
        seconds = job.limits["wall"] + MARGIN
        return self._try(job, seconds) or self._try(job, seconds) or _given_up(job)

    def _try(self, job: Job, seconds: float) -> Result:
        process = self._running()
        assert process.stdin and process.stdout
        try:
            process.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
            process.stdin.flush()
            return dict(json.loads(_line(process.stdout.fileno(), seconds)))
        except (OSError, ValueError, TimeoutError):
            self.end()
            return {}

    def _running(self) -> "subprocess.Popen[bytes]":
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "coursekit.grading.worker", self.root],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for us alone
            )
        return self.process

    def end(self) -> None:
        """End the process: at once, whatever it does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            self.process = None


def _line(
    handle: int, seconds: float, clock: Callable[[], float] = time.monotonic
) -> bytes:
    """The next line of a pipe; TimeoutError after `seconds`, ValueError at its end."""
    data, end = bytearray(), clock() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(handle, selectors.EVENT_READ)
        while not data.endswith(b"\n"):
            if not selector.select(max(0.0, end - clock())):
                raise TimeoutError
            part = os.read(handle, 1 << 20)
            if not part:
                raise ValueError("the worker ended")
            data += part
    return bytes(data)


def _given_up(job: Job) -> Result:
    why = "the grading process ended or hung, twice"
    return {"job": asdict(job), "error": why}


def here(jobs: int) -> Engine:
    """Grade on this machine, `jobs` submissions at once."""

    def run(course: Course, work: list[Job]) -> Iterator[Result]:
        count = max(1, min(jobs, len(work)))
        workers = [Worker(str(course.root)) for _ in range(count)]
        free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for worker in workers:
            free.put(worker)

        def grade(job: Job) -> Result:
            worker = free.get()
            try:
                return worker.grade(job)
            finally:
                free.put(worker)

        pool = concurrent.futures.ThreadPoolExecutor(count)
        try:
            waiting = [pool.submit(grade, job) for job in work]
            for done in concurrent.futures.as_completed(waiting):
                yield done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in workers:
                worker.end()

    return run


def dask(address: str) -> Engine:
    """Grade on a Dask cluster whose workers see the course's folder."""

    def run(course: Course, work: list[Job]) -> Iterator[Result]:
        from distributed import Client, as_completed

        try:
            client = Client(address, timeout="10s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise CourseError(
                f"No Dask scheduler answers at {address}: start one with "
                "`dask scheduler` and `dask worker`, or check the address."
            ) from error
        with client:
            rows = [asdict(job) for job in work]
            futures = client.map(
                grade_job, [str(course.root)] * len(rows), rows, pure=False, retries=2
            )
            by_key = dict(zip([f.key for f in futures], work, strict=True))
            for future in as_completed(futures, raise_errors=False):
                if future.status == "finished":
                    yield future.result()
                else:
                    why = f"the Dask worker failed: {future.exception()}"
                    yield {"job": asdict(by_key[future.key]), "error": why}
                future.release()

    return run
