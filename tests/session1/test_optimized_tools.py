"""OptimizedToolAgent: what its callers may rely on, bad input included."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest

from session1 import virtual_time
from session1.llm.client import Message, Prompt, Reply
from session1.optimized_tools import NEVER_CACHED, OptimizedToolAgent
from session1.tool import Tool


class Model:
    """A model that says what it was told to and remembers what it was asked."""

    model = "scripted"

    def __init__(self, *replies: str) -> None:
        self.replies = list(replies)
        self.asked: list[list[Message]] = []

    async def generate(self, prompt: Prompt, **options: Any) -> Reply:
        assert not isinstance(prompt, str)
        self.asked.append(list(prompt))
        return Reply(self.replies.pop(0), self.model, 0, 0)


class Counted:
    """A tool's function that counts its runs and may be told how to end."""

    def __init__(self, seconds: float = 1.0, result: Any = None) -> None:
        self.runs = 0
        self.seconds = seconds
        self.result = result
        self.error: BaseException | None = None

    async def __call__(self, **params: Any) -> Any:
        self.runs += 1
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        return dict(params) if self.result is None else self.result


def agent_with(
    run: Callable[..., Any], cacheable: bool = True, name: str = "tool", **options: Any
) -> OptimizedToolAgent:
    options.setdefault("clock", virtual_time.now)
    tool = Tool(name, "a tool", run, cacheable=cacheable)
    return OptimizedToolAgent("agent", Model(), [tool], **options)


def run(main: Callable[[], Awaitable[Any]]) -> Any:
    return virtual_time.run(main).value


def figures(agent: OptimizedToolAgent, *names: str) -> tuple:
    stats = agent.get_performance_stats()["tool_stats"]["tool"]
    return tuple(stats[name] for name in names)


def balanced(agent: OptimizedToolAgent) -> bool:
    return all(
        s["total_calls"] == s["cache_hits"] + s["coalesced"] + s["executions"]
        and s["total_calls"]
        == s["successes"] + s["errors"] + s["timeouts"] + s["cancelled"]
        for s in agent.get_performance_stats()["tool_stats"].values()
    )


# caching


def test_equal_calls_run_once_for_an_hour() -> None:
    work = Counted()
    agent = agent_with(work)

    async def main() -> None:
        for _ in range(3):
            assert await agent.execute_tool_cached("tool", {"q": "x"}) == {"q": "x"}
        await asyncio.sleep(3597)
        await agent.execute_tool_cached("tool", {"q": "x"})
        assert work.runs == 1
        await asyncio.sleep(3)
        await agent.execute_tool_cached("tool", {"q": "x"})

    run(main)
    assert work.runs == 2
    assert figures(agent, "total_calls", "cache_hits", "executions") == (5, 3, 2)


def test_nothing_is_cached_unless_declared() -> None:
    work = Counted()
    agent = agent_with(work, cacheable=False)

    async def main() -> None:
        calls = [agent.execute_tool_cached("tool", {}) for _ in range(3)]
        await asyncio.gather(*calls)

    run(main)
    assert (work.runs, agent.get_performance_stats()["cache_size"]) == (3, 0)


@pytest.mark.parametrize("name", sorted(NEVER_CACHED))
def test_the_four_names_are_never_cached_even_if_declared(name: str) -> None:
    work = Counted()
    agent = agent_with(work, name=name)

    async def main() -> None:
        for _ in range(2):
            await agent.execute_tool_cached(name, {})

    run(main)
    assert work.runs == 2
    assert agent.get_performance_stats()["cache_size"] == 0


def test_the_cache_is_bounded() -> None:
    work = Counted()
    agent = agent_with(work, max_cached=3)

    async def main() -> None:
        for n in range(5):
            await agent.execute_tool_cached("tool", {"n": n})
        await agent.execute_tool_cached("tool", {"n": 4})
        await agent.execute_tool_cached("tool", {"n": 0})

    run(main)
    stats = agent.get_performance_stats()
    assert (work.runs, stats["cache_size"], stats["cache_evicted"]) == (6, 3, 3)
    agent.clear_cache()
    assert agent.get_performance_stats()["cache_size"] == 0


def test_types_are_told_apart() -> None:
    work = Counted()
    agent = agent_with(work)

    async def main() -> list[Any]:
        values = [1, 1.0, True, "1", (1,), [1]]
        return [await agent.execute_tool_cached("tool", {"v": v}) for v in values]

    assert [type(r["v"]) for r in run(main)] == [int, float, bool, str, tuple, list]


def test_no_caller_can_change_what_another_gets() -> None:
    original: dict = {"rows": [1]}
    agent = agent_with(Counted(result=original))

    async def main() -> None:
        calls = [agent.execute_tool_cached("tool", {}) for _ in range(3)]
        for result in await asyncio.gather(*calls):
            assert result == {"rows": [1]}
            result["rows"].append("spoiled")
        original["rows"].append("by the tool")
        hit = await agent.execute_tool_cached("tool", {})
        hit["rows"].append("spoiled")
        assert await agent.execute_tool_cached("tool", {}) == {"rows": [1]}

    run(main)


def test_params_changed_while_the_tool_runs_poison_nothing() -> None:
    async def late(items: list[int]) -> int:
        await asyncio.sleep(1)
        return sum(items)

    agent = agent_with(late)

    async def main() -> None:
        items = [1, 2]
        call = asyncio.create_task(agent.execute_tool_cached("tool", {"items": items}))
        await asyncio.sleep(0.5)
        items.append(100)
        assert await call == 3
        assert await agent.execute_tool_cached("tool", {"items": [1, 2]}) == 3

    run(main)


def test_failures_are_shared_counted_and_never_kept() -> None:
    work = Counted()
    work.error = OSError("down")
    agent = agent_with(work)

    async def main() -> list[Any]:
        calls = [agent.execute_tool_cached("tool", {}) for _ in range(4)]
        failed = await asyncio.gather(*calls, return_exceptions=True)
        work.error = None
        return [*failed, await agent.execute_tool_cached("tool", {})]

    *failed, after = run(main)
    assert [str(e) for e in failed] == ["down"] * 4
    assert (after, work.runs) == ({}, 2)
    assert figures(agent, "total_calls", "errors", "coalesced") == (5, 4, 3)
    assert balanced(agent)


FAILED = [{"error": "no route"}, {"success": False}]
EMPTY = [0, "", [], False, {"error": None}]


@pytest.mark.parametrize(
    ("result", "runs"), [*((bad, 2) for bad in FAILED), *((bare, 1) for bare in EMPTY)]
)
def test_empty_results_are_kept_and_failures_that_are_returned_are_not(
    result: object, runs: int
) -> None:
    work = Counted(result=result)
    agent = agent_with(work)

    async def main() -> None:
        for _ in range(2):
            assert await agent.execute_tool_cached("tool", {}) == result

    run(main)
    assert work.runs == runs


def test_an_error_that_is_neither_true_nor_false_is_a_result() -> None:
    agent = agent_with(Counted(result={"error": np.array([0.1, 0.2])}))

    async def main() -> float:
        result = await agent.execute_tool_cached("tool", {})
        return float(result["error"].sum())

    assert run(main) == pytest.approx(0.3)
    assert figures(agent, "successes", "errors") == (1, 0)


def test_none_is_a_result() -> None:
    runs = []

    async def nothing() -> None:
        runs.append(1)

    agent = agent_with(nothing)

    async def main() -> None:
        for _ in range(2):
            assert await agent.execute_tool_cached("tool", {}) is None

    run(main)
    assert len(runs) == 1


# single-flight


def test_a_hundred_identical_calls_run_once() -> None:
    work = Counted()
    agent = agent_with(work)

    async def main() -> None:
        calls = [agent.execute_tool_cached("tool", {"q": 1}) for _ in range(100)]
        await asyncio.gather(*calls)

    run(main)
    assert work.runs == 1
    assert figures(agent, "total_calls", "coalesced", "executions") == (100, 99, 1)
    assert balanced(agent)


def test_the_first_callers_cancellation_is_its_own() -> None:
    work = Counted()
    agent = agent_with(work)

    async def main() -> list[Any]:
        calls = [
            asyncio.create_task(agent.execute_tool_cached("tool", {})) for _ in range(5)
        ]
        await asyncio.sleep(0.5)
        calls[0].cancel()
        return await asyncio.gather(*calls, return_exceptions=True)

    first, *others = run(main)
    assert isinstance(first, asyncio.CancelledError)
    assert (others, work.runs) == ([{}] * 4, 1)
    assert figures(agent, "cancelled", "successes") == (1, 4)


def test_a_result_that_comes_after_the_deadline_is_kept() -> None:
    work = Counted(seconds=7)
    agent = agent_with(work, deadline=5)

    async def main() -> None:
        with pytest.raises(TimeoutError, match="no answer within 5 s"):
            await agent.execute_tool_cached("tool", {"q": 1})
        assert virtual_time.now() == 5
        await asyncio.sleep(3)
        assert await agent.execute_tool_cached("tool", {"q": 1}) == {"q": 1}
        assert virtual_time.now() == 8

    run(main)
    assert work.runs == 1
    assert figures(agent, "timeouts", "cache_hits") == (1, 1)


def test_a_shared_call_that_hangs_is_started_anew_after_the_patience() -> None:
    work = Counted(seconds=1e9)
    agent = agent_with(work, deadline=5, patience=20)

    async def main() -> None:
        for _ in range(5):
            with pytest.raises(TimeoutError):
                await agent.execute_tool_cached("tool", {})

    run(main)
    assert work.runs == 2
    assert balanced(agent)


def test_each_caller_gets_its_own_generator() -> None:
    async def letters() -> Any:
        await asyncio.sleep(1)
        return (c for c in "ab")

    agent = agent_with(letters)

    async def main() -> list[Any]:
        calls = [agent.execute_tool_cached("tool", {}) for _ in range(3)]
        return await asyncio.gather(*calls)

    assert ["".join(result) for result in run(main)] == ["ab"] * 3
    assert agent.get_performance_stats()["cache_size"] == 0
    assert figures(agent, "executions", "coalesced") == (3, 0)


# parallel


def test_results_are_in_the_order_of_the_requests() -> None:
    async def sleepy(n: int) -> int:
        await asyncio.sleep(10 - n)
        return n

    agent = agent_with(sleepy, cacheable=False)

    async def main() -> list[dict]:
        requests = [{"tool": "tool", "params": {"n": n}} for n in range(10)]
        return await agent.execute_tools_parallel(requests)

    timed = virtual_time.run(main)
    assert timed.value == [
        {"success": True, "result": n, "tool": "tool"} for n in range(10)
    ]
    assert timed.seconds == 10


def test_at_most_limit_run_at_a_time() -> None:
    now, most = 0, 0

    async def watched() -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(1)
        now -= 1

    agent = agent_with(watched, cacheable=False, limit=4)

    async def main() -> None:
        await agent.execute_tools_parallel([{"tool": "tool"}] * 10)

    assert virtual_time.run(main).seconds == 3
    assert most == 4


class Odd(BaseException):
    """Not an Exception: what `except Exception` lets through."""


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


ENDS = {
    "raise": (ValueError("bad"), "bad"),
    "silent": (KeyError(), "KeyError"),
    "mute": (Mute(), "Mute"),
    "cancel": (asyncio.CancelledError(), "cancelled itself"),
    "exit": (SystemExit(3), "it asked to exit with 3"),
    "odd": (Odd("odd"), "odd"),
    "group": (ExceptionGroup("both", [OSError()]), "both (1 sub-exception)"),
}


@pytest.mark.parametrize("cacheable", [True, False])
@pytest.mark.parametrize("how", ENDS)
def test_one_bad_tool_costs_the_others_nothing(how: str, cacheable: bool) -> None:
    bad, good = Counted(), Counted()
    bad.error, message = ENDS[how]
    agent = agent_with(bad, cacheable)
    agent.add_tool(Tool("good", "", good, cacheable=cacheable))

    async def main() -> list[dict]:
        return await agent.execute_tools_parallel(
            [{"tool": "good", "params": {"n": n}} for n in range(3)]
            + [{"tool": "tool"}]
        )

    *fine, failed = run(main)
    assert [r["success"] for r in fine] == [True] * 3
    assert (failed["success"], failed["tool"]) == (False, "tool")
    assert message in failed["error"]
    assert figures(agent, "total_calls", "errors") == (1, 1)
    assert balanced(agent)


def test_a_hanging_tool_ends_at_the_deadline() -> None:
    agent = agent_with(Counted(seconds=1e9), cacheable=False, deadline=5)
    agent.add_tool(Tool("good", "", Counted()))

    async def main() -> list[dict]:
        return await agent.execute_tools_parallel([{"tool": "tool"}, {"tool": "good"}])

    timed = virtual_time.run(main)
    assert timed.seconds == 5
    assert [r["success"] for r in timed.value] == [False, True]
    assert timed.value[0]["error"] == "no answer within 5 s"
    assert figures(agent, "timeouts") == (1,)


@pytest.mark.parametrize("cacheable", [True, False])
def test_a_tool_that_ignores_cancellation_is_left_behind(cacheable: bool) -> None:
    async def stubborn() -> None:
        until = virtual_time.now() + 100
        while virtual_time.now() < until:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                continue

    agent = agent_with(stubborn, cacheable, deadline=5, limit=1)
    agent.add_tool(Tool("good", "", Counted()))

    async def main() -> list[dict]:
        requests = [{"tool": "tool"}, {"tool": "good"}]
        answers = await agent.execute_tools_parallel(requests)
        assert virtual_time.now() <= 7
        await asyncio.sleep(200)
        return answers

    failed, good = run(main)
    assert "no answer" in failed["error"]
    assert good["success"]
    assert figures(agent, "total_calls", "timeouts") == (1, 1)
    assert balanced(agent)


@pytest.mark.parametrize(
    ("request_", "tool", "words"),
    [
        ({}, "unknown", "a request is a dict"),
        (None, "unknown", "a request is a dict"),
        ("tool", "unknown", "a request is a dict"),
        ({"params": {}}, "unknown", "a request is a dict"),
        ({"tool": "absent"}, "absent", "Tool 'absent' not available; there are: tool"),
        ({"tool": ["tool"]}, ["tool"], "not available"),
        ({"tool": "tool", "params": None}, "tool", "NoneType, not a dict"),
        ({"tool": "tool", "params": [1]}, "tool", "list, not a dict"),
    ],
)
def test_a_malformed_request_is_told_so_and_isolated(
    request_: Any, tool: Any, words: str
) -> None:
    agent = agent_with(Counted())

    async def main() -> list[dict]:
        return await agent.execute_tools_parallel([request_, {"tool": "tool"}])

    bad, good = run(main)
    assert (bad["success"], bad["tool"]) == (False, tool)
    assert words in bad["error"]
    assert good["success"]
    assert agent.get_performance_stats()["rejected_requests"] == 1
    assert agent.get_performance_stats()["total_tool_calls"] == 1


@pytest.mark.parametrize("params", [{"absent": 1}, {1: 2}])
def test_params_the_tool_does_not_take_are_its_error(params: dict) -> None:
    async def one(x: int) -> int:
        return x

    agent = agent_with(one)

    async def main() -> list[dict]:
        request = {"tool": "tool", "params": params}
        return await agent.execute_tools_parallel([request])

    assert not run(main)[0]["success"]
    assert figures(agent, "errors") == (1,)


def test_no_requests_no_results() -> None:
    agent = agent_with(Counted())
    assert virtual_time.run(agent.execute_tools_parallel, []).value == []


def test_identical_requests_in_one_batch_run_once() -> None:
    work = Counted()
    agent = agent_with(work)

    async def main() -> list[dict]:
        return await agent.execute_tools_parallel([{"tool": "tool"}] * 20)

    assert len(run(main)) == 20
    assert work.runs == 1


def test_cancelling_the_batch_cancels_what_runs() -> None:
    work = Counted(seconds=10)
    agent = agent_with(work, cacheable=False, limit=2)

    async def main() -> None:
        batch = agent.execute_tools_parallel([{"tool": "tool"}] * 4)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(batch, 1)
        await asyncio.sleep(100)

    run(main)
    assert work.runs == 2
    assert figures(agent, "cancelled") == (2,)
    assert balanced(agent)


def test_keyboard_interrupt_is_not_a_tools_failure() -> None:
    async def interrupted() -> None:
        raise KeyboardInterrupt

    agent = agent_with(interrupted, cacheable=False)

    async def main() -> None:
        await agent.execute_tools_parallel([{"tool": "tool"}])

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())


def test_thousands_of_requests() -> None:
    work = Counted()
    agent = agent_with(work, limit=100)

    async def main() -> list[dict]:
        requests = [{"tool": "tool", "params": {"n": n % 500}} for n in range(5_000)]
        return await agent.execute_tools_parallel(requests)

    answers = run(main)
    assert [a["result"]["n"] for a in answers] == [n % 500 for n in range(5_000)]
    assert work.runs == 500
    assert balanced(agent)


# bad input


@pytest.mark.parametrize(
    "value", [object(), float("nan"), "x" * 2_000_000, [0] * 100_000, threading.Lock()]
)
def test_params_without_identity_run_uncached(value: object) -> None:
    runs = []

    async def kind(v: object) -> str:
        runs.append(1)
        return type(v).__name__

    agent = agent_with(kind)

    async def main() -> None:
        for _ in range(2):
            result = await agent.execute_tool_cached("tool", {"v": value})
            assert result == type(value).__name__

    run(main)
    assert len(runs) == 2


def test_short_lived_objects_never_share_an_answer() -> None:
    class Handle:
        def __init__(self, n: int) -> None:
            self.n = n

    async def number(handle: Handle) -> int:
        return handle.n

    agent = agent_with(number)

    async def main() -> list[int]:
        return [
            await agent.execute_tool_cached("tool", {"handle": Handle(n)})
            for n in range(1_000)
        ]

    assert run(main) == list(range(1_000))


@pytest.mark.parametrize(
    "text", ["", "naïve café ☕ \ud83d", "\x00", "مرحبا", "y" * 10**6]
)
def test_any_text_is_a_parameter(text: str) -> None:
    agent = agent_with(Counted())

    async def main() -> None:
        for _ in range(2):
            assert await agent.execute_tool_cached("tool", {"t": text}) == {"t": text}

    run(main)


def test_a_tool_may_call_other_tools_and_not_itself() -> None:
    async def inner(n: int) -> int:
        await asyncio.sleep(1)
        return n + 1

    async def outer(n: int) -> Any:
        answers = await agent.execute_tools_parallel(
            [{"tool": "inner", "params": {"n": n}}] * 3
        )
        return [a["result"] for a in answers]

    async def snake() -> Any:
        return await agent.execute_tool_cached("snake", {})

    agent = agent_with(outer, limit=1)
    agent.add_tool(Tool("inner", "", inner, cacheable=True))
    agent.add_tool(Tool("snake", "", snake, cacheable=True))

    async def main() -> list[dict]:
        return await agent.execute_tools_parallel(
            [{"tool": "tool", "params": {"n": 1}}, {"tool": "snake"}]
        )

    nested, looped = run(main)
    assert nested["result"] == [2, 2, 2]
    assert "its own outcome" in looped["error"]
    assert balanced(agent)


@pytest.mark.parametrize("jump", [-5_000.0, 5_000.0, 1e12])
def test_a_clock_that_jumps_costs_a_miss_and_no_statistics(jump: float) -> None:
    now = [10_000.0]
    work = Counted(seconds=0)
    agent = agent_with(work, clock=lambda: now[0])

    async def leap() -> None:
        now[0] += jump

    agent.add_tool(Tool("leap", "", leap))

    async def main() -> None:
        await agent.execute_tool_cached("tool", {})
        await agent.execute_tool_cached("leap", {})
        await agent.execute_tool_cached("tool", {})
        await agent.execute_tool_cached("tool", {})

    run(main)
    stats = agent.get_performance_stats()["tool_stats"]
    assert (work.runs, stats["tool"]["cache_hits"]) == (2, 1)
    assert stats["leap"]["total_time"] == max(jump, 0)
    assert balanced(agent)


def test_an_unknown_tool_is_an_error_that_names_the_others() -> None:
    agent = agent_with(Counted())

    async def main() -> None:
        await agent.execute_tool_cached("absent", {})

    with pytest.raises(ValueError, match=r"'absent' not available; there are: tool"):
        run(main)


def test_the_agent_works_on_one_loop_after_another() -> None:
    agent = agent_with(Counted(seconds=10), deadline=5)

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await agent.execute_tool_cached("tool", {})

    for _ in range(3):
        assert virtual_time.run(main).seconds == 5
    assert figures(agent, "timeouts") == (3,)


@pytest.mark.parametrize("options", [{"limit": 0}, {"deadline": 0}, {"max_cached": 0}])
def test_refuses_bounds_that_let_nothing_through(options: dict) -> None:
    with pytest.raises(ValueError, match="0"):
        agent_with(Counted(), **options)


def test_refuses_two_tools_of_one_name() -> None:
    agent = agent_with(Counted())
    with pytest.raises(ValueError, match="two tools are named 'tool'"):
        agent.add_tool(Tool("tool", "", Counted()))


# statistics


def test_every_figure_is_there_before_the_first_call() -> None:
    stats = agent_with(Counted()).get_performance_stats()
    assert stats["total_tool_calls"] == stats["total_cache_hits"] == 0
    assert stats["cache_hit_rate_pct"] == 0
    assert stats["thread_pool_size"] == 4
    tool = stats["tool_stats"]["tool"]
    assert {tool[p] for p in ("p50", "p90", "p95", "p99", "avg_time")} == {0}


def test_time_of_hits_and_runs_is_kept_apart() -> None:
    async def nap(n: int) -> None:
        await asyncio.sleep(n)

    agent = agent_with(nap, deadline=1000, ttl=1e6)

    async def main() -> None:
        for n in range(1, 101):
            await agent.execute_tool_cached("tool", {"n": n})
        for _ in range(300):
            await agent.execute_tool_cached("tool", {"n": 1})

    run(main)
    assert figures(agent, "p50", "p90", "p95", "p99") == (50, 90, 95, 99)
    assert figures(agent, "avg_execution_time", "avg_time") == (50.5, 5050 / 400)
    assert figures(agent, "cache_hit_rate_pct") == (75,)


# the model chooses


def test_the_model_plans_tools_run_and_it_answers() -> None:
    calls = [{"tool": "add", "params": {"a": 2, "b": b}} for b in (3, 7)]
    model = Model(f"Sure: {json.dumps(calls)}", '{"answer": ["5"]}')

    async def add(a: int, b: int) -> int:
        return a + b

    agent = OptimizedToolAgent("a", model, [Tool("add", "adds", add, cacheable=True)])
    assert virtual_time.run(agent.process_message, "2 + 3?").value == "5"
    asked, answer = model.asked
    assert "add(a, b): adds" in asked[0].content
    assert "add: 5\nadd: 9" in answer[-1].content


@pytest.mark.parametrize(
    "plan", ["I do not know", "[", "[]", '["add"]', '[{"tool": "rm"}]', "[" * 100_000]
)
def test_no_plan_means_a_plain_answer(plan: str) -> None:
    model = Model(plan, "Hello.")
    agent = OptimizedToolAgent("a", model, [Tool("add", "adds", Counted())])
    assert virtual_time.run(agent.process_message, "Who are you?").value == "Hello."
    assert model.asked[1][-1] == Message("user", "Who are you?")
