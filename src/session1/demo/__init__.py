"""The parts of the demo, by the name that `--only` takes, in the order they run."""

from session1.demo import (
    calls,
    knowledge,
    kpi,
    memory,
    monitoring,
    response,
    storage,
    throughput,
    tools,
)
from session1.demo.part import Part

PARTS: dict[str, Part] = {
    "memory": memory,
    "tools": tools,
    "response": response,
    "calls": calls,
    "storage": storage,
    "knowledge": knowledge,
    "throughput": throughput,
    "monitoring": monitoring,
    "kpi": kpi,
}
