"""A process that works off chunks of items; nothing of it outlives its owner.

Functions travel by value (cloudpickle), so those of a notebook or of a script without
a main guard work as well: the process never imports the caller's main module.
"""

import io
import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

import cloudpickle

_SERVE = "from session1.runtime.cpu_worker import serve; serve({})"


class Failed(Exception):
    """A call failed at the item of this place in its chunk."""

    def __init__(self, place: int, error: Exception) -> None:
        super().__init__(place, error)
        self.place = place
        self.error = error


def run_chunk(work: bytes) -> bytes:
    """Results for a pickled (function, items), or Failed; pickled as well."""
    fn, items = cloudpickle.loads(work)
    results: list[Any] = []
    try:
        for item in items:
            results.append(fn(item))
    except Exception as e:
        return _dump(Failed(len(results), e))
    try:
        return _dump(results)
    except Exception as e:
        why = f"what came out cannot be sent back: {e}"
        return _dump(Failed(len(items) - 1, TypeError(why)))


def with_keywords(function: Callable[..., Any], params: dict[str, Any]) -> Any:
    """`function(**params)`; what would end the process is an error of the call."""
    try:
        return function(**params)
    except Exception:
        raise
    except BaseException as e:
        raise RuntimeError(f"it raised {type(e).__name__}: {e}") from None


def _dump(outcome: list[Any] | Failed) -> bytes:
    if isinstance(outcome, Failed):
        where = "".join(traceback.format_exception(outcome.error)).rstrip()
        outcome.error.add_note(f"in the other process:\n{where}")
        try:
            data: bytes = cloudpickle.dumps(outcome)
            cloudpickle.loads(data)  # some errors can be sent but not received
            return data
        except Exception:
            error = RuntimeError(f"{type(outcome.error).__name__}: {outcome.error}")
            error.add_note(f"in the other process:\n{where}")
            outcome = Failed(outcome.place, error)
    packed: bytes = cloudpickle.dumps(outcome)
    return packed


def load(data: bytes) -> list[Any] | Failed:
    """Unpack what `run_chunk` packed."""
    outcome: list[Any] | Failed = cloudpickle.loads(data)
    return outcome


def pack(fn: Callable[[Any], Any], items: Sequence[Any]) -> bytes:
    """Pack the input of `run_chunk`; TypeError where it cannot be pickled."""
    try:
        data: bytes = cloudpickle.dumps((fn, items))
    except Exception as e:
        raise TypeError(
            f"the function or its items cannot go to another process ({e}); open "
            "files, locks and connections have to be made inside the function"
        ) from e
    return data


def serve(handle: int) -> None:
    """Work off chunks until the owner closes its end, or is gone."""
    threading.Thread(target=_end_with_owner, daemon=True).start()
    sys.stdin = io.StringIO()  # a function that reads would wait for the owner's end
    with Connection(handle) as owner:
        try:
            while True:
                owner.send_bytes(run_chunk(owner.recv_bytes()))
        except (EOFError, OSError):
            pass


def _end_with_owner() -> None:
    """The owner holds our standard input; its end, however it comes, is ours too."""
    while os.read(0, 1):
        pass
    os._exit(1)


class Worker:
    """One such process, started at once."""

    def __init__(self) -> None:
        self._pipe, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVE.format(theirs.fileno())],
                stdin=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                start_new_session=True,  # Ctrl-C is for the owner, who ends it
            )

    def run(self, work: bytes) -> bytes:
        """Have a packed chunk done; EOFError or OSError if the process dies."""
        self._pipe.send_bytes(work)
        return self._pipe.recv_bytes()

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()

    def close(self, patience: float = 0.0) -> int:
        """Kill it if it lives after `patience` seconds, and clear up; its status."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        self.kill()
        status = self._process.wait()
        self._pipe.close()
        if self._process.stdin is not None:
            self._process.stdin.close()
        return status
