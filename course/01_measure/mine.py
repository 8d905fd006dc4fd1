"""Your monitor on calls of a simulated model, for `python demo_runner.py --mine`."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from session1.demo.monitored import Clock, Make, Monitor

PART = "monitoring"
AGENT = "monitor"


def build(names: Mapping[str, Any], parts: SimpleNamespace) -> Make:
    """A maker of monitors: your `Monitor` with these parts."""

    def make(clock: Clock) -> Monitor:
        monitor: Monitor = names["Monitor"](parts, clock)
        return monitor

    return make
