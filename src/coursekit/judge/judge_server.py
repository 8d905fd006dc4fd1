"""Judges for a grading worker: a warm process that forks one for each submission."""

import contextlib
import dataclasses
import functools
import gc
import importlib
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from coursekit.check import hidden_checks
from coursekit.core.course import SOURCE
from coursekit.core.module import load
from coursekit.core.report import Report
from coursekit.judge.judge_process import lost, run
from coursekit.sandbox.socket_folders import Folder

START = 60.0  # seconds a judge may take to come up
GRACE = 3.0  # seconds a judge may take longer than it was given
LOOK = 1.0  # seconds between looks at whether the kernel still serves
SOON = 6.0  # seconds for the report of a judge that is not served any more
LAST = 1.0  # and of one whose kernel has ended: it says no more than that
MOST = 5_000_000  # bytes of one report
# beside what each checks.py imports
WARM = {"asyncio", "numpy", "coursekit.check.quiz", "session1.virtual_time"}
IMPORTED = re.compile(r"^(?:from|import) ((?:coursekit|session1)\.[\w.]+)", re.M)

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class JudgeError(RuntimeError):
    """A judge could not do its work, through no fault of the learner's."""


class Judges:
    """Starts judges quickly; they end with this process. Use it in a `with` block.

    What the course at `root` needs is imported at once, another one's when it comes.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()

    def __enter__(self) -> "Judges":
        self._place = Folder()
        mine, its = socket.socketpair()
        command = [
            sys.executable,
            "-m",
            __name__,
            str(its.fileno()),
            str(self._place.path),
        ]
        paths = [p for p in sys.path if p]
        self._process = subprocess.Popen(
            command,
            pass_fds=[its.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **ONE_THREAD},
        )
        its.close()
        self._control = mine
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._control.close()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._place.remove()

    @property
    def ended(self) -> bool:
        """Whether it can no longer start judges."""
        return self._process.poll() is not None

    def start(self, module: str, folder: Path) -> "Handle":
        """A judge for one submission; `folder` holds the module's own files."""
        if folder.name != module:
            raise JudgeError(f"the files of {module} are in a folder called so")
        return Handle(self, folder.resolve())

    def fork(self, folder: Path) -> socket.socket:
        """A fresh judge's control socket."""
        mine, its = socket.socketpair()
        with its, self._lock:
            try:
                socket.send_fds(self._control, [str(folder).encode()], [its.fileno()])
            except OSError as error:
                mine.close()
                raise JudgeError("the process that starts judges has ended") from error
        return mine


class Handle:
    """A worker's handle on one submission's judge.

    `connected` turns False when the link broke: start another kernel and `listen`.
    """

    def __init__(self, judges: Judges, folder: Path) -> None:
        self._judges, self._folder = judges, folder
        self.module = load(folder)
        self.pid = 0
        self._control: socket.socket | None = None
        self.connected = False

    def listen(self, path: Path) -> None:
        """Let one learner's process connect at `path`; again after it was restarted."""
        try:
            if self._control is None:
                self._control = self._judges.fork(self._folder)
                self._lines = self._control.makefile("rb")
                self._control.settimeout(START)
                self.pid = self._receive()["ready"]
            self._request(listen=str(path))
        except (OSError, EOFError) as error:
            self._end()
            raise JudgeError(f"no judge could be started: {error}") from error
        self.connected = True

    def grade(
        self,
        exercise: str,
        *,
        seconds: float = 30,
        seed: str = "",
        left: Callable[[], bool] = lambda: False,
        ended: Callable[[], bool] = lambda: False,
    ) -> Report:
        """The report on an exercise, whatever the learner's process does meanwhile.

        It must serve: `near.serve()`, until `left()` or until it has `ended()`. Where
        it died, took too long, sent too much or what it should not, it is of no more
        use, and `connected` is False.
        """
        if self._control is None:
            return lost(self.module, exercise, "crashed")
        self._control.settimeout(seconds + GRACE)
        end = time.monotonic() + seconds + GRACE
        try:
            self._send(grade=exercise, seconds=seconds, seed=seed)
            while not self._said(LOOK):
                if ended() and not self._said(LAST):
                    self._end()
                    return lost(self.module, exercise, "crashed")
                if left() and not self._said(SOON):
                    self._end()
                    return lost(self.module, exercise, "tampered")
                if time.monotonic() > end:
                    raise TimeoutError
            found = self._receive()
            report = Report.from_json(found["report"])
        except TimeoutError:
            self._end()
            return lost(self.module, exercise, "timed out", seconds)
        except (EOFError, OSError):
            self._end()
            return lost(self.module, exercise, "crashed")
        if found.get("ended"):
            self._end()
        return dataclasses.replace(report, printed=str(found.get("printed", "")))

    def close(self) -> None:
        """Release the judge."""
        self.connected = False
        if self._control is not None:
            self._control.close()
            self._lines.close()
            self._control = None

    def _end(self) -> None:
        """End a judge that may be stuck."""
        if self.pid:
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)
        self.close()

    def _request(self, **request: Any) -> dict[str, Any]:
        self._send(**request)
        return self._receive()

    def _send(self, **request: Any) -> None:
        assert self._control is not None
        self._control.sendall(json.dumps(request).encode() + b"\n")

    def _said(self, seconds: float) -> bool:
        """Whether the judge sends something within `seconds`."""
        sources: list[Any] = [self._control]
        return bool(select.select(sources, [], [], seconds)[0])

    def _receive(self) -> dict[str, Any]:
        line = self._lines.readline(MOST)
        if not line.endswith(b"\n"):
            raise EOFError("the judge has ended")
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise JudgeError(found["error"])
        return found


def _prepare(folder: Path) -> None:
    """Read what every judge of a module needs, once for all of them."""
    with contextlib.suppress(Exception):  # a judge will say what is wrong with it
        _import_for(folder.parents[1])
        load(folder)
        path = folder / hidden_checks.FILE
        hidden_checks.prepared(path, path.stat().st_mtime_ns)


@functools.cache
def _import_for(root: Path) -> None:
    """Import what the hidden checks of a course need."""
    for name in sorted(_imported_by_checks(root)):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _imported_by_checks(root: Path) -> set[str]:
    """Modules that the course's hidden checks need, so that no judge waits for them."""
    paths = root.glob(f"{SOURCE}/*/{hidden_checks.FILE}")
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in paths]
    return WARM.union(*map(IMPORTED.findall, texts))


def _serve(control: socket.socket, place: Path) -> None:
    """Fork a judge for every socket that comes; all end when no more can come."""
    gc.disable()  # imports make hardly any garbage
    _import_for(Path.cwd())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    gc.collect()
    gc.enable()
    gc.freeze()  # the imported stays shared between all judges
    count = 0
    while True:
        data, fds, _, _ = socket.recv_fds(control, 65536, 1)
        if not fds:
            break
        count += 1
        _prepare(Path(data.decode()))
        if os.fork() == 0:
            control.close()
            run(socket.socket(fileno=fds[0]), data.decode(), place / str(count))
        os.close(fds[0])
    shutil.rmtree(place, ignore_errors=True)
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]))
