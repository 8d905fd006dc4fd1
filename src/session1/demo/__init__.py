"""The parts of the demo, by the name that `--only` takes, in the order they run."""

from importlib import import_module
from typing import cast

from session1.demo.part import Part

PARTS = (
    "memory",
    "tools",
    "response",
    "calls",
    "storage",
    "knowledge",
    "throughput",
    "monitoring",
    "kpi",
)


def load(name: str) -> Part:
    """The part of that name. Loaded when it runs, since all take seconds together."""
    return cast(Part, import_module(f"{__name__}.{name}"))
