"""Any sequence of requests, failures, cancellations and waits ends well."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from session1.fast_response_agent import FastResponseAgent
from session1.latency.fallback import LONG_MESSAGE, OTHER, QUESTION
from session1.llm.client import Prompt, Reply
from session1.llm.errors import LLMError
from session1.llm.simulated import SimulatedLLM
from session1.virtual_time import VirtualLoop

STAND_INS = {QUESTION, LONG_MESSAGE, OTHER}
MESSAGES = st.sampled_from(
    ["is it safe", "is it not safe", "how do I do it", "how can I do it?", "x " * 30]
)


class Moody(SimulatedLLM):
    """Does what `mood` says: well, slow, dies, breaks, hangs, deaf, timeout."""

    mood = "well"

    async def stream(self, prompt: Prompt, **options: Any) -> AsyncIterator[str]:  # type: ignore[override]
        mood, question = self.mood, prompt[-1].content  # type: ignore[union-attr]
        if mood == "dies":
            raise LLMError("died")
        if mood == "timeout":
            raise TimeoutError("the model's own")
        await asyncio.sleep({"slow": 3.0, "hangs": 1e5}.get(mood, 0.5))
        yield "to: "
        if mood == "breaks":
            raise LLMError("broke")
        if mood == "deaf":
            try:
                await asyncio.sleep(1e5)
            except asyncio.CancelledError:
                await asyncio.sleep(50)
        await asyncio.sleep(0.5)
        yield question
        options["on_end"](Reply(f"to: {question}", self.model, 1, 2))


class Requests(RuleBasedStateMachine):
    """Runs the agent on one virtual loop, a rule at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        self.model = Moody(slots=100)
        self.fast = FastResponseAgent(
            "fast",
            self.model,
            clock=self.loop.time,
            ttl=20.0,
            max_cached=3,
            patience=10.0,
        )
        self.tasks: list[asyncio.Task[Any]] = []

    def wait(self, seconds: float) -> None:
        self.loop.run_until_complete(asyncio.sleep(seconds))

    @rule(message=MESSAGES)
    def ask(self, message: str) -> None:
        self.tasks.append(
            self.loop.create_task(self.fast.process_message_fast(message))
        )
        self.wait(0)

    @rule(message=MESSAGES)
    def stream(self, message: str) -> None:
        async def read() -> str:
            return "".join([piece async for piece in self.fast.stream(message)])

        self.tasks.append(self.loop.create_task(read()))
        self.wait(0)

    @rule(
        mood=st.sampled_from(
            ["well", "slow", "dies", "breaks", "hangs", "deaf", "timeout"]
        )
    )
    def change(self, mood: str) -> None:
        self.model.mood = mood

    @rule(which=st.integers(0, 9))
    def cancel(self, which: int) -> None:
        if self.tasks:
            self.tasks[which % len(self.tasks)].cancel()

    @rule(seconds=st.sampled_from([0.0, 0.5, 1.0, 2.0, 30.0]))
    def pass_time(self, seconds: float) -> None:
        self.wait(seconds)

    @rule()
    def optimize(self) -> None:
        self.loop.run_until_complete(self.fast.optimize_performance())

    @invariant()
    def nothing_false_is_kept(self) -> None:
        answers = self.fast.answers
        kept = {key: answers._entries.peek(key) for key in answers._entries}
        for message, entry in kept.items():
            assert entry is None or entry.text == f"to: {message}"
        assert len(kept) <= 3
        assert {key for key, _ in answers._index.items()} == set(kept)

    def teardown(self) -> None:
        self.wait(100.0)
        assert all(task.done() for task in self.tasks), "a waiter is stuck"
        for task in self.tasks:
            if not task.cancelled() and task.exception() is None:
                result = task.result()
                text = result["response"] if isinstance(result, dict) else result
                assert text in STAND_INS or text.startswith("to: "), text
        ends = self.fast.times.ends
        counted = sum(ends[end] for end in ends if end != "broken")
        never_ran = sum(task.cancelled() for task in self.tasks)
        assert len(self.tasks) - never_ran <= counted <= len(self.tasks)
        assert len(self.fast._flights) == 0
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        assert len(self.fast._streams) == 0
        self.loop.close()


TestRequests = Requests.TestCase
TestRequests.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


FORKING = """
import os, sys
from session1.reuse.answer_cache import AnswerCache
cache = AnswerCache()
cache.store("What is a robot?", "A machine.", 1.0)
child = os.fork()
if not child:
    found = cache.find("what is a robot?")
    cache.store("What is a river?", "Water.", 1.0)
    sys.exit(found.text != "A machine." or len(cache) != 2)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert cache.find("What is a river?") is None and len(cache) == 1
"""


def test_a_fork_goes_on_with_answers_of_its_own():
    done = subprocess.run(
        [sys.executable, "-c", FORKING],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
