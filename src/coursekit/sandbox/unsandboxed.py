"""The second best, without bubblewrap: limits, a private folder, nothing hidden.

Learner code runs as the grader's own user here: it can read what that user can, use
the network, and reach the grader itself. Only for code that one trusts anyway.
"""

import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from coursekit.sandbox import archive, processes, watchdog
from coursekit.sandbox.confine import RESERVED
from coursekit.sandbox.kernel import Kernel, StartFailed
from coursekit.sandbox.limits import MB, Limits
from coursekit.sandbox.socket_folders import Folder

MARK = "COURSEKIT_KERNEL"  # in the environment of all that a kernel starts
_START = 60.0  # seconds, imports included, on a busy machine


class PlainKernel(Kernel):
    """A kernel in a process group of its own."""

    def __init__(
        self,
        folder: Path,
        limits: Limits,
        process: "subprocess.Popen[bytes]",
        private: Path,
    ) -> None:
        super().__init__(folder, limits)
        self.pid, self.process, self.private = process.pid, process, private

    def pids(self) -> list[int]:
        """The kernel and its descendants."""
        return processes.tree(self.pid) if self.poll() is None else []

    def interrupt(self) -> None:
        """Send SIGINT to the kernel itself."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)

    def kill(self, why: str = "") -> None:
        """End its processes, and those that left its group but kept their mark."""
        if self.returncode is None:
            self.why = self.why or why
            for pid in {*self.pids(), *_marked(str(self.private))}:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            self.returncode = self.process.wait()

    def poll(self) -> int | None:
        """The exit code of the kernel's own process."""
        return self.process.poll()

    def wait(self, timeout: float | None = None) -> int:
        """The exit code of the kernel's own process."""
        return self.process.wait(timeout)

    def close(self) -> None:
        """Kill it and delete its folder."""
        self.kill()
        shutil.rmtree(self.private, ignore_errors=True)


def _marked(mark: str) -> Iterator[int]:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == mark:
                yield process.pid


class Plain:
    """Starts kernels as a `Box` does, without the box."""

    def __init__(self) -> None:
        self.folder = Folder()
        self._count = 0
        self._lock = threading.Lock()

    def new_folder(self) -> Path:
        """A folder to share with one kernel."""
        with self._lock:
            self._count += 1
            path = self.folder.path / f"k{self._count}"
        path.mkdir(mode=0o700)
        return path

    def start(
        self,
        connection: dict[str, Any],
        files: Path | None = None,
        *,
        limits: Limits | None = None,
        env: dict[str, str] | None = None,
        folder: Path | None = None,
        seconds: float = _START,
    ) -> Kernel:
        """A kernel with the plain files of `files` in its working folder."""
        limits, folder = limits or Limits(), folder or self.new_folder()
        private = self.folder.path / f"{folder.name}-own"
        for name in ("work", "home", "tmp"):
            (private / name).mkdir(parents=True)
        request = {"connection": connection, "work": str(private / "work")}
        request |= {"env": env or {}, "limits": asdict(limits)}
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        with ours, archive.pack(files, limits) as packed:
            with theirs:
                fds = (theirs.fileno(), packed.fileno())
                process = _process(request, fds, private)
            kernel = PlainKernel(folder, limits, process, private)
            _wait_ready(ours, kernel, seconds)
        watchdog.watch(kernel)
        return kernel

    def close(self) -> None:
        """Remove the shared folder."""
        self.folder.remove()


def _process(
    request: dict[str, Any], fds: tuple[int, int], private: Path
) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", __name__, *map(str, fds)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=fds,
        cwd=private / "work",
        env=_environment(private),
    )
    assert process.stdin is not None
    with process.stdin as pipe, contextlib.suppress(BrokenPipeError):
        pipe.write(json.dumps(request).encode())
    return process


def _environment(private: Path) -> dict[str, str]:
    """The same as in the box except for paths; nothing of the grader's own."""
    from coursekit.sandbox.bwrap import ENV

    course = str(Path(__file__).parents[2])
    home, tmp = str(private / "home"), str(private / "tmp")
    own = {"HOME": home, "TMPDIR": tmp, "PYTHONPATH": course, MARK: str(private)}
    own["JPY_PARENT_PID"] = str(os.getpid())  # the kernel ends when the grader does
    return {**ENV, **own, "MPLCONFIGDIR": f"{home}/.matplotlib"}


def _wait_ready(ours: socket.socket, kernel: Kernel, seconds: float) -> None:
    ours.settimeout(0.1)
    said: dict[str, Any] = {}
    for _ in range(int(seconds * 10)):
        try:
            said = json.loads(ours.recv(1 << 16))
            break
        except TimeoutError:
            if kernel.poll() is not None:
                break
    if "kernel" not in said:
        kernel.close()
        raise StartFailed(f"No kernel came up: {said.get('failed', 'it ended')}")


def main() -> None:
    """Run a kernel; arguments are a socket to the grader and an archive of files."""
    from coursekit.sandbox import kernel_app
    from coursekit.sandbox.zygote import report

    life, archived = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
    request = json.load(sys.stdin)
    limits = Limits(**request["limits"])
    try:
        for which, most in _resources(limits):
            # macOS refuses some
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(which, (most, most))
        kernel_app.run(request, life, archived, lambda: None)
    except BaseException:
        report(life)
        raise


def _resources(limits: Limits) -> Iterator[tuple[int, int]]:
    yield resource.RLIMIT_AS, (2 * limits.memory + RESERVED) * MB
    yield resource.RLIMIT_FSIZE, limits.file * MB
    yield resource.RLIMIT_NOFILE, limits.open_files
    yield resource.RLIMIT_CORE, 0


if __name__ == "__main__":
    main()
