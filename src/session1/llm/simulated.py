"""A model that is not there: seeded replies after virtual time, everything counted."""

import asyncio
import json
import random
import re
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from session1.limits import positive_int, text
from session1.llm.client import (
    Finish,
    Message,
    OnEnd,
    Prompt,
    Reply,
    Schema,
    as_messages,
    drained,
)
from session1.llm.errors import LLMError
from session1.llm.speed import MEASURED, Speed
from session1.llm.structured import check, sample

# One token is at most six letters of a word with the space before it. On the
# sentences of chitchat-dataset that is 6 % more than SmolLM2 counts itself.
_TOKEN = re.compile(r"\s*\w{1,6}|\s*[^\w\s]|\s+")
# What a chat template writes around each message, in tokens.
_TEMPLATE_TOKENS = 5
REMEMBERED = 64  # prompts
STRETCH = 32  # tokens
_OPENINGS = ("I see.", "Noted.", "All right.", "Understood.")


@dataclass(slots=True)
class Usage:
    """The totals of a client; `cost` is in dollars."""

    calls: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    in_flight: int = 0
    peak_in_flight: int = 0


def echo(messages: list[Message]) -> str:
    """The default reply: the last message, said back."""
    return f"You said: {messages[-1].content.strip()}"


class SimulatedLLM:
    """Answers after the time a real model would take, on the running loop's clock.

    Time to the first token grows with the prompt, each further token takes its
    share, and a log-normal factor per call gives the tail. At most `slots`
    requests are worked on at once; the others wait. Equal seeds and equal calls
    in equal order give equal replies and times. `fails(n)` says whether call `n`
    (from 1) breaks off with an `LLMError` instead of its first token.
    """

    model = "simulated"

    def __init__(
        self,
        seed: int = 0,
        reply: Callable[[list[Message]], str] | None = None,
        slots: int = 4,
        *,
        speed: Speed = MEASURED,
        fails: Callable[[int], bool] | None = None,
        price: tuple[float, float] = (0.15, 0.60),
        prompt_cache: bool = False,
    ) -> None:
        """`price` is in dollars per million prompt and completion tokens.

        With `prompt_cache` what a prompt shares with the start of one of the last
        `REMEMBERED` takes no time to read; its price stays.
        """
        self.speed = speed
        self.slots = positive_int("slots", slots)
        self.usage = Usage()
        self._reply = reply
        self._fails = fails
        self._price = price
        self._read: deque[list[str]] = deque(maxlen=REMEMBERED if prompt_cache else 0)
        self._seed = seed
        self._random = random.Random(seed)
        self._gate: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None

    async def generate(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        schema: Schema | None = None,
    ) -> Reply:
        """The whole answer, once its last token would be there."""
        return await drained(
            self.stream,
            prompt,
            max_tokens=max_tokens,
            temperature=temperature,
            seed=seed,
            schema=schema,
        )

    async def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        schema: Schema | None = None,
        on_end: OnEnd | None = None,
    ) -> AsyncGenerator[str, None]:
        """The answer token by token, each when it would be there."""
        positive_int("max_tokens", max_tokens)
        messages = as_messages(prompt)
        clock = asyncio.get_running_loop().time
        start = first = clock()
        whole = _tokens(self._text(messages, temperature, seed, schema))
        tokens = whole[:max_tokens]
        factor = self._random.lognormvariate(0, self.speed.spread)
        self.usage.calls += 1
        number = self.usage.calls
        async with self._slots_free():
            with self._in_flight():
                flat = _flat(messages)
                n, known = len(flat), self._known(flat)
                self._count(prompt=n)
                took = factor * self.speed.first_token_s(n - known)
                due = clock() + took
                await asyncio.sleep(took)
                self._read.append(flat)
                self._fail_if_told(number)
                for i, token in enumerate(tokens):
                    due += factor * self.speed.token_s if i else 0
                    if (early := due - clock()) > 0:
                        await asyncio.sleep(early)
                    # else the reader is behind, and what came meanwhile is there
                    first = first if i else clock()
                    self._count(completion=1)
                    yield token
        text = "".join(tokens)
        finish: Finish = "stop" if tokens == whole else "length"
        check(text, finish, max_tokens, schema)
        if on_end:
            on_end(
                Reply(
                    text=text,
                    model=self.model,
                    prompt_tokens=n,
                    completion_tokens=len(tokens),
                    cached_tokens=known,
                    first_token_s=first - start,
                    total_s=clock() - start,
                    finish=finish,
                )
            )

    def count_tokens(self, text: str) -> int:
        """About as many tokens as a real model would count."""
        return len(_tokens(text))

    async def aclose(self) -> None:
        """There is nothing to close: it goes on answering."""

    def _text(
        self,
        messages: list[Message],
        temperature: float,
        seed: int,
        schema: Schema | None,
    ) -> str:
        if self._reply:
            return text("what reply returns", self._reply(messages))
        if schema is not None:
            return json.dumps(sample(schema, messages[-1].content))
        if temperature <= 0:
            return echo(messages)
        opening = random.Random(f"{self._seed} {seed}").choice(_OPENINGS)
        return f"{opening} {echo(messages)}"

    def _known(self, flat: list[str]) -> int:
        """Tokens at the start that an earlier prompt had too; the last is read anew."""
        known = max((_shared(flat, earlier) for earlier in self._read), default=0)
        return min(known, len(flat) - 1)

    def _fail_if_told(self, number: int) -> None:
        if self._fails and self._fails(number):
            self.usage.failed += 1
            raise LLMError(f"simulated failure of call {number}: try again")

    def _slots_free(self) -> asyncio.Semaphore:
        # A semaphore belongs to one loop; every run on virtual time has its own.
        loop = asyncio.get_running_loop()
        if self._gate is None or self._gate[0] is not loop:
            self._gate = (loop, asyncio.Semaphore(self.slots))
        return self._gate[1]

    @contextmanager
    def _in_flight(self) -> Iterator[None]:
        self.usage.in_flight += 1
        self.usage.peak_in_flight = max(self.usage.peak_in_flight, self.usage.in_flight)
        try:
            yield
        finally:
            self.usage.in_flight -= 1

    def _count(self, prompt: int = 0, completion: int = 0) -> None:
        self.usage.prompt_tokens += prompt
        self.usage.completion_tokens += completion
        price_in, price_out = self._price
        self.usage.cost += (prompt * price_in + completion * price_out) / 1e6


@lru_cache(4096)  # what models do all the time is no cost of whoever asks them
def _tokens(text: str) -> tuple[str, ...]:
    """`text` cut into tokens; joined they are `text` again."""
    return tuple(_TOKEN.findall(text))


def _flat(messages: list[Message]) -> list[str]:
    """A prompt's tokens with the template's."""
    return [
        token
        for message in messages
        for token in ((message.role,) * _TEMPLATE_TOKENS + _tokens(message.content))
    ]


def _shared(one: list[str], other: list[str]) -> int:
    """How many tokens both begin with; whole stretches are compared at once."""
    length, at = min(len(one), len(other)), 0
    while at < length and one[at : at + STRETCH] == other[at : at + STRETCH]:
        at += STRETCH
    while at < length and one[at] == other[at]:
        at += 1
    return min(at, length)
