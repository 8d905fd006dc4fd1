"""An agent that answers at once where it can, and in time where it cannot."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from session1 import limits
from session1.base_agent import MAX_TOKENS, BaseAgent
from session1.caching.single_flight import SingleFlight
from session1.deadlines import TimeUp
from session1.latency.broadcast import Broadcast
from session1.latency.fallback import fallback
from session1.latency.response_times import Answered, ResponseTimes
from session1.latency.tuner import Tuner
from session1.limits import number, positive_int
from session1.llm.client import LLMClient, Message, OnEnd, Reply, a_client, as_messages
from session1.llm.request import key_of
from session1.named import Named
from session1.reuse.answer_cache import AnswerCache, Finder, Fixed, Found
from session1.unharmed import Unharmed


class FastResponseAgent(BaseAgent):
    """Reuses answers, waits for the model until a deadline, and tunes the deadline.

    A kept answer is served again for `ttl` seconds, to the same message or to one
    that safely asks the same; where a subclass overrides `prompt`, to the same prompt
    only. `max_cached` are kept. Near a message are those that share more than
    `threshold` of its words, and those that `semantic` finds. What the model has not
    answered within `target_response_time` seconds gets a stand-in, which is never kept;
    the model goes on for up to `patience` seconds and its late answer is kept. An
    answer that was cut off is given and not kept, unless `max_tokens` ended it and
    `keep_cut`. While `max_running` runs of the model are under way, what needs another
    gets a stand-in. `tuner` fits the target, which stays where that fails. `clock`
    times statistics and expiry; deadlines follow the event loop.
    """

    response_cache = Named("precompute(message, response), answers.find(message)")
    response_times = Named("times, and get_response_time_stats() for its figures")
    _find_similar_response = Named("answers.find(message)")
    _get_fallback_response = Named("session1.latency.fallback.fallback(message)")
    _generate_response_with_context = Named("answer(prompt(message))")

    def __init__(
        self,
        name: str,
        llm_client: LLMClient,
        *,
        target_response_time: float = 2.0,
        max_cached: int = 1000,
        ttl: float = 3600.0,
        threshold: float = 0.7,
        semantic: Finder | None = None,
        tuner: Tuner | None = None,
        patience: float = 60.0,
        max_running: int = 5000,
        system_prompt: str | None = None,
        max_tokens: int = MAX_TOKENS,
        keep_cut: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            name,
            "Fast response agent",
            llm_client,
            system_prompt=system_prompt,
            max_tokens=max_tokens,
        )
        a_client("llm_client", llm_client, "stream")
        self.target_response_time = target_response_time
        self.max_cached = positive_int("max_cached", max_cached)
        self.keep_cut = keep_cut
        self.times = ResponseTimes()
        self.tuner = tuner or Tuner()
        self._tuning = Unharmed("the tuner of the target")
        self.max_running = positive_int("max_running", max_running)
        self.late_answers = self.late_errors = 0
        self.answers = AnswerCache(
            max_cached, ttl, threshold=threshold, semantic=semantic, clock=clock
        )
        self._clock = clock
        self._flights: SingleFlight[str, str] = SingleFlight(patience)
        # A stream lives as long as its model's run or a reader holds it.
        self._streams: WeakValueDictionary[str, Broadcast] = WeakValueDictionary()

    @property
    def target_response_time(self) -> float:
        """Seconds until a stand-in is given."""
        return self._target

    @target_response_time.setter
    def target_response_time(self, seconds: float) -> None:
        if not number("target_response_time", seconds) > 0:
            raise ValueError(f"the target is {seconds} s; give it time")
        self._target = seconds

    async def process_message(self, message: str) -> str:
        """The answer alone."""
        response: str = (await self.process_message_fast(message))["response"]
        return response

    async def process_message_fast(
        self, message: str, earlier: Sequence[Message] = ()
    ) -> dict[str, Any]:
        """`response`, `response_time`, `cache_hit` (True, "fuzzy", ...), `fallback`.

        The model is shown what was said `earlier`, if anything was; its answer is then
        reused for the same prompt only. Raises what the model raises, and ValueError
        for a message without text.
        """
        began = self._clock()
        found = self._recall(message, earlier)
        if found is not None:
            return self._answer(found.text, found.how, began)
        asked = self._asked(message, earlier)
        return await self._in_time(lambda: self._generated(asked), message, began)

    def answer_given(self, message: str) -> dict[str, Any] | None:
        """The answer given beforehand to a message that asks this, if there is one."""
        began = self._clock()
        self._check(message)
        found = self.answers.given(message)
        return None if found is None else self._answer(found.text, found.how, began)

    async def stream(self, message: str) -> AsyncIterator[str]:
        """The answer piece by piece; the deadline holds for the first piece.

        If the model breaks off, its error follows the pieces and nothing is kept.
        """
        began = self._clock()
        found = self._recall(message)
        if found is not None:
            self._answer(found.text, found.how, began)
            yield found.text
            return
        asked = self._asked(message)
        pieces = self._streams.setdefault(asked.key, Broadcast())
        flight = asyncio.create_task(self._generated(asked))
        flight.add_done_callback(partial(_close, pieces))
        try:
            reader = pieces.read()
            first = await self._in_time(lambda: anext(reader, ""), message, began)
            yield first["response"]
            if not first["fallback"]:
                async for piece in self._rest(reader):
                    yield piece
        finally:
            flight.cancel()  # this reader's wait, not the model's work

    async def _rest(self, reader: AsyncIterator[str]) -> AsyncIterator[str]:
        try:
            async for piece in reader:
                yield piece
        except Exception:
            self.times.ended("broken")
            raise

    async def _in_time(
        self, work: Callable[[], Awaitable[str]], message: str, began: float
    ) -> dict[str, Any]:
        """The outcome of `work()` as an answer, or a stand-in at the deadline."""
        scope = asyncio.timeout(self.target_response_time)
        try:
            async with scope:
                text = await work()
        except BaseException as error:
            late = isinstance(error, TimeoutError) and scope.expired()
            if late or isinstance(error, TimeUp):  # that is when patience has ended
                return self._answer(fallback(message), "fallback", began)
            cancelled = isinstance(error, asyncio.CancelledError)
            self.times.ended("cancelled" if cancelled else "error")
            raise
        return self._answer(text, "model", began)

    def precompute(self, message: str, response: str) -> None:
        """Answer `message` with `response` from now on, without the model."""
        self.precomputed_responses[message] = response

    @property
    def precomputed_responses(self) -> Fixed:
        """The answers given beforehand, by message; a change counts at once."""
        return self.answers.fixed

    def get_response_time_stats(self) -> dict[str, Any]:
        """Times of all answers, of hits and of misses, and how the requests ended."""
        return {
            **self.times.figures(self.target_response_time),
            "target_response_time": self.target_response_time,
            "cache_entries": len(self.answers),
            "refused_by_gate": self.answers.refused,
            "coalesced": self._flights.joined,
            "late_answers": self.late_answers,
            "late_errors": self.late_errors,
            "finder_errors": self.answers.finder_errors,
            "tuner_errors": self._tuning.errors,
            "running": len(self._flights),
        }

    async def optimize_performance(self) -> None:
        """Fit the target to the model; halve a full cache, least useful first."""
        with self._tuning:
            self.target_response_time = self.tuner.tune(self.target_response_time)
        if len(self.answers) >= self.max_cached:
            self.answers.trim(self.max_cached // 2)
        self.logger.info(
            "target %.2f s, %d answers kept",
            self.target_response_time,
            len(self.answers),
        )

    def _recall(self, message: str, earlier: Sequence[Message] = ()) -> Found | None:
        self._check(message)
        if self._plain(earlier):
            return self.answers.find(message)
        return self.answers.exact(message, self._asked(message, earlier).key)

    def _check(self, message: str) -> None:
        try:
            limits.message(message)
        except (TypeError, ValueError):
            self.times.ended("rejected")
            raise

    def _plain(self, earlier: Sequence[Message]) -> bool:
        """Whether the prompt depends on nothing but the message."""
        own = getattr(self.prompt, "__func__", None) is BaseAgent.prompt
        return own and not earlier

    def _asked(self, message: str, earlier: Sequence[Message] = ()) -> "Asked":
        prompt = self.prompt(message)
        prompt[-1:-1] = as_messages(earlier) if earlier else ()
        if self._plain(earlier):
            return Asked(message, prompt, similar=True)
        return Asked(key_of(self.llm_client.model, prompt, ()), prompt)

    def _answer(self, text: str, how: Answered, began: float) -> dict[str, Any]:
        seconds = self.times.answered(how, self._clock() - began)
        hit = {"exact": True, "model": False, "fallback": False}.get(how, how)
        return {
            "response": text,
            "response_time": seconds,
            "cache_hit": hit,
            "fallback": how == "fallback",
        }

    async def _generated(self, asked: "Asked") -> str:
        """The model's answer, from one run for all who wait for it."""
        if len(self._flights) >= self.max_running and asked.key not in self._flights:
            raise TimeUp(f"{len(self._flights)} answers are on their way already")
        return await self._flights.run(asked.key, partial(self._generate, asked))

    @asynccontextmanager
    async def _said(
        self, asked: "Asked", on_end: OnEnd
    ) -> AsyncIterator[tuple["Asked", AsyncIterator[str]]]:
        """What is asked and its answer by pieces; subclasses may look things up."""
        yield asked, self._stream(asked, on_end)

    def _stream(self, asked: "Asked", on_end: OnEnd) -> AsyncIterator[str]:
        return self.llm_client.stream(
            asked.prompt, max_tokens=self.max_tokens, on_end=on_end
        )

    async def _generate(self, asked: "Asked") -> str:
        """Ask the model, hand on each piece, keep the whole."""
        pieces = self._streams.setdefault(asked.key, Broadcast())
        began, said, ended = self._clock(), list[str](), list[Reply]()
        target = self.target_response_time
        try:
            async with self._said(asked, ended.append) as (sent, coming):
                async for piece in coming:
                    said.append(limits.text("a piece of a stream", piece))
                    pieces.put(piece)
        except Exception:
            self.late_errors += self._clock() - began > target
            raise
        finally:
            self._streams.pop(asked.key, None)
        seconds = max(self._clock() - began, 0.0)
        if ended:  # else no model was asked, or it broke off
            with self._tuning:
                self.tuner.record(seconds)
        self.late_answers += seconds > target
        text = "".join(said)
        # neither nothing, nor half of an answer, is one to serve again
        whole = bool(ended) and (self.keep_cut or ended[0].finish == "stop")
        if ended and not whole:
            self.note_cut(ended[0])
        if text.strip() and whole and sent.keep:
            self.answers.store(sent.key, text, seconds, similar=sent.similar)
        return text


class Asked(NamedTuple):
    """A question to the model, and the key to share and keep its answer by.

    That is the message or, where the model is shown more than that, the whole prompt.
    Only the first is reused for what is `similar`. Without `keep` the answer is for
    those alone who wait for it.
    """

    key: str
    prompt: list[Message]
    keep: bool = True
    similar: bool = False


def _close(pieces: Broadcast, flight: "asyncio.Task[str]") -> None:
    """End the stream with its flight, whichever way that went."""
    if flight.cancelled():
        return
    error = flight.exception()
    if error is None and not len(pieces):
        pieces.put(flight.result())  # it joined a run that had just ended
    pieces.close(error)
