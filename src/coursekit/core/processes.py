"""Work done side by side in processes of our own, which Ctrl-C ends with us."""

import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any, TypeVar

T = TypeVar("T")


def side_by_side(
    work: Callable[[T], Any], tasks: Sequence[T], jobs: int | None = None
) -> Iterator[tuple[int, Any]]:
    """`work(task)` of each task with its place, as they are done; `jobs` at once.

    The processes are fresh ones (spawned), one a core unless `jobs` says otherwise.
    """
    context = multiprocessing.get_context("spawn")
    workers = max(1, min(jobs or os.cpu_count() or 1, len(tasks)))
    with (
        ProcessPoolExecutor(workers, context, _end_on_request) as pool,
        _ending(pool),
    ):
        with _ctrl_c_held():
            futures = {
                pool.submit(_work, work, task): i for i, task in enumerate(tasks)
            }
        for future in as_completed(futures):
            yield futures[future], future.result()


@contextlib.contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """Processes started here never see Ctrl-C; this one does, after the block."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where verify says it cannot
        yield
        return
    came: list[int] = []  # another thread of ours may get it meanwhile
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt


def _work(work: Callable[[T], Any], task: T) -> Any:
    """In a worker: end for good; the pool would take the request for a result."""
    try:
        return work(task)
    except SystemExit:
        os._exit(1)


@contextlib.contextmanager
def _ending(pool: ProcessPoolExecutor) -> Iterator[None]:
    """End the workers, and what they started, if the block is left early."""
    try:
        yield
    except (KeyboardInterrupt, GeneratorExit):
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise


def _end_on_request() -> None:
    """In a worker: let `terminate` unwind, so that copies and folders go too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
