"""A server that is there and answers nothing, as one that swaps."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from session1.server import OwnServer


@contextmanager
def frozen(server: OwnServer) -> Iterator[None]:
    """Stop all processes of `server` (SIGSTOP) and let them go on in the end."""
    assert server._process is not None
    first = psutil.Process(server._process.pid)
    processes = [first, *first.children(recursive=True)]
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)
