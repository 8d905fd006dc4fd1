"""Memory: real conversations through the naive memory and ours, then answered from."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, islice
from math import log
from pathlib import Path
from statistics import linear_regression, mean, median
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from session1 import virtual_time
from session1.data import conversations
from session1.demo.part import Context, Section, broken
from session1.demo.plot import COLOURS, INK, STYLE, legend_below, panels, save, shares
from session1.demo.replay import (
    BUDGET,
    LATEST,
    LIMIT_MB,
    MEMORIES,
    HandClock,
    Make,
    Replay,
    context_seconds,
    lines_of,
    long_talks,
    replay,
)
from session1.llm import LLMClient
from session1.memory_optimized_agent import MemoryOptimizedAgent
from session1.table import table

CONTEXT_CHARS = 500
# 224 messages about studies, languages and hikes, chosen by hand: much in the dataset
# is between strangers who flirt, quarrel, or are children.
TALK = "babb8d08-0871-4941-a819-42e9e8168093"
FACT = "I am allergic to peanuts, please remember that."  # ours, said first of all
QUESTIONS = ("What am I allergic to?", "Which state am I from?")
WHO = "You are a friend in a chat. Answer in one short sentence."
TITLE = "Memory: what an agent keeps of a long conversation, and what that costs"
LIMIT = round(LIMIT_MB * 1024 * 1024)
NAIVE_UP_TO = 4_000  # messages; beyond, one naive context takes seconds to minutes
TOLERANCE = 0.15  # of the bytes reported against those that tracemalloc counts

Replays = dict[str, list[Replay]]
Growth = list[dict[str, float]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer; tokens shown to it, of the whole conversation; its seconds."""

    question: str
    text: str
    model: str
    shown_tokens: int
    history_tokens: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


async def answer_questions(llm: LLMClient, count: int) -> list[Answer]:
    """Replay a conversation into an agent, then ask what A said long before."""
    (talk,) = (one for one in conversations(min_turns=200) if one.id == TALK)
    clock = HandClock(talk.turns[0].when)
    agent = MemoryOptimizedAgent(
        "demo",
        llm,
        LIMIT_MB,
        max_context_size=CONTEXT_CHARS,
        system_prompt=WHO,
        max_tokens=64,
        clock=clock,
    )
    agent.remember("A", FACT, 1.0)
    for turn in talk.turns:
        clock.now = turn.when
        agent.remember(turn.speaker, turn.text)
    history = llm.count_tokens("\n".join([FACT, *(turn.text for turn in talk.turns)]))
    return [await _ask(agent, question, history) for question in QUESTIONS[:count]]


async def _ask(
    agent: MemoryOptimizedAgent, question: str, history_tokens: int
) -> Answer:
    count = agent.llm_client.count_tokens
    shown = sum(count(message.content) for message in agent.prompt(question))
    start = virtual_time.now()
    text = await agent.process_message(question)
    seconds = virtual_time.now() - start
    said = " ".join(text.split())
    return Answer(
        question, said, agent.llm_client.model, shown, history_tokens, seconds
    )


def run(context: Context) -> Iterator[Section]:
    """Replay, growth, plot, then a few answers by the model."""
    talks = long_talks(2 if context.quick else 5)
    makers = context.with_yours("memory", MEMORIES)
    replays = context.each(
        "replay", makers, lambda make: [replay(make, talk) for talk in talks]
    )
    yield replay_section(replays)
    growth = measure_growth(context, makers)
    yield growth_section(growth)
    picture = draw(replays, growth, LIMIT, context.out / "memory.png")
    yield Section("plot", str(picture), f"Picture: {picture}")
    count = 1 if context.quick else 2
    answers = context.wait(answer_questions(context.llm, count))
    yield answers_section(answers)


def measure_growth(context: Context, makers: dict[str, Make]) -> Growth:
    """CPU seconds for one context out of n messages, for growing n."""
    sizes = [250, 500, 1_000] if context.quick else [250, 1_000, 4_000, 16_000, 64_000]
    talks = conversations(800 if context.quick else None, min_turns=60)
    source = list(islice(chain.from_iterable(map(lines_of, talks)), sizes[-1]))
    rows: Growth = [{"messages": n} for n in sizes]
    seconds = context.each(
        "context of n messages",
        {name: (name, make) for name, make in makers.items()},
        lambda one: [
            context_seconds(one[1], source[:n])
            for n in sizes
            if one[0] == "ours" or n <= NAIVE_UP_TO
        ],
    )
    for name, found in seconds.items():
        for row, spent in zip(rows, found, strict=False):
            row[name] = spent
    return rows


def summary(replays: Sequence[Replay]) -> dict[str, Any]:
    """The figures of one memory over all its replays; shares are 0 to 1."""
    looks = [look for one in replays for look in one.looks]
    ends = [one.looks[-1] for one in replays]
    return {
        "add_us": 1e6
        * sum(r.add_s for r in replays)
        / sum(r.messages for r in replays),
        "context_ms": 1e3 * median(chain.from_iterable(r.context_s for r in replays)),
        "reported_bytes_max": max(look.reported_bytes for look in looks),
        "real_bytes_max": max(look.real_bytes for look in looks),
        "reported_of_real": mean(e.reported_bytes / e.real_bytes for e in ends),
        "important_kept": mean(e.important_kept for e in ends),
        "important_shown": mean(e.important_shown for e in ends),
        "latest_kept": mean(look.latest_kept for look in looks),
        "latest_kept_worst": min(look.latest_kept for look in looks),
        "over_budget": mean(look.context_chars > BUDGET for look in looks),
        "in_order": mean(look.in_order for look in looks),
    }


def replay_section(replays: Replays) -> Section:
    """The comparison of both memories on real conversations."""
    data = {name: summary(found) for name, found in replays.items()}
    lengths = [one.messages for one in replays["ours"]]
    head = [f"{len(lengths)} conversations, {sum(lengths):,} messages", *data]
    text = table(head, [[label, *_cells(data, key)] for key, label in LABELS.items()])
    data_out = {"messages": lengths, "limit_bytes": LIMIT, "context_chars": BUDGET}
    return Section("replay", data_out | data, text, failures(data["ours"]))


LABELS = {
    "add_us": "CPU to remember a message",
    "context_ms": f"CPU for a context of {BUDGET:,} characters",
    "reported_bytes_max": f"most bytes reported (limit {LIMIT:,})",
    "real_bytes_max": "most bytes held (tracemalloc)",
    "reported_of_real": "reported ÷ held at the end",
    "important_kept": "important messages kept to the end",
    "important_shown": "important messages in the last context",
    "latest_kept": f"latest {LATEST} messages kept, on average",
    "latest_kept_worst": f"latest {LATEST} messages kept, at worst",
    "over_budget": "contexts over their budget",
    "in_order": "contexts in the order of time",
}


def _cells(data: dict[str, dict[str, Any]], key: str) -> list[str]:
    return [_figure(key, figures[key]) for figures in data.values()]


def _figure(key: str, value: float) -> str:
    if key.endswith("_us"):
        return f"{value:.1f} µs"
    if key.endswith("_ms"):
        return f"{value:.3f} ms"
    if key.endswith("_bytes_max"):
        return f"{value:,}"
    return f"{value:.2f}" if key == "reported_of_real" else f"{value:.0%}"


def failures(figures: dict[str, Any]) -> tuple[str, ...]:
    """List the promises that our memory broke."""
    return broken(
        {
            f"memory reported more than its {LIMIT:,} bytes": (
                figures["reported_bytes_max"] > LIMIT
            ),
            f"memory held more than its {LIMIT:,} bytes": (
                figures["real_bytes_max"] > LIMIT
            ),
            f"reported bytes are off by more than {TOLERANCE:.0%}": (
                abs(figures["reported_of_real"] - 1) > TOLERANCE
            ),
            "a context was over its budget": figures["over_budget"] > 0,
            "a context was not in the order of time": figures["in_order"] < 1,
        }
    )


def growth_section(growth: Growth) -> Section:
    """CPU time of one context against the number of messages remembered."""
    names = [name for name in growth[0] if name != "messages"]
    rows = [
        [
            f"{row['messages']:,.0f}",
            *(f"{1e3 * row[n]:,.3f} ms" if n in row else "not run" for n in names),
            f"{row['naive'] / row['ours']:,.0f}×" if "naive" in row else "-",
        ]
        for row in growth
    ]
    head = ["one context out of n messages", *names, "naive ÷ ours"]
    return Section("growth", growth, table(head, rows))


def answers_section(answers: Sequence[Answer]) -> Section:
    """Show the model's answers, and how much of the conversation it saw."""
    lines = [
        f"A: {a.question}\n   ours, with {a.model}: {a.text or '(nothing)'}\n"
        f"   shown {a.shown_tokens:,} of {a.history_tokens:,} tokens, {a.seconds:.1f} s"
        for a in answers
    ]
    failed = () if all(a.text for a in answers) else ("the model said nothing",)
    return Section("answers", [a.as_dict() for a in answers], "\n".join(lines), failed)


def draw(
    replays: dict[str, list[Replay]],
    growth: Sequence[dict[str, float]],
    limit: int,
    path: Path,
) -> Path:
    """Draw to `path` (PNG), making its folder; returns it."""
    figure, (bytes_axes, growth_axes, kept_axes) = panels(3)
    draw_bytes(bytes_axes, replays, limit)
    draw_growth(growth_axes, growth)
    draw_kept(kept_axes, replays)
    return save(figure, path)


def draw_bytes(axes: Axes, replays: dict[str, list[Replay]], limit: int) -> None:
    """Bytes held and reported while the first conversation goes on."""
    for name, (first, *_) in replays.items():
        at = [look.messages for look in first.looks]
        real = [look.real_bytes for look in first.looks]
        said = [look.reported_bytes for look in first.looks]
        axes.plot(at, real, color=COLOURS[name], label=f"{name}, held", **STYLE)
        axes.plot(
            at, said, "--", color=COLOURS[name], label=f"{name}, reported", **STYLE
        )
    axes.axhline(limit, color=INK, linewidth=1)
    axes.text(0, limit * 1.02, "limit", color=INK)
    most = max(look.real_bytes for found in replays.values() for look in found[0].looks)
    axes.set(
        title="Bytes, held and reported",
        xlabel="messages",
        ylim=(0, max(limit, most) * 1.15),
    )
    step = 20 if most < 2 * limit else 100
    axes.yaxis.set_major_locator(MultipleLocator(step * 1024))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n / 1024:.0f} KB"))
    legend_below(axes)


def draw_growth(axes: Axes, growth: Sequence[dict[str, float]]) -> None:
    """Time of one context against messages, both logarithmic, with the exponent."""
    for name in [name for name in growth[0] if name != "messages"]:
        colour = COLOURS[name]
        points = [(row["messages"], row[name]) for row in growth if name in row]
        at, seconds = zip(*points, strict=True)
        milliseconds = [1e3 * s for s in seconds]
        axes.loglog(at, milliseconds, "o-", color=colour, **STYLE)
        axes.annotate(
            f"{name}: $n^{{{exponent(at, seconds)}}}$",
            (at[-1], milliseconds[-1]),
            xytext=(0, 10),
            textcoords="offset points",
            ha="right" if name == "ours" else "center",
            color=colour,
            fontweight="bold",
        )
    axes.set(title="CPU time for one context", xlabel="messages remembered")
    axes.margins(y=0.15)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda ms, _: f"{ms:g} ms"))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:,.0f}"))
    axes.grid(alpha=0.25)


def exponent(at: Sequence[float], seconds: Sequence[float]) -> float:
    """k in time ~ n^k, to one decimal: the slope between the logarithms."""
    slope = linear_regression([log(n) for n in at], [log(s) for s in seconds]).slope
    return round(slope, 1) + 0.0  # plus zero, because -0.0 reads badly


def draw_kept(axes: Axes, replays: dict[str, list[Replay]]) -> None:
    """Shares of what should be kept, a bar a memory."""
    found = {name: kept(some) for name, some in replays.items()}
    by_name = {name: list(one.values()) for name, one in found.items()}
    shares(axes, list(next(iter(found.values()))), by_name)
    axes.set(title="What is kept")


def kept(replays: Sequence[Replay]) -> dict[str, float]:
    """Mean shares over all looks, by what they are shares of."""
    looks = [look for one in replays for look in one.looks]
    ends = [one.looks[-1] for one in replays]
    return {
        "important\nmessages": mean(look.important_kept for look in ends),
        "important,\nin context": mean(look.important_shown for look in ends),
        f"latest {LATEST},\nmean": mean(look.latest_kept for look in looks),
        f"latest {LATEST},\nworst": min(look.latest_kept for look in looks),
        "contexts in\ntime order": mean(look.in_order for look in looks),
    }
