"""Your runtime, for `python demo_runner.py --mine`."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

PART = "throughput"
AGENT = "runtime"


def build(names: Mapping[str, Any], parts: SimpleNamespace) -> SimpleNamespace:
    """Your parts, and the runtime that you made of them."""
    return SimpleNamespace(**vars(parts), Runtime=names["Runtime"], parts=parts)
