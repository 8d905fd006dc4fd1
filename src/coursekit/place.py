"""Where learner code runs: in this process, unless a judge has it elsewhere."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

DAY = 86_400.0  # virtual seconds that learner code may take at most


class Place:
    """Learner code in this very process."""

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """An event loop on virtual time that learner code can be awaited on."""
        from session1 import virtual_time

        loop = virtual_time.VirtualLoop()
        loop.last = DAY
        return loop

    def change(self, value: Any, work: Callable[[Any], Any]) -> None:
        """Do `work(value)`, which changes a list, dict or set that learner code has.

        It was returned by learner code, or handed to it as an argument or as what it
        awaited; one of the last hundred such values.
        """
        work(value)

    def seen(self, value: Any) -> Any:
        """Return what learner code has of a list, dict or set that `change` takes."""
        return value

    def metering(self) -> AbstractContextManager[None]:
        """Held while CPU times are compared."""
        return contextlib.nullcontext()

    def cpu(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, float]:
        """What learner code returns, and the CPU seconds that took."""
        return self.cpu_here(fn, args)

    def cpu_here(
        self, fn: Callable[..., Any], args: tuple[Any, ...]
    ) -> tuple[Any, float]:
        """The same for code of our own, to compare with."""
        began = time.process_time()
        value = fn(*args)
        return value, time.process_time() - began
