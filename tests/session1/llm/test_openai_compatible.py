"""The OpenAI-compatible client against the local model's own server on loopback."""

import asyncio

import pytest

from session1.llm import LLMError, connect
from session1.llm.local import PLAIN_TEXT
from session1.llm.openai_compatible import OpenAICompatibleLLM

QUESTION = "Name a colour."


@pytest.fixture
def serverless():
    """A client for a port where nothing listens (discard, never served here)."""
    return OpenAICompatibleLLM("any", "http://127.0.0.1:9/v1")


@pytest.mark.model
def test_it_says_what_the_local_client_says(model):
    async def main():
        served = OpenAICompatibleLLM("smollm2", model.base_url, extra_body=PLAIN_TEXT)
        ours = await model.generate(QUESTION, max_tokens=8)
        theirs = await served.generate(QUESTION, max_tokens=8)
        await served.aclose()
        return ours, theirs

    ours, theirs = asyncio.run(main())
    assert theirs.text == ours.text
    assert theirs.prompt_tokens == ours.prompt_tokens
    assert theirs.model == ours.model


@pytest.mark.model
def test_a_wrong_path_is_explained(model):
    llm = OpenAICompatibleLLM("smollm2", model.base_url + "/nowhere")
    with pytest.raises(LLMError, match="no model 'smollm2' at this address"):
        asyncio.run(llm.generate(QUESTION))


@pytest.mark.model
def test_a_request_the_server_refuses_is_explained(model):
    llm = OpenAICompatibleLLM("smollm2", model.base_url)
    with pytest.raises(LLMError, match="exceeds the available context"):
        asyncio.run(llm.generate("rain " * 3000))


def test_a_server_that_is_not_there_is_explained(serverless):
    for call in (serverless.generate(QUESTION), _drain(serverless, QUESTION)):
        with pytest.raises(LLMError, match="start the server or correct base_url"):
            asyncio.run(call)


@pytest.mark.parametrize("missing", ["OPENAI_MODEL", "OPENAI_BASE_URL"])
def test_what_is_not_given_comes_from_the_environment(monkeypatch, missing):
    settings = {"OPENAI_MODEL": "m", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert connect("openai").model == "m"
    monkeypatch.delenv(missing)
    with pytest.raises(ValueError, match=missing):
        connect("openai")


def test_a_servers_own_fields_go_with_plain_text_alone(serverless):
    served = OpenAICompatibleLLM("any", serverless.base_url, extra_body=PLAIN_TEXT)

    async def main():
        for llm in (serverless, served):
            for schema in (None, {"type": "object"}):
                body = llm._body(QUESTION, 8, 0.0, 0, schema)
                yield body.pop("extra_body", None), "response_format" in body

    async def bodies():
        return [body async for body in main()]

    plain, formed, *theirs = asyncio.run(bodies())
    assert plain == ({}, False) and formed == (None, True)
    assert theirs == [(PLAIN_TEXT, False), (None, True)]


async def _drain(llm, prompt, **options):
    return [piece async for piece in llm.stream(prompt, **options)]
