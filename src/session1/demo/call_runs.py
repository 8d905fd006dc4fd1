"""The runs of the calls part: ask again, lay out, tidy, route, stream."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from random import Random
from statistics import median
from typing import Any

from session1 import virtual_time
from session1.data import answers, conversations
from session1.data.prompts import prompts
from session1.llm import LLMClient, Message, SimulatedLLM
from session1.llm.batching import Batcher
from session1.llm.cached import CachedLLMManager
from session1.llm.client import Prompt
from session1.llm.models import select_optimal_model, table
from session1.llm.prompt import (
    Example,
    PromptLayout,
    Shots,
    by_words,
    saved,
    shared_tokens,
    tidy,
)
from session1.llm.router import Router

TOKENS = 12
WORDY = (
    "I would like you to be so kind as to go through all of the text below with great "
    "care, and then to write a full account of it that leaves nothing out: each "
    "detail, its explanation, your advice, and an example for every point you make."
    "\n\nText: {data}"
)
TERSE = "List: 1) main points 2) what to do next.\n\nText: {data}"
RULES = "You answer questions about computers in one short sentence."
EACH_TURN = "Remember to be polite, to be brief and to stay with the facts."


async def cold_and_kept(llm: LLMClient, questions: Sequence[str]) -> dict[str, Any]:
    """Each question twice, one after the other, and one eight times at once."""
    cached = CachedLLMManager(llm, keep_cut=True)
    rounds = {
        name: [await _timed(cached, question) for question in questions]
        for name in ("first time", "again")
    }
    return {"seconds": rounds, **cached.get_cache_stats()}


async def _timed(llm: CachedLLMManager, question: str) -> float:
    start = virtual_time.now()
    await llm.generate(question, max_tokens=TOKENS)
    return virtual_time.now() - start


def laid_out(topic: str, count: int) -> dict[str, list[Prompt]]:
    """Prompts with rules and examples: what varies first, or what is fixed first."""
    pool = [Example(qa.question, qa.answer) for qa in answers([topic])]
    shots = "\n\n".join(map(str, pool[count : count + 4]))
    asked = [(f"It is 9:{10 + i}.", qa.question) for i, qa in enumerate(pool[:count])]
    layout = (
        PromptLayout().fixed("rules", RULES).fixed("shots", shots).varying("time")
    ).varying("question")
    shuffled: list[Prompt] = [
        [Message("system", f"{time}\n\n{RULES}\n\n{shots}"), Message("user", question)]
        for time, question in asked
    ]
    stable: list[Prompt] = [layout.build(time=t, question=q) for t, q in asked]
    return {"what varies first": shuffled, "what is fixed first": stable}


async def prefixes(llm: LLMClient, ways: dict[str, list[Prompt]]) -> dict[str, Any]:
    """Both ways on the model: tokens read and known, seconds to the first token."""
    found = {}
    price = table().models["large"]
    for name, asked in ways.items():
        replies = [await llm.generate(prompt, max_tokens=1) for prompt in asked]
        later = replies[1:]  # the first one is cold either way
        shared = shared_tokens(asked[1], asked[0], llm.count_tokens)
        found[name] = {
            "tokens": sum(r.prompt_tokens for r in later) / len(later),
            "known": sum(r.cached_tokens for r in later) / len(later),
            "expected": shared,
            "first_token_s": sum(r.first_token_s for r in later) / len(later),
            "dollars": sum(map(price.cost_of, later)) / len(later),
        }
    return found


def economies(llm: LLMClient) -> dict[str, Any]:
    """Tokens before and after: tidying, terse words with more and more data, shots."""
    talk = max(conversations(200, min_turns=10), key=lambda c: len(c.turns))
    turns = [f"{turn.speaker}:  {turn.text}" for turn in talk.turns[-30:]]
    transcript = "\n".join(turns)
    wasteful = "\n\n\n".join(f"{EACH_TURN}\n\n{turn}" for turn in turns)
    data = " ".join(qa.answer for qa in answers(["coding"])).split()
    pool = [Example(qa.question, qa.answer) for qa in answers(["coding"])]
    shots = Shots(pool, llm.count_tokens, by_words)
    chosen = shots.text("What is Python?", 120)
    count = llm.count_tokens
    return {
        "tidy": {
            "a transcript": (count(transcript), count(tidy(transcript))),
            "with a reminder at each turn": (count(wasteful), count(tidy(wasteful))),
        },
        "shots": (count("\n\n".join(map(str, pool))), count(chosen)),
        "terse": {
            n: saved(WORDY, TERSE, count, " ".join(data[:n])) for n in (0, 100, 700)
        },
    }


async def routed(count: int) -> dict[str, Any]:
    """Labelled prompts, each to whom it needs; a third of the time `large` is down."""
    asked = Random(6).sample(prompts(), count)
    down = range(len(asked) // 3, 2 * len(asked) // 3)
    at = 0
    clients: dict[str, LLMClient] = {
        name: SimulatedLLM(
            reply=lambda _: "word " * 50,
            fails=(lambda _: at in down) if name == "large" else None,
        )
        for name in table().models
    }
    router = Router(clients, rest=5.0, clock=virtual_time.now)
    right = 0
    for place, labelled in enumerate(asked):
        at = place  # the failing client looks at it
        reply = await router.generate(labelled.prompt)
        need = table().need(labelled.complexity)
        right += table().models[reply.model].quality >= need
    stats = router.get_cost_stats()
    best = table().models[select_optimal_model("reasoning")]
    tokens = stats["models"].values()
    return {
        "asked": len(asked),
        "answered": sum(account["calls"] for account in tokens),
        "good_enough": right,
        "failed_over": sum(account["failed"] for account in tokens),
        "spared": router.breakers["large"].opened,
        "dollars": stats["dollars"],
        "dollars_best": sum(
            best.cost(a["prompt_tokens"], a["completion_tokens"]) for a in tokens
        ),
        "calls": {name: a["calls"] for name, a in stats["models"].items()},
    }


async def streamed(llm: LLMClient, question: str) -> dict[str, Any]:
    """One answer as a stream, once more from the cache, and one that is left early."""
    cached = CachedLLMManager(llm, keep_cut=True)
    live, again = [cached.generate_stream(question, max_tokens=24) for _ in "ab"]
    for stream in (live, again):
        async for _ in stream:
            pass
    async with aclosing(cached.generate_stream(f"{question} And why?")) as left:
        await anext(left)
    return {
        "first_token_s": live.first_token_s,
        "total_s": live.progress.total_s,
        "again_s": again.progress.total_s,
        "same_pieces": live.progress.pieces == again.progress.pieces,
        "pieces": len(live.progress.pieces),
        "left": cached.get_stream_stats()["left"],
        "text": live.text,
    }


async def batched(count: int) -> dict[str, float]:
    """Virtual seconds for `count` calls to four slots, in turn and as a batch."""
    talk = [[Message("user", qa.question)] for qa in answers(["science"])[:count]]
    llm = SimulatedLLM(slots=4)
    start = virtual_time.now()
    for prompt in talk:
        await llm.generate(prompt, max_tokens=TOKENS)
    between = virtual_time.now()
    batcher = Batcher(llm, size=count)
    await asyncio.gather(*(batcher.generate(p, max_tokens=TOKENS) for p in talk))
    return {
        "one by one": between - start,
        "as a batch": virtual_time.now() - between,
        "batches": batcher.stats.batches,
    }


Models = Mapping[str, LLMClient]  # "small" and "large"
Ask = Callable[[str], AsyncIterator[str]]  # a question -> its answer in pieces
MakeClient = Callable[[Models], Ask]


def naive_client(models: Models) -> Ask:
    """Ask the large model each time, and wait for the whole answer."""

    async def ask(question: str) -> AsyncIterator[str]:
        yield (await models["large"].generate(question)).text

    return ask


def our_client(models: Models) -> Ask:
    """Stream, keep answers, and ask the cheapest model that is good enough."""
    router = Router(dict(models), clock=virtual_time.now)
    return CachedLLMManager(router, clock=virtual_time.now).generate_stream


CLIENTS: dict[str, MakeClient] = {"naive": naive_client, "ours": our_client}


async def talked(make: MakeClient, count: int) -> dict[str, float]:
    """Easy and hard questions, each asked twice, put to a client of two models."""
    kinds = ("simple", "complex")
    hard = [labelled for labelled in prompts() if labelled.complexity in kinds]
    asked = Random(3).sample(hard, count)
    models = {name: _priced(name) for name in ("small", "large")}
    ask = make(models)
    waits, whole, enough = [], 0, 0
    for labelled in [*asked, *Random(4).sample(asked, count)]:
        began, first, text = virtual_time.now(), None, ""
        async for piece in ask(labelled.prompt):
            first = first or virtual_time.now()
            text += piece
        waits.append((first or virtual_time.now()) - began)
        name, _, rest = text.strip().partition(" ")
        whole += rest == ANSWER
        need = table().need(labelled.complexity)
        enough += name in models and table().models[name].quality >= need
        await asyncio.sleep(1)
    usage = [llm.usage for llm in models.values()]
    return {
        "asked": 2 * count,
        "whole": whole,
        "good_enough": enough,
        "model_calls": sum(u.calls for u in usage),
        "first_word_s": median(waits),
        "longest_s": max(waits),
        "dollars": sum(u.cost for u in usage),
    }


ANSWER = "says what there is to say, and takes its time to say it in full"


def _priced(name: str) -> SimulatedLLM:
    model = table().models[name]
    price = (model.read, model.write)
    return SimulatedLLM(reply=partial(_says, name), price=price)


def _says(name: str, messages: Sequence[Message]) -> str:
    return f"{name} {ANSWER}"
