"""Responses: answers reused, in time, and never wrongly; the target that is tuned."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, PercentFormatter

from session1 import virtual_time
from session1.data.pairs import Pair, pairs
from session1.demo.answer_runs import (
    AGENTS,
    PERCENTS,
    Day,
    cold_and_warm,
    late,
    live,
    pairs_served,
)
from session1.demo.part import Context, Section, broken
from session1.demo.plot import COLOURS, STYLE, legend_below, panels, save, shares
from session1.latency.closed_loop import NaiveTuner, Round, late_share, simulate
from session1.latency.tuner import Tuner
from session1.monitoring.histogram import nearest_rank
from session1.questions import day
from session1.table import rows_of, table

TITLE = "Responses: what is answered again, how fast, and how wrongly"
# Questions with a short answer, for a model that is small.
QUESTIONS = (
    "What is the capital of France?",
    "What is a computer?",
    "What color is the sky on a clear day?",
    "Why do birds sing in the morning?",
    "How do I make a cup of tea?",
)
LATE = "What is the capital of Italy?"
TARGET = 1.0  # seconds, on the simulated day
MAX_LATE = 0.06  # of the real answers while the target is tuned

Served = dict[str, list[Pair]]
LINES = {"no reuse": ":", "naive": "--", "yours": "-.", "ours": "-"}
LEAST_S = 0.001  # hits take no virtual time; the axis is logarithmic


def run(context: Context) -> Iterator[Section]:
    """The real model first; then a simulated day, the labelled pairs and tuning."""
    some = QUESTIONS[:2] if context.quick else QUESTIONS
    bars = context.progress([cold_and_warm(context.llm, some)], 1, "ask the model")
    for work in bars:
        yield model_section(context.wait(work), context.llm.model)
    yield late_section(context.wait(late(context.llm, LATE)))
    makers = context.with_yours("response", AGENTS)
    asked = day(400 if context.quick else 1_000, 250, every_s=0.6)
    days = context.each(
        "a day of questions",
        makers,
        lambda make: virtual_time.run(live, make, asked, TARGET).value,
    )
    yield day_section(days)
    judged = {name: make for name, make in makers.items() if name != "no reuse"}
    served = context.each(
        "labelled pairs",
        judged,
        lambda make: virtual_time.run(pairs_served, make, pairs()).value,
    )
    yield pairs_section(served)
    rounds = tuned()
    yield tuning_section(rounds)
    picture = draw(days, served, rounds, context.out / "response.png")
    yield Section("plot", str(picture), f"Picture: {picture}")


def model_section(found: dict[str, dict[str, Any]], model: str) -> Section:
    """The first answers of the real model, and the same questions afterwards."""
    rows = [
        ["messages", *(f"{f['asked']}" for f in found.values())],
        ["the same message again", *(f"{f['exact']}" for f in found.values())],
        ["in other words", *(f"{f['fuzzy']}" for f in found.values())],
        *(
            [f"P{p}", *(f"{1e3 * f[f'p{p}']:,.2f} ms" for f in found.values())]
            for p in PERCENTS
        ),
    ]
    cold, warm = found["cold"], found["warm"]
    failed = broken(
        {
            "a question that was answered went to the model again": (
                warm["exact"] + warm["fuzzy"] < warm["asked"]
            ),
            "a kept answer took as long as the model": warm["p99"] >= cold["p50"],
        }
    )
    text = table([model, *found], rows)
    said = " ".join(cold["said"].split())
    return Section("model", found, f"{text}\n{QUESTIONS[0]} {said}", failed)


def late_section(found: dict[str, Any]) -> Section:
    """A stand-in at the deadline, and the late answer kept."""
    first, second = found["first"], found["second"]
    lines = [
        f"{found['question']}",
        f"   at once: {first['response']} ({first['response_time']:.2f} s)",
        f"   later:   {' '.join(second['response'].split())} "
        f"({1e3 * second['response_time']:.2f} ms)",
    ]
    failed = broken(
        {
            "a deadline passed without a stand-in": not first["fallback"],
            "a late answer was not kept": second["cache_hit"] is not True,
        }
    )
    return Section("late", found, "\n".join(lines), failed)


DAY = {
    "right": ("right answers", "{:,}"),
    "calls_each": ("calls of the model for each", "{:.2f}"),
    "exact": ("kept for the same message", "{:.0%}"),
    "fuzzy": ("kept for a similar message", "{:.0%}"),
    "at_once": ("right at once", "{:.0%}"),
    "in_half_a_second": ("right within 0.5 s", "{:.0%}"),
    "in_time": (f"right within {TARGET:g} s, the deadline", "{:.0%}"),
    "stand_ins": ("stand-ins, new and kept", "{:.1%}"),
    "wrong": ("answers to another question", "{:,}"),
    "p50": ("P50 of all waits", "{:.2f} s"),
    "p99": ("P99 of all waits", "{:.2f} s"),
}


def day_section(days: dict[str, Day]) -> Section:
    """A day of questions without reuse, reused naively, and by us.

    What counts is the right answer: an excuse is quick, and a kept one quicker still.
    """
    data = {name: day.figures() for name, day in days.items()}
    rows = rows_of(DAY, data.values())
    ours, before = data["ours"], data["no reuse"]
    failed = broken(
        {
            "a question got the answer to another": ours["wrong"] > 0,
            "a stand-in was handed on like an answer": (
                ours["stand_ins"] > data["naive"]["stand_ins"]
            ),
            "naive gave as many right answers": ours["right"] <= data["naive"]["right"],
            "reuse did not make answers faster": ours["p50"] >= before["p50"],
            "an answer came after its deadline": ours["p99"] > TARGET + 0.001,
        }
    )
    head = [f"{ours['answers']:,} questions (simulated model)", *data]
    return Section("day", data, table(head, rows), failed)


def pairs_section(served: Served) -> Section:
    """Labelled pairs that got one answer: rightly and wrongly, by kind."""
    kinds = Counter(pair.kind for pair in pairs() if not pair.same)
    rows = [
        [f"{kind}, of {n} that differ", *(f"{w[kind]}" for w in wrong(served).values())]
        for kind, n in kinds.items()
    ]
    data = {name: _precision(hits) for name, hits in served.items()}
    rows += [
        ["all wrong answers", *(f"{f['wrong']}" for f in data.values())],
        ["all right answers", *(f"{f['right']}" for f in data.values())],
        [
            "wrong, of all that were given",
            *(f"{f['share']:.0%}" for f in data.values()),
        ],
    ]
    failed = broken({"a pair that differs got one answer": data["ours"]["wrong"] > 0})
    head = [f"{len(pairs())} labelled pairs", *served]
    return Section("pairs", data, table(head, rows), failed)


def _precision(hits: list[Pair]) -> dict[str, float]:
    bad = sum(not pair.same for pair in hits)
    share = bad / len(hits) if hits else 0.0
    return {"right": len(hits) - bad, "wrong": bad, "share": share}


def wrong(served: Served) -> dict[str, Counter[str]]:
    """Pairs that differ and were given one answer, by kind."""
    return {
        name: Counter(pair.kind for pair in hits if not pair.same)
        for name, hits in served.items()
    }


def tuned() -> dict[str, list[Round]]:
    """Forty rounds of tuning at 95 % hits, judged by all responses and by the model."""
    all_responses, model_alone = NaiveTuner(), Tuner()
    return {
        "naive": simulate(all_responses.tune, on_response=all_responses.record),
        "ours": simulate(model_alone.tune, on_model=model_alone.record),
    }


def tuning_section(rounds: dict[str, list[Round]]) -> Section:
    """Where the target goes, and how many real answers it turns into stand-ins."""
    at = [0, 9, 19, 39]
    rows = [
        [f"target in round {i + 1}", *(f"{r[i].target:.2f} s" for r in rounds.values())]
        for i in at
    ]
    shares = {name: late_share(history[-10:]) for name, history in rounds.items()}
    rows.append(["late in the last ten rounds", *(f"{s:.0%}" for s in shares.values())])
    failed = broken({"tuning made answers late": shares["ours"] > MAX_LATE})
    data = {
        name: {"targets": [r.target for r in history], "late": shares[name]}
        for name, history in rounds.items()
    }
    head = ["tuning the target, 95 % hits", *rounds]
    return Section("tuning", data, table(head, rows), failed)


def draw(
    days: Mapping[str, Day],
    served: Mapping[str, Sequence[Pair]],
    rounds: Mapping[str, Sequence[Round]],
    path: Path,
) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (left, middle, right) = panels(3)
    draw_times(left, days)
    draw_pairs(middle, served)
    draw_tuning(right, rounds)
    return save(figure, path)


def draw_times(axes: Axes, days: Mapping[str, Day]) -> None:
    """Draw the share of questions answered rightly after so many seconds."""
    for name, one in days.items():
        seconds = [max(s, LEAST_S) for s in sorted(one.right)]
        n = len(one.seconds)
        reached_by = [(i + 1) / n for i in range(len(seconds))]
        style = {"color": COLOURS[name], "linestyle": LINES[name], **STYLE}
        axes.step(seconds, reached_by, where="post", label=name, **style)
        ranks = {p: nearest_rank(p, n) for p in PERCENTS}
        reached = {p: rank for p, rank in ranks.items() if rank <= len(seconds)}
        axes.plot(
            [seconds[rank - 1] for rank in reached.values()],
            [p / 100 for p in reached],
            "o",
            color=COLOURS[name],
            markersize=4,
        )
    axes.set_xscale("log")
    axes.set(title="The right answer was there after …", ylim=(0, 1.03))
    axes.xaxis.set_major_formatter(FuncFormatter(_seconds))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(alpha=0.25)
    legend_below(axes, len(days))


def _seconds(value: float, _position: object) -> str:
    return "at once" if value == LEAST_S else f"{value:g} s"


def draw_pairs(axes: Axes, served: Mapping[str, Sequence[Pair]]) -> None:
    """Labelled pairs that got one answer, by what differs between them."""
    all_kinds = Counter(pair.kind if not pair.same else "same" for pair in pairs())
    found = {}
    for name, hits in served.items():
        of = Counter(pair.kind if not pair.same else "same" for pair in hits)
        found[name] = [of[kind] / n for kind, n in all_kinds.items()]
    named = {"same": "may share one", "unrelated": "unrelated"}
    labels = [named.get(kind, f"{kind} differs") for kind in all_kinds]
    shares(axes, labels, found)
    axes.set(title="Pairs given one answer")


def draw_tuning(axes: Axes, rounds: Mapping[str, Sequence[Round]]) -> None:
    """The target in seconds, round by round, and how many answers end up late."""
    for name, history in rounds.items():
        targets = [one.target for one in history]
        axes.plot(targets, color=COLOURS[name], linestyle=LINES[name], **STYLE)
        axes.annotate(
            f"{name}: {late_share(list(history[-10:])):.0%} late",
            (len(targets) - 1, targets[-1]),
            xytext=(0, 18),
            textcoords="offset points",
            ha="right",
            color=COLOURS[name],
            fontweight="bold",
        )
    axes.set(title="Target while it is tuned", xlabel="round", ylim=(0, None))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda s, _: f"{s:g} s"))
    axes.grid(alpha=0.25)
