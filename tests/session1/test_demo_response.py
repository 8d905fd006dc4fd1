"""The demo's response part: real questions, labelled pairs and tuning."""

import pytest

from session1 import virtual_time
from session1.data.pairs import pairs
from session1.demo import response
from session1.demo.answer_runs import (
    AGENTS,
    cold_and_warm,
    late,
    live,
    pairs_served,
    percentiles,
)
from session1.llm import SimulatedLLM
from session1.naive_response import NaiveResponseAgent
from session1.questions import (
    REWORDINGS,
    Asked,
    day,
    every_answer,
    known,
    scripted,
)
from session1.reuse.gate import judge

pytestmark = pytest.mark.slow


def test_a_day_repeats_and_rewords():
    asked = day(300, 100, every_s=0.5)
    messages = [one.message for one in asked]
    assert asked == day(300, 100, every_s=0.5)
    assert len(set(messages)) < 200
    assert any(one.message != one.question for one in asked)
    assert set(scripted(asked).values()) <= every_answer()


def test_rewordings_ask_the_same():
    for question in [q for q in known() if q.endswith("?")][::25]:
        for reword in REWORDINGS[1:]:
            assert judge(question, reword(question)).same, reword(question)


@pytest.fixture(scope="module")
def days():
    asked = day(250, 120, every_s=0.6)
    run = virtual_time.run
    return {n: run(live, make, asked, 1.0).value for n, make in AGENTS.items()}


def test_a_day_without_reuse_naively_and_ours(days):
    before, naive, ours = (day.figures() for day in days.values())
    assert before["model_calls"] == before["answers"] == 250 > ours["model_calls"]
    assert before["exact"] == before["fuzzy"] == 0 < ours["fuzzy"]
    assert before["right"] == 250 > ours["right"] > naive["right"]
    assert max(ours["calls_each"], naive["calls_each"]) < before["calls_each"] == 1.0
    assert ours["wrong"] == 0
    assert ours["p50"] == 0 < before["p50"]
    assert ours["p99"] <= 1.0 + 1e-9
    assert naive["stand_ins"] > ours["stand_ins"]
    assert response.day_section(days).failures == ()


def test_a_kept_excuse_is_no_hit_and_no_quick_answer():
    question = next(iter(known()))
    asked = [Asked(question, question, after_s) for after_s in (0.0, 5.0)]
    day_of = {
        name: virtual_time.run(live, AGENTS[name], asked, 0.01).value.figures()
        for name in ("naive", "ours")
    }
    naive, ours = day_of.values()
    assert (naive["right"], naive["exact"], naive["at_once"]) == (0, 0.0, 0.0)
    assert (ours["right"], ours["exact"], ours["at_once"]) == (1, 0.5, 0.5)
    assert (naive["stand_ins"], ours["stand_ins"]) == (1.0, 0.5)


def test_no_client_cuts_an_answer_of_the_day():
    """A learner's agent may ask with a client's own max_tokens."""
    llm = SimulatedLLM(reply=lambda messages: messages[-1].content)

    async def main():
        return {(await llm.generate(said)).finish for said in every_answer()}

    assert virtual_time.run(main).value == {"stop"}


def test_pairs_are_served_as_labelled():
    some = pairs(["negation", "number", "typo"])
    served = {
        name: virtual_time.run(pairs_served, AGENTS[name], some).value
        for name in ("naive", "ours")
    }
    wrong = response.wrong(served)
    assert not wrong["ours"] and wrong["naive"]["negation"] > 40
    assert any(pair.same for pair in served["ours"])


def test_cold_and_warm():
    found = virtual_time.run(
        cold_and_warm, SimulatedLLM(), response.QUESTIONS[:2]
    ).value
    assert (found["cold"]["asked"], found["warm"]["asked"]) == (2, 8)
    assert (found["warm"]["exact"], found["warm"]["fuzzy"]) == (2, 6)
    assert response.model_section(found, "simulated").failures == ()


def test_the_late_answer_is_kept():
    found = virtual_time.run(late, SimulatedLLM(), response.LATE).value
    assert found["first"]["fallback"] and found["second"]["cache_hit"] is True
    assert response.LATE in found["second"]["response"]
    assert response.late_section(found).failures == ()


def test_tuning_naive_ends_late_and_ours_does_not():
    rounds = response.tuned()
    section = response.tuning_section(rounds)
    assert section.failures == ()
    assert section.data["naive"]["late"] == 1


def test_percentiles_of_few():
    assert percentiles([3.0, 1.0, 2.0]) == {"p50": 2, "p90": 3, "p95": 3, "p99": 3}


class TestNaive:
    """Its faults, one by one."""

    def ask(self, messages, target=10.0):
        async def main():
            agent = NaiveResponseAgent(
                "naive",
                SimulatedLLM(),
                target_response_time=target,
                clock=virtual_time.now,
            )
            said = [(await agent.process_message_fast(m))["response"] for m in messages]
            await agent.optimize_performance()
            return said, agent

        return virtual_time.run(main).value

    def test_the_opposite_gets_the_same_answer(self):
        (one, other), _ = self.ask(
            ["is it safe to eat raw eggs", "is it not safe to eat raw eggs"]
        )
        assert one == other

    def test_the_stand_in_stays(self):
        (first, again), agent = self.ask(["why is the sky blue?"] * 2, target=0.01)
        assert first == again == agent.response_cache["why is the sky blue?"]
        assert "simpler question" in first

    def test_hits_shrink_the_target(self):
        _, agent = self.ask(["hello there"] * 50)
        assert agent.target_response_time == 9
        assert virtual_time.run(agent.process_message, "hello there").value
