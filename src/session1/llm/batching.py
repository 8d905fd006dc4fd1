"""Requests that come close together, sent together."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, cast

from session1.deadlines import ordinary
from session1.limits import number, positive_int
from session1.llm.client import LLMClient, OnEnd, Prompt, Reply, Schema
from session1.llm.errors import LLMError
from session1.llm.structured import passed_on
from session1.runtime.batch import GiveUp, run_batch


@dataclass(slots=True)
class BatchStats:
    """Counts of the work done; seconds on the loop's clock."""

    requests: int = 0
    batches: int = 0
    largest: int = 0
    waited_s: float = 0.0  # of all requests, for their batch to go


@dataclass(slots=True)
class _Waiting:
    prompt: Prompt
    options: dict[str, Any]
    answer: "asyncio.Future[Reply]"
    since: float

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Batcher:
    """A client that collects requests and sends them on together, `slots` at a time.

    A batch goes once it has `size` requests or its first has waited `wait` seconds.
    Each caller gets its own answer as soon as it is there. A request that fails or
    is cancelled costs the others nothing. Streams go straight through.
    """

    def __init__(
        self, client: LLMClient, *, size: int = 8, wait: float = 0.01, slots: int = 4
    ) -> None:
        self.client = client
        self.model = client.model
        self.size = positive_int("size", size)
        self.slots = positive_int("slots", slots)
        if not 0 <= number("wait", wait) < float("inf"):
            raise ValueError(f"wait is {wait}; give 0 or more seconds")
        self.wait = wait
        self.stats = BatchStats()
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._running: set[asyncio.Task[Any]] = set()

    async def generate(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        schema: Schema | None = None,
    ) -> Reply:
        """The answer, once a batch has taken the request along."""
        if self._closed:
            raise LLMError("this batcher is closed: make a new one")
        options = {
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": seed,
            **passed_on(schema),
        }
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # what a stopped loop left will never be sent
            self._loop, self._timer = loop, None
            self._waiting, self._running = [], set()
        request = _Waiting(prompt, options, loop.create_future(), loop.time())
        self._waiting.append(request)
        if len(self._waiting) >= self.size:
            self._send()
        elif self._timer is None:
            self._timer = loop.call_later(self.wait, self._send)
        return await request.answer

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
        """The answer piece by piece, at once."""
        pieces = self.client.stream(
            prompt,
            max_tokens=max_tokens,
            temperature=temperature,
            seed=seed,
            on_end=on_end,
            **passed_on(schema),
        )
        async with aclosing(cast(AsyncGenerator[str, None], pieces)):
            async for piece in pieces:
                yield piece

    def count_tokens(self, text: str) -> int:
        """As the client counts them."""
        return self.client.count_tokens(text)

    def get_batch_stats(self) -> dict[str, Any]:
        """Requests, batches, the largest and the mean, mean seconds waited."""
        s = self.stats
        mean = s.requests / s.batches if s.batches else 0.0
        waited = s.waited_s / s.requests if s.requests else 0.0
        return {**asdict(s), "mean_size": mean, "mean_waited_s": waited}

    async def aclose(self) -> None:
        """Refuse what waits, stop what runs, close the client."""
        self._closed = True
        for request in self._take():
            request.fail(LLMError("closed before it was sent: ask another"))
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.client.aclose()

    def _take(self) -> list[_Waiting]:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        taken, self._waiting = self._waiting, []
        return taken

    def _send(self) -> None:
        loop = asyncio.get_running_loop()
        batch = [r for r in self._take() if not r.answer.done()]  # some were cancelled
        if not batch:
            return
        self.stats.requests += len(batch)
        self.stats.batches += 1
        self.stats.largest = max(self.stats.largest, len(batch))
        self.stats.waited_s += sum(loop.time() - r.since for r in batch)
        task = loop.create_task(self._run(batch))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, batch: list[_Waiting]) -> None:
        try:
            await run_batch(self._answer, batch, self.slots)
        finally:
            for request in batch:
                request.fail(LLMError("closed before it was answered: ask another"))

    async def _answer(self, request: _Waiting, _: GiveUp) -> None:
        if request.answer.done():
            return
        request.answer.add_done_callback(
            partial(_cancel_too, cast("asyncio.Task[Any]", asyncio.current_task()))
        )
        try:
            reply = await self.client.generate(request.prompt, **request.options)
        except BaseException as e:
            error = ordinary(e)
            if error is None:
                outside = "the call was cancelled from outside: ask again"
                request.fail(LLMError(outside))
                raise
            request.fail(error)
        else:
            if not request.answer.done():
                request.answer.set_result(reply)


def _cancel_too(call: "asyncio.Task[Any]", answer: "asyncio.Future[Reply]") -> None:
    try:
        answer.exception()
    except asyncio.CancelledError as e:  # with the reason it was cancelled for
        call.cancel(*e.args)
