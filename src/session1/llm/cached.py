"""Answers of language models kept and given again, whole or as a stream."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Hashable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from session1.caching.ttl import TTLCache
from session1.limits import number, positive_int
from session1.llm.client import (
    LLMClient,
    OnEnd,
    Prompt,
    Reply,
    Schema,
    by_name,
    close_all,
    drained,
)
from session1.llm.request import Request, request
from session1.llm.streaming import (
    Progress,
    SharedRun,
    Stream,
    StreamStats,
    again,
    replayed,
    retold,
    watched,
)
from session1.named import Named, named
from session1.runtime.sync import OwnLoop

if not TYPE_CHECKING:  # a checker would take any name to be here
    __getattr__ = named(
        __name__,
        LLMManager="CachedLLMManager(clients), or session1.llm.router.Router(clients) "
        "to choose by price",
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole reply and the pieces it came in."""

    reply: Reply
    pieces: tuple[str, ...]


class CachedLLMManager:
    """Models by name; what one has answered is given again for `ttl` seconds.

    Kept is only what would come out the same: whole replies at temperature 0 or with
    a `seed`. Errors and empty replies never are, those that `max_tokens` cut off only
    with `keep_cut`. Equal requests at the same time share one run, which stops when
    the last who waits for it leaves. It is itself a client, of the model named
    first. Use it from one loop, or from plain threads, not from both at once.
    """

    cache = Named("clear() to empty it, get_cache_stats() for its size")
    cache_hits = Named("hits")
    cache_misses = Named("misses")

    def __init__(
        self,
        clients: LLMClient | Mapping[str, LLMClient],
        *,
        maxsize: int = 1000,
        ttl: float = 3600.0,
        max_tokens: int = 256,
        keep_cut: bool = False,
        clock: Callable[[], float] = time.monotonic,
        random: Random | None = None,
    ) -> None:
        """At most `maxsize` replies are kept, for `ttl` seconds by `clock`.

        `max_tokens` is for calls that give none; `random` seeds unseeded ones.
        """
        self.clients = by_name(clients)
        self.model = next(iter(self.clients))
        self.max_tokens = positive_int("max_tokens", max_tokens)
        self.keep_cut = keep_cut
        self.hits = self.misses = self.joined = self.unrepeatable = 0
        self.streams = StreamStats()
        self._kept: TTLCache[str, Kept] = TTLCache(maxsize, ttl, clock=clock)
        self._runs: dict[Hashable, SharedRun] = {}
        self._random = random or Random()
        self._own_loop = OwnLoop()

    def generate_cache_key(
        self,
        prompt: Prompt,
        model: str | None = None,
        *,
        max_tokens: int | None = None,
        temperature: float = 0.0,
        seed: int | None = None,
        schema: Schema | None = None,
    ) -> str:
        """The same text exactly for requests that ask the same of the same model.

        At a temperature without a seed nothing is kept; its key is that of seed 0.
        """
        asked = self._request(prompt, model, max_tokens, temperature, seed or 0, schema)
        key = asked.key
        assert key is not None  # there is a seed
        return key

    def generate_with_cache(
        self, prompt: Prompt, model: str | None = None, **options: Any
    ) -> str:
        """The answer's text, for code without an event loop; options as `generate`."""
        work = self.generate(prompt, model, **options)
        return self._own_loop.run(work, "await manager.generate(prompt)").text

    async def generate(
        self,
        prompt: Prompt,
        model: str | None = None,
        *,
        max_tokens: int | None = None,
        temperature: float = 0.0,
        seed: int | None = None,
        schema: Schema | None = None,
    ) -> Reply:
        """The whole reply; `reused` tells that it was kept, and then times are 0."""
        asked = self._request(prompt, model, max_tokens, temperature, seed, schema)
        if kept := self._hit(asked):
            return again(kept.reply, 0.0, 0.0)
        return await drained(self._from_model, asked, seen=Progress())

    def generate_stream(
        self,
        prompt: Prompt,
        model: str | None = None,
        *,
        max_tokens: int | None = None,
        temperature: float = 0.0,
        seed: int | None = None,
        schema: Schema | None = None,
        pace: float = 0.0,
        on_end: OnEnd | None = None,
    ) -> Stream:
        """The answer piece by piece; a kept one in the same pieces, `pace` s apart."""
        if not number("pace", pace) >= 0:
            raise ValueError(f"pace is {pace}; give 0 or more seconds")
        asked = self._request(prompt, model, max_tokens, temperature, seed, schema)
        seen = Progress()
        pieces = self._pieces(asked, seen, pace, on_end)
        return Stream(watched(pieces, seen, self.streams), seen)

    stream = generate_stream

    def get_cache_stats(self) -> dict[str, Any]:
        """Requests by how they were met; `hit_rate` is from 0 to 1.

        `hits` took no run of their own: `joined` of them shared one under way. Of the
        `misses`, `unrepeatable` could not be kept whatever came out.
        """
        total = self.hits + self.misses
        return {
            "hits": self.hits,
            "misses": self.misses,
            "hit_rate": self.hits / total if total else 0.0,
            "cache_size": len(self._kept),
            "joined": self.joined,
            "unrepeatable": self.unrepeatable,
            "evicted": self._kept.evicted,
            "expired": self._kept.expired,
        }

    def get_stream_stats(self) -> dict[str, Any]:
        """Streams by their end and source, percentiles of their times in seconds."""
        return self.streams.figures()

    def count_tokens(self, text: str, model: str | None = None) -> int:
        """As the model counts them."""
        return self._client(model or self.model).count_tokens(text)

    def clear(self) -> None:
        """Forget all answers, those that are still under way included."""
        self._kept.clear()
        self._runs.clear()

    async def aclose(self) -> None:
        """Close the clients; what was kept is still given."""
        self._own_loop.close()
        await close_all(self.clients.values())

    def close(self) -> None:
        """The same for code without an event loop."""
        try:
            work = close_all(self.clients.values())
            self._own_loop.run(work, "await manager.aclose()")
        finally:
            self._own_loop.close()

    async def _pieces(
        self, asked: Request, seen: Progress, pace: float, on_end: OnEnd | None
    ) -> AsyncGenerator[str, None]:
        """The answer from wherever it is to be had; `seen` is told where."""
        if kept := self._hit(asked):
            seen.source = "cache"
            pieces = retold(replayed(kept.pieces, pace), lambda: kept.reply, on_end)
        else:
            pieces = self._from_model(asked, seen=seen, on_end=on_end)
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece

    async def _from_model(
        self, asked: Request, *, seen: Progress, on_end: OnEnd | None
    ) -> AsyncGenerator[str, None]:
        """The answer from a run of the model, the one under way if there is one."""
        run = self._runs.get(asked.key) if asked.key else None
        # one left behind by a loop that was stopped will never end: start anew
        if run is None or run.loop is not asyncio.get_running_loop():
            run = self._start(asked)
            pieces = run.read()
        else:
            self.hits += 1
            self.joined += 1
            seen.source = "shared"
            pieces = retold(run.read(), lambda: run.reply, on_end)
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece
        if seen.source == "model" and on_end and run.reply:
            on_end(run.reply)

    def _hit(self, asked: Request) -> Kept | None:
        kept: Kept | None = self._kept.get(asked.key) if asked.key else None
        self.hits += kept is not None
        return kept

    def _start(self, asked: Request) -> SharedRun:
        self.misses += 1
        self.unrepeatable += asked.key is None
        start = partial(asked.start, self._client(asked.model))
        run = SharedRun(start, partial(self._ended, asked.key))
        if asked.key:
            self._runs[asked.key] = run
        return run

    def _ended(self, key: str | None, run: SharedRun) -> None:
        """Keep what a run came to, if it may be kept; `key` is None where not."""
        if key is None or self._runs.get(key) is not run:
            return
        del self._runs[key]
        reply = run.reply
        if reply and reply.text.strip() and (self.keep_cut or reply.finish == "stop"):
            self._kept.put(key, Kept(reply, tuple(run.pieces)))

    def _request(
        self,
        prompt: Prompt,
        model: str | None,
        max_tokens: int | None,
        temperature: float,
        seed: int | None,
        schema: Schema | None,
    ) -> Request:
        name = self.model if model is None else model
        self._client(name)
        limit = self.max_tokens if max_tokens is None else max_tokens
        if seed is None and temperature:
            asked = request(name, prompt, limit, temperature, None, schema)
            return replace(asked, seed=self._random.getrandbits(31))
        return request(name, prompt, limit, temperature, seed, schema)

    def _client(self, name: str) -> LLMClient:
        try:
            return self.clients[name]
        except KeyError:
            known = ", ".join(self.clients)
            raise ValueError(f"no model {name!r}; there are {known}") from None
