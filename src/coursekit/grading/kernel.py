"""The kernel that a submission's cells run in, and what may come out of it."""

import contextlib
import json
import logging
import math
import os
import queue
import re
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode

from coursekit.core.course import CourseError
from coursekit.core.wording import clean
from coursekit.sandbox import provisioner
from coursekit.sandbox.kernel import ASKED_TO_END, CHANGED, LEFT_AT_WORK
from coursekit.sandbox.limits import Limits

MAX_PRINTED = 1_000_000  # characters of output kept per cell
MAX_SHOWN = 20_000_000  # and of a whole notebook, in however many kernels it runs
MAX_NAME = 60  # characters of what a cell changed
LOOK = 0.2  # seconds between looks at whether a kernel that is waited for still lives
# HTML, Markdown, SVG and the like run scripts where feedback is read
SHOWN = ("text/plain", "image/png", "image/jpeg")
KEPT = (
    *("data", "ename", "evalue", "execution_count", "execution_state", "name"),
    *("text", "traceback", "transient", "wait"),
)


class Lost(Exception):
    """The kernel cannot be used any more; `status` and `why` are for the report."""

    def __init__(self, status: str, why: str = "") -> None:
        super().__init__(status, why)
        self.status, self.why = status, why


class NotebookKernel(NotebookClient):
    """Runs cells; keeps a bounded amount of what each of them shows."""

    kept = 0  # of what the cell showed, with what was left out
    shown = 0  # by all cells of the notebook
    heard = True  # all that the last cell had to show
    gone = False  # it does not answer any more
    asked = False  # what ran last asked it to end, which it did not
    at_work = False  # and left threads, timers or the like behind
    changed = ""  # and changed this for all cells
    reply = "", ""  # to what was sent last: its name and status

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], *args: Any
    ) -> NotebookNode | None:
        """Take one output, if there is room."""
        fits = self._fits(len(str(msg["content"])))
        return super().output(outs, msg, *args) if fits else None

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        """Replace what was shown under a name, wherever that was, if there is room."""
        places = self._display_id_map.get(display_id, {}).items()
        old = [self.nb.cells[cell].outputs[i] for cell, at in places for i in at]
        if self._fits(len(old) * len(str(msg["content"])) - len(str(old))):
            super()._update_display_id(display_id, msg)

    def _fits(self, size: int) -> bool:
        """Count what is to be shown; whether it may be.

        After the first output without room the cell shows no more. What is printed
        may come in parts, and a small one would be shown without those before it.
        """
        self.kept += size
        if self.kept > MAX_PRINTED or self.shown + size > MAX_SHOWN:
            self.kept = max(self.kept, MAX_PRINTED)
            return False
        self.shown += size
        return True

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Take one message; the last of a cell says that the kernel is idle."""
        msg = {**msg, "content": _harmless(msg["content"])}
        if msg["msg_type"] == "status":
            self.heard = msg["content"]["execution_state"] == "idle"
        return super().process_message(msg, cell, cell_index)

    def handle_comm_msg(self, *args: Any) -> None:
        """A widget's state shows nothing here and may be without bound."""

    @property
    def box(self) -> Any:
        """The kernel as the sandbox knows it: `folder`, `why`, `cell()`."""
        assert self.km is not None
        return self.km.provisioner.kernel  # type: ignore[union-attr]

    def run(self, cell: NotebookNode, index: int, seconds: float) -> None:
        """Run a cell, fill in its outputs; Lost when it did not end well."""
        self.kept, self.timeout = 0, max(1, math.ceil(seconds))
        self.shown -= _size(cell)  # an earlier kernel's: it goes
        self.heard = self.asked = self.at_work = False
        self.changed = ""
        try:
            with self.box.cell():
                self.execute_cell(cell, index)
        except CellTimeoutError:
            # in the words of the watchdog, whichever of the two is first to see it
            limits = self.box.limits
            late = seconds >= limits.cell_wall
            why = f"It was stopped: it used {limits.in_one_cell}." if late else ""
            raise Lost("timed out", why) from None
        except DeadKernelError:
            raise self.lost() from None
        except Exception as error:  # whatever a kernel may send
            raise Lost("tampered", f"The kernel sent {type(error).__name__}.") from None
        if self.gone:
            raise Lost("tampered", "IPython itself was changed: leave it as it is.")
        if not self.heard and "".join(cell.source.split()):
            self.iopub_timeout = 0  # its output was cut off: no more is waited for

    def executed(self, execute_reply: dict[str, Any], **_kinds: Any) -> None:
        """Note what else the reply to a cell, or to our own code, says."""
        payloads = execute_reply["content"].get("payload")
        told = payloads if isinstance(payloads, list) else []
        found = {str(p.get("source")): p.get("what") for p in told if type(p) is dict}
        self.asked, self.at_work = ASKED_TO_END in found, LEFT_AT_WORK in found
        self.changed = clean(str(found.get(CHANGED, "")))[:MAX_NAME]
        self.gone = CHANGED not in found  # nobody would notice what comes next

    def lost(self) -> Lost:
        """Why the kernel is gone: a limit, or what the code itself did."""
        why = self.box.why if self.box else ""
        late = re.search(r"\d s ", why)
        said = f"It was stopped: it used {why}." if why else ""
        return Lost("timed out" if late else "crashed", said)

    def send(self, code: str) -> str:
        """Run code of ours without a trace; `answered` waits for its end."""
        assert self.kc is not None
        return str(self.kc.execute(code, silent=True, store_history=False))

    def answered(self, sent: str, seconds: float) -> bool:
        """Whether what was sent last has ended well, within `seconds`."""
        # whatever a kernel sends, else it did not answer
        with contextlib.suppress(Exception):
            run_sync(self._await)(sent, seconds)
        return self.reply == (sent, "ok")

    def replied(self, sent: str) -> bool:
        """Whether what was sent last has ended, in whatever way."""
        return self.answered(sent, 0) or self.reply[0] == sent

    @property
    def ended(self) -> bool:
        """Whether its process is gone."""
        return self.box.poll() is not None

    async def _await(self, sent: str, seconds: float) -> None:
        client: Any = self.kc
        end = time.monotonic() + seconds
        while self.reply[0] != sent:
            left, ended = max(0.0, end - time.monotonic()), self.ended
            try:
                reply = await client.get_shell_msg(timeout=min(left, LOOK))
            except queue.Empty:
                if ended or not left:
                    raise
                continue
            if reply["parent_header"].get("msg_id") == sent:
                self.reply = sent, reply["content"].get("status")
                self.executed(reply)


@contextlib.contextmanager
def kernel(
    notebook: NotebookNode, folder: Path, limits: Limits
) -> Iterator[NotebookKernel]:
    """A kernel with the files of `folder`, gone afterwards with all it started."""
    client = NotebookKernel(
        notebook,
        interrupt_on_timeout=False,
        allow_errors=True,
        kernel_name="python3",
        shutdown_kernel="immediate",
        ipython_hist_file=":memory:",
        skip_cells_with_tag="",
        record_timing=False,
        log=_silent(),
    )
    client.on_cell_executed = client.executed
    _in_the_box(client, limits)
    running = client.setup_kernel(cwd=str(folder), env=dict(os.environ))
    try:
        running.__enter__()
    except BaseException as error:
        _abandon(client)
        if not isinstance(error, Exception):
            raise
        raise CourseError(
            f"No Python kernel could be started ({error}): run `coursekit doctor`."
        ) from error
    with contextlib.ExitStack() as stack:
        stack.push(running.__exit__)
        client.shown = sum(map(_size, notebook.cells))
        yield client


def _size(cell: NotebookNode) -> int:
    """Characters that a cell shows."""
    return len(str(outputs)) if (outputs := cell.get("outputs")) else 0


def _harmless(content: dict[str, Any]) -> dict[str, Any]:
    """Reduce a message to what is kept: text that can be saved, and pictures."""
    kept = {name: content[name] for name in KEPT if name in content}
    if type(kept.get("execution_count")) is not int:
        kept.pop("execution_count", None)
    if "data" in kept:
        parts = kept["data"].items() if isinstance(kept["data"], dict) else ()
        data = {k: part for k, part in parts if k in SHOWN and isinstance(part, str)}
        kept |= {"data": data, "metadata": {}}
    # half a surrogate pair cannot be written to any file
    found: dict[str, Any] = json.loads(clean(json.dumps(kept, ensure_ascii=False)))
    return found


def _in_the_box(client: NotebookKernel, limits: Limits) -> None:
    """Start this kernel, and no other of this process, in the sandbox."""
    provisioner.offer()
    client.km = client.create_kernel_manager()
    spec = client.km.kernel_spec
    assert spec is not None
    stanza = {"provisioner_name": provisioner.NAME, "config": asdict(limits)}
    spec.metadata["kernel_provisioner"] = stanza


def _abandon(client: NotebookKernel) -> None:
    """End a kernel that did not come up, Ctrl-C included: nothing else would."""
    if client.km is not None and client.km.provisioner is not None:
        run_sync(client.km.provisioner.cleanup)()


def _silent() -> logging.Logger:
    """Keep errors off the terminal: the report has them."""
    log = logging.Logger("kernel")
    log.addHandler(logging.NullHandler())
    return log
