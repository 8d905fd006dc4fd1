"""The IPython kernel in a forked process: its imports were done before the fork."""

import contextlib
import faulthandler
import logging
import os
import signal
import socket
import sys
import tarfile
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

# debugpy takes 0.3 s to import and no grader debugs: its import fails, as it may
sys.modules["debugpy"] = None  # type: ignore[assignment]
import ipykernel.debugger  # noqa: E402
import ipykernel.ipkernel  # noqa: E402
import ipykernel.subshell_manager  # noqa: E402, F401
from ipykernel.iostream import OutStream  # noqa: E402
from ipykernel.kernelapp import IPKernelApp  # noqa: E402
from traitlets.config import Config  # noqa: E402

from coursekit.sandbox.kernel import (  # noqa: E402
    ASKED_TO_END,
    CHANGED,
    LEFT_AT_WORK,
)
from coursekit.sandbox.shared import Shared  # noqa: E402

del sys.modules["debugpy"]

_OPTIONS = Config(
    {
        "HistoryManager": {"enabled": False},  # no file to keep it in
        "IPKernelApp": {"outstream_class": f"{__name__}.Stream"},
    }
)
_CELLS = (  # what first cells do: answer, fail, draw
    "1",
    "1 / 0",
    "async def f(): pass\nawait f()",
    "from matplotlib import pyplot\npyplot.plot([1])\npyplot.show()",
)


class Stream(OutStream):
    """The stream that cells print to: closing it would close it for all later cells."""

    def close(self) -> None:
        """Stay open."""


class App(IPKernelApp):
    """A kernel whose connection comes with the request; it reads no file or option."""

    connection: Any

    def init_connection_file(self) -> None:
        """Take the sockets' names and the key from the request."""
        self.load_connection_info(self.connection)

    def parse_command_line(self, argv: Any = None) -> None:
        """Parse nothing; making the parser took a fifth of the start."""

    def load_config_file(self, *_args: Any, **_kwargs: Any) -> None:
        """Load nothing: there is no file of options."""

    def write_connection_file(self, **_kwargs: Any) -> None:
        """Write nothing: the grader knows the connection."""


def run(
    request: dict[str, Any],
    life: socket.socket,
    archive: int,
    bound: Callable[[], None],
) -> None:
    """Unpack the submission's files, bind the sockets, serve until shut down."""
    os.setsid()
    os.environ.update(request["env"])
    os.chdir(request["work"])
    tempfile.tempdir = None  # found again in this kernel's own folders
    with os.fdopen(archive, "rb") as file, tarfile.open(fileobj=file) as files:
        files.extractall(filter="data")
    _seed()
    _nowhere()
    app = started(request["connection"])
    life.send(b'{"kernel": true}')
    life.close()
    bound()
    serve(app)


def serve(app: App) -> None:
    """Serve until the grader ends this process: learner code that asks to end goes on.

    `exit()`, a stopped loop and the like take effect only after the cell's reply, when
    the next cell would be lost. So the loop is run again, and the reply tells of it.
    """
    told = Told(app.shell)
    app.shell.events.register("pre_execute", told.before)  # type: ignore[union-attr]
    app.shell.events.register("post_execute", told.after)  # type: ignore[union-attr]
    start = app.start
    while True:
        with contextlib.suppress(BaseException):
            start()
        told.stop()
        if app.io_loop.asyncio_loop.is_closed():  # type: ignore[attr-defined]
            return
        start = app.io_loop.start


class Told:
    """Reports in the reply what code left behind that may end this process later."""

    def __init__(self, shell: Any) -> None:
        self.shell, self.streams = shell, (sys.stdout, sys.stderr)
        self.shared = Shared(shell)
        self.found = set[int]()
        self.stops, self.due = 0, 0  # of the loop: seen so far, told of and to come

    def stop(self) -> None:
        """Note that the loop was stopped, while code ran or as it had asked."""
        self.stops, self.due = self.stops + (not self.due), max(0, self.due - 1)

    def before(self) -> None:
        """Note what there is, before any code runs."""
        self.found, self.stops = self._at_work(), 0
        self.shared.before()

    def after(self) -> None:
        """Compare; put back the streams that all cells print to."""
        sys.stdout, sys.stderr = self.streams
        if not self.shared.usable():
            os._exit(1)  # it would not answer, and be waited for
        self._tell(CHANGED, what=self.shared.changed())
        faulthandler.cancel_dump_traceback_later()  # which can end this process
        asked = self.shell.exit_now + self._loop._stopping
        if asked or self.stops:
            self._tell(ASKED_TO_END)
        self.shell.exit_now, self.due = False, self.due + asked
        if self._at_work() - self.found:
            self._tell(LEFT_AT_WORK)

    def _tell(self, source: str, **more: str) -> None:
        self.shell.payload_manager.write_payload({"source": source, **more})

    @property
    def _loop(self) -> Any:
        return self.shell.kernel.io_loop.asyncio_loop

    def _at_work(self) -> set[int]:
        """Threads, callbacks that wait, child processes, and a timer."""
        loop = self._loop
        found = {*map(id, (*threading.enumerate(), *loop._ready, *loop._scheduled))}
        found |= {-child for child in _children()}  # no object has such an id
        return found | {0} if signal.getitimer(signal.ITIMER_REAL)[0] else found


def _children() -> set[int]:
    """Processes that this one has started, and that may send it a signal."""
    found = set[int]()
    for path in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # the thread has ended meanwhile
            found |= {*map(int, path.read_text().split())}
    return found


def _nowhere() -> None:
    """Show what is written past Python's streams, and drop the copy.

    The copy's reader may be gone: the kernel would stop showing, its pipe would fill.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(null, stream)
    os.close(null)


def started(connection: dict[str, Any]) -> App:
    """The kernel with its sockets bound, not serving yet."""
    App.connection = connection
    app = App.instance(config=_OPTIONS, log_level=logging.CRITICAL)
    app.initialize()
    _show_figures(app.shell)
    return app


def _show_figures(shell: Any) -> None:
    """Do what matplotlib does when a running kernel imports it; ours came before."""
    backend = "matplotlib_inline.backend_inline"
    if backend in sys.modules:
        sys.modules[backend].configure_inline_support(shell, f"module://{backend}")


def _seed() -> None:
    """Seed anew: forks of one process would all draw the same numbers."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def rehearse(folder: Path) -> list[str]:
    """Modules that a kernel imports while it starts and runs its first cells.

    Run in a fork that ends: the warm process then imports what this one has found.
    """
    before = set(sys.modules)
    names = ("shell", "iopub", "stdin", "control", "hb")
    ports = {f"{name}_port": number for number, name in enumerate(names, 1)}
    sockets = {"transport": "ipc", "ip": str(folder / "i"), "key": "-"}
    app = started(sockets | ports | {"signature_scheme": "hmac-sha256"})
    for cell in _CELLS:
        app.shell.run_cell(cell)  # type: ignore[union-attr]
    return sorted(set(sys.modules) - before)
