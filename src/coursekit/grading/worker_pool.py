"""Grade jobs side by side: in worker processes here, or on a Dask cluster."""

import concurrent.futures
import contextlib
import json
import os
import queue
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, Protocol

from coursekit.core.course import CourseError
from coursekit.grading.worker import Job, grade_job
from session1.extras import need

Result = dict[str, Any]
PATIENCE = 10.0  # seconds for a scheduler to answer
MARGIN = 60.0  # seconds a worker may take on top of a notebook's limit


class Engine(Protocol):
    """Grades jobs and yields them in the order they finish."""

    def run(self, work: list[Job]) -> Iterator[Result]:
        """Yield the results as they are done."""

    def close(self) -> None:
        """Release what it holds."""


class Worker:
    """A warm process; a new one takes its place when it is lost, until `stop`."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.stopped = False
        self._lock = threading.Lock()

    def grade(self, job: Job) -> Result:
        """Return the result of a job; a lost worker is replaced once."""
        seconds = job.limits["wall"] + MARGIN
        return self._try(job, seconds) or self._try(job, seconds) or _given_up(job)

    def _try(self, job: Job, seconds: float) -> Result:
        try:
            process = self._running()
            if process is None:
                return {}
            assert process.stdin and process.stdout
            process.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
            process.stdin.flush()
            return dict(json.loads(_line(process.stdout.fileno(), seconds)))
        except (OSError, ValueError, TimeoutError):
            self.end()
            return {}

    def _running(self) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self.process is None and not self.stopped:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "coursekit.grading.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C is for us alone
                )
            return self.process

    def stop(self) -> None:
        """End the process for good; whoever waits for its answer learns so at once."""
        with self._lock:
            self.stopped = True
            if process := self.process:  # its thread may end it meanwhile
                process.kill()

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
    why = "the grading process did not start, ended or hung, twice"
    return {"job": asdict(job), "error": why}


class Here:
    """Grades on this machine, `count` submissions at once."""

    def __init__(self, count: int) -> None:
        self.workers = [Worker() for _ in range(count)]
        self.free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for worker in self.workers:
            self.free.put(worker)
        self.threads = concurrent.futures.ThreadPoolExecutor(count)

    def run(self, work: list[Job]) -> Iterator[Result]:
        """Yield the results as they are done."""
        # no name for the list: it would keep every result until the end
        for done in concurrent.futures.as_completed(
            [self.threads.submit(self._grade, job) for job in work]
        ):
            yield done.result()

    def _grade(self, job: Job) -> Result:
        worker = self.free.get()
        try:
            return worker.grade(job)
        finally:
            self.free.put(worker)

    def close(self) -> None:
        """End the workers, whatever they do."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        for worker in self.workers:
            worker.stop()
        self.threads.shutdown()
        for worker in self.workers:
            worker.end()


class Dask:
    """Grades on a Dask cluster whose workers see the course's folder."""

    def __init__(self, address: str) -> None:
        distributed = need("distributed", "cluster")
        try:
            self.client = distributed.Client(
                address, timeout=PATIENCE, set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise CourseError(
                f"No Dask scheduler answers at {address}: start one with "
                "`dask scheduler` and `dask worker`, or check the address."
            ) from error

    def run(self, work: list[Job]) -> Iterator[Result]:
        """Yield the results as they are done; give up what hangs, with what waits."""
        rows = [asdict(job) for job in work]
        futures = self.client.map(grade_job, rows, pure=False, retries=2)
        done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for future in futures:
            future.add_done_callback(done.put)
        jobs = dict(zip([f.key for f in futures], rows, strict=True))
        # one job at least ends in this time wherever one is at work
        seconds = max([job.limits["wall"] for job in work], default=0) + MARGIN
        while jobs:
            try:
                future = done.get(timeout=seconds)
            except queue.Empty:
                break
            job = jobs.pop(future.key)
            if future.status == "finished":
                yield future.result()
            else:
                why = f"the Dask worker failed: {future.exception()}"
                yield {"job": job, "error": why}
            future.release()
        self.client.cancel([f for f in futures if f.key in jobs])
        for job in jobs.values():
            why = f"no Dask worker ended a job in {seconds:g} s: look after the workers"
            yield {"job": job, "error": why}

    def close(self) -> None:
        """Leave the cluster to others."""
        self.client.close()
