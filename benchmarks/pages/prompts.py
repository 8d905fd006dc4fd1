"""Page `prompts`: what a prompt costs the real local model, and what saving does to it.

Wall time is the subject here: most figures are what a person waits for. They depend on
the machine; the ratios, taken in turns within one run, less so.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import cache, partial
from typing import Any

from benchmarks import topic_shots
from benchmarks.loop import LOOP, awaited
from benchmarks.model_runs import (
    Way,
    fitting,
    generated,
    in_turns,
    is_there,
    local,
    mean,
    row,
)
from benchmarks.page import Case, Goal, Row, Run
from benchmarks.peers import kept_answers
from session1 import virtual_time
from session1.data import answers, conversations
from session1.data.prompts import prompts
from session1.demo.call_runs import EACH_TURN, TERSE, WORDY
from session1.llm import LLMClient, Message, Reply, SimulatedLLM
from session1.llm.batching import Batcher
from session1.llm.cached import CachedLLMManager
from session1.llm.client import Prompt
from session1.llm.models import Model, select_optimal_model, table
from session1.llm.prompt import (
    Example,
    PromptLayout,
    saved,
    tidy,
)
from session1.llm.router import Router
from session1.memory_optimized_agent import MemoryOptimizedAgent

TITLE = "Prompts: tokens, waiting and answers on the real model (wall time)"
TURNS = 30
TALK = "tokens read anew in a conversation"

GOALS = (
    Goal("first token, fixed part first", 200, "ratio_naive", low=3),
    Goal("first token, fixed part first", 600, "ratio_naive", low=5),
    Goal("tokens, tidied", 10, "ratio_naive", low=1.5),
    Goal("first token, tidied", 10, "ratio_naive", low=1.3),
    Goal("saved by terse words", 0, "ours", low=50),
    Goal("saved by terse words", 1_000, "ours", high=5),
    Goal("first piece or whole answer", 32, "ratio_naive", low=2),
    Goal("kept answer", 16, "ratio_naive", low=100),
    Goal("a kept answer's own cost", 200, "langchain InMemoryCache", low=3),
    Goal("batch over four simulated slots", 16, "ratio_naive", low=3),
    Goal(TALK, TURNS, "ratio_naive", low=3),
    Goal("dollars, routed", 64, "ratio_naive", low=1.5),
    Goal("good enough, routed", 64, "ours", low=95),
)


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """Those without the model always; quick takes fewer rounds and shorter prompts."""
    rounds = 3 if quick else 7
    without: list[Callable[[], Case | Row]] = [
        partial(hit, 200),
        routed_dollars,
        routed_quality,
        partial(simulated_batch, 16),
    ]
    if not is_there():
        return without
    sizes = (200,) if quick else (200, 600)
    few = 2 if quick else 8
    with_model: list[Callable[[], Case | Row]] = [
        *(partial(prefix, n, rounds) for n in sizes),
        *(partial(tidied, what, few) for what in ("tokens", "s", "%")),
        *(partial(terse, n) for n in (0, 100, 1_000)),
        partial(terse_wait, 100, few),
        partial(first_piece, 32, rounds),
        partial(kept, 16, rounds),
        partial(batch, 8, few),
    ]
    if not quick:
        with_model.append(partial(talk, TURNS))
        figures = ("right", "read anew", "s")
        with_model += [partial(examples, figure, 24) for figure in figures]
    return without + with_model


def prefix(n: int, rounds: int) -> Row:
    """Seconds to the first token of prompts of about `n` tokens, after one like it."""
    pool = [
        Example(qa.question, qa.answer) for qa in answers(["sports", "food", "money"])
    ]
    asked = [qa.question for qa in answers(["computers"])]
    with local() as llm:
        room = n - 40  # for the rules, the time and the question
        rules = "\n\n".join(map(str, fitting(pool, llm, room)))
        layout = PromptLayout().fixed("rules", rules).varying("time")
        layout = layout.varying("question")

        async def fixed_first(turn: int) -> float:
            time, question = f"It is 9:{turn + 10}.", asked[turn % len(asked)]
            prompt = layout.build(time=time, question=question)
            return (await llm.generate(prompt, max_tokens=1)).first_token_s

        async def time_first(turn: int) -> float:
            time, question = f"It is 9:{turn + 10}.", asked[turn % len(asked)]
            system = Message("system", f"{time}\n\n{rules}")
            prompt = [system, Message("user", question)]
            return (await llm.generate(prompt, max_tokens=1)).first_token_s

        ways: dict[str, Way] = {"ours": fixed_first, "naive": time_first}
        found = in_turns(ways, rounds + 1)  # the first round is cold for both
    later = {name: taken[1:] for name, taken in found.items()}
    return row("first token, fixed part first", n, later)


def talk(turns: int) -> Row:
    """Tokens that the model reads anew in a conversation of so many turns.

    Ours lays its memory out so that only the end of a prompt grows. The naive prompt
    has all that is remembered in the system message, what was left out first. Peers
    are the tokens of the prompts in all, of which the rest was cached. The replies are
    those of recorded people: written by the model they would take most of the time.
    """
    talks = conversations(20, min_turns=10)
    lines = [turn.text for talk in talks for turn in talk.turns if turn.text.strip()]
    said = list(zip(lines[::2], lines[1::2], strict=False))[:turns]
    anew, whole = dict[str, float](), dict[str, float]()
    for name in ("ours", "naive"):
        with local() as llm:
            found = LOOP.run_until_complete(talked(llm, said, name == "naive"))
        whole[name] = float(sum(reply.prompt_tokens for reply in found))
        anew[name] = whole[name] - sum(reply.cached_tokens for reply in found)
    ours, naive = anew["ours"], anew["naive"]
    peers = {f"all of {name}": tokens for name, tokens in whole.items()}
    return Row(TALK, turns, ours, naive, naive / ours, peers, unit="tokens")


async def talked(
    llm: LLMClient, said: Sequence[tuple[str, str]], naive: bool
) -> list[Reply]:
    """What it takes to read each message in turn, with what was said before."""
    agent, found = MemoryOptimizedAgent("talk", llm), list[Reply]()
    for message, answer in said:
        prompt = agent.prompt(message)
        if naive:
            context = agent.get_compressed_context()
            system = Message("system", f"{agent.system}\n{context}")
            prompt = [system, Message("user", message)]
        found.append(await llm.generate(prompt, max_tokens=1))
        agent.learn({"message": message, "response": answer})
    return found


def tidied(what: str, count: int) -> Row:
    """Real conversations with a reminder at each turn, as they are and tidied.

    Tokens, seconds to the first token without a prompt cache, or how many of the
    answers at temperature 0 stayed the same to the letter and in their first word.
    """
    clean, raw = tidy_replies(count)
    if what == "%":
        pairs = [
            (one.text.split(), other.text.split())
            for one, other in zip(clean, raw, strict=True)
        ]
        same = 100 * mean([one == other for one, other in pairs])
        first = 100 * mean([one[:1] == other[:1] for one, other in pairs])
        peers = {"same first word": first}
        return Row("same answer, tidied", 10, same, peers=peers, unit="%")
    figure = "prompt_tokens" if what == "tokens" else "first_token_s"
    samples = {
        name: [float(getattr(reply, figure)) for reply in replies]
        for name, replies in (("ours", clean), ("naive", raw))
    }
    case = "tokens, tidied" if what == "tokens" else "first token, tidied"
    return row(case, 10, samples, what)


@cache
def tidy_replies(count: int) -> tuple[list[Reply], list[Reply]]:
    """Replies to the same prompts tidied and as they are, asked in turns."""
    clean, raw = list[Reply](), list[Reply]()
    with local(prompt_cache=False) as llm:
        for talk in conversations(count, min_turns=10):
            lines = (f"{turn.speaker}:  {turn.text}" for turn in talk.turns[:10])
            said = "\n\n\n".join(f"{EACH_TURN}\n\n{line}" for line in lines)
            prompt = f"{said}\n\n\n\nWhat are they talking about?"
            clean.append(generated(llm, tidy(prompt), 16))
            raw.append(generated(llm, prompt, 16))
    return clean, raw


def reader(llm: LLMClient, asked: Sequence[Prompt], figure: str) -> Way:
    """A figure of the reply to each prompt in turn."""

    async def read(turn: int) -> float:
        reply = await llm.generate(asked[turn % len(asked)], max_tokens=1)
        return float(getattr(reply, figure))

    return read


def data_of(tokens: int, llm: LLMClient) -> str:
    """Real text of about so many tokens."""
    text = "\n".join(qa.answer for qa in answers(["coding"]))
    return text[: round(tokens * len(text) / max(llm.count_tokens(text), 1))]


def terse(n: int) -> Row:
    """The share of tokens that terse words save, with `n` tokens of data."""
    with local() as llm:
        share = saved(WORDY, TERSE, llm.count_tokens, data_of(n, llm))
    return Row("saved by terse words", n, 100 * share, unit="%")


def terse_wait(n: int, rounds: int) -> Row:
    """Seconds to the first token of both templates with `n` tokens of data."""
    with local(prompt_cache=False) as llm:
        data = data_of(n, llm)
        ways = {
            name: reader(llm, [template.replace("{data}", data)], "first_token_s")
            for name, template in (("ours", TERSE), ("naive", WORDY))
        }
        return row("first token, terse words", n, in_turns(ways, rounds))


def examples(what: str, count: int) -> Row:
    """Naming the topics of `count` questions, by how the examples were chosen."""
    figures = {name: taken[what] for name, taken in topic_shots.found(count).items()}
    case, unit = {
        "right": ("right, with examples", "%"),
        "read anew": ("tokens read anew, with examples", "tokens"),
        "s": ("first token, with examples", "s"),
    }[what]
    ours, naive = figures.pop("ours"), figures.pop("naive")
    return Row(case, count, ours, naive, None, figures, unit=unit)


def first_piece(n: int, rounds: int) -> Row:
    """Seconds until a streamed answer of up to `n` tokens begins, and until it ends."""
    asked = [qa.question for qa in answers(["science"])]
    with local() as llm:

        async def begins(turn: int) -> float:
            reply = await llm.generate(asked[2 * turn], max_tokens=n)
            return reply.first_token_s

        async def ends(turn: int) -> float:
            reply = await llm.generate(asked[2 * turn + 1], max_tokens=n)
            return reply.total_s

        ways: dict[str, Way] = {"ours": begins, "naive": ends}
        return row("first piece or whole answer", n, in_turns(ways, rounds))


def kept(n: int, rounds: int) -> Row:
    """Seconds for an answer of `n` tokens from the cache and from the model."""
    asked = [qa.question for qa in answers(["science"])][:rounds]
    options: dict[str, Any] = {"max_tokens": n}
    with local() as llm:
        manager = CachedLLMManager(llm, keep_cut=True)

        async def fill() -> None:
            for question in asked:
                await manager.generate(question, **options)

        LOOP.run_until_complete(fill())
        ways: dict[str, Way] = {
            "ours": lambda turn: timed(
                lambda: manager.generate(asked[turn], max_tokens=n)
            ),
            "naive": lambda turn: timed(
                lambda: llm.generate(asked[turn], max_tokens=n)
            ),
        }
        return row("kept answer", n, in_turns(ways, rounds))


async def timed(call: Callable[[], Awaitable[object]]) -> float:
    """Seconds on the wall."""
    start = LOOP.time()
    await call()
    return LOOP.time() - start


def hit(n: int) -> Case:
    """CPU seconds of one hit, for a prompt of `n` characters; no model is asked."""
    prompt = ("What is the capital of Portugal? " * n)[:n]
    manager = CachedLLMManager(SimulatedLLM(reply=lambda _: "Lisbon."))
    virtual_time.run(manager.generate, prompt)
    peer = kept_answers.langchain(prompt, "Lisbon.")
    peers: dict[str, Run | str] = {
        "langchain InMemoryCache": peer if isinstance(peer, str) else awaited(peer)
    }
    ours = awaited(lambda: manager.generate(prompt))
    return Case("a kept answer's own cost", n, ours, None, peers)


def batch(n: int, rounds: int) -> Row:
    """Seconds for `n` answers of twelve tokens, one by one and four at a time.

    Four slots share one processor: here a batch only keeps it busy.
    """
    asked = [qa.question for qa in answers(["science"])][:n]
    with local(slots=4) as llm:

        def fresh(turn: int) -> list[str]:
            return [f"{question} (question {turn})" for question in asked]

        ways: dict[str, Way] = {
            "ours": lambda turn: timed(lambda: together(llm, fresh(2 * turn))),
            "naive": lambda turn: timed(lambda: in_order(llm, fresh(2 * turn + 1))),
        }
        return row("batch over four slots", n, in_turns(ways, rounds))


def simulated_batch(n: int) -> Row:
    """The same on virtual time with a model whose four slots share nothing."""
    asked = [qa.question for qa in answers(["science"])][:n]
    seconds = [
        virtual_time.run(way, SimulatedLLM(slots=4), asked).seconds
        for way in (together, in_order)
    ]
    samples = {name: [s] for name, s in zip(("ours", "naive"), seconds, strict=True)}
    return row("batch over four simulated slots", n, samples)


async def together(llm: LLMClient, asked: Sequence[str]) -> None:
    """As one batch."""
    batcher = Batcher(llm, size=len(asked), slots=4)
    await asyncio.gather(*(batcher.generate(q, max_tokens=12) for q in asked))


async def in_order(llm: LLMClient, asked: Sequence[str]) -> None:
    """Each after the one before."""
    for question in asked:
        await llm.generate(question, max_tokens=12)


def routed_dollars() -> Row:
    """Dollars for a thousand prompts like our 64, each with 64 tokens of answer."""
    choices = chosen()
    dollars = {name: 1000 / 64 * sum(spent(m)) for name, m in choices.items()}
    ours, naive = dollars.pop("ours"), dollars.pop("naive")
    ratios = {name: value / ours for name, value in dollars.items()}
    return Row(
        "dollars, routed", 64, ours, naive, naive / ours, dollars, ratios, unit="$"
    )


def routed_quality() -> Row:
    """Percent of our 64 prompts that got a model good enough for their label."""
    shares = {}
    for name, models in chosen().items():
        pairs = zip(models, prompts(), strict=True)
        good = [m.quality >= table().need(p.complexity) for m, p in pairs]
        shares[name] = 100 * sum(good) / len(good)
    ours, naive = shares.pop("ours"), shares.pop("naive")
    return Row("good enough, routed", 64, ours, naive, peers=shares, unit="%")


def chosen() -> dict[str, list[Model]]:
    """Who answers each prompt: routed, always the best, always the cheapest."""
    models = table().models
    clients: dict[str, LLMClient] = {name: SimulatedLLM() for name in models}
    router = Router(clients)
    routed = [router.route(p.prompt).candidates[0].model for p in prompts()]
    by_label = [models[select_optimal_model(p.complexity)] for p in prompts()]
    best, cheap = (models[select_optimal_model(k)] for k in ("reasoning", "simple"))
    return {
        "ours": routed,
        "naive": [best] * len(routed),
        "by the true label": by_label,
        "always the cheapest": [cheap] * len(routed),
    }


def spent(models: Sequence[Model]) -> list[float]:
    """Dollars for each prompt."""
    count = SimulatedLLM().count_tokens
    pairs = zip(models, prompts(), strict=True)
    return [model.cost(count(p.prompt), 64) for model, p in pairs]
