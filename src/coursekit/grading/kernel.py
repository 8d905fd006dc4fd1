"""The kernel that a submission's cells run in, and what may come out of it."""

import contextlib
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets.config import Config

from coursekit.course import CourseError

MAX_PRINTED = 1_000_000  # characters of output kept per cell
COUNTED = ("stream", "display_data", "execute_result", "error", "update_display_data")


class Kernel(NotebookClient):
    """Runs cells; keeps a bounded amount of what each of them shows."""

    kept = 0

    def begin(self) -> None:
        """A cell begins: it may show as much as any other."""
        self.kept = 0

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], *args: Any
    ) -> NotebookNode | None:
        """Take one output, if there is room."""
        self.kept += len(str(msg["content"]))
        if self.kept > MAX_PRINTED:
            return None
        return super().output(outs, msg, *args)

    def handle_comm_msg(self, *args: Any) -> None:
        """A widget's state shows nothing here and may be without bound."""


@contextlib.contextmanager
def kernel(
    notebook: NotebookNode, folder: Path, seconds: float, env: Mapping[str, str]
) -> Iterator[Kernel]:
    """A kernel running in `folder`, gone afterwards with all it started."""
    with tempfile.TemporaryDirectory(prefix="kernel-") as place:
        client = Kernel(
            notebook,
            config=_private(Path(place)),
            timeout=seconds,
            interrupt_on_timeout=False,
            allow_errors=True,
            kernel_name="python3",
            shutdown_kernel="immediate",
            ipython_hist_file=":memory:",
            skip_cells_with_tag="",
            record_timing=False,
            log=_silent(),
        )
        running = client.setup_kernel(cwd=str(folder), env=dict(env))
        try:
            running.__enter__()
        except BaseException as error:
            _abandon(client)
            if not isinstance(error, Exception):
                raise
            raise CourseError(
                f"No Python kernel could be started ({error}): run `make setup`."
            ) from error
        with contextlib.ExitStack() as stack:
            stack.push(running.__exit__)
            yield client


def _abandon(client: Kernel) -> None:
    """End a kernel that did not come up, Ctrl-C included: nothing else would."""
    process = getattr(getattr(client.km, "provisioner", None), "process", None)
    if process is not None:
        process.kill()
        process.wait()


def _private(place: Path) -> Config:
    """Sockets in a folder of our own: no ports to clash, nothing on the network."""
    config = Config()
    if os.name == "posix":
        config.KernelManager.transport = "ipc"
        config.KernelManager.connection_file = str(place / "kernel.json")
    return config


def _silent() -> logging.Logger:
    """What went wrong is in the report: nothing of it goes to the terminal."""
    log = logging.Logger("kernel")
    log.addHandler(logging.NullHandler())
    return log
