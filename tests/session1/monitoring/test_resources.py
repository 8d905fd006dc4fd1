"""What a process takes, against the process itself."""

import os
import subprocess
import sys
import time
from typing import Any

import psutil
import pytest

from session1.monitoring.resources import Resources, cores


def burn(cpu_seconds: float) -> None:
    end = time.process_time() + cpu_seconds
    while time.process_time() < end:
        pass


def test_shares_are_of_the_time_since_the_last_reading(clock: Any) -> None:
    resources = Resources(clock=clock)
    assert resources.read()["cpu"] is None
    burn(0.1)
    clock.now = 10.0
    first = resources.read()["cpu"]
    assert 0.1 / 10 / cores() * 0.5 < first < 0.2
    clock.now = 10.05  # too short to tell: the figure before
    assert resources.read()["cpu"] == first
    clock.now = 1e9
    assert resources.read()["cpu"] < 1e-6
    clock.now = 0.0  # stepped back: begins again
    assert resources.read()["cpu"] < 1e-6


def test_a_share_is_never_above_one(clock: Any) -> None:
    resources = Resources(clock=clock)
    burn(0.3 * cores())
    clock.now = 0.1
    assert resources.read()["cpu"] == 1.0


def test_memory_is_that_of_the_process() -> None:
    found = Resources().read()
    rss = psutil.Process().memory_info().rss
    assert found["rss_bytes"] == pytest.approx(rss, rel=0.2)
    assert found["memory"] == pytest.approx(
        found["rss_bytes"] / psutil.virtual_memory().total
    )
    assert found["pid"] == os.getpid()
    assert 1 <= found["cores"] <= (os.cpu_count() or 1)


def test_io_wait_is_a_share_or_not_known(clock: Any) -> None:
    resources = Resources(clock=clock)
    clock.now = 5.0
    waited = resources.read()["io_wait"]
    assert waited is None if sys.platform == "darwin" else 0 <= waited <= 1


def test_another_process() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, text=True
    )
    try:
        resources = Resources(child.pid)
        assert resources.read()["pid"] == child.pid
        assert resources.read()["rss_bytes"] > 0
    finally:
        child.communicate("\n")
    with pytest.raises(ValueError, match=f"no process {child.pid}"):
        Resources(child.pid)
