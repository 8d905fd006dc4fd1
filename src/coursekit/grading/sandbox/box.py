"""The grader's side of the box: starts it once, asks it for kernels."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from coursekit.grading.sandbox import archive, bwrap, watchdog
from coursekit.grading.sandbox.folders import Folder
from coursekit.grading.sandbox.kernel import Kernel
from coursekit.grading.sandbox.limits import Limits

MODULE = "coursekit.grading.sandbox.zygote"
_START = 60.0  # seconds for a box, imports included, on a busy machine
_UIDS, _SPAN = 0x70000000, 1 << 27  # numbers that neither people nor containers use


class Unavailable(RuntimeError):
    """No box can be had on this machine; the message says why and what to do."""


class Box:
    """Bubblewrap with a warm process in it; `with Box() as box: box.start(...)`."""

    def __init__(
        self,
        program: str = "",
        *,
        warm: bool = True,
        disk: int = Limits().disk,
        readable: Sequence[Path] = (),
    ) -> None:
        self.program = program or bwrap.find()
        if not self.program:
            raise Unavailable("bubblewrap is not installed: `make setup` brings it")
        self.warm, self.disk, self.readable = warm, disk, tuple(readable)
        self.folder = Folder()
        self._count = 0
        self._lock = threading.Lock()
        self._zygote: _Zygote | None = None
        try:
            self._hello()
        except BaseException:
            self.folder.remove()
            raise

    def _hello(self) -> None:
        """Try it once: warm where namespaces can be nested, else a box for each."""
        self._zygote = self._open("warm" if self.warm else "")
        self.filter, self.why_cold = self._zygote.hello["filter"], ""
        if not self._zygote.hello["nested"]:
            self.why_cold = self._zygote.hello["why"]
            self._zygote.close()
            self._zygote = None

    def _open(self, mode: str) -> "_Zygote":
        private = "private" if os.geteuid() else ""
        words = [x for x in (mode, private) if x]

        def line(fd: int) -> list[str]:
            arguments = ["-m", MODULE, str(fd), *words]
            given: dict[str, Any] = {"disk": self.disk, "readable": self.readable}
            return bwrap.command(self.program, self.folder.path, arguments, **given)

        return _Zygote(line)

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
        """A kernel with the plain files of `files` in its working folder.

        `connection` names its sockets (they lie in `folder`) and their key.
        """
        limits = replace(limits or Limits(), disk=self.disk)
        folder = folder or self.new_folder()
        uid = self._open_to_learner(folder)
        request = {"folder": str(folder), "connection": connection, "uid": uid}
        request |= {"limits": asdict(limits), "env": env or {}}
        cold = self._zygote is None
        zygote = self._open("") if self._zygote is None else self._zygote
        life, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        life.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with theirs, archive.pack(files, limits) as packed:
            zygote.ask(request, [theirs.fileno(), packed.fileno()])
        kernel = Kernel(folder, life, limits, zygote.process if cold else None)
        kernel.wait_ready(seconds)
        watchdog.watch(kernel)
        return kernel

    def new_folder(self) -> Path:
        """A folder to share with one kernel."""
        with self._lock:
            self._count += 1
            path = self.folder.path / f"k{self._count}"
        path.mkdir(mode=0o700)
        return path

    def _open_to_learner(self, folder: Path) -> int:
        """The user the kernel runs as; only that one may use its folder."""
        if os.geteuid():
            return 1000
        number = int(folder.name[1:]) % 32
        uid = free_uid(os.getpid() * 32 + number)
        os.chown(folder, uid, uid)
        return uid

    def close(self) -> None:
        """End it with all its kernels and leave nothing behind."""
        if self._zygote is not None:
            self._zygote.close()
        self.folder.remove()

    def __enter__(self) -> "Box":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def free_uid(
    number: int, map: Path = Path("/proc/self/uid_map"), first: int = _UIDS
) -> int:
    """A user that nobody is, for kernel `number`, also where few users exist."""
    spans = [[int(x) for x in line.split()] for line in map.read_text().splitlines()]
    start, _outside, length = max(spans, key=lambda span: span[2])
    if start + length > first + _SPAN:
        return first + number % _SPAN
    low = start + length // 2
    return low + number % (length - length // 2)


class _Zygote:
    """The process in the box and the socket to it."""

    def __init__(self, line: Callable[[int], list[str]]) -> None:
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(_START)
        with theirs:
            fd = theirs.fileno()
            # the box dies with the thread that started it: one that stays
            self.process = watchdog.in_its_thread(
                lambda: subprocess.Popen(
                    line(fd),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    pass_fds=[fd],
                    env={},
                )
            )
        try:
            self.hello = json.loads(self.socket.recv(1 << 16))
        except (OSError, ValueError) as error:
            raise Unavailable(self._last_words()) from error
        finally:
            assert self.process.stderr is not None
            self.process.stderr.close()

    def _last_words(self) -> str:
        self.process.kill()
        _out, said = self.process.communicate()
        self.socket.close()
        return (said.decode(errors="replace").strip() or "it said nothing")[-2000:]

    def ask(self, request: dict[str, Any], fds: list[int]) -> None:
        socket.send_fds(self.socket, [json.dumps(request).encode()], fds)

    def close(self) -> None:
        self.socket.close()
        self.process.kill()
        self.process.wait()


_box: tuple[int, Box] | None = None
_making = threading.Lock()


def shared() -> Box:
    """This process's own warm box, started when first asked for."""
    global _box
    with _making:
        if _box is None or _box[0] != os.getpid():  # a fork starts its own
            _box = os.getpid(), Box()
            atexit.register(_box[1].close)
        return _box[1]


def remove(folder: Path) -> None:
    """Delete a kernel's folder."""
    shutil.rmtree(folder, ignore_errors=True)
