"""Calls that a block of code made and never awaited, reported to that block alone."""

import asyncio
import gc
import inspect
import logging
import warnings
from contextlib import ExitStack
from types import CoroutineType
from typing import Any

from coursekit.check.learner_names import quiet

LOOK = "an `await` is missing: what you got is the call, not its answer"
NEVER = "was never awaited"  # what Python says of a call


class Unawaited:
    """A `with` block; `found` tells whether it left out an `await`.

    What earlier code left behind is not blamed on it, and the reverse.
    """

    def __init__(self) -> None:
        self.found = False
        self._before: list[Any] = []
        self._stack = ExitStack()

    def __enter__(self) -> "Unawaited":
        with quiet():
            gc.collect()
        self._before = _calls()  # held, lest one of them is reported in here
        self._stack.enter_context(warnings.catch_warnings())
        warnings.filterwarnings("always", f".*{NEVER}", RuntimeWarning)
        log = logging.getLogger("asyncio")
        log.addFilter(self._heard)
        self._stack.callback(log.removeFilter, self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        old = set(map(id, self._before))
        for call in [c for c in _calls() if id(c) not in old and not _has_task(c)]:
            self.found = True
            call.close()  # or it is reported whenever its name is used again
        gc.collect()
        self._stack.close()
        with quiet():
            self._before.clear()

    def _heard(self, record: logging.LogRecord) -> bool:
        """Keep asyncio's tracebacks out; one about a `gather` is a sign."""
        self.found |= "_GatheringFuture" in record.getMessage()
        return False


def _calls() -> list[Any]:
    """The calls of async functions that have not begun."""
    calls = [x for x in gc.get_objects() if type(x) is CoroutineType]
    fresh = inspect.CORO_CREATED
    return [call for call in calls if inspect.getcoroutinestate(call) == fresh]


def _has_task(call: Any) -> bool:
    return any(isinstance(x, asyncio.Future) for x in gc.get_referrers(call))
