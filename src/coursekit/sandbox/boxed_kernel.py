"""A kernel in the box: its processes are known by handles, which no other can take."""

import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coursekit.sandbox import processes
from coursekit.sandbox.kernel import Kernel, StartFailed
from coursekit.sandbox.limits import Limits

LONGEST = 1 << 16  # bytes of one message
_CREDENTIALS = struct.Struct("3i")


class BoxedKernel(Kernel):
    """A kernel in namespaces of its own: when their first process ends, all do.

    `end_box` ends a box that was opened for this kernel alone.
    """

    def __init__(
        self,
        folder: Path,
        life: socket.socket,
        limits: Limits,
        end_box: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(folder, limits)
        self._life, self._end_box, self._first = life, end_box, 0
        self._handles: dict[str, int] = {}
        self._lock = threading.RLock()  # the watchdog looks from its own thread

    def wait_ready(self, seconds: float) -> None:
        """Wait until its sockets are bound; StartFailed says why they are not."""
        self._life.settimeout(seconds)
        try:
            while not self.pid:
                self._hear(*_receive(self._life))
        except (OSError, StartFailed) as error:
            self.close()
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
        """Its processes without the first one, which is ours."""
        if self.poll() is not None or not self._first:
            return []
        return processes.tree(self._first)[1:]

    def cpu_ns(self) -> int:
        """The first process's share counts what it reaped of orphans."""
        if self.poll() is not None or not self._first:
            return 0
        return processes.cpu_ns(processes.tree(self._first))

    def interrupt(self) -> None:
        """Send SIGINT to the kernel itself."""
        self._signal("kernel", signal.SIGINT)

    def kill(self, why: str = "") -> None:
        """End the namespace's first process: all in it end, daemons too."""
        with self._lock:
            if self.poll() is None:
                self.why = self.why or why
                self._signal("first", signal.SIGKILL)
                self._end(-signal.SIGKILL)

    def poll(self) -> int | None:
        """The exit code that the first process reported, or that of its end."""
        with self._lock, contextlib.suppress(BlockingIOError):
            while self.returncode is None:
                try:
                    message, _pid = _receive(self._life)
                except BlockingIOError:
                    raise
                except (OSError, ValueError, StartFailed):
                    message = {"code": -signal.SIGKILL}
                if "code" in message:
                    self._explain(message)
                    self._end(message["code"])
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the namespace."""
        first = self._handles.get("first")
        if first is not None and not select.select([first], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        self.poll()
        return -signal.SIGKILL if self.returncode is None else self.returncode

    def close(self) -> None:
        """Kill it; returns when all its processes are gone."""
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(5)
        with self._lock:
            for handle in self._handles.values():
                os.close(handle)
            self._handles.clear()
            self._life.close()

    def _signal(self, which: str, number: int) -> None:
        with self._lock, contextlib.suppress(ProcessLookupError):
            if which in self._handles:
                signal.pidfd_send_signal(self._handles[which], number)

    def _explain(self, last: dict[str, Any]) -> None:
        """Blame memory: native code without it crashes before any watchdog looks."""
        if last["code"] < 0 and last.get("memory", 0) > 0.9 * self.limits.memory:
            self.why = f"more than {self.limits.memory} MB of memory"

    def _end(self, code: int) -> None:
        self.returncode = code
        self._end_box()


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
