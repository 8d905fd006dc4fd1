"""Each question to the cheapest model good enough, and on to the next if need be."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

from session1.deadlines import TimeUp, given_up, ordinary, reason
from session1.limits import fraction, number, positive, positive_int
from session1.llm.breaker import CircuitBreaker
from session1.llm.client import (
    LLMClient,
    OnEnd,
    Prompt,
    Reply,
    Schema,
    as_messages,
    by_name,
    clean,
    close_all,
    drained,
    worded,
)
from session1.llm.complexity import Verdict, classify
from session1.llm.errors import LLMError, NoModel, NoText
from session1.llm.ledger import Ledger
from session1.llm.models import Model, Table, table
from session1.llm.structured import passed_on
from session1.unharmed import Unharmed

# Tokens that a chat template may write around the prompt and around each message.
AROUND, AROUND_EACH = 32, 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may answer, tokens of the prompt as it counts, dollars at most."""

    model: Model
    tokens: int
    dollars: float


@dataclass(frozen=True, slots=True)
class Route:
    """The models to ask, in order; why these, and why the others are passed over."""

    verdict: Verdict
    candidates: tuple[Candidate, ...]
    passed_over: Mapping[str, str]


@dataclass(slots=True)
class _Call:
    """The progress of a call."""

    pieces: int = 0
    reply: Reply | None = None
    error: BaseException | None = None

    def end(self, reply: Reply) -> None:
        self.reply = reply


@dataclass
class Router:
    """A client that asks the cheapest of `clients` that is good enough.

    How good that is, `table` says by the kind of question, and `classify` tells the
    kind. A model that fails, whatever it raises, says nothing or gives no piece for
    `timeout` seconds is followed by the next dearer one, then by weaker ones down to
    the `floor` of quality; after `failures` in a row it is left alone for `rest`
    seconds. One that is given up at a deadline of session1's has failed, too. No call
    may cost more than `max_cost` dollars, nor all together more than `budget`. If none
    answers, `NoModel` lists what was tried. Each client's name is a model of the table.
    `clock` times the rest.
    """

    clients: Mapping[str, LLMClient]
    table: Table = field(default_factory=table)
    floor: float = 0.0
    budget: float = float("inf")
    max_cost: float = float("inf")
    timeout: float | None = None
    failures: int = 3
    rest: float = 30.0
    clock: Callable[[], float] = time.monotonic
    classify: Callable[[Prompt], Verdict] = classify
    model: str = "router"

    def __post_init__(self) -> None:
        fraction("floor", self.floor)
        if not number("max_cost", self.max_cost) >= 0:
            raise ValueError(f"max_cost is {self.max_cost}; give 0 or more dollars")
        if self.timeout is not None:
            positive("timeout", self.timeout)
        self.clients = by_name(self.clients)
        unknown = sorted(set(self.clients) - set(self.table.models))
        if unknown:
            known = ", ".join(self.table.models)
            raise ValueError(
                f"no price for {', '.join(unknown)}; the table has {known}"
            )
        self.ledger = Ledger(self.budget)
        self._classifying = Unharmed("the rule that classifies questions")
        self.breakers = {
            name: CircuitBreaker(self.failures, self.rest, clock=self.clock)
            for name in self.clients
        }

    def route(
        self, prompt: Prompt, *, max_tokens: int = 64, complexity: str | None = None
    ) -> Route:
        """Whom to ask, without asking; `complexity` is taken for granted if given."""
        messages = as_messages(prompt)
        positive_int("max_tokens", max_tokens)
        given = Verdict(complexity, ("as told",)) if complexity else None
        verdict = given or self._classified(prompt)
        need = self.table.need(verdict.complexity)
        fit, passed_over = list[Candidate](), dict[str, str]()
        for name, client in self.clients.items():
            model = self.table.models[name]
            try:
                said = sum(client.count_tokens(clean(m.content)) for m in messages)
            except Exception as e:
                passed_over[name] = f"it cannot count tokens: {reason(e)}"
                continue
            tokens = said + AROUND + AROUND_EACH * len(messages)
            dollars = model.cost(tokens, max_tokens)
            if why := self._unfit(model, tokens + max_tokens, dollars):
                passed_over[name] = why
            else:
                fit.append(Candidate(model, tokens, dollars))
        fit.sort(key=lambda c: _wish(c, need))
        return Route(verdict, tuple(fit), passed_over)

    async def generate(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        schema: Schema | None = None,
        complexity: str | None = None,
    ) -> Reply:
        """The whole answer; its `model` is the one that gave it."""
        return await drained(
            self.stream,
            prompt,
            max_tokens=max_tokens,
            temperature=temperature,
            seed=seed,
            schema=schema,
            complexity=complexity,
        )

    async def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        schema: Schema | None = None,
        complexity: str | None = None,
        on_end: OnEnd | None = None,
    ) -> AsyncGenerator[str, None]:
        """The answer piece by piece; after the first one no other model is asked."""
        options = {
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": seed,
            **passed_on(schema),
        }
        route = self.route(prompt, max_tokens=max_tokens, complexity=complexity)
        tried = dict(route.passed_over)
        for candidate in route.candidates:
            name = candidate.model.name
            permit = self._permit(candidate, tried)
            if permit is None:
                continue
            with self._accounted(candidate, permit, tried) as call:
                pieces = self._pieces(name, prompt, options, call)
                async with aclosing(pieces):
                    async for piece in pieces:
                        yield piece
                if not call.reply:
                    raise LLMError("it ended without a whole answer")
                if not call.pieces:
                    worded(call.reply.text, call.reply.finish)
            if call.reply and not call.error:
                if on_end:
                    on_end(replace(call.reply, model=name))
                return
            if call.pieces:
                raise LLMError(
                    f"{name} broke off after {call.pieces} pieces ({tried[name]}): ask "
                    "again, what came so far is no whole answer"
                ) from call.error
        raise NoModel(tried)

    def get_cost_stats(self) -> dict[str, Any]:
        """Dollars and tokens in all and by model, and the state of each breaker."""
        states = {name: breaker.state for name, breaker in self.breakers.items()}
        return {**self.ledger.figures(), "breakers": states}

    def count_tokens(self, text: str) -> int:
        """As the first of the clients counts them."""
        return next(iter(self.clients.values())).count_tokens(text)

    async def aclose(self) -> None:
        """Close the clients, all of them even if one fails to."""
        await close_all(self.clients.values())

    def _classified(self, prompt: Prompt) -> Verdict:
        """The kind of question; by our own rule where the one given fails."""
        with self._classifying:
            verdict = self.classify(prompt)
            self.table.need(verdict.complexity)
            return verdict
        return classify(prompt)

    def _unfit(self, model: Model, tokens: int, dollars: float) -> str:
        """Why a model cannot answer at all, or nothing."""
        if model.quality < self.floor:
            return f"its quality is {model.quality}, the floor {self.floor}"
        if tokens > model.context:
            return f"prompt and answer take {tokens:,} tokens, it has {model.context:,}"
        if dollars > self.max_cost:
            return f"may cost ${dollars:.6f}, a call's limit is ${self.max_cost:.6f}"
        return ""

    def _permit(self, candidate: Candidate, tried: dict[str, str]) -> int | None:
        """Leave to ask a model, its cost set aside; None if not, and why in `tried`."""
        name, dollars = candidate.model.name, candidate.dollars
        breaker = self.breakers[name]
        if not self.ledger.set_aside(dollars):
            left = max(self.ledger.left, 0.0)
            tried[name] = f"may cost ${dollars:.6f}, ${left:.6f} is left"
            return None
        permit = breaker.enter()
        if permit is None:
            self.ledger.release(dollars)
            wait = breaker.seconds_left
            tried[name] = f"left alone after failures, for {wait:.0f} s more"
        return permit

    @contextmanager
    def _accounted(
        self, candidate: Candidate, permit: int, tried: dict[str, str]
    ) -> Iterator[_Call]:
        """A call of one model, how it ends told to its breaker and to the ledger."""
        call, model = _Call(), candidate.model
        breaker = self.breakers[model.name]
        try:
            yield call
        except Exception as e:
            (breaker.left if isinstance(e, NoText) else breaker.failed)(permit)
            call.error = e
            tried[model.name] = reason(e)
        except BaseException as e:
            late = isinstance(e, asyncio.CancelledError) and given_up(e)
            (breaker.failed if late else breaker.left)(permit)
            raise
        else:
            breaker.succeeded(permit)
        finally:
            if call.reply:
                self.ledger.book(model, candidate.dollars, call.reply)
            else:
                self.ledger.book_broken(
                    model, candidate.dollars, candidate.tokens, call.pieces
                )

    async def _pieces(
        self, name: str, prompt: Prompt, options: dict[str, Any], call: _Call
    ) -> AsyncGenerator[str, None]:
        """The answer of one model, each piece in time."""
        stream = self.clients[name].stream(prompt, **options, on_end=call.end)
        async with aclosing(cast(AsyncGenerator[str, None], stream)) as pieces:
            blank = ""  # until there is a word, another model may still be asked
            while True:
                piece = await self._next(pieces)
                if piece is None:
                    return
                piece = blank + piece
                if call.pieces or piece.strip():
                    blank = ""
                    call.pieces += 1
                    yield piece
                else:
                    blank = piece

    async def _next(self, pieces: AsyncGenerator[str, None]) -> str | None:
        """The next piece; whatever the client raises instead is an `Exception`."""
        scope = asyncio.timeout(self.timeout)
        try:
            async with scope:
                return await anext(pieces, None)
        except BaseException as e:
            if isinstance(e, TimeoutError) and scope.expired():
                raise TimeUp(f"no piece for {self.timeout} s") from e
            if (error := ordinary(e)) is None or error is e:
                raise
            raise error from e


def _wish(candidate: Candidate, need: float) -> tuple[bool, float]:
    """Sorts the good enough first, cheapest first; then the rest, best first."""
    good = candidate.model.quality >= need
    return (not good, candidate.dollars if good else -candidate.model.quality)
