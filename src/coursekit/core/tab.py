"""A browser tab as the place where the course runs: what is different there."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NoReturn

HERE = sys.platform == "emscripten"
ELSEWHERE = "run this on your own machine, where `make lab` opens the course"
KEPT = (
    "You work in a browser tab. Your answers stay in this browser: File > Download "
    "saves this notebook with them, to keep or to hand in."
)
NO_TERMINAL = "There is no terminal here: pass over what the text does in one."
AS_TEXT = "Plots show as text here, since matplotlib is not on this page."
NO_NUMPY = "What needs numpy says so: it is not on this page."


def prepare(shell: Any) -> list[str]:
    """Fit Python to a tab, once; return what a learner there should know."""
    import fcntl

    if not hasattr(fcntl, "flock"):  # there is no other process to keep out
        names = {"LOCK_SH": 1, "LOCK_EX": 2, "LOCK_NB": 4, "LOCK_UN": 8}
        vars(fcntl).update(names, flock=lambda *_: None)
    ThreadPoolExecutor.submit = _in_turn  # type: ignore[method-assign]
    # a loop's end waits for the threads of its pool, on a thread of its own
    asyncio.BaseEventLoop.shutdown_default_executor = _wait_for_none  # type: ignore
    _refuse(threading.Thread, "start", "threads")
    _refuse(subprocess.Popen, "__init__", "other processes")
    notes = [KEPT, NO_TERMINAL]
    if _absent("matplotlib"):
        notes.append(AS_TEXT)
        if shell is not None:
            _leave_out_empty_pictures(shell.display_formatter)
    if _absent("numpy"):
        notes.append(NO_NUMPY)
    return notes


def _refuse(owner: Any, name: str, what: str) -> None:
    """Say in place of Python's own error what a tab does not have."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise RuntimeError(f"a browser tab has no {what}: {ELSEWHERE}")

    setattr(owner, name, refuse)


def _in_turn(
    _pool: object, work: Callable[..., Any], /, *args: Any, **kwargs: Any
) -> "Future[Any]":
    """Do what a pool's thread would do when the event loop comes to it."""
    done: Future[Any] = Future()

    def do() -> None:
        if not done.set_running_or_notify_cancel():
            return
        try:
            done.set_result(work(*args, **kwargs))
        except BaseException as error:
            done.set_exception(error)

    try:
        asyncio.get_running_loop().call_soon(do)
    except RuntimeError:  # no loop runs
        do()
    return done


async def _wait_for_none(*_: object) -> None:
    """Return at once: a pool's work waits for no thread."""


def _absent(package: str) -> bool:
    """Whether a stand-in takes the package's place."""
    return getattr(__import__(package), "__version__", "") == "0"


def _leave_out_empty_pictures(formatter: Any) -> None:
    """Show the text of what would show a picture, which nothing has drawn."""
    whole = formatter.format

    def without(*args: Any, **kwargs: Any) -> Any:
        data, about = whole(*args, **kwargs)
        return {k: v for k, v in data.items() if v or k != "image/png"}, about

    formatter.format = without
