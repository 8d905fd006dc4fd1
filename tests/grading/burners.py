"""Load: processes that keep the machine busy while something is measured."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator

# ends by itself once its parent is gone, should nobody be left to end it
BURN = "import os\nhome = os.getppid()\nwhile os.getppid() == home: sum(range(100_000))"


@contextlib.contextmanager
def burners(count: int) -> Iterator[list[int]]:
    """`count` busy processes, pinned nowhere, for the block; gives their pids."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(count):
            # a session of its own: Ctrl-C comes to us, and we end it
            command = [sys.executable, "-S", "-c", BURN]
            running.append(subprocess.Popen(command, start_new_session=True))
        yield [process.pid for process in running]
    finally:
        for process in running:
            process.kill()
        for process in running:
            process.wait()
