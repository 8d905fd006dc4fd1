"""Which tools a model chooses, with which parameters."""

import asyncio
import json
from dataclasses import replace
from typing import Any, Literal

import pytest
from jsonschema import ValidationError, validate

from session1 import virtual_time
from session1.llm import LLMError, Message, SimulatedLLM
from session1.llm.local import LocalLLM
from session1.optimized_tools import OptimizedToolAgent
from session1.tool import Tool
from session1.tool_plan import (
    answer_with,
    latest_turns,
    near,
    plan_prompt,
    plan_schema,
    plan_tools,
    read_plan,
)


def weather(city: str) -> str:
    return f"18 degrees and rain in {city}"


def calculate(expression: str) -> float:
    left, _, right = expression.partition("*")
    return float(left) * float(right)


def local_time(zone: str) -> str:
    return f"noon in {zone}"


def stock_price(company: str) -> float:
    return 100.0 + len(company)


TOOLS = [
    Tool("weather", "The weather in a city today.", weather),
    Tool("calculate", "Work out an arithmetic expression.", calculate),
    Tool("local_time", "The time of day in a time zone or city.", local_time),
    Tool("stock_price", "The price of a company's share.", stock_price),
]


def plan(
    question: str, tools: list[Tool] = TOOLS, llm: Any = None, **options: Any
) -> Any:
    work = plan_tools(llm or SimulatedLLM(), tools, question, **options)

    async def main() -> Any:
        return await work

    return virtual_time.run(main).value


def call(tool: str, **params: Any) -> list[dict[str, Any]]:
    return [{"tool": tool, "params": params}]


@pytest.mark.parametrize("quote", [True, False])
@pytest.mark.parametrize(
    ("question", "calls"),
    [
        ("What is the weather in New York?", call("weather", city="New York")),
        ("What time is it in Tokyo?", call("local_time", zone="Tokyo")),
        ("Calculate 17 * 23.", call("calculate", expression="17 * 23")),
        ("The stock price of Siemens?", call("stock_price", company="Siemens")),
        ("Hello!", []),
    ],
)
def test_the_simulated_model_goes_by_the_words(
    question: str, calls: Any, quote: bool
) -> None:
    assert plan(question, quote=quote) == calls


def add(a: float, b: int) -> float:
    return a + b


@pytest.mark.parametrize("quote", [True, False])
def test_numbers_come_from_the_question_in_turn(quote: bool) -> None:
    tools = [*TOOLS, Tool("add", "Add two numbers.", add)]
    question = "Add the numbers 2.5 and -3."
    assert plan(question, tools, quote=quote) == call("add", a=2.5, b=-3)


@pytest.mark.parametrize(
    ("question", "quoted", "free"),
    [
        ("Is it dry in New York?", ["New York", "dry in New York"], ["York New", "?"]),
        ("Sum 4, -5.5 and 7.", [4, -5.5, 7], [5.5, 45, 12]),
        ("Is (2 + 3) * 4 = 20?", ["(2 + 3) * 4", "20"], ["2", "3) * 4"]),
        ("What is 1 + 2 + 3 + 4 + 5?", ["1 + 2 + 3 + 4 + 5"], ["1 + 2"]),
        ("Is 1,000 or 007 or A-12 a number?", ["1,000", "A-12", 3.5], []),
        ("word " * 61, ["anything"], []),
    ],
)
def test_a_parameter_is_a_quote(question: str, quoted: Any, free: Any) -> None:
    schema = plan_schema([Tool("t", "", lambda a: a)], question)
    for value in quoted:
        validate({"calls": call("t", a=value)}, schema)
    for value in free:
        with pytest.raises(ValidationError):
            validate({"calls": call("t", a=value)}, schema)


@pytest.mark.parametrize(
    "said", [{"enum": ["m"]}, {"type": "string", "maxLength": 1}, {"const": 1}]
)
def test_what_a_tool_says_of_a_parameter_goes_before_quotes(said: Any) -> None:
    tool = Tool("t", "", lambda a: a, parameters={"properties": {"a": said}})
    calls = plan_schema([tool], "How far is it?")["properties"]["calls"]
    found = calls["items"]["anyOf"][0]["properties"]["params"]
    assert found == {"properties": {"a": said}}


def find_order(number: int) -> str:
    return f"order {number} was sent"


@pytest.mark.parametrize(
    ("question", "given", "refused"),
    [
        ("Where is order 42?", [42], [4, "42"]),
        ("Where is my order?", [], [1, 42]),
        ("What is 17 + 25, and where is order 300?", [300], [17, 25]),
    ],
)
def test_a_number_is_one_of_the_question_that_is_in_no_sum(
    question: str, given: list[int], refused: list[Any]
) -> None:
    schema = plan_schema([Tool("find_order", "", find_order)], question)
    for number in given:
        validate({"calls": call("find_order", number=number)}, schema)
    for number in refused:
        with pytest.raises(ValidationError):
            validate({"calls": call("find_order", number=number)}, schema)


def test_nobody_is_asked_where_no_tool_can_be_called() -> None:
    llm = SimulatedLLM()
    tools = [Tool("find_order", "Find an order.", find_order)]
    assert plan("Where is my order?", tools, llm) == []
    assert llm.usage.calls == 0
    assert plan("Where is my order 42?", tools, llm) == call("find_order", number=42)


@pytest.mark.parametrize(
    ("question", "likely"),
    [
        ("What is the weather in New York?", ["weather"]),
        ("And the weather and the time in Oslo?", ["weather", "local_time"]),
        ("How late is it in this CITY?", ["weather", "local_time"]),
        ("Is that its symbol?", []),
        ("Who wrote Hamlet?", []),
        ("", []),
    ],
)
def test_a_tool_is_near_that_shares_a_telling_word(
    question: str, likely: list[str]
) -> None:
    assert [tool.name for tool in near(question, TOOLS)] == likely


@pytest.mark.parametrize(
    ("question", "offered"),
    [
        ("What time is it there?", ["local_time"]),
        ("How late is it there?", [tool.name for tool in TOOLS]),
        ("Was ist an price und time?", [tool.name for tool in TOOLS]),
        (
            "Do I need an umbrella, and what time is it in Oslo?",
            [tool.name for tool in TOOLS],
        ),
    ],
)
def test_a_brief_question_may_call_the_tool_whose_word_it_has(
    question: str, offered: list[str]
) -> None:
    asked: list[Any] = []

    class Asked(SimulatedLLM):
        async def generate(self, *args: Any, **options: Any) -> Any:
            asked.append(options["schema"])
            return await super().generate(*args, **options)

    def names() -> list[str]:
        calls = asked.pop()["properties"]["calls"]["items"]["anyOf"]
        return [one["properties"]["tool"]["const"] for one in calls]

    plan(question, llm=Asked(), earlier=RAIN)
    assert names() == [*offered, "no_tool"]
    plan(question, llm=Asked(), earlier=RAIN, quote=False)
    assert names() == [*(tool.name for tool in TOOLS), "no_tool"]


def test_two_numbers_may_come_out_of_a_sum() -> None:
    schema = plan_schema([Tool("add", "", add)], "What is 2.5 + 3?")
    validate({"calls": call("add", a=2.5, b=3)}, schema)


def test_a_sum_is_quoted_without_the_words_beside_it() -> None:
    schema = plan_schema([Tool("t", "", lambda a: a)], "Work out (8 + 2) * 6 for me.")
    validate({"calls": call("t", a="(8 + 2) * 6")}, schema)
    for text in ("out (8 + 2) * 6", "8 + 2) * 6 for me"):
        with pytest.raises(ValidationError):
            validate({"calls": call("t", a=text)}, schema)


def test_a_model_may_say_that_no_tool_helps() -> None:
    nothing = call("no_tool")
    validate({"calls": nothing}, plan_schema(TOOLS, "Who wrote Hamlet?"))
    llm = SimulatedLLM(reply=lambda _: json.dumps({"calls": nothing}))
    assert plan("Who wrote Hamlet?", llm=llm) == []


def test_the_same_call_is_planned_once() -> None:
    twice = call("weather", city="Rome") * 2 + call("weather", city="Oslo")
    llm = SimulatedLLM(reply=lambda _: json.dumps({"calls": twice}))
    found = plan("The weather in Rome and Oslo?", llm=llm)
    assert found == call("weather", city="Rome") + call("weather", city="Oslo")


def test_without_tools_nobody_is_asked() -> None:
    llm = SimulatedLLM()
    assert plan("Hello!", [], llm) == []
    assert llm.usage.calls == 0


def test_a_plan_that_is_cut_off_is_an_error() -> None:
    llm = SimulatedLLM(reply=lambda _: '{"calls": [' + " " * 10 + "x " * 1000)
    with pytest.raises(LLMError, match="cut off at max_tokens=512"):
        plan("Who wrote Hamlet?", llm=llm)


@pytest.mark.parametrize(
    ("tools", "asked"),
    [(TOOLS, 1), ([*TOOLS, Tool("greet", "Say hello to somebody.", weather)], 2)],
)
def test_a_greeting_is_planned_only_where_a_tool_greets(tools: Any, asked: int) -> None:
    llm = SimulatedLLM(reply=lambda _: '{"calls": []}')
    agent = OptimizedToolAgent("a", llm, tools)
    virtual_time.run(agent.process_message, "Hello there, thank you!")
    assert llm.usage.calls == asked


ROME = [
    Message("user", "What is the weather in Rome?"),
    Message("assistant", "18 degrees and rain in Rome. " * 20),
]


@pytest.mark.parametrize(
    ("question", "quote", "shown"),
    [
        ("And in Paris?", True, True),
        ("Is it dry in Paris?", True, False),
        ("Is it dry in Paris?", False, True),
    ],
)
def test_what_was_said_is_shown_to_a_question_that_leans_on_it(
    question: str, quote: bool, shown: bool
) -> None:
    prompts: list[list[Message]] = []

    def reply(messages: list[Message]) -> str:
        prompts.append(messages)
        return json.dumps({"calls": call("weather", city="Paris")})

    old = [Message("assistant", "Hi."), Message("tool", "x"), *ROME, *ROME, *ROME]
    llm = SimulatedLLM(reply=reply)
    found = plan(question, llm=llm, earlier=old, quote=quote)
    assert found == call("weather", city="Paris")
    turns = [ROME[0], Message("assistant", ROME[1].content[:300])] * 2
    bare = plan_prompt(TOOLS, question)
    assert prompts == [[*bare[:-1], *(turns if shown else []), bare[-1]]]


def test_a_turn_that_begins_in_the_middle_is_left_out() -> None:
    said = [ROME[0], ROME[1], ROME[0]]
    assert [turn.role for turn in latest_turns([*ROME, *said])] == [
        "user",
        "assistant",
        "user",
    ]
    assert latest_turns([]) == []


def test_a_parameter_may_be_a_quote_of_what_the_user_said_before() -> None:
    tools = [Tool("local_time", "", local_time)]
    schema = plan_schema(tools, "What time is it there?", ["The weather in Rome?"])
    validate({"calls": call("local_time", zone="Rome")}, schema)
    with pytest.raises(ValidationError):
        validate({"calls": call("local_time", zone="there The")}, schema)
    long = plan_schema(tools, "And there?", ["Rome " * 59, "Oslo"])
    validate({"calls": call("local_time", zone="Oslo")}, long)
    with pytest.raises(ValidationError):
        validate({"calls": call("local_time", zone="Rome")}, long)


def test_the_answer_holds_what_the_tool_returned() -> None:
    def reply(messages: list[Message]) -> str:
        if "weather: " not in messages[-1].content:
            return json.dumps({"calls": call("weather", city="Oslo")})
        return json.dumps({"answer": [messages[-1].content.removeprefix("weather: ")]})

    agent = OptimizedToolAgent("a", SimulatedLLM(reply=reply), TOOLS)
    answer = virtual_time.run(agent.process_message, "Rain in Oslo?").value
    agent.close()
    assert answer == "18 degrees and rain in Oslo"
    assert agent.get_performance_stats()["total_tool_calls"] == 1


class Own:
    pass


@pytest.mark.parametrize(
    ("run", "good", "bad"),
    [
        (lambda a, b=1: a, [{"a": 1}, {"a": "x", "b": True}], [{}, {"a": 1, "c": 2}]),
        (lambda **more: more, [{}, {"x": 1}], []),
        (min, [{}, {"x": 1}], []),
    ],
)
def test_a_schema_comes_from_the_signature(run: Any, good: Any, bad: Any) -> None:
    check_schema(Tool("t", "", run), good, bad)


def test_a_schema_is_made_once_for_a_tool(monkeypatch: Any) -> None:
    made = []

    def schema_of(annotation: Any) -> dict[str, Any]:
        made.append(annotation)
        return {"type": "string"}

    monkeypatch.setattr("session1.tool._schema_of", schema_of)
    tool, other = (Tool("t", "", lambda city: city) for _ in "ab")
    assert tool.schema is tool.schema and len(made) == 1
    assert other.schema == tool.schema and len(made) == 2
    assert other != tool and hash(tool) == hash(replace(tool))


def test_a_schema_comes_from_the_annotations() -> None:
    def run(
        n: int, to: Literal["m", "km"], x: float | None = None, o: Own | None = None
    ) -> None:
        pass

    good = [{"n": 1, "to": "km"}, {"n": 1, "to": "m", "x": 2.5}]
    bad = [{"n": "1", "to": "km"}, {"n": 1, "to": "mile"}, {"n": 1}]
    check_schema(Tool("t", "", run), good, bad)


def test_a_schema_that_is_given_is_taken() -> None:
    tool = Tool("t", "", lambda **_: None, parameters={"required": ["a"]})
    check_schema(tool, [{"a": 1}], [{}])


def check_schema(tool: Tool, good: list[Any], bad: list[Any]) -> None:
    for params in good:
        validate(params, tool.schema)
    for params in bad:
        with pytest.raises(ValidationError):
            validate(params, tool.schema)


NAMED = {tool.name: tool for tool in TOOLS}
REAL = [
    ("What is the weather in Paris?", "weather", "Paris"),
    ("Is it raining in Oslo?", "weather", "Oslo"),
    ("Do I need an umbrella in Bergen?", "weather", "Bergen"),
    ("What is 17 * 23?", "calculate", "17 * 23"),
    ("Calculate 3 + 4 * 5", "calculate", "3 + 4 * 5"),
    ("What time is it in Tokyo?", "local_time", "Tokyo"),
    ("What is the stock price of Apple?", "stock_price", "Apple"),
]


@pytest.mark.model
def test_the_real_model_names_tools_and_parameters(model: LocalLLM) -> None:
    async def main() -> list[bool]:
        right = []
        for question, tool, value in REAL:
            calls = await plan_tools(model, TOOLS, question)
            validate({"calls": calls}, plan_schema(TOOLS, question))
            right.append(
                [(c["tool"], *c["params"].values()) for c in calls] == [(tool, value)]
            )
        return right

    assert sum(asyncio.run(main())) >= len(REAL) - 1


def told(question: str, answer: str) -> list[Message]:
    return [Message("user", question), Message("assistant", answer)]


RAIN = told("What is the weather in Rome?", "18 degrees and rain in Rome.")
NOON = told("What time is it in Tokyo?", "It is noon in Tokyo.")
PRICE = told("What is the stock price of Apple?", "It is 105.0.")
FOLLOWING = [
    (RAIN, "And in Paris?", "weather", "Paris"),
    (RAIN, "What about Oslo?", "weather", "Oslo"),
    (NOON, "And in Sydney?", "local_time", "Sydney"),
    (NOON, "What is the weather there?", "weather", "Tokyo"),
    (RAIN, "What time is it there?", "local_time", "Rome"),
    (PRICE, "And of Nokia?", "stock_price", "Nokia"),
    (told("What is 17 * 23?", "391."), "And 12 * 12?", "calculate", "12 * 12"),
]


@pytest.mark.model
def test_the_real_model_plans_what_leans_on_earlier_turns(model: LocalLLM) -> None:
    async def main() -> list[bool]:
        return [
            await plan_tools(model, TOOLS, question, earlier=earlier)
            == [{"tool": tool, "params": {name: value}}]
            for earlier, question, tool, value in FOLLOWING
            for name in [next(iter(NAMED[tool].schema["properties"]))]
        ]

    assert sum(asyncio.run(main())) >= len(FOLLOWING) - 1


@pytest.mark.model
def test_the_real_models_answer_holds_what_the_tool_returned(model: LocalLLM) -> None:
    agent = OptimizedToolAgent("a", model, TOOLS, max_tokens=32)
    answer = asyncio.run(agent.process_message("What is the weather in Paris?"))
    agent.close()
    assert agent.get_performance_stats()["total_tool_calls"] == 1
    assert "18" in answer


def test_an_answer_repeats_what_the_tools_said() -> None:
    results = [
        {"success": True, "result": "18 degrees in Oslo", "tool": "weather"},
        {"success": False, "error": "no such zone", "tool": "local_time"},
    ]
    llm = SimulatedLLM(reply=lambda _: '{"answer": ["18 degrees in Oslo"]}')

    def said(model: Any, found: list[dict[str, Any]]) -> str:
        return virtual_time.run(answer_with, model, "Oslo?", found).value

    assert said(llm, results) == "18 degrees in Oslo"
    with pytest.raises(LLMError):
        said(SimulatedLLM(reply=lambda _: '{"answer": ["sunny"]}'), results)
    assert said(SimulatedLLM(), []) == "You said: Oslo?"


def test_nobody_is_asked_to_choose_from_one_result() -> None:
    llm = SimulatedLLM()
    dry = {"success": True, "result": "dry", "tool": "weather"}
    assert virtual_time.run(answer_with, llm, "Oslo?", [dry, dry]).value == "dry"
    assert llm.usage.calls == 0


def test_long_results_are_answered_in_the_models_words() -> None:
    long = {"success": True, "result": "rain " * 300, "tool": "weather"}
    llm = SimulatedLLM(reply=lambda _: "It rains.")
    assert virtual_time.run(answer_with, llm, "Oslo?", [long]).value == "It rains."


def test_the_answer_is_asked_for_under_the_agents_system_prompt() -> None:
    asked: list[list[Message]] = []

    def reply(messages: list[Message]) -> str:
        asked.append(messages)
        oslo, rome = call("weather", city="Oslo"), call("weather", city="Rome")
        plan = {"calls": oslo + rome}
        chosen = {"answer": ["18 degrees and rain in Oslo"]}
        return json.dumps(plan if len(asked) == 1 else chosen)

    llm = SimulatedLLM(reply=reply)
    agent = OptimizedToolAgent("a", llm, TOOLS, system_prompt="You are a guide.")
    virtual_time.run(agent.process_message, "Rain in Oslo or Rome?")
    agent.close()
    assert asked[1][0].content.startswith("You are a guide.")


@pytest.mark.parametrize(
    "chosen",
    [
        "I think 18",
        "[]",
        "null",
        '{"answer": "18"}',
        '{"answer": [18]}',
        '{"answer": []}',
    ],
)
def test_a_client_without_schemas_answers_in_its_own_words(chosen: str) -> None:
    class Plain(SimulatedLLM):
        async def generate(
            self, prompt: Any, *, schema: Any = None, **options: Any
        ) -> Any:
            reply = await super().generate(prompt, **options)
            return replace(reply, text=chosen) if schema else reply

    found = [{"success": True, "result": n, "tool": "weather"} for n in (18, 21)]
    llm = Plain(reply=lambda messages: f"From {messages[-1].content}")
    said = virtual_time.run(answer_with, llm, "Oslo and Rome?", found).value
    assert said.startswith("From weather: 18")


def test_parameters_that_are_null_are_none() -> None:
    calls = read_plan('[{"tool": "now", "params": null}, {"tool": "now"}]', ["now"])
    assert calls == [{"tool": "now", "params": {}}]


@pytest.mark.parametrize(
    ("tool", "says"),
    [
        (("", "The time.", print), "the tool has no name"),
        ((" ", "The time.", print), "the tool has no name"),
        ((None, "The time.", print), "the name of a tool is text, not a NoneType"),
        (("now", None, print), "the description of a tool is text, not a NoneType"),
        (("now", "The time.", 5), "tool 'now' runs a function, not a int"),
    ],
)
def test_what_is_no_tool_is_refused_when_it_is_made(tool: Any, says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        Tool(*tool)
