"""From measurements to the bottleneck, and from there to what to try."""

from dataclasses import dataclass

from session1.monitoring.kpi import KPIS, Kpi, Measurements, Row

# Not in the table of key figures: bounds of our own for time spent waiting for disks.
IO_WAIT = Kpi("io_wait", "I/O wait", "share", "lower", 0.10, 0.05, 0.25)


@dataclass(frozen=True, slots=True)
class Measure:
    """Something to try, and the part of session1 that does it."""

    what: str
    part: str


BRANCHES: dict[str, tuple[tuple[str, ...], tuple[Measure, ...]]] = {
    "latency": (
        ("p50", "p95", "p99"),
        (
            Measure(
                "answer repeated questions from a cache",
                "fast_response_agent.FastResponseAgent",
            ),
            Measure("send fewer tokens in each prompt", "llm.prompt.cleanup.tidy"),
            Measure("route easy requests to a faster model", "llm.router.Router"),
        ),
    ),
    "throughput": (
        ("throughput",),
        (
            Measure("work through requests in batches", "llm.batching.Batcher"),
            Measure(
                "run independent calls at the same time",
                "runtime.batches.execute_tasks_concurrently",
            ),
            Measure(
                "spread requests evenly over a pool of agents",
                "runtime.agent_manager.AgentManager",
            ),
        ),
    ),
    "cpu": (
        ("cpu",),
        (
            Measure(
                "await input and output instead of polling", "runtime.fetch.Fetcher"
            ),
            Measure(
                "replace the algorithm that grows fastest", "reuse.index.JaccardIndex"
            ),
            Measure(
                "profile to see which function takes the time",
                "monitoring.profiling.profile_function",
            ),
        ),
    ),
    "memory": (
        ("memory",),
        (
            Measure(
                "keep hot data in memory and the rest in tiers",
                "memory.manager.MemoryManager",
            ),
            Measure(
                "reuse a fixed pool of objects and buffers",
                "runtime.agent_manager.AgentManager",
            ),
            Measure(
                "delete on a schedule what has grown old",
                "memory.manager.MemoryManager.schedule_cleanup",
            ),
        ),
    ),
    "io": (
        ("io_wait",),
        (
            Measure(
                "keep connections open and share them in a pool",
                "runtime.connections.create_pool",
            ),
            Measure(
                "read and write many records at a time",
                "memory.manager.MemoryManager.put_many",
            ),
            Measure(
                "let other requests run while one waits", "runtime.task_queue.TaskQueue"
            ),
        ),
    ),
}
RESOURCES = ("cpu", "memory", "io")
FIGURES = {kpi.key: kpi for kpi in (*KPIS, IO_WAIT)}


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A branch of the chart that missed its target, and how far (1: action needed)."""

    name: str
    past: float
    rows: tuple[Row, ...]
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The misses of a target, worst first; further notes; figures not measured."""

    bottlenecks: tuple[Bottleneck, ...]
    notes: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def bottleneck(self) -> Bottleneck | None:
        """The worst one; None if every figure that was measured is on target."""
        return self.bottlenecks[0] if self.bottlenecks else None

    @property
    def text(self) -> str:
        """All of it in words."""
        lines = [line for one in self.bottlenecks for line in _described(one)]
        if not lines:
            lines = ["No bottleneck: what was measured is on target. Keep monitoring."]
        if self.missing:
            lines.append(f"Not measured: {', '.join(self.missing)}.")
        return "\n".join([*lines, *self.notes])


def diagnose(measurements: Measurements) -> Diagnosis:
    """Name the bottleneck: the branch whose figures are furthest past their target.

    Keys are those of the KPI table and `io_wait`; ValueError if none is measured or a
    key is unknown. Of the guide's chart this is the way from measuring to the measures.
    """
    unknown = sorted(set(measurements) - set(FIGURES))
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(FIGURES)}")
    found = {
        key: Row(kpi, value, kpi.verdict(value))
        for key, kpi in FIGURES.items()
        if (value := measurements.get(key)) is not None
    }
    if not found:
        raise ValueError(f"nothing was measured: give one of {', '.join(FIGURES)}")
    branches = [
        Bottleneck(name, max(map(_past, rows)), tuple(rows), measures)
        for name, (keys, measures) in BRANCHES.items()
        if (rows := [found[k] for k in keys if k in found and _missed(found[k])])
    ]
    branches.sort(key=lambda one: one.past, reverse=True)
    missing = tuple(kpi.label for key, kpi in FIGURES.items() if key not in found)
    return Diagnosis(tuple(branches), tuple(_notes(branches, found)), missing)


def improved(before: Diagnosis, after: Diagnosis) -> bool:
    """Whether what was the bottleneck is now less far off, or on target.

    The way on from testing: if so document and monitor, else look for the bottleneck
    anew. ValueError if nothing was wrong before.
    """
    if before.bottleneck is None:
        raise ValueError("there was no bottleneck before: nothing to improve on")
    now = {one.name: one.past for one in after.bottlenecks}
    return now.get(before.bottleneck.name, 0.0) < before.bottleneck.past


def _past(row: Row) -> float:
    return row.kpi.past(row.value) if row.value is not None else 0.0


def _missed(row: Row) -> bool:
    return row.verdict in ("fair", "action")


def _notes(branches: list[Bottleneck], found: dict[str, Row]) -> list[str]:
    notes = []
    scarce = [b.name for b in branches[1:] if b.name in RESOURCES and b.past > 1]
    if scarce and branches[0].name not in RESOURCES:
        notes.append(
            f"Look at {' and '.join(scarce)} first if you can: what is used up slows "
            "everything else down."
        )
    for key in ("success_rate", "error_rate"):
        if key in found and _missed(found[key]):
            row = found[key]
            notes.append(
                f"{row.kpi.label} is {_shown(row)}: mend failures before speed, since "
                "a failed request is fast but worth nothing."
            )
    return notes


def _described(one: Bottleneck) -> list[str]:
    figures = ", ".join(f"{row.kpi.label} {_shown(row)}" for row in one.rows)
    return [
        f"{one.name}: {figures}",
        *(f"  - {measure.what} ({measure.part})" for measure in one.measures),
    ]


def _shown(row: Row) -> str:
    value = "-" if row.value is None else row.kpi.shown(row.value)
    return f"{value} (target {row.kpi.bounds()[0]})"
