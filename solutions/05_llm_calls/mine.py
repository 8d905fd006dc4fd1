"""Your client, for `python demo_runner.py --mine`."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from session1.demo.call_runs import Ask, MakeClient, Models

PART = "calls"
AGENT = "client"


def build(names: Mapping[str, Any], parts: SimpleNamespace) -> MakeClient:
    """A maker of clients: your `Client` with these parts and these models."""
    kind = names["Client"]

    def make(models: Models) -> Ask:
        ask: Ask = kind(models, parts, "").stream
        return ask

    return make
