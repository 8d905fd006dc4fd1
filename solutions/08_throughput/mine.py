"""Your runtime, for `python demo_runner.py --mine`."""

from collections.abc import Awaitable, Callable, Mapping
from types import SimpleNamespace
from typing import Any

PART = "throughput"
AGENT = "runtime"


def build(names: Mapping[str, Any], parts: SimpleNamespace) -> SimpleNamespace:
    """Your parts, and the runtime that you made of them."""

    def runtime(make: Callable[[], Awaitable[Any]], most: int) -> Any:
        return names["Runtime"](make, parts, most)

    return SimpleNamespace(**vars(parts), Runtime=runtime)
