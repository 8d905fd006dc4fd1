"""The day in figures, one question alone, and the agent with a real model."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

from day import SHOWN, build
from scoring import HONOURS, played, score, table
from world import World

from session1.llm import Message, ModelMissing, connect
from session1.virtual_time import now, run

SYSTEM = "You are a help desk. Answer in one short sentence, from the notes."
WHAT = {
    "plain": "questions that anyone may ask",
    "hard": "questions for the large model",
    "tell": "something about the user",
    "recall": "what was told before",
    "log": "long texts that fill a memory",
    "order": "where an order is: a slow tool",
    "ticket": "a ticket, please: a tool with an effect",
}


def what_comes(seed: int = SHOWN) -> str:
    """How many messages of each kind a day has, with one of each."""
    trace = build(seed)
    kinds = Counter(one.kind for one in trace.arrivals)
    begin, end = trace.outage
    lines = [f"{len(trace.arrivals)} messages in {trace.seconds:.0f} s:"]
    for kind, what in WHAT.items():
        text = next(one.text for one in trace.arrivals if one.kind == kind)
        lines.append(f"{kinds[kind]:4} {kind:7} {what:41} {text[:44]}")
    lines.append(f"from {begin:g} to {end:g} s the large model hangs")
    return "\n".join(lines)


def one_alone(make: Any, seed: int = SHOWN) -> float:
    """Seconds that an agent takes for one hard question, alone on a quiet day."""
    trace = build(seed)
    text = min(trace.hard)

    async def main() -> float:
        agent, begin = make(World(trace)), now()
        await agent.ask("ann", text)
        return now() - begin

    return run(main).value


def ladder(agent: Any, own: SimpleNamespace, seed: int = SHOWN) -> str:
    """The table of a day: naive, yours and the reference, with the points."""
    found = played(lambda world: agent(world, own), build(seed))
    figures = found.figures()
    total = score(figures, seed)
    if total >= HONOURS:
        return f"{table(figures, seed)}\nAbove the honours line of {HONOURS:g}."
    return f"{table(figures, seed)}\nThe honours line is at {HONOURS:g}."


class RealWorld(World):
    """The same desk with a real model behind it: tools and disk stay simulated."""

    def __init__(self, llm: Any) -> None:
        super().__init__(build(SHOWN))
        self._llm = llm

    async def ask(self, model: str, prompt: str) -> str:
        """What the real model says, whichever was asked for."""
        *notes, asked = prompt.split("\n")
        turns = [Message("system", SYSTEM)]
        if notes:  # a small model reads turns better than notes
            said = ((Message("user", x), Message("assistant", "Noted.")) for x in notes)
            turns = [turn for pair in said for turn in pair]
        messages = [*turns, Message("user", asked if notes else f"Question: {asked}")]
        reply = await self._llm.generate(messages, max_tokens=24)
        return " ".join(reply.text.split())


async def at_the_desk(kind: str, agent: Any, own: SimpleNamespace) -> str:
    """A short talk with an agent that has a real model, and what was asked of it."""
    try:
        llm = connect(kind)
    except ModelMissing as error:
        return str(error)
    talk = [
        ("ann", "My name is Ada."),
        ("ann", "What is my name?"),
        ("bob", "What is the capital of France?"),
        ("ann", "What is the capital of France?"),
        ("bob", "Hi, what is the capital of France?"),
    ]
    lines = []
    try:
        made = agent(RealWorld(llm), own, deadline=30.0, give_up=30.0)
        for user, text in talk:
            begin = now()
            said = await made.ask(user, text)
            lines.append(f"{now() - begin:6.2f} s  {user}: {text}\n          → {said}")
    except NotImplementedError:
        return "Write `Agent` first, then run this cell again."
    finally:
        await llm.aclose()
    return "\n".join(lines)
