"""The world an agent lives in: two models, two tools, a disk and a clock.

Time is virtual, and everything that costs something is counted here.
"""

import asyncio
import json
import re
import zlib
from collections.abc import Sequence
from functools import partial
from typing import Any

from day import FRESH_S, Trace

from session1.llm import Message, SimulatedLLM
from session1.llm.speed import Speed
from session1.virtual_time import now

STAND_IN = "Sorry, ask me again in a moment."
SPEEDS = {
    "small": Speed(start_s=0.15, prompt_token_s=0.002, token_s=0.02, spread=0.17),
    "large": Speed(start_s=0.50, prompt_token_s=0.005, token_s=0.05, spread=0.17),
}
PRICES = {"small": (0.15, 0.60), "large": (2.50, 10.0)}  # dollars a million tokens
SLOTS = {"small": 8, "large": 3}  # requests that a model works on at a time
TOOL_S = {"order": 1.2, "ticket": 0.8}
_TOLD = re.compile(r"^My (name|city) is (\w+)\.$", re.M)
_ERROR = re.compile(r"error (E\d+)")
_ORDER = re.compile(r"order (\d+)")


def needs(message: str) -> tuple[str, str] | None:
    """The tool that a message needs, and what to give it; None for most."""
    if message.startswith("Where is order"):
        return "order", _ORDER.findall(message)[0]
    if message.startswith("Open a ticket: "):
        return "ticket", message.removeprefix("Open a ticket: ")
    return None


def personal(message: str) -> bool:
    """Whether a message is about its user, so that no other may get the answer."""
    return re.search(r"\bmy\b", message, re.I) is not None


def importance(message: str) -> float:
    """How much a message matters later: 1.0 for what must stay."""
    return 1.0 if _TOLD.match(message) else 0.3


def tokens(text: str) -> int:
    """About how many tokens a model counts."""
    return SimulatedLLM().count_tokens(text)


def embed(text: str) -> list[float]:
    """A vector of 64 numbers: which words are in a text, whatever their order."""
    vector = [0.0] * 64
    for word in set(re.findall(r"\w+", text.lower())):
        vector[zlib.crc32(word.encode()) % 64] = 1.0
    length = sum(vector) ** 0.5 or 1.0
    return [x / length for x in vector]


class Index:
    """Vectors by label; the nearest are found by looking at all."""

    def __init__(self) -> None:
        self._vectors: dict[int, list[float]] = {}

    def add(self, label: int, vector: list[float]) -> None:
        """Keep a vector."""
        self._vectors[label] = vector

    def mark_deleted(self, label: int) -> None:
        """Never find it again."""
        del self._vectors[label]

    def search(self, vector: list[float], k: int) -> list[int]:
        """The labels of the `k` nearest, nearest first."""
        found = {
            label: sum(map(float.__mul__, vector, other))
            for label, other in self._vectors.items()
        }
        return sorted(found, key=lambda label: (-found[label], label))[:k]


class Disk:
    """Where records are safe and take no memory."""

    def __init__(self) -> None:
        self._records: dict[str, str] = {}
        self._reads = self._writes = 0

    def get(self, key: str) -> Any:
        """The record of a key, or None."""
        self._reads += 1
        return json.loads(self._records.get(key, "null"))

    def put(self, key: str, record: Any) -> None:
        """Write a record of plain data."""
        self._writes += 1
        self._records[key] = json.dumps(record)

    def _everything(self) -> str:
        """All records as text."""
        return " ".join(self._records.values())


class World:
    """Models, tools, a disk and a clock for one agent and one trace."""

    disk: Disk
    stand_in = STAND_IN  # the answer that is none, for when there is no other

    def __init__(self, trace: Trace) -> None:
        self.disk = Disk()
        self._trace = trace
        self._models = {
            name: SimulatedLLM(
                trace.seed + n,
                partial(self._reply, name),
                SLOTS[name],
                speed=SPEEDS[name],
                price=PRICES[name],
            )
            for n, name in enumerate(SPEEDS)
        }
        self._slots = {name: asyncio.Semaphore(most) for name, most in SLOTS.items()}
        self._hung: list[float] = []
        self._tools = 0
        self._tickets: list[tuple[float, str]] = []

    def now(self) -> float:
        """Virtual seconds since the trace began."""
        return now()

    async def ask(self, model: str, prompt: str) -> str:
        """What "small" or "large" answers to a prompt, whose last line is asked.

        While a model hangs, no answer comes, ever: such a call holds one of the
        model's few slots until it is given up.
        """
        begin, end = self._trace.outage
        async with self._slots[model]:
            if model == "large" and begin <= now() < end:
                self._hung.append(now())
                await asyncio.sleep(3600)
                raise ConnectionError("the model did not answer")
            reply = await self._models[model].generate(str(prompt), max_tokens=64)
        return reply.text

    async def tool(self, name: str, given: str) -> str:
        """What a tool returns; at times slowly, at times ConnectionError."""
        self._tools += 1
        number = self._tools
        if name == "ticket":  # it is open from now on, whatever comes back
            self._tickets.append((now(), given))
            ticket = len(self._tickets)
        slow = number in self._trace.slow
        await asyncio.sleep(TOOL_S[name] * (5 if slow else 1))
        if number in self._trace.failing:
            raise ConnectionError(f"the tool {name} broke off")
        if name == "ticket":
            return f"ticket {ticket} is open"
        return f"order {given} is {self._state(given, now())}"

    def _state(self, order: str, at: float) -> str:
        rows = self._trace.states.get(order, [(0.0, "unknown")])
        return [what for since, what in rows if since <= at][-1]

    def _reply(self, model: str, messages: Sequence[Message]) -> str:
        """What a model says; the large one knows more than the small one."""
        *earlier, asked = messages[-1].content.split("\n")
        text, trace = "\n".join(earlier), self._trace
        if asked in trace.known:
            if asked in trace.hard and model == "small":
                return f"That depends on {zlib.crc32(asked.encode()) % 90} things."
            return trace.known[asked]
        if told := _TOLD.match(asked):
            return f"Noted: {told[2]}."
        if asked.startswith("Here is my log:"):
            return "I read your log."
        if asked == "Which error is in my log?":
            codes = _ERROR.findall(text)
            return f"It says error {codes[-1]}." if codes else "I see no log."
        if asked.startswith("What is my "):
            what = asked.removeprefix("What is my ").rstrip("?")
            said = [value for name, value in _TOLD.findall(text) if name == what]
            return f"Your {what} is {said[-1]}." if said else "You never told me."
        if needs(asked):
            return _from_tool(asked, earlier)
        return "I do not understand."

    def _is_right(self, one: Any, answer: str, begin: float) -> bool:
        """Whether `answer` fits, for what was asked at `begin` and is answered now."""
        if one.kind == "order":
            (order,) = _ORDER.findall(one.text)
            rows = self._trace.states[order]
            ends = [since for since, _ in rows[1:]] + [float("inf")]
            fits = [
                what
                for (since, what), end in zip(rows, ends, strict=True)
                if since <= now() and end > begin - FRESH_S
            ]
            return answer in {f"Order {order} is {what}." for what in fits}
        if one.kind == "ticket":
            found = re.fullmatch(r"Ticket (\d+) is open\.", answer)
            number = int(found[1]) if found else 0
            if not 1 <= number <= len(self._tickets):
                return False
            opened, what = self._tickets[number - 1]
            return opened >= begin and needs(one.text) == ("ticket", what)
        return answer in one.right

    def _counts(self) -> dict[str, float]:
        """What it all came to so far."""
        usage = [model.usage for model in self._models.values()]
        return {
            "calls": sum(one.calls for one in usage) + len(self._hung),
            **{f"{name} calls": one.usage.calls for name, one in self._models.items()},
            "cents": 100 * sum(one.cost for one in usage),
            "prompt tokens": sum(one.prompt_tokens for one in usage),
            "answer tokens": sum(one.completion_tokens for one in usage),
            "hung": len(self._hung),
            "tools": self._tools,
            "tickets": len(self._tickets),
            "peak": max(one.peak_in_flight for one in usage),
        }


def _from_tool(asked: str, earlier: Sequence[str]) -> str:
    """The answer that rests on a line which a tool returned."""
    name = "ticket" if asked.startswith("Open") else _ORDER.findall(asked)[0]
    for line in reversed(earlier):
        if name in line and " is " in line and not line.startswith(("Where", "Open")):
            return f"{line[0].upper()}{line[1:]}."
    return "I cannot look that up."
