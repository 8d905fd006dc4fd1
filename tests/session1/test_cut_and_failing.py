"""Answers that were cut off are not kept, and a model's own timeout is an error."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from session1 import hybrid_time, virtual_time
from session1.base_agent import BaseAgent
from session1.caching.single_flight import SingleFlight
from session1.composed import ComposedAgent
from session1.fast_response_agent import FastResponseAgent
from session1.latency.fallback import STAND_INS
from session1.latency.tuner import Tuner
from session1.llm.batching import Batcher
from session1.llm.cached import CachedLLMManager
from session1.llm.client import Finish, Message, Prompt, Reply
from session1.llm.complexity import Verdict
from session1.llm.errors import LLMError, NoModel
from session1.llm.router import Router
from session1.llm.simulated import SimulatedLLM
from session1.memory.manager import MemoryManager
from session1.optimized_tools import OptimizedToolAgent
from session1.reuse.similarity import Match
from session1.runtime.job import DeadlineExceeded
from session1.runtime.task import Task
from session1.runtime.task_queue import TaskQueue
from session1.tool import Tool
from session1.virtual_time import now

ASKED = "Why is the sky blue?"
ALIKE = "why is the sky blue"
FOREVER = 1e6


class Model(SimulatedLLM):
    """Says "one two" within `seconds`, ends as `finish` says or raises `error`."""

    def __init__(
        self,
        finish: Finish | None = "stop",
        error: BaseException | None = None,
        seconds: float = 1.0,
        pieces: int = 2,
    ) -> None:
        super().__init__()
        self.finish, self.error = finish, error
        self.seconds, self.pieces = seconds, pieces
        self.asked = 0

    async def stream(self, prompt: Prompt, **options: Any) -> AsyncIterator[str]:  # type: ignore[override]
        self.asked += 1
        await asyncio.sleep(self.seconds)
        for piece in ["one", " two"][: self.pieces]:
            yield piece
        if self.error:
            raise self.error
        if self.finish:
            options["on_end"](Reply("one two", self.model, 1, 2, finish=self.finish))


def run(main: Any) -> Any:
    return virtual_time.run(main).value


def fast(model: Any, **settings: Any) -> FastResponseAgent:
    return FastResponseAgent("fast", model, clock=now, **settings)


async def read(stream: AsyncIterator[str]) -> str:
    return "".join([piece async for piece in stream])


async def whole(agent: FastResponseAgent) -> None:
    answer = await agent.process_message_fast(ASKED)
    assert (answer["response"], answer["fallback"]) == ("one two", False)


async def streamed(agent: FastResponseAgent) -> None:
    assert await read(agent.stream(ASKED)) == "one two"


async def together(agent: FastResponseAgent) -> None:
    await asyncio.gather(whole(agent), streamed(agent), whole(agent))


async def late(agent: FastResponseAgent) -> None:
    agent.target_response_time = 0.1
    assert (await agent.process_message_fast(ASKED))["fallback"]
    await asyncio.sleep(10)
    agent.target_response_time = 2.0


async def left_early(agent: FastResponseAgent) -> None:
    task = asyncio.create_task(agent.process_message(ASKED))
    await asyncio.sleep(0.5)
    task.cancel()
    await asyncio.sleep(10)


@pytest.mark.parametrize("way", [whole, streamed, together, late, left_early])
@pytest.mark.parametrize("finish", ["stop", "length", None])
def test_only_an_answer_that_came_to_its_end_is_kept(way: Any, finish: Any) -> None:
    async def main() -> Any:
        model = Model(finish)
        agent = fast(model)
        await way(agent)
        kept = len(agent.answers)
        found = [(await agent.process_message_fast(m))["cache_hit"] for m in [ALIKE]]
        return kept, found, model.asked

    expected = (1, ["fuzzy"], 1) if finish == "stop" else (0, [False], 2)
    assert run(main) == expected


@pytest.mark.parametrize("finish", ["stop", "length"])
@pytest.mark.parametrize("wrap", [CachedLLMManager, lambda m: Router({"small": m})])
def test_how_it_ended_is_known_through_other_clients(finish: Any, wrap: Any) -> None:
    async def main() -> int:
        agent = fast(wrap(Model(finish)))
        await whole(agent)
        return len(agent.answers)

    assert run(main) == (finish == "stop")


def test_a_composed_agent_keeps_no_half_of_an_answer() -> None:
    model = SimulatedLLM(reply=lambda _: "word " * 500, slots=10)

    async def main(memory: MemoryManager, most: int) -> Any:
        async with ComposedAgent(
            {"small": model},
            memory,
            target_response_time=600,
            max_tokens=most,
            clock=hybrid_time.now,
        ) as agent:
            asked = [await agent.ask(ASKED, user) for user in ("ada", "bob")]
            return [answer["cache_hit"] for answer in asked]

    for most, again in ((64, False), (600, True)):
        with MemoryManager() as memory:
            assert hybrid_time.run(main, memory, most).value == [False, again]


@pytest.mark.parametrize(("finish", "kept"), [("length", 1), ("stop", 1), (None, 0)])
def test_who_wants_short_answers_may_keep_them(finish: Any, kept: int) -> None:
    async def main() -> int:
        agent = fast(Model(finish), keep_cut=True)
        await whole(agent)
        return len(agent.answers)

    assert run(main) == kept


def test_an_answer_given_beforehand_stays_whatever_the_model_says() -> None:
    async def main() -> Any:
        agent = fast(Model("length"))
        agent.precompute(ASKED, "It scatters.")
        return [await agent.process_message(m) for m in (ASKED, ALIKE)]

    assert run(main) == ["It scatters."] * 2


class OwnTimeout(TimeoutError):
    """An error of a client's library."""


ERRORS = [TimeoutError(), TimeoutError("read timed out"), OwnTimeout("x"), OSError("x")]


@pytest.mark.parametrize("error", ERRORS, ids=repr)
@pytest.mark.parametrize("pieces", [0, 1])
def test_a_timeout_of_the_model_is_an_error_and_counted(
    error: Exception, pieces: int
) -> None:
    async def main() -> Any:
        agent = fast(
            Model(error=error, seconds=0.001, pieces=pieces), target_response_time=30
        )
        calls = [agent.process_message(ASKED) for _ in range(3)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        with pytest.raises(type(error)):
            await read(agent.stream(ASKED))
        return results, agent.get_response_time_stats()

    results, stats = run(main)
    assert results == [error] * 3
    ended = stats["errors"] + stats["broken_streams"]
    assert (ended, stats["fallbacks"], stats["total_responses"]) == (4, 0, pieces)


@pytest.mark.parametrize("wrap", [CachedLLMManager, Batcher])
def test_it_is_an_error_through_a_run_that_is_shared(wrap: Any) -> None:
    async def main() -> Any:
        agent = fast(wrap(Model(error=TimeoutError("read"), pieces=0)))
        calls = [agent.process_message(ASKED) for _ in range(3)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        return [repr(r) for r in results], agent.get_response_time_stats()["errors"]

    assert run(main) == (["TimeoutError('read')"] * 3, 3)


def test_it_is_an_error_through_a_router_that_has_no_other() -> None:
    async def main() -> Any:
        router = Router({"small": Model(error=TimeoutError(), pieces=0)})
        agent = fast(router)
        with pytest.raises(NoModel, match="small: TimeoutError"):
            await agent.process_message(ASKED)
        return agent.get_response_time_stats()["errors"]

    assert run(main) == 1


def test_an_error_that_comes_late_is_counted_too() -> None:
    async def main() -> Any:
        agent = fast(Model(error=TimeoutError(), seconds=5.0))
        assert (await agent.process_message_fast(ASKED))["fallback"]
        await asyncio.sleep(10)
        stats = agent.get_response_time_stats()
        return stats["late_errors"], stats["late_answers"], stats["errors"]

    assert run(main) == (1, 0, 0)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda router: router,
        CachedLLMManager,
        Batcher,
        lambda router: CachedLLMManager(Batcher(router)),
    ],
)
def test_a_model_that_hangs_until_patience_ends_has_failed(wrap: Any) -> None:
    async def main() -> Any:
        hangs, good = Model(seconds=FOREVER), Model()
        router = Router({"small": hangs, "large": good}, clock=now)
        agent = fast(wrap(router), patience=10.0)
        for n in range(3):
            assert (await agent.process_message_fast(f"Hi number {n}!"))["fallback"]
        await asyncio.sleep(11)
        answer = await agent.process_message_fast("Who was Ada?")
        return answer["response"], router.breakers["small"].opened

    assert run(main) == ("one two", 1)


def test_so_it_has_when_a_batch_asked_it() -> None:
    async def main() -> Any:
        router = Router({"small": Model(seconds=FOREVER)}, failures=1, clock=now)
        batcher = Batcher(router)
        flights: SingleFlight[str, Reply] = SingleFlight(patience=10.0)
        with pytest.raises(TimeoutError):
            await flights.run("hi", lambda: batcher.generate("Hi!"))
        await asyncio.sleep(1)
        return router.breakers["small"].state

    assert run(main) == "open"


async def by_queue(router: Router) -> None:
    async with TaskQueue(1, agent=BaseAgent("a", "Agent", router)) as queue:
        job = await queue.submit(Task("Hi!", deadline=5.0))
        assert isinstance((await job.outcome()).error, DeadlineExceeded)


async def by_tool(router: Router) -> None:
    async def ask() -> str:
        return (await router.generate("Hi!")).text

    tools = [Tool("ask", "", ask)]
    agent = OptimizedToolAgent("a", router, tools, deadline=5.0)
    with pytest.raises(TimeoutError):
        await agent.execute_tool_cached("ask", {})


@pytest.mark.parametrize("way", [by_queue, by_tool])
def test_so_it_has_when_the_deadline_of_a_task_or_a_tool_ended_it(way: Any) -> None:
    async def main() -> Any:
        router = Router({"small": Model(seconds=FOREVER)}, failures=1, clock=now)
        await way(router)
        await asyncio.sleep(1)
        return router.breakers["small"].state

    assert run(main) == "open"


@pytest.mark.parametrize("cacheable", [True, False])
def test_a_timeout_of_a_tool_itself_is_an_error_of_it(cacheable: bool) -> None:
    async def ask() -> str:
        raise TimeoutError("read timed out")

    async def main() -> Any:
        tools = [Tool("ask", "", ask, cacheable=cacheable)]
        agent = OptimizedToolAgent("a", SimulatedLLM(), tools, deadline=5.0)
        answers = await agent.execute_tools_parallel([{"tool": "ask"}])
        return answers[0]["error"], agent.get_performance_stats()["tool_stats"]["ask"]

    error, stats = run(main)
    assert (error, stats["errors"], stats["timeouts"]) == ("read timed out", 1, 0)


def test_a_caller_that_leaves_says_nothing_of_the_model() -> None:
    async def main() -> Any:
        router = Router({"small": Model(seconds=FOREVER)}, failures=1, clock=now)
        task = asyncio.create_task(router.generate("Hi!"))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.wait([task])
        left = aiter_of(router)
        await asyncio.wait_for(asyncio.gather(left, return_exceptions=True), 5)
        return task.cancelled(), router.breakers["small"].state

    async def aiter_of(router: Router) -> None:
        async with asyncio.timeout(1):
            await router.generate("Hi!")

    assert run(main) == (True, "closed")


class Strange(BaseException):
    """Neither an Exception nor one of Python's own."""


OF_A_CLIENT = [
    LLMError("x"),
    KeyError("choices"),
    ValueError("bad"),
    AttributeError("x"),
    TypeError("x"),
    RuntimeError("x"),
    UnicodeEncodeError("utf-8", "x", 0, 1, "x"),
    StopAsyncIteration(),
    TimeoutError(),
    ConnectionResetError(),
    asyncio.CancelledError(),
    SystemExit(3),
    Strange("x"),
]


@pytest.mark.parametrize("error", OF_A_CLIENT, ids=repr)
def test_whatever_a_client_raises_the_next_is_asked(error: BaseException) -> None:
    async def main() -> Any:
        router = Router(
            {"small": Model(error=error, pieces=0), "large": Model()}, failures=2
        )
        texts = [(await router.generate("Hi!")).text for _ in range(3)]
        task = asyncio.current_task()
        assert task is not None
        return texts, router.clients["small"].asked, task.cancelling()  # type: ignore[attr-defined]

    assert run(main) == (["one two"] * 3, 2, 0)


@pytest.mark.parametrize("broken", ["stream", "count_tokens"])
def test_a_client_that_is_wrong_throughout_is_passed_over(broken: str) -> None:
    async def main() -> Any:
        bad = Model()
        setattr(bad, broken, lambda *_, **__: None)
        router = Router({"small": bad, "large": Model()})
        return (await router.generate([Message("user", "Hi!")])).text

    assert run(main) == "one two"


def test_one_client_that_cannot_close_does_not_keep_the_others_open() -> None:
    closed = []

    class Closes(Model):
        async def aclose(self) -> None:
            closed.append(self.error)
            if self.error:
                raise self.error

    clients = {"small": Closes(error=OSError("x")), "large": Closes()}
    for client in (Router(clients), CachedLLMManager(clients)):
        with pytest.raises(OSError):
            asyncio.run(client.aclose())
    with pytest.raises(OSError):
        CachedLLMManager(clients).close()
    assert closed == [clients["small"].error, None] * 3


class BadFinder:
    """Fails whatever it is asked."""

    def add(self, key: str) -> None:
        raise RuntimeError("no embedder")

    def remove(self, key: str) -> bool:
        raise RuntimeError("no embedder")

    def best(self, message: str, limit: int = 1) -> list[Match]:
        raise RuntimeError("no embedder")


def test_a_finder_that_fails_is_a_miss_and_counted() -> None:
    async def main() -> Any:
        agent = fast(Model(), semantic=BadFinder(), max_cached=1)
        for message in (ASKED, "Who was Ada?", "Who was Ada?"):
            assert await agent.process_message(message) == "one two"
        return agent.get_response_time_stats()

    stats = run(main)
    assert (stats["model_answers"], stats["exact_hits"]) == (2, 1)
    assert stats["finder_errors"] == 5  # two lookups, two added, one removed


class BadTuner(Tuner):
    """Fails whatever it is asked."""

    def record(self, seconds: float) -> None:
        raise RuntimeError("no histogram")

    def tune(self, target: float) -> float:
        raise RuntimeError("no target")


class NaNTuner(Tuner):
    def tune(self, target: float) -> float:
        return float("nan")


@pytest.mark.parametrize(("tuner", "errors"), [(BadTuner, 3), (NaNTuner, 1)])
def test_a_tuner_that_fails_costs_no_answer_and_leaves_the_target(
    tuner: type[Tuner], errors: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> Any:
        agent = fast(Model(), tuner=tuner(), target_response_time=3.0)
        for message in (ASKED, "Who was Ada?"):
            assert await agent.process_message(message) == "one two"
        await agent.optimize_performance()
        return agent.get_response_time_stats()

    stats = run(main)
    assert (stats["tuner_errors"], stats["target_response_time"]) == (errors, 3.0)
    assert len([r for r in caplog.records if "tuner" in r.message]) == 1


@pytest.mark.parametrize("wrong", [None, "hard", ZeroDivisionError])
def test_a_rule_of_routing_that_fails_gives_way_to_ours(
    wrong: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def rule(prompt: Any) -> Any:
        if wrong is ZeroDivisionError:
            raise wrong
        return wrong and Verdict(wrong, ())

    router = Router({"small": SimulatedLLM()}, classify=rule)
    for _ in range(2):
        assert router.route("Hi").verdict.complexity == "simple"
    assert len([r for r in caplog.records if "rule" in r.message]) == 1


def test_a_model_that_hangs_has_a_bounded_number_of_runs() -> None:
    async def main() -> Any:
        model = Model(seconds=FOREVER)
        agent = fast(model, max_running=5)
        asked = [agent.process_message(f"number {n}?") for n in range(50)]
        said = await asyncio.gather(*asked, read(agent.stream("one more?")))
        assert set(said) <= set(STAND_INS)
        return agent.get_response_time_stats()["running"], model.asked

    assert run(main) == (5, 5)


def test_a_hanging_model_does_not_take_a_composed_agent_down() -> None:
    async def main(memory: MemoryManager) -> Any:
        models = {"small": Model(seconds=FOREVER), "large": Model(seconds=0.1)}
        async with ComposedAgent(models, memory, clock=hybrid_time.now) as agent:
            said = []
            for n in range(60):
                said.append((await agent.ask(f"What is {n}?"))["fallback"])
                await asyncio.sleep(1)
            return said, agent.router.breakers["small"].opened

    with MemoryManager() as memory:
        said, opened = hybrid_time.run(main, memory).value
    assert opened >= 1
    assert sum(said) <= 20 and not any(said[20:25])


class Remembers(FastResponseAgent):
    """Shows the model who is speaking, as a subclass may."""

    user = "nobody"

    def prompt(self, message: str) -> list[Message]:
        return [
            Message("system", f"You talk to {self.user}."),
            *super().prompt(message),
        ]


def test_what_a_subclass_shows_belongs_to_the_question() -> None:
    async def main() -> Any:
        model = SimulatedLLM(reply=lambda messages: messages[0].content, slots=9)
        agent = Remembers("fast", model, clock=now, target_response_time=60)
        agent.precompute("When are you open?", "At nine.")
        said: list[Any] = []
        for user in ("Ada", "Bob", "Ada"):
            agent.user = user
            answer = await agent.process_message_fast("Who am I?")
            said.append((answer["response"], answer["cache_hit"]))
            alike = await agent.process_message_fast("who am i")
            assert alike["response"] == f"You talk to {user}."
            assert await read(agent.stream("Who am I?")) == f"You talk to {user}."
            assert await agent.process_message("When are you open?") == "At nine."
        return said, agent.get_response_time_stats()["fuzzy_hits"]

    assert run(main) == (
        [
            ("You talk to Ada.", False),
            ("You talk to Bob.", False),
            ("You talk to Ada.", True),
        ],
        0,
    )


def test_who_asks_the_same_at_once_shares_only_the_same_prompt() -> None:
    async def main() -> Any:
        model = SimulatedLLM(reply=lambda messages: messages[0].content, slots=9)
        agent = Remembers("fast", model, clock=now, target_response_time=60)
        calls = []
        for user in ("Ada", "Bob", "Ada"):
            agent.user = user
            calls.append(asyncio.create_task(agent.process_message("Who am I?")))
            await asyncio.sleep(0)
        return await asyncio.gather(*calls), model.usage.calls

    assert run(main) == (
        ["You talk to Ada.", "You talk to Bob.", "You talk to Ada."],
        2,
    )


def test_a_model_that_exits_ends_its_call_and_not_the_program() -> None:
    async def main() -> Any:
        agent = fast(Model(error=SystemExit(3), pieces=0))
        with pytest.raises(RuntimeError, match="asked to exit with 3"):
            await agent.process_message(ASKED)
        return agent.get_response_time_stats()["errors"]

    assert run(main) == 1


@pytest.mark.parametrize("wrap", [CachedLLMManager, Batcher])
@pytest.mark.parametrize("error", OF_A_CLIENT, ids=repr)
def test_whatever_a_shared_client_raises_ends_its_own_call_only(
    wrap: Any, error: BaseException
) -> None:
    async def main() -> Any:
        bad = wrap(Model(error=error, pieces=0))
        good = asyncio.create_task(wrap(Model(seconds=5.0)).generate("Hi!"))
        calls = [bad.generate("Hi!") for _ in range(2)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        return [isinstance(r, Exception) for r in results], (await good).text

    assert run(main) == ([True, True], "one two")
