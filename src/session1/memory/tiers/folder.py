"""Who may open a folder: one process alone, or many that share a hot tier."""

import fcntl
from pathlib import Path
from typing import IO

from session1.memory.tiers.errors import StoreBusy


def lock(folder: Path, shared: bool) -> IO[str]:
    """A lock on `folder`, held until the file is closed or the process ends.

    A hot tier in memory cannot see what another process writes, so it wants the
    folder alone; `StoreBusy` if somebody has it.
    """
    file = (folder / "lock").open("a")
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as e:
        file.close()
        raise StoreBusy(
            f"{folder} is open elsewhere: close that MemoryManager first, or give "
            "both the hot tier backend 'redis', with which a folder can be shared"
        ) from e
    return file
