"""What becomes of threads in a forked process: none of them is there any more.

Whoever hands work to a thread that a fork has lost waits for ever. So what has threads
begins anew in the child, or says that it cannot work there.
"""

import os
from typing import Protocol
from weakref import WeakSet


class Forks(Protocol):
    """Whatever does something in a process that was forked from its own."""

    def forked(self) -> None: ...


_there: WeakSet[Forks] = WeakSet()


def heed_forks(thing: Forks) -> None:
    """Call `thing.forked()` in each child that this process forks, while it is held."""
    _there.add(thing)


def _forked() -> None:
    for thing in list(_there):
        thing.forked()


os.register_at_fork(after_in_child=_forked)
