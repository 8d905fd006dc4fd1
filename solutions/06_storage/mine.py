"""Your hot tier, for `python demo_runner.py --mine`."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from session1.demo.hot_tiers import Make

PART = "storage"
AGENT = "promote"


def build(names: Mapping[str, Any], parts: SimpleNamespace) -> Make:
    """A maker of tiers: your `TwoTier` in front of what the demo hands it."""
    make: Make = names["TwoTier"]
    return make
