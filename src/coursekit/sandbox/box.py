"""The grader's side of the box: starts it once, asks it for kernels, ends them.

Its processes are known by handles, which no other process can take over.
"""

import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from coursekit.sandbox import archive, bwrap, processes, watchdog
from coursekit.sandbox.kernel import Kernel, StartFailed
from coursekit.sandbox.limits import Limits
from coursekit.sandbox.socket_folders import Folder

LONGEST = 1 << 16  # bytes of one message
_CREDENTIALS = struct.Struct("3i")
MODULE = "coursekit.sandbox.zygote"
_START = 60.0  # seconds for a box, imports included, on a busy machine
_LATE = f"No sandbox came up in {_START:g} s: try again, with fewer at once"
_END = 10.0  # seconds for all in a box to be gone
_UIDS, _SPAN = 0x70000000, 1 << 27  # numbers that neither people nor containers use


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


class Unavailable(RuntimeError):
    """No box can be had on this machine; the message says why and what to do."""


class Box:
    """Bubblewrap with a warm process in it; `with Box() as box: box.start(...)`.

    `readable` are files and folders that learner code may read too, `env` is added to
    its environment.
    """

    def __init__(
        self,
        program: str = "",
        *,
        warm: bool = True,
        readable: Sequence[Path] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.program = program or _found()
        self.warm, self.readable, self.env = warm, tuple(readable), dict(env or {})
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
        mode = "warm" if self.warm else "look"
        self._zygote = self._open(self.folder.path, Limits().disk, mode)
        hello = self._zygote.hello
        self.filter, self.why_cold = hello["filter"], hello["why"]
        if not self.warm or not hello["nested"]:
            self._zygote.close()
            self._zygote = None

    def _open(self, shared: Path, disk: int, mode: str) -> "_Zygote":
        words = [mode] + ["private"] * bool(os.geteuid())

        def line(fd: int) -> list[str]:
            arguments = ["-m", MODULE, str(fd), *words]
            given: dict[str, Any] = {"disk": disk, "readable": self.readable}
            given["env"] = self.env
            return bwrap.command(self.program, shared, arguments, **given)

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
        limits, folder = limits or Limits(), folder or self.new_folder()
        uid = self._open_to_learner(folder)
        request = {"folder": str(folder), "connection": connection, "uid": uid}
        request |= {"limits": asdict(limits), "env": env or {}}
        zygote, end_box = self._running(), lambda: None
        if zygote is None:
            zygote = self._open(folder, limits.disk, "cold")
            end_box = zygote.close
        life, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        life.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        try:
            with theirs, archive.pack(files, limits) as packed:
                zygote.ask(request, [theirs.fileno(), packed.fileno()])
        except BaseException:
            life.close()
            end_box()
            raise
        kernel = BoxedKernel(folder, life, limits, end_box)
        kernel.wait_ready(seconds)
        watchdog.watch(kernel)
        return kernel

    def _running(self) -> "_Zygote | None":
        """The warm process, restarted if it ended; None where there can be none."""
        with self._lock:
            if self._zygote is not None and self._zygote.process.poll() is not None:
                self._zygote.close()
                self._zygote = self._open(self.folder.path, Limits().disk, "warm")
            return self._zygote

    def new_folder(self) -> Path:
        """A folder to share with one kernel."""
        with self._lock:
            self._count += 1
            path = self.folder.path / f"k{self._count}"
        path.mkdir(mode=0o700)
        return path

    def _open_to_learner(self, folder: Path) -> int:
        """Give the folder to the user that the kernel runs as, and return its id."""
        if os.geteuid():
            return 0  # inside, where that is us and nobody else exists
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
    """An unused user id for kernel `number`, also where few ids exist."""
    spans = [[int(x) for x in line.split()] for line in map.read_text().splitlines()]
    start, _outside, length = max(spans, key=lambda span: span[2])
    if start + length > first + _SPAN:
        return first + number % _SPAN
    low = start + length // 2
    return low + number % (length - length // 2)


def _found() -> str:
    if program := bwrap.find():
        return program
    raise Unavailable("bubblewrap is not installed: `make setup` brings it on Linux")


def _kill(young: "subprocess.Popen[bytes]") -> None:
    """End a box whose processes may not yet be set to end with their parent."""
    for pid in reversed(processes.tree(young.pid)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


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
                ),
                _kill,
            )
        try:
            self.hello = json.loads(self.socket.recv(1 << 16))
        except TimeoutError as error:  # says nothing of the machine: it is busy
            self._last_words()
            raise StartFailed(_LATE) from error
        except (OSError, ValueError) as error:
            raise Unavailable(self._last_words()) from error
        except BaseException:  # Ctrl-C: it may not know yet to end with us
            _kill(self.process)
            self.socket.close()
            raise
        finally:
            assert self.process.stderr is not None
            self.process.stderr.close()
        # bubblewrap, then the first process of its namespace: gone when all in it are
        self._first = os.pidfd_open(processes.tree(self.process.pid)[1])

    def _last_words(self) -> str:
        self.process.kill()
        _out, said = self.process.communicate()
        self.socket.close()
        return (said.decode(errors="replace").strip() or "it said nothing")[-2000:]

    def ask(self, request: dict[str, Any], fds: list[int]) -> None:
        """Request a kernel."""
        socket.send_fds(self.socket, [json.dumps(request).encode()], fds)

    def close(self) -> None:
        """End the box and all in it; a second time does nothing."""
        self.socket.close()
        self.process.kill()
        self.process.wait()
        if self._first >= 0:
            select.select([self._first], [], [], _END)
            os.close(self._first)
            self._first = -1
