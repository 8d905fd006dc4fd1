"""Answers under a JSON schema: asked for, checked, made up, and never half."""

import asyncio
import json

import pytest
from jsonschema import validate

from session1 import virtual_time
from session1.llm import LLMError, SimulatedLLM
from session1.llm.batching import Batcher
from session1.llm.cached import CachedLLMManager
from session1.llm.openai_compatible import OpenAICompatibleLLM
from session1.llm.router import Router
from session1.llm.structured import sample

COLOUR = {
    "type": "object",
    "properties": {"colour": {"enum": ["red", "green"]}, "shade": {"type": "integer"}},
    "required": ["colour", "shade"],
    "additionalProperties": False,
}
QUESTION = "A green of shade 7, please."


def generate(llm, prompt=QUESTION, **options):
    return virtual_time.run(lambda: llm.generate(prompt, **options)).value


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda llm: llm,
        CachedLLMManager,
        Batcher,
        lambda llm: Router({"small": llm}),
        lambda llm: CachedLLMManager(Batcher(llm)),
    ],
    ids=["simulated", "cached", "batcher", "router", "two"],
)
def test_every_client_hands_the_schema_on(wrapped):
    reply = generate(wrapped(SimulatedLLM()), schema=COLOUR)
    assert json.loads(reply.text) == {"colour": "green", "shade": 7}


def test_an_answer_under_a_schema_is_kept_apart_from_one_without():
    cached = CachedLLMManager(SimulatedLLM())
    plain, other = generate(cached), generate(cached, schema=COLOUR)
    assert plain.text != other.text
    assert generate(cached, schema=COLOUR).reused
    swapped = {**COLOUR, "properties": dict(reversed(COLOUR["properties"].items()))}
    assert not generate(cached, schema=swapped).reused


@pytest.mark.parametrize("max_tokens", [1, 5])
def test_cut_json_is_an_error_that_says_so(max_tokens):
    with pytest.raises(LLMError, match=f"cut off at max_tokens={max_tokens}: give a"):
        generate(SimulatedLLM(), schema=COLOUR, max_tokens=max_tokens)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I like green.", "is not JSON"),
        ('{"colour": "green"', "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('{"colour": "blue", "shade": 7}', "'blue' is not one of"),
        ('{"colour": "green"}', "'shade' is a required property"),
    ],
)
def test_a_model_that_ignores_the_schema_is_an_error(text, why):
    llm = SimulatedLLM(reply=lambda _: text)
    with pytest.raises(LLMError, match=rf"{why}.*\. Ask again, or .*response_format"):
        generate(llm, schema=COLOUR, max_tokens=10**6)


TWO = {"type": "array", "minItems": 2, "items": {"type": "integer"}}
SHADES = {"anyOf": [{"const": "dark_red"}, {"const": "light_red"}]}


@pytest.mark.parametrize(
    ("schema", "question", "value"),
    [
        ({"const": 3}, "Which?", 3),
        ({"type": "number"}, "Add 2.5 and 3.", 2.5),
        ({"type": "integer", "maximum": 5}, "Give me 9.", 5),
        ({"type": "integer", "minimum": 5}, "Any.", 5),
        ({"type": "string"}, "What is the weather in New York?", "New York"),
        ({"type": "string"}, "What is 17 * (2 + 3)?", "17 * (2 + 3)"),
        ({"type": "string", "maxLength": 3}, "Define serendipity.", "ser"),
        ({"type": ["null", "string"]}, "Well?", None),
        ({"type": "boolean"}, "Well?", True),
        (TWO, "1 2", [1, 2]),
        (SHADES, "Light!", "light_red"),
        ({"properties": {"a": {"const": 1}}, "required": []}, "Well?", {}),
    ],
)
def test_what_is_made_up_follows_the_schema(schema, question, value):
    assert sample(schema, question) == value
    validate(value, schema)


@pytest.mark.model
def test_the_real_model_follows_the_schema_and_says_when_it_is_cut(model):
    async def main():
        reply = await model.generate(QUESTION, schema=COLOUR)
        with pytest.raises(LLMError, match="cut off at max_tokens=3"):
            await model.generate(QUESTION, schema=COLOUR, max_tokens=3)
        served = OpenAICompatibleLLM("smollm2", model.base_url)
        theirs = await served.generate(QUESTION, schema=COLOUR)
        with pytest.raises(LLMError, match="cut off at max_tokens=3"):
            await served.generate(QUESTION, schema=COLOUR, max_tokens=3)
        await served.aclose()
        return reply, theirs

    ours, theirs = asyncio.run(main())
    validate(json.loads(ours.text), COLOUR)
    assert theirs.text == ours.text
