"""The IPython kernel in a forked process: what takes long was imported before the fork."""

import os
import socket
import sys
import tarfile
from typing import Any

# debugpy takes 0.3 s to import and no grader debugs: its import fails, as it may
sys.modules["debugpy"] = None  # type: ignore[assignment]
import ipykernel.debugger  # noqa: E402
import ipykernel.ipkernel  # noqa: E402
import ipykernel.subshell_manager  # noqa: E402, F401
from ipykernel.kernelapp import IPKernelApp  # noqa: E402

from coursekit.grading.sandbox import place  # noqa: E402

del sys.modules["debugpy"]


class App(IPKernelApp):
    """A kernel whose connection comes with the request, not in a file."""

    connection: dict[str, Any]

    def init_connection_file(self) -> None:
        """Take the sockets' names and the key from the request."""
        self.load_connection_info(self.connection)

    def write_connection_file(self, **_kwargs: Any) -> None:
        """There is none to write: the grader knows it."""


def run(
    request: dict[str, Any], life: socket.socket, archive: int, first: socket.socket
) -> None:
    """Unpack the submission's files, bind the sockets, serve until shut down."""
    os.setsid()
    os.environ.update(request["env"])
    os.chdir(place.WORK)
    with os.fdopen(archive, "rb") as file, tarfile.open(fileobj=file) as files:
        files.extractall(place.WORK, filter="data")
    _seed()
    App.connection = request["connection"]
    app = App.instance()
    app.initialize(["--HistoryManager.enabled=False", "--quiet"])
    life.send(b'{"kernel": true}')
    first.send(b"b")
    first.recv(1)  # the shared folder is closed now
    life.close()
    first.close()
    app.start()


def _seed() -> None:
    """Forks of one process would all draw the same numbers."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
