"""The composed agent: hits wait for nobody, misses for a worker, turns are kept."""

import asyncio
import inspect
import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from tempfile import TemporaryDirectory

import pytest

from session1 import hybrid_time, virtual_time
from session1.answering import Answering
from session1.composed import ComposedAgent
from session1.latency.fallback import STAND_INS
from session1.llm import LLMError, Message, SimulatedLLM
from session1.llm.speed import Speed
from session1.memory.manager import MemoryManager
from session1.monitoring.manager import MonitoringManager
from session1.tool import Tool


def talking(main, *, llm=None, **options):
    """What `main(agent)` gives on a hybrid clock, and the agent."""
    llm = llm or SimulatedLLM(slots=100)

    async def live(memory):
        async with ComposedAgent(
            {"small": llm, "large": llm}, memory, clock=hybrid_time.now, **options
        ) as agent:
            return await main(agent), agent

    with MemoryManager() as memory:
        return hybrid_time.run(live, memory).value


def test_a_hit_does_not_wait_for_the_worker_that_a_miss_waits_for():
    async def main(agent):
        misses = [
            asyncio.create_task(agent.ask(f"Describe river number {i} of {i + 7}."))
            for i in range(4)
        ]
        await asyncio.sleep(0.01)
        hit = await agent.ask("What is a robot?")
        done = sum(miss.done() for miss in misses)
        return hit, done, await asyncio.gather(*misses)

    (hit, done, misses), agent = talking(
        main,
        answers={"What is a robot?": "A machine."},
        max_agents=1,
        target_response_time=60.0,
    )
    assert (hit["response"], done) == ("A machine.", 0)
    assert all(not miss["fallback"] for miss in misses)
    assert agent.workers.stats().peak_busy == 1


def test_no_more_workers_than_there_may_be_and_equal_questions_share_one():
    llm = SimulatedLLM(slots=100)

    async def main(agent):
        asked = [f"Describe river number {i % 10}." for i in range(50)]
        return await asyncio.gather(*(agent.ask(question) for question in asked))

    _, agent = talking(main, llm=llm, max_agents=3, target_response_time=60.0)
    assert llm.usage.calls == 10 and llm.usage.peak_in_flight == 3
    assert agent.workers.stats().agents == 0  # all let go at the end


def test_every_turn_is_remembered_and_stand_ins_are_not_kept_as_answers():
    async def main(agent):
        first = await agent.ask("Tell me everything.", user="ada")
        await asyncio.sleep(30)  # the model's late answer is kept
        second = await agent.ask("Tell me everything.", user="ada")
        await agent.ask("Another thing?", user="bob")
        return first, second, await agent.recall("ada")

    (first, second, turns), agent = talking(main, target_response_time=0.01)
    assert first["fallback"] and first["response"] in STAND_INS
    assert second["response"] == "You said: Tell me everything."
    assert [turn["response"] for turn in turns] == [
        first["response"],
        second["response"],
    ]
    assert agent.journal.written == 3


def test_a_failing_model_is_an_error_that_is_counted_and_nothing_hangs():
    llm = SimulatedLLM(fails=lambda n: True)

    async def main(agent):
        with pytest.raises(LLMError):
            await agent.ask("Name a river.")
        with pytest.raises(ValueError, match="empty"):
            await agent.ask("  ")
        return await agent.recall("someone"), agent.monitor.performance("ask")

    (turns, seen), agent = talking(main, llm=llm)
    assert turns == [] and seen["errors"] == 2
    assert agent.workers.stats().busy == 0


def test_a_memory_that_fails_costs_no_answer():
    async def main(agent):
        def full(records):
            raise OSError("no space left")

        kept, agent.memory.put_many = agent.memory.put_many, full
        said = await agent.process_message("Name a river.")
        await asyncio.sleep(5)
        agent.memory.put_many = kept
        return said, await agent.recall("someone")

    (said, turns), agent = talking(main)
    assert said == "You said: Name a river."
    assert [turn["response"] for turn in turns] == [said]
    kinds = {error["kind"] for error in agent.monitor.errors.figures()["recent"]}
    assert kinds == {"OSError"}


def shown(messages):
    """A reply that tells what the model was shown."""
    return "\n".join(f"{m.role}: {m.content}" for m in messages)


def test_the_second_turn_knows_what_was_said_in_the_first_and_only_to_that_user():
    llm = SimulatedLLM(slots=9, reply=shown)

    async def main(agent):
        await agent.ask("My name is Ada.", user="ada")
        second = await agent.process_message("Who am I?", user="ada")
        return second, await agent.process_message("Who am I?", user="bob")

    options = {"target_response_time": 60.0, "system_prompt": "Hi."}
    (ada, bob), _ = talking(main, llm=llm, **options)
    assert ada.startswith("system: Hi.\nuser: My name is Ada.\nassistant: ")
    assert ada.endswith("\nuser: Who am I?")
    assert bob == "system: Hi.\nuser: Who am I?"


def test_who_wants_no_memory_shown_shares_answers_between_users():
    llm = SimulatedLLM(slots=9, reply=shown)

    async def main(agent):
        for user in ("ada", "bob"):
            await agent.ask("My name is Ada.", user=user)
            await agent.ask("Name a river.", user=user)
        return len(await agent.recall("ada")), llm.usage.calls

    options = {"target_response_time": 60.0, "max_context_size": 0}
    assert talking(main, llm=llm, **options)[0] == (2, 2)


def test_a_user_who_comes_back_is_known_and_the_latest_turns_are_recalled_in_order():
    llm = SimulatedLLM(slots=9, reply=lambda messages: "Well.", prompt_cache=True)
    options = {"target_response_time": 60.0, "clock": hybrid_time.now}
    now = count(1000)

    async def live(folder, numbers):
        with MemoryManager(folder=folder, clock=lambda: float(next(now))) as memory:
            memory.put({"user": "ada", "plan": "pro"})  # of the same user, and no turn
            async with ComposedAgent({"small": llm}, memory, **options) as agent:
                for n in numbers:
                    await agent.ask(f"Number {n}.", user="ada")
                    await agent.ask(f"Number {n}.", user="bob")
                turns = await agent.recall("ada", 4)
                return turns, await agent._earlier("ada")

    with TemporaryDirectory() as folder:
        hybrid_time.run(live, folder, range(300))
        turns, earlier = hybrid_time.run(live, folder, range(300, 302)).value
    assert [turn["message"] for turn in turns] == [
        f"Number {n}." for n in range(298, 302)
    ]
    assert sorted({turn["timestamp"] for turn in turns}) == [
        turn["timestamp"] for turn in turns
    ]
    assert earlier[-4:] == [
        Message("user", "Number 300."),
        Message("assistant", "Well."),
        Message("user", "Number 301."),
        Message("assistant", "Well."),
    ]


def test_a_late_answer_is_there_for_who_asks_again_but_not_after_something_new():
    llm = SimulatedLLM(slots=9)

    async def main(agent):
        said = []
        for message in ("Who am I?", "Who am I?", "I am Ada.", "Who am I?"):
            said.append(await agent.ask(message, user="ada"))
            await asyncio.sleep(30)
        await agent.ask("Anything new?", user="ada")
        return said, await agent._earlier("ada")

    options = {"target_response_time": 0.01}
    (said, earlier), _ = talking(main, llm=llm, **options)
    assert [one["fallback"] for one in said] == [True, False, True, True]
    assert earlier[:6] == [
        Message("user", "Who am I?"),
        Message("assistant", "[not answered]"),
        Message("user", "Who am I?"),
        Message("assistant", "You said: Who am I?"),
        Message("user", "I am Ada."),
        Message("assistant", "[not answered]"),
    ]


def test_help_names_what_there_is_to_call():
    for name in ("ask", "process_message", "recall"):
        assert inspect.isfunction(vars(ComposedAgent)[name])
        assert vars(ComposedAgent)[name].__doc__
    assert "user" in inspect.signature(ComposedAgent.process_message).parameters


def test_models_may_have_any_name():
    async def live(memory):
        models = {"my model": SimulatedLLM(fails=lambda n: n == 1), "large": llm}
        async with ComposedAgent(models, memory, clock=hybrid_time.now) as agent:
            said = [await agent.process_message(f"Number {n}?") for n in range(3)]
            return said, models["my model"].usage.calls

    llm = SimulatedLLM(reply=lambda _: "From large.")
    with MemoryManager() as memory:
        said, calls = hybrid_time.run(live, memory).value
    assert said == ["From large.", "You said: Number 1?", "You said: Number 2?"]
    assert calls == 3


@pytest.mark.parametrize("user", ["eve \ud83d", uuid.uuid4(), 5.5j])
@pytest.mark.parametrize("message", ["What is a robot?", "hi \ud83d"])
def test_a_turn_that_cannot_be_stored_costs_itself(user, message):
    async def main(agent):
        for text in (message, "And then?"):
            assert (await agent.ask(text, user=user))["response"]
        for _ in range(20):
            await agent.ask("What is a robot?", user="ada")
        await agent.ask("hi \ud83d", user="ada")
        await agent.ask("And then?", user="ada")
        await asyncio.sleep(3)
        return await agent.recall("ada", 30), len(agent.memory)

    answers = {"What is a robot?": "A machine."}
    (turns, stored), agent = talking(main, answers=answers, target_response_time=60.0)
    assert len(turns) == stored == 21
    journal = agent.journal
    assert (journal.refused, journal.lost, len(journal)) == (3, 0, 0)
    assert agent.monitor.errors.figures()["count"] >= 3


def test_a_user_must_be_something_to_look_up():
    async def main(agent):
        with pytest.raises(TypeError, match="a user is text, not a list"):
            await agent.ask("Hi there!", user=["ada"])

    talking(main)


def test_callers_that_hang_up_lose_no_turn():
    """With all threads of the loop busy, as blocking tasks keep them."""

    async def main(agent):
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        busy = asyncio.create_task(asyncio.to_thread(time.sleep, 1.0))
        for _ in range(10):
            await agent.ask("What is a robot?", user="ada")
        left = [agent.recall("ada", 20), agent.journal.flush(), agent.ask("Hm?", "ada")]
        for call in left:
            task = asyncio.create_task(call)
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        turns = await agent.recall("ada", 20)
        await busy
        return len(turns)

    async def live(memory):
        answers = {"What is a robot?": "A machine."}
        model = SimulatedLLM()
        async with ComposedAgent({"small": model}, memory, answers=answers) as agent:
            return await main(agent)

    with MemoryManager() as memory:
        assert asyncio.run(live(memory)) == 10
        assert len(memory) == 10


def test_a_turn_added_while_a_user_is_read_back_is_in_the_dialogue():
    async def main(agent):
        retrieve = agent.memory.retrieve

        def slow(*args, **options):
            found = retrieve(*args, **options)
            time.sleep(0.1)
            return found

        agent.memory.retrieve = slow
        reading = asyncio.create_task(agent._earlier("ada"))
        await asyncio.sleep(0.01)
        await agent.ask("What is a robot?", user="ada")
        await agent.journal.flush()
        await reading
        return await agent._earlier("ada")

    options = {"answers": {"What is a robot?": "A machine."}}
    earlier, _ = talking(main, target_response_time=60.0, **options)
    assert [m.content for m in earlier] == ["What is a robot?", "A machine."]


def test_a_store_that_cannot_be_read_costs_no_answer_and_is_reported():
    async def main(agent):
        def broken(*args, **options):
            raise OSError("no disk")

        agent.memory.retrieve = broken
        said = await agent.process_message("Name a river.")
        with pytest.raises(OSError, match="no disk"):
            await agent.recall("someone")
        return said

    said, agent = talking(main)
    assert said == "You said: Name a river."
    kinds = {error["kind"] for error in agent.monitor.errors.figures()["recent"]}
    assert kinds == {"OSError"}


def test_a_store_that_hangs_costs_no_more_than_the_deadline():
    free = threading.Event()

    async def main(agent):
        agent.memory.retrieve = lambda *args, **options: free.wait(60)
        answer = await agent.ask("Name a river.", user="ada")
        free.set()
        return answer

    answer, agent = talking(main, target_response_time=0.5)
    assert answer["response"] == "You said: Name a river."
    assert 0.5 <= answer["response_time"] < 10
    kinds = {error["kind"] for error in agent.monitor.errors.figures()["recent"]}
    assert kinds == {"TimeoutError"}


def test_memory_is_bounded_for_each_user_and_for_all():
    async def main(agent):
        for n in range(40):
            for user in range(5):
                text = f"My plan number {n} for user {user} is {'long ' * 50}"
                await agent.ask(text, user=str(user))
        held = agent.dialogues._held
        talks = [held.peek(user).learned() for user in held]
        return [talk.memory.bytes for talk in talks], talks[0].max_memory_bytes

    options = {"max_users": 3, "max_memory_mb": 0.01, "target_response_time": 60.0}
    (sizes, most), _ = talking(main, **options)
    assert len(sizes) == 3 and max(sizes) <= most == 10_485


def test_a_fact_is_known_after_a_restart_however_much_was_said_since():
    fact = "Remember: I am allergic to peanuts!"
    prompts = []

    def says(messages):
        prompts.append([message.content for message in messages])
        return "Noted."

    async def live(memory):
        llm = SimulatedLLM(slots=100, reply=says)
        async with ComposedAgent(llm, memory, clock=hybrid_time.now) as agent:
            for text in [fact, *["Go on."] * 400]:
                turn = {"user": "ada", "message": text, "response": "Yes."}
                agent.dialogues.add(turn)
        async with ComposedAgent(llm, memory, clock=hybrid_time.now) as agent:
            await agent.ask("What about me?", "ada")
            await agent.ask("And me?", "bob")

    with MemoryManager() as memory:
        hybrid_time.run(live, memory)
    ada, bob = prompts
    assert sum(fact in text for text in ada) == 1
    assert not any(fact in text for text in bob)


def test_hits_between_two_questions_are_known_to_the_second():
    async def main(agent):
        await agent.ask("My name is Ada.", user="ada")
        for _ in range(100):
            await agent.ask("What is a robot?", user="ada")
        await agent.ask("Name a river.", user="ada")
        return await agent._earlier("ada")

    answers = {"What is a robot?": "A machine."}
    earlier, _ = talking(main, answers=answers, target_response_time=60.0)
    assert "My name is Ada." in earlier[0].content
    assert [m.content for m in earlier[-4:]] == [
        *("What is a robot?", "A machine."),
        *("Name a river.", "You said: Name a river."),
    ]


def test_only_the_end_of_the_prompt_grows():
    llm = SimulatedLLM(slots=9, prompt_cache=True)
    replies = []

    async def main(agent):
        stream = agent.fast.llm_client.stream

        def counted(prompt, *, on_end, **options):
            def both(reply):
                replies.append(reply)
                on_end(reply)

            return stream(prompt, on_end=both, **options)

        agent.fast.llm_client.stream = counted
        for n in range(30):
            await agent.ask(f"On day {n} I saw some birds at the lake.", user="ada")

    talking(main, llm=llm, target_response_time=60.0)
    read = sum(reply.prompt_tokens for reply in replies)
    cached = sum(reply.cached_tokens for reply in replies)
    assert len(replies) == 30 and cached > 0.85 * read > 10_000


@pytest.mark.parametrize("cacheable", [True, False])
def test_tools_are_called_and_kept_with_their_answer_only_if_they_may_be(cacheable):
    runs = []

    def weather(city):
        runs.append(city)
        return "18 degrees"

    def reply(messages):
        if "18 degrees" in messages[-1].content:
            return "It is 18 degrees."
        return '{"calls": [{"tool": "weather", "params": {"city": "Oslo"}}]}'

    async def main(agent):
        ask = [await agent.ask("Weather in Oslo?", user="ada") for _ in "ab"]
        return [one["response"] for one in ask]

    tool = Tool("weather", "The weather in a city.", weather, cacheable=cacheable)
    llm = SimulatedLLM(slots=9, reply=reply)
    said, _ = talking(
        main, llm=llm, tools=[tool], target_response_time=60.0, max_context_size=0
    )
    assert said == ["It is 18 degrees."] * 2
    assert runs == ["Oslo"] * (1 if cacheable else 2)


def test_a_tool_that_takes_too_long_answers_who_asks_again_and_runs_once():
    ran = []

    async def send(city: str) -> str:
        ran.append(city)
        await asyncio.sleep(5.0)
        return f"sent to {city}"

    def says(messages):
        if messages[0].content.startswith("You can call"):
            calls = [{"tool": "send", "params": {"city": "Paris"}}]
            return json.dumps({"calls": calls})
        return f"Done: {messages[-1].content}"

    async def main(agent):
        question = "Send it to Paris."
        first = [await agent.ask(question, user) for user in ("ada", "bob")]
        await asyncio.sleep(30)
        again = [await agent.ask(question, user) for user in ("ada", "bob", "eve")]
        await asyncio.sleep(30)
        return first, again, await agent.ask(question, "ada")

    tool = Tool("send", "Send it to a city.", send)
    llm = SimulatedLLM(slots=100, reply=says)
    (first, again, later), _ = talking(main, llm=llm, tools=[tool])
    assert all(answer["fallback"] for answer in first)
    assert [answer["response"] for answer in again[:2]] == [
        "Done: send: sent to Paris"
    ] * 2
    assert all(answer["cache_hit"] is True for answer in again[:2])
    assert again[2]["fallback"] and later["fallback"]  # each asks for the first time
    assert len(ran) == 3


class Odd:
    def __str__(self):
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        ("x" * 60_000, "x" * 50_000 + " [10,000 of 60,000 characters left out]"),
        (Odd(), "failed: its result cannot be shown (RuntimeError: no words)"),
        (iter([1]), "failed: its result is a list_iterator, so have it return a list"),
        (None, "None"),
    ],
    ids=["long", "without words", "an iterator", "none"],
)
def test_what_a_tool_returns_costs_no_turn(result, shown):
    prompts = []

    def says(messages):
        if messages[0].content.startswith("You can call"):
            return '{"calls": [{"tool": "find", "params": {}}]}'
        prompts.append(messages[-1].content)
        return "Found."

    instant = Speed(start_s=0.0, prompt_token_s=0.0, token_s=0.0, spread=0.0)
    llm = SimulatedLLM(slots=100, reply=says, speed=instant)
    tools = [Tool("find", "Find it.", lambda: result)]
    answer, _ = talking(lambda agent: agent.ask("Find it."), llm=llm, tools=tools)
    assert answer["response"] == "Found." and prompts == [f"find: {shown}"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"max_context_size": -1}, "max_context_size is -1; give characters, or 0"),
        ({"max_context_size": 1.5}, "max_context_size must be an int"),
        ({"max_memory_mb": 0}, "max_memory_mb must be a finite number above 0"),
        ({"max_memory_mb": "1"}, "max_memory_mb must be an int or a float"),
        ({"target_response_time": float("nan")}, "the target is nan s"),
        ({"system_prompt": 5}, "system_prompt is text, not a int"),
        ({"answers": {"Hi": " "}}, "the answer to 'Hi' is empty: give it text"),
        ({"tools": [print]}, r"a tool is a Tool\(name, description, function\)"),
        (
            {"tools": Tool("now", "The time.", print)},
            r"tools are a list: write \[now\]",
        ),
        ({"models": [SimulatedLLM()]}, "clients by name, such as .*, not a list"),
        ({"models": {}}, "no models"),
        ({"memory": "turns"}, r"memory is a MemoryManager\(folder=...\), not a str"),
    ],
)
def test_what_cannot_work_is_said_at_once(options, says):
    with MemoryManager() as memory:
        given = {"models": {"small": SimulatedLLM()}, "memory": memory} | options
        with pytest.raises((TypeError, ValueError), match=says):
            ComposedAgent(**given)


def test_a_single_model_needs_no_name():
    async def live(memory):
        async with ComposedAgent(llm, memory, clock=hybrid_time.now) as agent:
            return await agent.process_message("Hi there!")

    llm = SimulatedLLM()
    with MemoryManager() as memory:
        assert hybrid_time.run(live, memory).value == "You said: Hi there!"


def test_without_tools_a_question_is_one_call_of_a_model():
    llm = SimulatedLLM(slots=9)

    async def main(agent):
        for n in range(5):
            await agent.ask(f"Name river number {n}.", user="ada")

    talking(main, llm=llm, target_response_time=60.0)
    assert llm.usage.calls == 5


def test_an_answer_from_tools_knows_what_was_said_before():
    seen = []

    def reply(messages):
        seen.append(messages)
        if messages[0].content.startswith("You can call"):
            if "Weather" in messages[-1].content:
                return '{"calls": [{"tool": "weather", "params": {"city": "Oslo"}}]}'
            return '{"calls": []}'
        return "Fine."

    async def main(agent):
        await agent.ask("My name is Ada.", user="ada")
        await agent.ask("Weather in Oslo?", user="ada")

    tool = Tool("weather", "The weather in a city.", lambda city: f"rain in {city}")
    llm = SimulatedLLM(slots=9, reply=reply)
    options = {"target_response_time": 60.0, "system_prompt": "Be kind."}
    talking(main, llm=llm, tools=[tool], **options)
    assert len(seen) == 4
    assert seen[-1][0].content.startswith("Be kind.")
    assert seen[-1][1:3] == [
        Message("user", "My name is Ada."),
        Message("assistant", "Fine."),
    ]
    assert seen[-1][-2:] == [
        Message("user", "Weather in Oslo?"),
        Message("tool", "weather: rain in Oslo"),
    ]


def test_a_question_that_leans_on_a_turn_calls_the_tool_again():
    runs = []

    def weather(city):
        runs.append(city)
        return f"rain in {city}"

    def reply(messages):
        asked = " ".join(m.content for m in messages[11:])
        if not messages[0].content.startswith("You can call"):
            return f"It is {messages[-1].content}"
        city = "Paris" if "Paris" in asked else "Rome"
        known = "weather" in asked
        call = {"tool": "weather", "params": {"city": city}}
        return json.dumps({"calls": [call] if known else []})

    async def main(agent):
        await agent.ask("What is the weather in Rome?", user="ada")
        return await agent.ask("And in Paris?", user="ada")

    tool = Tool("weather", "The weather in a city.", weather)
    llm = SimulatedLLM(slots=9, reply=reply)
    answer, _ = talking(main, llm=llm, tools=[tool], target_response_time=60.0)
    assert runs == ["Rome", "Paris"]
    assert answer["response"] == "It is weather: rain in Paris"


def test_a_plan_is_made_once_for_a_question_and_never_for_thanks():
    planned, runs = [], []

    def look_up(word):
        runs.append(word)
        return "found"

    def reply(messages):
        if not messages[0].content.startswith("You can call"):
            return "Fine."
        planned.append(messages[-1].content)
        call = {"tool": "look_up", "params": {"word": "Oslo"}}
        return json.dumps({"calls": [call]})

    async def main(agent):
        for user in ("ada", "bob", "eve"):
            await agent.ask(f"My name is {user} Oslo.", user=user)
            await agent.ask("Look up Oslo.", user=user)
            await agent.ask("Thank you!", user=user)

    tool = Tool("look_up", "Look up a word.", look_up)
    llm = SimulatedLLM(slots=9, reply=reply)
    talking(main, llm=llm, tools=[tool], target_response_time=60.0)
    assert len(planned) == 4 and planned.count("Look up Oslo.") == 1
    assert runs == ["Oslo"] * 6
    begun_beside_a_plan = 3  # a name has no word of the tool
    assert llm.usage.calls == 4 + begun_beside_a_plan + 9


SLOW = Speed(start_s=1.0, prompt_token_s=0.0, token_s=0.1, spread=0.0)


def planning(calls, answer="Fine.", asked=None):
    """A model's reply function: a plan of these calls, else the answer."""

    def reply(messages):
        plans = messages[0].content.startswith("You can call")
        if asked is not None:
            asked.append("plan" if plans else messages[-1].content)
        return json.dumps({"calls": calls}) if plans else answer

    return reply


WEATHER = Tool("weather", "The weather in a city.", lambda city: f"rain in {city}")


def answering(llm):
    """An agent with a tool, on virtual time."""
    return Answering(llm, [WEATHER], target_response_time=60.0, clock=virtual_time.now)


@pytest.mark.parametrize(
    ("message", "seconds"),
    [("Name a river.", 1.7), ("What is the weather like?", 1.7 + 1.1)],
)
def test_the_answer_is_begun_beside_a_plan_that_will_hardly_name_a_tool(
    message, seconds
):
    llm = SimulatedLLM(slots=9, reply=planning([]), speed=SLOW)
    run = virtual_time.run(answering(llm).process_message, message)
    assert run.value == "Fine." and llm.usage.calls == 2
    assert run.seconds == pytest.approx(seconds)


@pytest.mark.parametrize("agents", [1, 2])
def test_an_answer_begun_beside_a_plan_ends_unread_where_that_names_a_tool(agents):
    asked = []

    async def main(agent):
        answer = await agent.ask("Is it raining in Oslo?")
        await asyncio.sleep(1)
        return answer, agent.workers.stats().busy, llm.usage.in_flight

    calls = [{"tool": "weather", "params": {"city": "Oslo"}}]
    llm = SimulatedLLM(slots=9, reply=planning(calls, "So. " * 99, asked), speed=SLOW)
    options = {"tools": [WEATHER], "target_response_time": 99, "max_agents": agents}
    (answer, *busy), agent = talking(main, llm=llm, **options)
    assert answer["response"] == "So. " * 99 and busy == [0, 0]
    beside = ["Is it raining in Oslo?"] * (agents - 1)  # one worker plans first
    assert asked == ["plan", *beside, "weather: rain in Oslo"]
    states = agent.router.get_cost_stats()["breakers"]
    assert set(states.values()) == {"closed"}


@pytest.mark.parametrize("broken", ["plan", "answer"])
def test_a_plan_or_the_answer_beside_it_that_fails_is_an_error(broken):
    fails = [broken]

    def reply(messages):
        plans = messages[0].content.startswith("You can call")
        if ("plan" if plans else "answer") in fails:
            raise LLMError("no")
        return json.dumps({"calls": []}) if plans else "Fine."

    async def main(agent):
        with pytest.raises(LLMError):
            await agent.ask("Name a river.")
        fails.clear()
        again = await agent.ask("Name a river.")
        return again["response"], agent.workers.stats().busy

    llm = SimulatedLLM(slots=9, reply=reply, speed=SLOW)
    options = {"tools": [WEATHER], "target_response_time": 60.0}
    assert talking(main, llm=llm, **options)[0] == ("Fine.", 0)


def test_a_model_that_hangs_in_the_answer_beside_a_plan_has_failed():
    class Hangs(SimulatedLLM):
        async def stream(self, prompt, **options):
            if not prompt[0].content.startswith("You can call"):
                await asyncio.sleep(1e6)
            async for piece in super().stream(prompt, **options):
                yield piece

    async def main(agent):
        rivers = (agent.ask(f"Name a river of {city}.") for city in "ABC")
        answers = await asyncio.gather(*rivers)
        await asyncio.sleep(70)  # longer than a run may take
        return all(answer["fallback"] for answer in answers)

    llm = Hangs(slots=9, reply=planning([]), speed=SLOW)
    options = {"tools": [WEATHER], "timeout": None}
    late, agent = talking(main, llm=llm, **options)
    assert late and agent.workers.stats().busy == 0
    assert agent.router.breakers["small"].opened == 1


def test_what_is_begun_beside_a_plan_is_streamed_once_the_plan_is_there():
    async def main():
        return [
            (piece, round(virtual_time.now(), 1))
            async for piece in agent.stream("Name a river.")
        ]

    agent = answering(SimulatedLLM(reply=planning([], "So " * 20), speed=SLOW))
    pieces = virtual_time.run(main).value
    assert "".join(piece for piece, _ in pieces) == "So " * 20
    at = [seconds for _, seconds in pieces]
    assert at[0] == 1.7 and at[-1] > 1.7 + 1.0


@pytest.mark.parametrize(
    ("results", "answered"),
    [
        (["18", "18", "18"], 1),
        (["18", "21", "18"], 2),
        ([None, None, "18"], 3),  # a failure is for those alone who got it
    ],
)
def test_the_same_result_of_a_tool_that_must_run_again_is_answered_once(
    results, answered
):
    coming = iter(results)

    def temperature(city):
        if (degrees := next(coming)) is None:
            raise OSError("no sensor")
        return degrees

    async def main(agent):
        return [await agent.process_message("Warm in Oslo?", user) for user in "abc"]

    def reply(messages):
        if messages[0].content.startswith("You can call"):
            call = {"tool": "temperature", "params": {"city": "Oslo"}}
            return json.dumps({"calls": [call]})
        return f"It is {messages[-1].content}."

    llm = SimulatedLLM(slots=9, reply=reply)
    tool = Tool("temperature", "How warm a city is.", temperature)
    options = {"tools": [tool], "max_context_size": 0, "target_response_time": 60.0}
    said, _ = talking(main, llm=llm, **options)
    failed = "It is temperature: failed: no sensor."
    assert said == [f"It is temperature: {r}." if r else failed for r in results]
    assert llm.usage.calls == 1 + answered  # and one plan


def test_the_words_of_a_known_question_are_asked_once_for_everybody():
    llm = SimulatedLLM(slots=9, reply=shown)
    known = "Who was the only US president to resign?"

    async def main(agent):
        said = []
        for user in ("ada", "bob"):
            await agent.ask(f"My name is {user.capitalize()}.", user=user)
            said.append(await agent.process_message(asked, user))
        return said

    options = {"target_response_time": 60.0, "system_prompt": "Hi."}
    for asked, shared in (
        ("hi, who was the only us president to resign please", True),
        ("Who was the only US president to resign there?", False),
    ):
        llm.usage.calls = 0
        (ada, bob), _ = talking(main, llm=llm, answers={known: "Nixon"}, **options)
        assert (ada == bob) == shared == ("Ada" not in ada), asked
        assert llm.usage.calls == (3 if shared else 4)


def test_a_monitor_that_fails_costs_no_answer():
    class Failing(MonitoringManager):
        def record_error(self, error, context=None):
            raise RuntimeError("the monitor is down")

    async def live(memory):
        async with ComposedAgent(SimulatedLLM(), memory, monitor=Failing()) as agent:
            agent.dialogues.of = None
            return await agent.process_message("Who are you?")

    with MemoryManager() as memory:
        assert asyncio.run(live(memory)) == "You said: Who are you?"
