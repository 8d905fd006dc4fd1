"""Knowledge: real messages embedded and found again, exactly and by a walk."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from session1.data import answers, conversations
from session1.demo import knowledge_changes
from session1.demo.part import Context, Section, broken
from session1.demo.plot import COLOURS, INK, STYLE, panels, save
from session1.knowledge import KnowledgeBase, SemanticCache, recall
from session1.knowledge.exact_index import Vector
from session1.table import table

TITLE = "Knowledge: what was said or known, found by its meaning"
PART = "knowledge"
GOAL = 0.95  # recall
EFS = (10, 20, 50, 100, 200)
ASKED = 100  # questions timed
# each as the base reads it, and in plain words
FILTERS: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]] = {
    "at 3 o'clock": ({"hour": 3}, lambda one: one["hour"] == 3),
    "before noon": ({"hour": {"$lt": 12}}, lambda one: one["hour"] < 12),
    "A, after 20 o'clock": (
        {"speaker": "A", "hour": {"$gt": 20}},
        lambda one: one["speaker"] == "A" and one["hour"] > 20,
    ),
}


def run(context: Context) -> Iterator[Section]:
    """Embedding, exact against walk, filters and thresholds, then the cache."""
    size = 2_100 if context.quick else 10_000
    held, asked = messages(size)
    base = KnowledgeBase()
    yield embedding_section(base, held[:1000])
    build(base, held, context)
    questions = list(base.embed_batch(asked, 256))
    yield (search := search_section(base, questions))
    yield (filters := filter_section(base, held, questions))
    picture = context.out / "knowledge.png"
    draw(search.data, filters.data, picture)
    yield Section("plot", str(picture), f"Picture: {picture}")
    yield answers_section()
    yield cache_section()
    if PART in context.mine.makers:
        yield knowledge_changes.section(context, PART, base, held, asked)


def messages(size: int) -> tuple[list[dict[str, Any]], list[str]]:
    """`size` distinct chat messages with who said them and when, and some others."""
    seen: dict[str, dict[str, Any]] = {}
    talks = conversations(size // 20 + 20)
    for turn in chain.from_iterable(talk.turns for talk in talks):
        if len(seen) == size + ASKED:
            break
        record = {"text": turn.text, "speaker": turn.speaker, "hour": turn.when.hour}
        seen.setdefault(turn.text, record)
    every = list(seen.values())
    return every[:size], [one["text"] for one in islice(every, size, None)]


def build(base: KnowledgeBase, held: list[dict[str, Any]], context: Context) -> None:
    """Put the messages in, a thousand at a time."""
    starts = range(0, len(held), 1000)
    for start in context.progress(starts, len(starts), "embed and link"):
        part = held[start : start + 1000]
        base.add(
            [str(start + number) for number in range(len(part))],
            [one["text"] for one in part],
            [{"speaker": one["speaker"], "hour": one["hour"]} for one in part],
        )


def embedding_section(base: KnowledgeBase, held: list[dict[str, Any]]) -> Section:
    """Measure how a batch speeds up embedding."""
    texts = [one["text"] for one in held]
    one_by_one = base.embed_batch(texts, 1)
    data, rows = {}, []
    for size in (1, 32, 256):
        seconds = timed(partial(base.embed_batch, texts, size))
        data[f"batch_{size}_us"] = 1e6 * seconds / len(texts)
        rows.append([f"batches of {size}", f"{data[f'batch_{size}_us']:,.0f} µs"])
    same = bool(np.allclose(one_by_one, base.embed_batch(texts, 256), atol=1e-5))
    return Section(
        "embedding",
        data,
        table([f"embedding {len(texts):,} messages", "a message"], rows),
        broken({"a batch gives other vectors than its texts one by one": not same}),
    )


def search_section(base: KnowledgeBase, questions: Sequence[Vector]) -> Section:
    """The scan, the walk at several ef, and what the planner takes."""
    plan = base.explain()
    exact = 1e6 * each(lambda one: base.rows.search(one, 10), questions)
    rows, tried = [["exact scan", f"{exact:,.0f} µs", "1.000"]], dict[str, Any]()
    for ef in EFS:
        spent = 1e6 * each(partial(base.search, ef_search=ef), questions)
        found = recall(base, questions, ef_search=ef)
        rows.append([f"ef {ef}", f"{spent:,.0f} µs", f"{found:.3f}"])
        tried[str(ef)] = {"us": spent, "recall": found}
    chosen = recall(base, questions)
    seconds = each(base.search, questions)
    name = f"chosen: {plan.method}" + (f", ef {plan.ef}" if plan.walks else "")
    rows.append([name, f"{1e6 * seconds:,.0f} µs", f"{chosen:.3f}"])
    data = {
        "messages": len(base),
        "plan": plan.method,
        "ef": plan.ef,
        "tried": tried,
        "exact_us": exact,
        "chosen_us": 1e6 * seconds,
        "recall": chosen,
        "goal": GOAL,
    }
    return Section(
        "search",
        data,
        table([f"10 nearest of {len(base):,} messages", "a search", "recall"], rows),
        broken({f"the search chosen has a recall below {GOAL}": chosen < GOAL}),
    )


def filter_section(
    base: KnowledgeBase, held: list[dict[str, Any]], questions: Sequence[Vector]
) -> Section:
    """A narrow filter, a broad one and a threshold, and how each is gone about."""
    data, rows, wrong = dict[str, Any](), [], False
    for name, (filter, passes) in FILTERS.items():
        seconds = each(partial(base.search, filter=filter), questions)
        passing = {str(number) for number, one in enumerate(held) if passes(one)}
        every = base.search(questions[0], len(base), filter=filter)
        wrong |= {hit.id for hit in every} != passing
        plan = base.explain(filter=filter)
        data[name] = {"plan": plan.method, "pass": len(passing), "us": 1e6 * seconds}
        figures = [f"{len(passing):,}", plan.method, f"{1e6 * seconds:,.0f} µs"]
        rows.append([name, *figures])
    near = fmean(len(base.search(one, 10, threshold=0.7)) for one in questions)
    data["above 0.7"] = {"hits": near}
    text = table(["filter", "pass", "way", "a search"], rows)
    return Section(
        "filters",
        data,
        f"{text}\nAt a threshold of 0.7, {near:.1f} of 10 are left on average.",
        broken({"a filtered search found others than those that pass": wrong}),
    )


def answers_section() -> Section:
    """Questions put in other words, looked up among those of chatterbot-corpus."""
    known = {qa.question: qa for qa in answers() if qa.question.strip()}
    base = KnowledgeBase()
    metadata = [{"topic": qa.topic, "answer": qa.answer} for qa in known.values()]
    base.add(list(known), list(known), metadata)
    asked = {
        "explain what an operating system is": "computers",
        "which foods do robots like": "food",
        "who was the first man on the moon": "history",
    }
    rows, data = [], {}
    for question, topic in asked.items():
        (best,) = base.search(question, 1)
        (within,) = base.search(question, 1, filter={"topic": topic})
        data[question] = {"found": best.id, "score": best.score, "within": within.id}
        rows.append([question, f"{best.score:.2f}", best.id[:40], within.id[:40]])
    head = [f"asked of {len(base)} questions", "cosine", "nearest", "on the topic"]
    return Section("answers", data, table(head, rows))


def cache_section() -> Section:
    """Why the semantic cache has a gate: opposites are near."""
    kept, opposite = "is it safe to eat raw fish", "is it not safe to eat raw fish"
    data: dict[str, Any] = {}
    for gated in (False, True):
        cache = SemanticCache(gated=gated)
        cache.put(kept, "Yes, when it is fresh.")
        found, again = cache.get(opposite), cache.get("Is it safe to eat the raw fish?")
        data["gated" if gated else "open"] = {
            "opposite_served": found is not None,
            "same_served": again is not None,
        }
    rows = [
        [f"{name} cache", str(seen["same_served"]), str(seen["opposite_served"])]
        for name, seen in data.items()
    ]
    return Section(
        "cache",
        data,
        table(["serves the answer to", "the same question", "its opposite"], rows),
        broken(
            {
                "the gate let an opposite through": data["gated"]["opposite_served"],
                "the gate refused the same": not data["gated"]["same_served"],
            }
        ),
    )


def each(search: Callable[[Vector], object], questions: Sequence[Vector]) -> float:
    """CPU seconds of one search."""
    return timed(lambda: [search(one) for one in questions]) / len(questions)


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of `work`, the faster of two runs."""
    taken = []
    for _ in range(2):
        start = time.thread_time()
        work()
        taken.append(time.thread_time() - start)
    return min(taken)


def draw(search: Mapping[str, Any], filters: Mapping[str, Any], path: Path) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (recall, filtered) = panels(2)
    draw_recall(recall, search)
    draw_filters(filtered, filters)
    return save(figure, path)


def draw_recall(axes: Axes, search: Mapping[str, Any]) -> None:
    """Recall over the time of a search: one mark an ef, the scan and the chosen."""
    tried = list(search["tried"].items())
    times, shares = [one["us"] for _, one in tried], [one["recall"] for _, one in tried]
    axes.plot(times, shares, color=COLOURS["ours"], marker="o", **STYLE)
    for name, one in tried:
        axes.annotate(  # aslant, because some are close to each other
            f"ef {name}", (one["us"], one["recall"]), (2, -6), **POINTS, **ASLANT
        )
    exact, chosen = search["exact_us"], search["chosen_us"]
    axes.plot(exact, 1, "s", color=COLOURS["naive"], markersize=8)
    axes.annotate("scan of all", (exact, 1), (-10, 8), **POINTS)
    axes.plot(
        chosen, search["recall"], "*", color=COLOURS["yours"], markersize=15, zorder=3
    )
    axes.annotate("chosen", (chosen, search["recall"]), (-18, -18), **POINTS)
    axes.axhline(search["goal"], color=INK, linestyle=":", linewidth=1)
    axes.set(
        title=f"10 nearest of {search['messages']:,} messages",
        xlabel="µs a search",
        ylabel="recall",
        ylim=(min(shares) - 0.03, 1.02),
        xlim=(0, 1.15 * max(*times, exact)),
    )


def draw_filters(axes: Axes, filters: Mapping[str, Any]) -> None:
    """A bar for each filter, with the way it was gone about."""
    names = [name for name in filters if "us" in filters[name]]
    for row, name in enumerate(names):
        one = filters[name]
        axes.barh(row, one["us"], color=COLOURS["ours"], height=0.5)
        axes.text(
            0, row - 0.42, f"{one['plan']}, {one['pass']:,} pass", color=INK, fontsize=9
        )
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.7)
    axes.set(title="with a filter", xlabel="µs a search")


POINTS: dict[str, Any] = {
    "textcoords": "offset points",
    "fontsize": 9,
    "color": INK,
}
ASLANT: dict[str, Any] = {"rotation": -40, "ha": "left", "va": "top"}
