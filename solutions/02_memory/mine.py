"""Your agent as the memory of the demo, for `python demo_runner.py --mine`."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from session1.demo.replay import MODEL, Make, Memory
from session1.replay import MB, Clock

PART = "memory"
AGENT = "agent"


def build(names: Mapping[str, Any], own: SimpleNamespace) -> Make:
    """A maker of `MemoryAgent`s out of the learner's parts."""

    def make(clock: Clock, limit_mb: float, max_entries: int) -> Memory:
        limit_bytes = round(limit_mb * MB)
        agent: Memory = names["MemoryAgent"](MODEL, limit_bytes, own, clock)
        return agent

    return make
