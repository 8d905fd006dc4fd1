"""Deadlines set here, kept apart from timeouts and cancellations of other origin."""

import asyncio

GIVEN_UP = "its time is up"  # what work is told that is cancelled at a deadline


class TimeUp(TimeoutError):
    """A deadline set by session1 passed; the work itself raised no such error."""


class SelfCancelled(RuntimeError):
    """Code raised `CancelledError` although nobody had cancelled it."""


class Exited(RuntimeError):
    """Code called `sys.exit`, which ends that code and not the whole program."""

    def __init__(self, error: SystemExit) -> None:
        super().__init__(f"it asked to exit with {error.code!r}")


def given_up(error: asyncio.CancelledError) -> bool:
    """Whether this ended work that had taken too long, not work nobody wants."""
    return GIVEN_UP in error.args


def ordinary(error: BaseException) -> Exception | None:
    """`error` of code we called as one that ends only that code; None if it is ours.

    Ours is what ends the program or the current task: Ctrl-C, a generator's end, and
    a cancellation that somebody asked for.
    """
    if isinstance(error, Exception):
        return error
    if isinstance(error, SystemExit):
        return Exited(error)
    if isinstance(error, asyncio.CancelledError):
        return None if _cancelled() else SelfCancelled("it cancelled itself")
    if isinstance(error, (KeyboardInterrupt, GeneratorExit)):
        return None
    return RuntimeError(f"it raised {type(error).__name__}: {error}")


def reason(error: BaseException) -> str:
    """The error's own words, or its type where it has none or fails to say them."""
    try:
        return str(error) or type(error).__name__
    except Exception:
        return type(error).__name__


def name_of(function: object) -> str:
    """What a function is called, for an error's text."""
    return str(getattr(function, "__qualname__", type(function).__qualname__))


def _cancelled() -> bool:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no loop runs, so nobody can have cancelled
        return False
    return task is not None and task.cancelling() > 0
