"""Model calls: asked again, read again, wordy, too dear, waited for."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from session1 import virtual_time
from session1.data import answers
from session1.demo.call_runs import (
    CLIENTS,
    MakeClient,
    batched,
    cold_and_kept,
    economies,
    laid_out,
    prefixes,
    routed,
    streamed,
    talked,
)
from session1.demo.part import Context, Section, broken
from session1.demo.plot import COLOURS, INK, STYLE, panels, save
from session1.llm import SimulatedLLM
from session1.table import rows_of, table

TITLE = "Model calls: what is asked again, read again, too wordy and too dear"
QUESTION = "How does a computer store a number?"


def run(context: Context) -> Iterator[Section]:
    """The real model first, the rest counted or on virtual time."""
    few = 2 if context.quick else 4
    llm = context.llm
    questions = [qa.question for qa in answers(["sports"])[:few]]
    steps = context.progress(range(3), 3, "ask the model")
    for step in steps:
        if step == 0:
            kept = context.wait(cold_and_kept(llm, questions))
            yield kept_section(kept, llm.model)
        elif step == 1:
            # the simulated model of the demo has no prompt cache, this one has
            reader = SimulatedLLM(prompt_cache=True) if _simulated(context) else llm
            found = context.wait(prefixes(reader, laid_out("computers", few)))
            yield prefix_section(found)
        else:
            stream = context.wait(streamed(llm, QUESTION))
            yield stream_section(stream)
    saving = economies(llm)
    yield economy_section(saving)
    routes = virtual_time.run(routed, 16 if context.quick else 64).value
    yield routing_section(routes)
    yield batch_section(virtual_time.run(batched, 16).value)

    def put_to(make: MakeClient) -> dict[str, float]:
        return virtual_time.run(talked, make, 12 if context.quick else 32).value

    clients = context.with_yours("calls", CLIENTS)
    yield client_section(context.each("put questions to a client", clients, put_to))
    picture = draw(found, stream, saving["terse"], context.out / "calls.png")
    yield Section("plot", str(picture), f"Picture: {picture}")


def _simulated(context: Context) -> bool:
    return isinstance(context.llm, SimulatedLLM)


def kept_section(found: dict[str, Any], model: str) -> Section:
    """Seconds of a call that the model answers and of one that is kept."""
    seconds = found["seconds"]
    rows = [
        [name, f"{len(taken)}", f"{1e3 * median(taken):,.2f} ms"]
        for name, taken in seconds.items()
    ]
    failed = broken(
        {
            "a question was put to the model twice": (
                found["misses"] != len(seconds["first time"])
            ),
            "a kept answer took as long as the model": (
                max(seconds["again"]) >= min(seconds["first time"])
            ),
        }
    )
    rate = f"hit rate {found['hit_rate']:.0%}, {found['cache_size']} answers kept"
    text = table([model, "calls", "median"], rows)
    return Section("kept", found, f"{text}\n{rate}", failed)


def prefix_section(found: dict[str, dict[str, float]]) -> Section:
    """The same prompts in two orders."""
    rows = [
        ["tokens of a prompt", *(f"{f['tokens']:,.0f}" for f in found.values())],
        ["of these known again", *(f"{f['known']:,.0f}" for f in found.values())],
        ["  as foretold", *(f"{f['expected']:,.0f}" for f in found.values())],
        [
            "time to first token",
            *(f"{1e3 * f['first_token_s']:,.0f} ms" for f in found.values()),
        ],
        [
            "a thousand calls, model “large”",
            *(f"${1e3 * f['dollars']:,.3f}" for f in found.values()),
        ],
    ]
    first, fixed = found.values()
    failed = broken(
        {
            "less was known again with what is fixed first": (
                fixed["known"] <= first["known"]
            ),
            "it took longer with what is fixed first": (
                fixed["first_token_s"] >= first["first_token_s"]
            ),
        }
    )
    return Section("prefix", found, table(["later prompts", *found], rows), failed)


def stream_section(found: dict[str, Any]) -> Section:
    """When the first word is there, and the last."""
    rows = [
        ["first piece", f"{1e3 * found['first_token_s']:,.0f} ms"],
        [f"all {found['pieces']} pieces", f"{1e3 * found['total_s']:,.0f} ms"],
        ["the same pieces again", f"{1e3 * found['again_s']:,.2f} ms"],
    ]
    failed = broken(
        {
            "the first piece was no sooner than the last": (
                found["first_token_s"] >= found["total_s"]
            ),
            "a kept stream came in other pieces": not found["same_pieces"],
            "a stream that was left was not counted": found["left"] != 1,
        }
    )
    said = " ".join(found["text"].split())
    text = f"{table(['a streamed answer', 'after'], rows)}\n{QUESTION} {said} …"
    return Section("stream", found, text, failed)


def economy_section(found: dict[str, Any]) -> Section:
    """Tokens before and after."""
    pairs = {
        **{f"tidied: {name}": pair for name, pair in found["tidy"].items()},
        "examples: all, or those near the question": found["shots"],
    }
    rows = [
        [name, f"{before:,}", f"{after:,}", f"{1 - after / before:.0%}"]
        for name, (before, after) in pairs.items()
    ]
    rows += [
        [f"terse template, with {n} words of data", "", "", f"{share:.0%}"]
        for n, share in found["terse"].items()
    ]
    shares = list(found["terse"].values())
    failed = broken(
        {
            "a prompt grew when it was tidied": any(a > b for b, a in pairs.values()),
            "a template's saving grew with the data": shares != sorted(shares)[::-1],
        }
    )
    return Section(
        "economy", found, table(["tokens", "before", "after", "saved"], rows), failed
    )


def routing_section(found: dict[str, Any]) -> Section:
    """Compare the cost of a mixed day with and without a router."""
    rows = [
        ["answered", f"{found['answered']} of {found['asked']}"],
        ["by a model that was good enough", f"{found['good_enough']}"],
        ["dollars", f"{found['dollars']:.4f}"],
        ["dollars, all to the best model", f"{found['dollars_best']:.4f}"],
        ["calls that failed over while “large” was down", f"{found['failed_over']}"],
        *([f"  calls of {name}", f"{n}"] for name, n in found["calls"].items()),
    ]
    failed = broken(
        {
            "a request was lost": found["answered"] != found["asked"],
            "routing cost more than the best model for all": (
                found["dollars"] >= found["dollars_best"]
            ),
        }
    )
    return Section("routing", found, table(["prompts of four kinds", ""], rows), failed)


def batch_section(found: dict[str, float]) -> Section:
    """Calls in turn and together."""
    ways = ("one by one", "as a batch")
    rows = [[way, f"{found[way]:.2f} s"] for way in ways]
    failed = broken(
        {"a batch took longer than its calls": found[ways[1]] >= found[ways[0]]}
    )
    text = table(["16 calls, four slots (virtual)", "time"], rows)
    return Section("batch", found, text, failed)


def client_section(found: dict[str, dict[str, float]]) -> Section:
    """All of it behind one door, against asking the large model each time."""
    labels = {
        "whole": ("answered in full", "{:.0f}"),
        "good_enough": ("by a model that was good enough", "{:.0f}"),
        "model_calls": ("calls of a model", "{:.0f}"),
        "first_word_s": ("half of them wait for a first word at most", "{:.2f} s"),
        "longest_s": ("the longest wait for one", "{:.2f} s"),
        "dollars": ("dollars", "{:.4f}"),
    }
    rows = rows_of(labels, found.values())
    naive, ours = found["naive"], found["ours"]
    failed = broken(
        {
            "a question had no whole answer": ours["whole"] < ours["asked"],
            "one in twenty went to a model that was not good enough": (
                ours["good_enough"] < 0.95 * ours["asked"]  # a rule is no mind reader
            ),
            "the client asked as often as there were questions": (
                ours["model_calls"] >= naive["model_calls"]
            ),
        }
    )
    head = [f"{ours['asked']:.0f} questions, half of them again (virtual)", *found]
    return Section("client", found, table(head, rows), failed)


def draw(
    prefixes: Mapping[str, Mapping[str, float]],
    stream: Mapping[str, Any],
    terse: Mapping[int, float],
    path: Path,
) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (tokens, wait, saving) = panels(3)
    draw_prefixes(tokens, prefixes)
    draw_stream(wait, stream)
    draw_saving(saving, terse)
    return save(figure, path)


def draw_prefixes(axes: Axes, found: Mapping[str, Mapping[str, float]]) -> None:
    """Tokens of a prompt, those known again and those read anew."""
    names = list(found)
    known = [found[name]["known"] for name in names]
    fresh = [found[name]["tokens"] - found[name]["known"] for name in names]
    labels = [name.replace(" first", "\nfirst") for name in names]
    axes.bar(labels, known, color=COLOURS["ours"], label="known again")
    axes.bar(labels, fresh, bottom=known, color=COLOURS["naive"], label="read anew")
    for i, name in enumerate(names):
        top = found[name]["tokens"]
        axes.annotate(
            f"{1e3 * found[name]['first_token_s']:,.0f} ms",
            (i, top),
            (0, 3),
            textcoords="offset points",
            ha="center",
            color=INK,
        )
    axes.set(
        title="Tokens of a later prompt",
        ylim=(0, 1.3 * max(map(sum, zip(known, fresh, strict=True)))),
    )
    axes.legend(frameon=False, loc="upper right")


def draw_stream(axes: Axes, stream: Mapping[str, Any]) -> None:
    """How long one waits for something to read."""
    waits = {
        "whole answer": stream["total_s"],
        "first piece": stream["first_token_s"],
        "kept answer": stream["again_s"],
    }
    bars = axes.barh(list(waits), [1e3 * s for s in waits.values()])
    for bar, colour in zip(bars, ("naive", "yours", "ours"), strict=True):
        bar.set_color(COLOURS[colour])
    # three figures, and never 1.81e+03
    labels = [f"{1e3 * s:,.{0 if s >= 0.1 else 2}f} ms" for s in waits.values()]
    axes.bar_label(bars, labels, padding=3, color=INK)
    axes.invert_yaxis()
    axes.margins(x=0.2)
    axes.set(title="Wait until there is …", xlabel="milliseconds")


def draw_saving(axes: Axes, terse: Mapping[int, float]) -> None:
    """Draw what terse words save: the more data, the less."""
    words = list(terse)
    axes.plot(words, list(terse.values()), "o-", color=COLOURS["ours"], **STYLE)
    for n, share in terse.items():
        axes.annotate(
            f"{share:.0%}", (n, share), (6, 6), textcoords="offset points", color=INK
        )
    axes.set(title="Tokens a terse template saves", xlabel="words of data")
    axes.margins(x=0.15)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(alpha=0.25)
