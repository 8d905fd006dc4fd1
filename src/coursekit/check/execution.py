"""Where learner code runs: in this process, unless a judge has it elsewhere."""

import asyncio
from collections.abc import Callable
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
