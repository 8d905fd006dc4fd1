"""`psutil` in a browser tab: one process, and the memory that Python was given."""

import os
import time
from types import SimpleNamespace
from typing import Any

LARGEST = 2**31  # bytes that 32-bit WebAssembly addresses without trouble


class Error(Exception):
    """Any of psutil's own errors."""


class NoSuchProcess(Error):
    """A process that is not there."""


class AccessDenied(Error):
    """A process of which nothing may be read."""


def _held() -> int:
    """Bytes of the memory that Python has taken from the tab."""
    try:
        import pyodide_js

        return int(pyodide_js._module.HEAPU8.length)
    except (ImportError, AttributeError):
        return 0


class Process:
    """The only process there is."""

    def __init__(self, pid: int | None = None) -> None:
        if pid not in (None, os.getpid()):
            raise NoSuchProcess(f"no process {pid}: a browser tab has one")
        self.pid = os.getpid()

    def cpu_times(self) -> Any:
        """Seconds of CPU, all of it the user's."""
        used = time.process_time()
        return SimpleNamespace(user=used, system=0.0)

    def memory_info(self) -> Any:
        """Bytes held."""
        return SimpleNamespace(rss=_held(), vms=_held())

    def children(self, recursive: bool = False) -> list[Any]:
        """None: a tab starts no processes."""
        return []


def virtual_memory() -> Any:
    """The most that Python can have here."""
    return SimpleNamespace(total=LARGEST, available=max(LARGEST - _held(), 0))


def cpu_count(logical: bool = True) -> int:
    """One: there are no threads."""
    return 1


def pid_exists(pid: int) -> bool:
    """Whether it is this process."""
    return pid == os.getpid()
