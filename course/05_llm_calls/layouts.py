"""Prompts in different orders, and the tokens that a model reads of them."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from coursekit import assemble
from session1 import virtual_time
from session1.llm import SimulatedLLM

Call = SimpleNamespace
Layout = Callable[[Any], list[str]]

RULES = (
    "You answer questions about bicycles for a shop. Be polite, be brief, and say so "
    "where you do not know. Never promise a price or a date that is not in the "
    "documents. Answer in the language of the question."
)
TOOLS = (
    "Tools: stock(part, size) tells how many are in the shop. order(part, size, "
    "count) orders from the maker. repair(bicycle, day) asks for a place in the "
    "workshop. price(part) tells what a part costs today."
)
BIKES = ("a city bicycle of 2019", "a racing bicycle of 2023", "a cargo bicycle")
TOPICS = (
    *("the brakes", "the gears", "the front lamp", "the chain", "the saddle"),
    *("the tyres", "the pedals", "the bell", "the spokes", "the carrier"),
)


def documents_of(user: int) -> str:
    """What the shop knows about a customer: the same in each of their calls."""
    bike = BIKES[user % len(BIKES)]
    bought = f"Customer {user} owns {bike}. "
    return bought + " ".join(
        f"On visit {n} we looked at {TOPICS[(user + 3 * n) % len(TOPICS)]}."
        for n in range(1, 9)
    )


def conversations(users: int, turns: int) -> list[Call]:
    """Calls of some users, one turn each in rotation, one a minute."""
    history: list[list[str]] = [[] for _ in range(users)]
    calls = []
    for minute in range(users * turns):
        user, turn = minute % users, minute // users
        topic = TOPICS[(user + turn) % len(TOPICS)]
        question = f"Question {turn + 1}: what about {topic} of mine?"
        calls.append(
            Call(
                rules=RULES,
                tools=TOOLS,
                documents=documents_of(user),
                history=list(history[user]),
                clock=f"It is {9 + minute // 60}:{minute % 60:02}.",
                question=question,
            )
        )
        answer = f"We looked at {topic} and all is well, so ride on."
        history[user] += [question, answer]
    return calls


def naive_layout(call: Any) -> list[str]:
    """The time first, as many prompts begin; then whatever came to mind."""
    return [
        *(call.clock, call.rules, *call.history, call.documents),
        *(call.tools, call.question),
    ]


def best_layout(call: Any) -> list[str]:
    """What changes least first."""
    return [
        *(call.rules, call.tools, call.documents, *call.history),
        *(call.clock, call.question),
    ]


def made(order: Any) -> Layout:
    """The function that the letters of the exercise `prefix` spell."""
    names: dict[str, Any] = {}
    exec(assemble("prefix", order), names)
    layout: Layout = names["layout"]
    return layout


def tokens_read(prompts: Sequence[Sequence[str]]) -> int:
    """Tokens that a model with a prompt cache reads, prompt after prompt."""
    return sum(n for n, _ in reads(prompts))


def reads(prompts: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Of each prompt the tokens that are read, and those that are known."""

    async def ask() -> list[tuple[int, int]]:
        llm = SimulatedLLM(reply=lambda _: "ok", prompt_cache=True)
        found = []
        for parts in prompts:
            reply = await llm.generate("\n\n".join(parts), max_tokens=1)
            fresh = reply.prompt_tokens - reply.cached_tokens
            found.append((fresh, reply.cached_tokens))
        return found

    return virtual_time.run(ask).value


def read_for(layout: Layout) -> Callable[[int], int]:
    """Tokens read in one conversation of so many turns, laid out this way."""
    return lambda turns: tokens_read([layout(c) for c in conversations(1, turns)])


def complaint(parts: Any, call: Any) -> str:
    """What is wrong with the parts of a prompt, in words; empty for nothing."""
    if not isinstance(parts, list) or not all(isinstance(p, str) for p in parts):
        return "no list of texts"
    for name in ("rules", "tools", "documents", "clock", "question"):
        count = parts.count(getattr(call, name))
        if count != 1:
            return f"call.{name} is in it {count} times"
    turns = [part for part in parts if part in call.history]
    if turns != call.history:
        return "the history is not there whole and in its order"
    if len(parts) != 5 + len(call.history):
        return "there is more in it than the six parts"
    return ""


def look(parts: Sequence[str], call: Any) -> str:
    """Where to look first in an order that makes a model read too much."""
    at = {name: parts.index(getattr(call, name)) for name in ("rules", "tools")}
    own = parts.index(call.documents)
    talk = parts.index(call.history[0]) if call.history else len(parts)
    new = min(parts.index(call.clock), parts.index(call.question))
    if new < max(*at.values(), own, talk):
        return "what is new in every call stands in front of what is known"
    if talk < max(*at.values(), own):
        return "the history grows each turn: what stands behind it is read again"
    return "the documents differ from customer to customer: what is the same for all?"
