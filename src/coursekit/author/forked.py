"""Call functions in copies of this process: whatever they do ends with the copy."""

import contextlib
import json
import os
import selectors
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from coursekit.core.course import CourseError


@dataclass(frozen=True)
class LostFork:
    """A copy that gave nothing back: `timed out` or `crashed`."""

    status: str


@dataclass
class _Copy:
    index: int
    pid: int
    pipe: int
    deadline: float
    data: bytes = b""


def call_forked(
    functions: Iterable[Callable[[], Any]], seconds: float, jobs: int = 1
) -> list[Any]:
    """Return each function's result (as JSON carries it), or Lost; `jobs` at once.

    A copy has this process's memory and may run for `seconds`.
    """
    if not hasattr(os, "fork"):
        raise CourseError(
            "verify needs Linux or macOS (os.fork): run it there or in CI"
        )
    waiting = list(enumerate(functions))
    results: list[Any] = [None] * len(waiting)
    running: dict[int, _Copy] = {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                index, function = waiting.pop(0)
                copy = _start(index, function, seconds)
                running[copy.pipe] = copy
            for copy, result in _finished(running):
                results[copy.index] = result
                _end(running.pop(copy.pipe))
    finally:
        for copy in running.values():
            _end(copy)
    return results


def _start(index: int, function: Callable[[], Any], seconds: float) -> _Copy:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        _work(function, write, seconds)
    os.close(write)
    return _Copy(index, pid, read, time.monotonic() + seconds)


def _work(function: Callable[[], Any], pipe: int, seconds: float) -> None:
    """Run `function` in the copy, send its result, and exit."""
    try:
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)  # so that ending it ends what it started
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(seconds) + 5)  # should its parent be gone by then
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        with os.fdopen(pipe, "w") as file:
            file.write(json.dumps(function()))
    finally:
        os._exit(0)


def _finished(running: dict[int, _Copy]) -> Iterator[tuple[_Copy, Any]]:
    """Copies that are done, after reading what is there."""
    with selectors.DefaultSelector() as selector:
        for pipe in running:
            selector.register(pipe, selectors.EVENT_READ)
        nearest = min(copy.deadline for copy in running.values())
        ready = selector.select(max(0.0, nearest - time.monotonic()))
    for key, _ in ready:
        copy = running[key.fd]
        part = os.read(copy.pipe, 1 << 16)
        copy.data += part
        if not part:
            yield copy, _result(copy)
    if not ready:
        late = [c for c in running.values() if c.deadline <= time.monotonic()]
        for copy in late:
            yield copy, LostFork("timed out")


def _result(copy: _Copy) -> Any:
    try:
        return json.loads(copy.data)
    except ValueError:
        return LostFork("crashed")


def _end(copy: _Copy) -> None:
    os.close(copy.pipe)
    for kill, target in ((os.killpg, copy.pid), (os.kill, copy.pid)):
        with contextlib.suppress(OSError):
            kill(target, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(copy.pid, 0)
