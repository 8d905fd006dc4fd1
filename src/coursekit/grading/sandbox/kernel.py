"""A running kernel as its grader sees it: alive or not, what it used, what ended it."""

import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coursekit.grading.sandbox import processes
from coursekit.grading.sandbox.limits import Limits

LONGEST = 1 << 16
_CREDENTIALS = struct.Struct("3i")


class StartFailed(RuntimeError):
    """A kernel could not be started; the message says why."""


class Kernel:
    """One kernel in its box.

    `pid` is its process on this machine, `folder` is shared with it: the same path
    inside, where it may connect to sockets but cannot write. `why` says which limit
    ended it, or is empty.
    """

    pid = 0
    why = ""
    returncode: int | None = None

    def __init__(
        self,
        folder: Path,
        life: socket.socket,
        limits: Limits,
        box: "subprocess.Popen[bytes] | None" = None,
    ) -> None:
        self.folder, self.limits, self.started = folder, limits, time.monotonic()
        self._life, self._box, self._first = life, box, 0
        self._handles: dict[str, int] = {}
        self.cell_start: tuple[float, int] | None = None

    def wait_ready(self, seconds: float) -> None:
        """Until its sockets are bound; StartFailed says why they are not."""
        self._life.settimeout(seconds)
        try:
            while not self.pid:
                self._hear(*_receive(self._life))
        except (OSError, StartFailed) as error:
            self.kill()
            raise StartFailed(f"The sandbox gave no kernel: {error}") from error
        self._life.setblocking(False)

    def _hear(self, message: dict[str, Any], pid: int) -> None:
        if "failed" in message:
            raise StartFailed(message["failed"])
        if "first" in message:
            self._first = pid
            self._handles["first"] = os.pidfd_open(pid)
        if "kernel" in message:
            self._handles["kernel"] = os.pidfd_open(pid)
            self.pid = pid

    def pids(self) -> list[int]:
        """All its processes that live, by this machine's numbers, its own first."""
        if self.poll() is not None or not self._first:
            return []
        return [p for p in processes.tree(self._first) if p != self._first]

    def cpu_ns(self) -> int:
        """Processor time so far, in nanoseconds, of all its processes."""
        return processes.cpu_ns([self._first, *self.pids()]) if self._first else 0

    @contextlib.contextmanager
    def cell(self) -> Iterator[None]:
        """While one cell runs: its own limits of time count from here."""
        self.cell_start = time.monotonic(), self.cpu_ns()
        try:
            yield
        finally:
            self.cell_start = None

    def interrupt(self) -> None:
        """Ctrl-C for what runs in it."""
        self._signal("kernel", signal.SIGINT)

    def kill(self, why: str = "") -> None:
        """End it with everything it started; the first reason given stays."""
        if self.returncode is None:
            self.why = self.why or why
            # the end of a namespace's first process ends all in it, daemons too
            self._signal("first", signal.SIGKILL)
            self._end(-signal.SIGKILL)

    def poll(self) -> int | None:
        """None while it lives, then its exit code."""
        if self.returncode is not None:
            return self.returncode
        try:
            while select.select([self._life], [], [], 0)[0]:
                message, _pid = _receive(self._life)
                if "code" in message:
                    self._end(message["code"])
                    return self.returncode
        except (OSError, ValueError, StartFailed):
            self._end(-signal.SIGKILL)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once all its processes are gone."""
        first = self._handles.get("first")
        if first is not None:
            ready, _, _ = select.select([first], [], [], timeout)
            if not ready:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
        self.poll()
        return self.returncode if self.returncode is not None else -signal.SIGKILL

    def close(self) -> None:
        """Kill it and give back what the grader held of it."""
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(5)
        for handle in self._handles.values():
            os.close(handle)
        self._handles.clear()
        self._life.close()

    def _signal(self, which: str, number: int) -> None:
        handle = self._handles.get(which)
        if handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, number)

    def _end(self, code: int) -> None:
        self.returncode = code
        if self._box is not None:  # a box of its own has done its duty
            self._box.kill()
            self._box.wait()


def _receive(life: socket.socket) -> tuple[dict[str, Any], int]:
    """A message of the box and who sent it, by this machine's process number."""
    room = socket.CMSG_SPACE(_CREDENTIALS.size)
    data, extra, _flags, _from = life.recvmsg(LONGEST, room)
    if not data:
        raise StartFailed("it ended before it said anything")
    pid = 0
    for _level, kind, content in extra:
        if kind == socket.SCM_CREDENTIALS:
            pid = _CREDENTIALS.unpack(content[: _CREDENTIALS.size])[0]
    return json.loads(data), pid
