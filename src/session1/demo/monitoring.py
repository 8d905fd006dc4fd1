"""Monitoring: real agents tracked, profiled and diagnosed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from session1 import virtual_time
from session1.demo import monitored
from session1.demo.part import Context, Section, broken
from session1.demo.plot import COLOURS, INK, legend_below, panels, save
from session1.demo.replay import LIMIT_MB, MEMORIES, HandClock, lines_of, long_talks
from session1.fast_response_agent import FastResponseAgent
from session1.llm import LLMClient
from session1.memory_optimized_agent import MemoryOptimizedAgent
from session1.monitoring import kpi
from session1.monitoring.allocations import peak_allocations
from session1.monitoring.flowchart import diagnose, improved
from session1.monitoring.kpi import Measurements, rows
from session1.monitoring.manager import MonitoringManager, track_performance
from session1.monitoring.profiling import Profile, profile_function
from session1.questions import REWORDINGS
from session1.replay import Remark
from session1.table import table

TITLE = "Monitoring: what a running agent takes, where it goes, and what to try"
QUESTIONS = (
    "What is the capital of Italy?",
    "What is a robot?",
    "How do I boil an egg?",
    "Why is the sea salty?",
)
LONG = 30.0  # seconds; a target that the model on any machine meets
BUDGET = 2000  # characters of context
ROWS = 5
FIRST, AGAIN = "the first time", "again, in other words"

Seen = dict[str, dict[str, Any]]
TOP = 5
ENDS = (-2.0, 3.0)  # 0 is on target, 1 where action is needed; beyond is drawn there
MARKS = {"naive": "s", "ours": "o"}


def run(context: Context) -> Iterator[Section]:
    """Agents at work; then a profile, the peak of memory, and the flowchart."""
    some = QUESTIONS[:2] if context.quick else QUESTIONS
    seen: Seen = {}
    for work in context.progress([tracked(context.llm, some)], 1, "track the agents"):
        seen = context.wait(work)
    yield tracked_section(seen, context.llm.model)
    lines = lines_of(long_talks(1)[0])[: 300 if context.quick else 800]
    profiles = {
        name: profile_function(contexts, make, lines)[1]
        for name, make in MEMORIES.items()
    }
    yield profile_section(profiles, len(lines))
    yield memory_section(lines)
    yield flowchart_section(seen)
    if (yours := monitored.section(context)) is not None:
        yield yours
    file = context.out / "monitoring.png"
    picture = draw(profiles, measurements(seen), file)
    yield Section("plot", str(picture), f"Picture: {picture}")


async def tracked(llm: LLMClient, questions: tuple[str, ...]) -> Seen:
    """Compare monitors of agents asked for the first time and then again."""
    fast = FastResponseAgent(
        "demo",
        llm,
        target_response_time=LONG,
        max_tokens=24,
        keep_cut=True,
        clock=virtual_time.now,
    )
    memory = MemoryOptimizedAgent("demo", llm, LIMIT_MB, max_context_size=300)
    again = tuple(word(q) for q in questions for word in REWORDINGS[:3])
    rounds = {FIRST: questions, AGAIN: questions + again}
    return {name: await watched(fast, memory, rounds[name]) for name in rounds}


async def watched(
    fast: FastResponseAgent, memory: MemoryOptimizedAgent, messages: tuple[str, ...]
) -> dict[str, Any]:
    """Let one agent answer, with a call that fails and one cut short; one remembers."""
    monitor = MonitoringManager(clock=virtual_time.now)
    answer = track_performance(monitor, name="answer")(fast.process_message_fast)
    remember = track_performance(monitor, name="remember")(memory.remember)
    for message in messages:
        said = await answer(message)
        remember("user", message)
        tokens = memory.llm_client.count_tokens(said["response"])
        monitor.record_metric("tokens", tokens, {"agent": "fast"})
        monitor.count("answers", tags={"hit": said["cache_hit"]})
    with suppress(ValueError):
        remember("user", " ")
    found = monitor.snapshot() | {
        "measurements": monitor.measurements("answer"),
        "prometheus_lines": len(monitor.prometheus().splitlines()),
    }
    return found


def tracked_section(seen: Seen, model: str) -> Section:
    """Calls, ends and percentiles by function, before and after."""
    rows = []
    for when, found in seen.items():
        for name, figures in found["functions"].items():
            latency = figures["latency"]
            rows.append(
                [
                    f"{name}, {when}",
                    f"{figures['calls']}",
                    f"{figures['errors']}",
                    *(_ms(latency[p]) for p in ("p50", "p95", "p99")),
                ]
            )
    first, again = (found["functions"]["answer"] for found in seen.values())
    errors = [e["kind"] for found in seen.values() for e in found["errors"]["recent"]]
    failed = broken(
        {
            "a call was not counted": again["calls"] < 4 * first["calls"] > 0,
            "an await was not timed": not first["latency"]["p50"] > 1e-3,
            "an error was not recorded": errors != ["ValueError", "ValueError"],
            "an answer was an error": first["errors"] + again["errors"] > 0,
        }
    )
    head = [model, "calls", "errors", "P50", "P95", "P99"]
    return Section("tracked", seen, table(head, rows), failed)


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:,.3f} ms"


def contexts(make: Callable[..., Any], lines: list[Remark]) -> int:
    """Characters of the context shown after every tenth message."""
    clock = HandClock(lines[0].when)
    memory, shown = make(clock, LIMIT_MB, 1000), 0
    for number, line in enumerate(lines):
        clock.now = line.when
        memory.add_to_memory(line.text, line.importance)
        if number % 10 == 0:
            shown += len(memory.get_compressed_context(BUDGET))
    return shown


def profile_section(profiles: dict[str, Profile], messages: int) -> Section:
    """Where the naive memory and ours spend their time on one conversation."""
    text = "\n\n".join(
        f"{messages} messages remembered, {name}: {profile.seconds:.2f} s, profiled\n"
        f"{profile.text(ROWS, by='own')}"
        for name, profile in profiles.items()
    )
    data = {
        name: [
            {"function": r.function, "calls": r.calls, "own": r.own}
            for r in profile.top(ROWS, by="own")
        ]
        for name, profile in profiles.items()
    }
    work = {n: sum(r.calls for r in p.rows) for n, p in profiles.items()}
    failed = broken({"ours calls as much as the naive": work["ours"] >= work["naive"]})
    return Section("profile", data, text, failed)


def memory_section(lines: list[Remark]) -> Section:
    """The peak of allocations while our memory goes through one conversation."""
    _, found = peak_allocations(contexts, MEMORIES["ours"], lines)
    data = {"peak_bytes": found.peak_bytes, "left_bytes": found.left_bytes}
    failed = broken({"the lines that allocate were not found": not found.lines})
    text = f"Allocations of our memory (tracemalloc): {found.text(ROWS)}"
    return Section("memory", data, text, failed)


def measurements(seen: Seen) -> dict[str, dict[str, Any]]:
    """Return the measurements of the answers."""
    return {when: found["measurements"] for when, found in seen.items()}


def flowchart_section(seen: Seen) -> Section:
    """The key figures, what the flowchart names, and whether reuse mended it."""
    measured = measurements(seen)
    before, after = map(diagnose, measured.values())
    better = before.bottleneck is None or improved(before, after)
    tables = [
        f"{when}\n{kpi.table(kpi.rows(found))}" for when, found in measured.items()
    ]
    verdict = "better: keep it and go on monitoring" if better else "no better"
    text = "\n".join(
        [tables[0], "", before.text, "", tables[1], "", f"With reuse it is {verdict}."]
    )
    data = {
        when: [one.name for one in found.bottlenecks]
        for when, found in (("before", before), ("after", after))
    }
    p50s = [found["p50"] for found in measured.values()]
    failed = broken({"reuse did not make answers faster": p50s[0] <= p50s[1]})
    return Section("flowchart", data, text, failed)


def draw(
    profiles: Mapping[str, Profile], measured: Mapping[str, Measurements], path: Path
) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (time, key_figures) = panels(2)
    draw_profiles(time, profiles)
    draw_key_figures(key_figures, measured)
    return save(figure, path)


def draw_profiles(axes: Axes, profiles: Mapping[str, Profile]) -> None:
    """The functions that took longest by themselves."""
    bars = [
        (name, row) for name, one in profiles.items() for row in one.top(TOP, by="own")
    ]
    for place, (name, row) in enumerate(bars):
        label = name if place % TOP == 0 else None
        bar = axes.barh(-place, 1e3 * row.own, color=COLOURS[name], label=label)
        axes.bar_label(bar, [f"{1e3 * row.own:,.1f} ms"], padding=3, color=INK)
    labels = [f"{row.function.split('.')[-1]}, {row.where}"[:26] for _, row in bars]
    axes.set_yticks([-place for place in range(len(bars))], labels)
    axes.margins(x=0.2)
    axes.set(title="Own time of functions in the profiler")
    axes.set_xticks([])
    legend_below(axes)


def draw_key_figures(axes: Axes, measured: Mapping[str, Measurements]) -> None:
    """How far each key figure is off: 0 on target, 1 where action is needed."""
    for (when, found), name in zip(measured.items(), MARKS, strict=True):
        known = [
            (place, min(max(row.kpi.past(row.value), ENDS[0]), ENDS[1]))
            for place, row in enumerate(rows(found))
            if row.value is not None
        ]
        axes.plot(
            [past for _, past in known],
            [-place for place, _ in known],
            MARKS[name],
            color=COLOURS[name],
            label=when,
        )
    labels = [row.kpi.label for row in rows({})]
    axes.set_yticks([-place for place in range(len(labels))], labels)
    axes.axvline(0, color=INK, linestyle="--", linewidth=1)
    axes.axvline(1, color=INK, linestyle=":", linewidth=1)
    axes.set_xticks([0, 1], ["target", "\naction"])
    axes.set(title="Key figures (left is better)", ylim=(0.5 - len(labels), 0.5))
    axes.set_xlim(ENDS[0] - 0.2, ENDS[1] + 0.2)
    legend_below(axes)
