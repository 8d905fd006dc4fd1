"""Servers off the protocol: an error that says what came, or the answer that is there.

Each case is asked over HTTP, as a whole and as a stream.
"""

import asyncio
import gzip
import json
import ssl
import tracemalloc
from typing import Any

import pytest

from session1.llm import LLMError
from session1.llm.client import Reply
from session1.llm.errors import NoText
from session1.llm.openai_compatible import OpenAICompatibleLLM
from session1.llm.router import Router
from session1.llm.simulated import SimulatedLLM
from session1.llm.speed import Speed
from tests.session1.llm.off_protocol import (
    EVENTS,
    HTML,
    Sent,
    answer,
    body,
    chunk,
    event,
    said,
    serving,
    stream,
)

CONTEXT = ssl.create_default_context()
DONE = "data: [DONE]\n\n"
LOGIN = "<!DOCTYPE html><title>Please log in</title><form action=/login></form>"
DEEP = "[" * 100_000

# What comes, and what the error has to say of it; both ways of asking end alike.
NO_ANSWER = {
    "html": (Sent([LOGIN], HTML), r"it sent '<!DOCTYPE html><title>Please log in.*/v1"),
    "html called json": (Sent([LOGIN]), "Please log in"),
    "html called a stream": (stream(LOGIN), "Please log in"),
    "an empty body": (Sent(), "it sent an empty body"),
    "no content": (Sent(status="204 No Content"), "an empty body"),
    "text": (Sent(["Service is fine."], "text/plain"), "'Service is fine.'"),
    "broken JSON": (Sent(['{"choices": [{"mess']), r"'{\"choices\": \[{\"mess'"),
    "a list": (Sent(["[1, 2]"]), r"'\[1, 2\]'"),
    "null": (Sent(["null"]), "'null'"),
    "a number": (Sent(["17"]), "'17'"),
    "deep JSON": (Sent([DEEP]), "it sent '.*…', not JSON"),
    "bytes that are not UTF-8": (Sent([b'{"a": "\xff\xfe"}']), "not JSON"),
    "an error": (body(error={"message": "Out of credit"}), "error, 'Out of credit'"),
    "an error as text": (body(error="model is loading"), "'model is loading'"),
    "an error without text": (body(error={"code": 7}), r"error, '{'code': 7}'"),
    "another object": (body(detail="Not Found"), 'no answer in \'{"detail".*base_url'),
    "no choices": (body(choices=[]), 'no answer in \'{"choices"'),
    "null choices": (body(choices=None), "no answer"),
    "choices of another kind": (body(choices={"0": "hi"}), "no answer"),
    "a null choice": (body(choices=[None]), "no answer"),
    "a choice of another kind": (body(choices=["hi"]), "no answer"),
    "a null message": (answer({"message": None}), "no answer"),
    "no message": (answer({"index": 0}), "no answer"),
    "a null message that ends": (
        answer({"message": None, "finish_reason": "stop"}),
        "no answer",
    ),
    "no message that ends": (answer({"finish_reason": "stop"}), "no answer"),
    "an empty message that ends": (
        answer({"message": {}, "finish_reason": "stop"}),
        "no answer",
    ),
    "a message that is text": (
        answer({"message": "hi", "finish_reason": "stop"}),
        "no answer",
    ),
    "a number for content": (said(42), "its content is '42', not text"),
    "true for content": (said(True), "its content is 'True'"),
    "a null content": (said(None, None), "no answer"),
    "an empty content": (said("", None), "no answer"),
    "lines of another protocol": (
        Sent(['{"message": {"content": "hi"}}\n{"done": true}\n'], "application/x"),
        "not JSON of an answer",
    ),
    "a reset": (Sent(end="reset"), "no connection|broke"),
    "an end in the middle of a body": (Sent(["{"], end="cut"), "no connection|broke"),
    "bytes that do not inflate": (
        Sent(["nothing packed"], headers="Content-Encoding: gzip\r\n"),
        "decompressing|no connection",
    ),
    "a server's own words": (
        Sent([json.dumps({"error": {"message": "No GPU is left"}})], status="500 Oh"),
        "status 500, it reports an error, 'No GPU is left'",
    ),
    "a server error": (Sent(["<h1>Oops</h1>"], HTML, "500 Oh"), "<h1>Oops</h1>"),
    "a redirect to nowhere": (
        Sent(status="302 Found"),
        "status 302, it sent an empty body.*base_url",
    ),
    "too many requests": (Sent(status="429 No"), "too many requests"),
    "a wrong path": (Sent([LOGIN], HTML, "404 No"), "no model 'm'.*end in /v1"),
}

# Streams that end in an error after the text given here has come.
BROKEN_STREAMS = {
    "nothing at all": (stream(), "", "an empty body"),
    "only comments": (stream(": ping\n\n" * 3), "", "an empty body"),
    "only the end": (stream(DONE), "", "no answer"),
    "only a role": (stream(event(choices=[{"delta": {"role": "x"}}])), "", "no answer"),
    "only an end": (
        stream(event(choices=[{"delta": None, "finish_reason": "stop"}]), DONE),
        "",
        "no answer",
    ),
    "only usage": (stream(event(choices=[], usage={})), "", "no answer in"),
    "an error": (stream(event(error={"message": "No GPU"})), "", "'No GPU'"),
    "an error, named": (
        stream("event: error\n" + event(error="No GPU")),
        "",
        "'No GPU'",
    ),
    "an error later": (stream(chunk("He"), event(error="died")), "He", "'died'"),
    "bad JSON": (stream("data: {oh\n\n"), "", "it sent '{oh', not JSON"),
    "bad JSON later": (stream(chunk("He"), "data: {oh\n\n"), "He", "'{oh'"),
    "an end without a reason": (stream(chunk("He"), chunk("l")), "Hel", "broke off"),
    "a cut": (stream(chunk("He"), end="cut"), "He", "broke.*ask again"),
    "half an event": (stream(chunk("He"), 'data: {"choi'), "He", "'{\"choi'"),
    "an endless line": (stream(b"data: " + b"x" * 5_000_000), "", "4194304 bytes"),
    "endless HTML": (stream(b"<br>\n" * 1_500_000), "", "4194304 bytes.*'<br>"),
}

# Streams that are answers, with their text and how they end.
GOOD_STREAMS = {
    "plain": (stream(chunk("Hel"), chunk("lo"), chunk(None, "stop"), DONE), "stop"),
    "no DONE": (stream(chunk("Hello", "stop")), "stop"),
    "no last blank line": (stream(chunk("Hello", "stop").strip()), "stop"),
    "no reason but DONE": (stream(chunk("Hello"), DONE), "length"),
    "cut off": (stream(chunk("Hello", "length"), DONE), "length"),
    "filtered": (stream(chunk("Hello", "content_filter"), DONE), "length"),
    "a cut after its end": (stream(chunk("Hello", "stop"), end="cut"), "stop"),
    "no end after its end": (stream(chunk("Hello", "stop"), end="hang"), "stop"),
    "no end after DONE": (stream(chunk("Hello"), DONE, end="hang"), "length"),
    "rubbish after its end": (stream(chunk("Hello", "stop"), "data: {\n\n"), "stop"),
    "chunks without text": (
        stream(
            chunk(),
            event(choices=[]),
            event(choices=None),
            event(id="x"),
            event(choices=[None]),
            event(choices=[{"delta": None}]),
            event(choices=[{"index": 0}]),
            event(choices=[{"delta": {"tool_calls": [{}]}}]),
            ": ping\n\n",
            chunk(""),
            chunk("Hello", "stop"),
        ),
        "stop",
    ),
    "content in parts": (
        stream(chunk([{"type": "text", "text": "Hel"}, {"type": "x"}, "lo"], "stop")),
        "stop",
    ),
    "another content type": (
        stream(chunk("Hello", "stop"), DONE, kind="text/plain"),
        "stop",
    ),
    "lines that end in CR LF": (
        stream(chunk("Hel", None).replace("\n", "\r\n"), chunk("lo", "stop")),
        "stop",
    ),
    "lines that end in CR": (
        stream(chunk("Hel").replace("\n", "\r"), chunk("lo", "stop")),
        "stop",
    ),
    "no blank after the colon": (
        stream(chunk("Hello", "stop").replace("data: ", "data:")),
        "stop",
    ),
    "an event over two lines": (
        stream(chunk("Hello", "stop").replace(', "', ',\ndata: "')),
        "stop",
    ),
    "an event in many packets": (
        stream(*(c.encode() for c in chunk("Hello", "stop"))),
        "stop",
    ),
    "the whole answer at once": (said("Hello"), "stop"),
    "the whole answer indented": (
        Sent([json.dumps(json.loads(said("Hello").parts[0]), indent=1)]),
        "stop",
    ),
    "an answer of a text model": (
        stream(event(choices=[{"text": "Hello", "finish_reason": "stop"}])),
        "stop",
    ),
}

GOOD_BODIES = {
    "plain": (said("Hello"), "stop"),
    "cut off": (said("Hello", "length"), "length"),
    "filtered": (said("Hello", "content_filter"), "length"),
    "no reason": (said("Hello", None), "length"),
    "a reason of another kind": (said("Hello", {"a": 1}), "length"),
    "content in parts": (said([{"type": "text", "text": "Hel"}, "lo", None]), "stop"),
    "a refusal": (answer({"message": {"refusal": "Hello"}}), "length"),
    "a wrong content type": (Sent(said("Hello").parts, HTML), "stop"),
    "with a byte order mark": (
        Sent([b"\xef\xbb\xbf" + str(said("Hello").parts[0]).encode()]),
        "stop",
    ),
}


@pytest.fixture(autouse=True)
def one_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates are read once and not for each client, since none is used."""
    monkeypatch.setattr(ssl, "create_default_context", lambda *_, **__: CONTEXT)


def client(url: str, **options: Any) -> OpenAICompatibleLLM:
    llm = OpenAICompatibleLLM("m", url, **options)
    llm._client._calculate_retry_timeout = lambda *_: 0.0  # type: ignore[method-assign]
    return llm


async def streamed(llm: Any) -> tuple[str, Reply | None, Exception | None]:
    """The text that came, the reply at the end and the error, if any."""
    ended: list[Reply] = []
    text = ""
    try:
        async for piece in llm.stream("Hi!", on_end=ended.append):
            assert piece, "a piece is never empty"
            text += piece
    except LLMError as e:
        assert not ended
        return text, None, e
    return text, ended[0], None


async def generated(llm: Any) -> tuple[str, Reply | None, Exception | None]:
    try:
        reply = await llm.generate("Hi!")
    except LLMError as e:
        return "", None, e
    return reply.text, reply, None


def ask(how: Any, *sent: Sent, **options: Any) -> tuple[str, Reply | None, Any]:
    async def main() -> Any:
        async with serving(*sent) as server:
            llm = client(server.url, **options)
            try:
                return await how(llm)
            finally:
                await llm.aclose()

    result: tuple[str, Reply | None, Any] = asyncio.run(main())
    return result


@pytest.mark.parametrize("how", [generated, streamed])
@pytest.mark.parametrize("name", NO_ANSWER)
def test_what_is_not_an_answer_is_an_error_that_shows_it(name: str, how: Any) -> None:
    sent, says = NO_ANSWER[name]
    text, reply, error = ask(how, sent)
    assert (text, reply) == ("", None)
    with pytest.raises(LLMError, match=says):
        raise error
    assert str(error).startswith("http://127.0.0.1:")
    assert "\n" not in str(error)
    assert len(str(error)) < 400


@pytest.mark.parametrize("name", BROKEN_STREAMS)
def test_a_stream_that_breaks_is_an_error_after_its_text(name: str) -> None:
    sent, before, says = BROKEN_STREAMS[name]
    text, reply, error = ask(streamed, sent)
    assert (text, reply) == (before, None)
    with pytest.raises(LLMError, match=says):
        raise error


@pytest.mark.parametrize("name", GOOD_STREAMS)
def test_a_stream_that_is_an_answer_is_read(name: str) -> None:
    sent, finish = GOOD_STREAMS[name]
    text, reply, error = ask(streamed, sent)
    assert error is None and reply is not None
    assert (text, reply.text, reply.finish) == ("Hello", "Hello", finish)
    assert (reply.prompt_tokens, reply.completion_tokens) == (1, 2)  # estimated


@pytest.mark.parametrize("name", GOOD_BODIES)
def test_a_body_that_is_an_answer_is_read(name: str) -> None:
    sent, finish = GOOD_BODIES[name]
    text, reply, error = ask(generated, sent)
    assert error is None and reply is not None
    assert (text, reply.finish) == ("Hello", finish)


@pytest.mark.parametrize(
    ("finish", "says"),
    [
        ("length", "max_tokens ended it.*give a larger one"),
        ("tool_calls", "it called a tool.*extra_body"),
        ("content_filter", "filter.*other words"),
        ("stop", "ask again"),
    ],
)
@pytest.mark.parametrize("blank", [None, "", " \n"])
def test_no_text_is_no_answer_and_its_reason_says_what_to_do(
    finish: str, says: str, blank: str | None
) -> None:
    for how, sent in (
        (generated, said(blank, finish)),
        (streamed, stream(chunk(blank, finish), DONE)),
    ):
        text, reply, error = ask(how, sent)
        assert (text.strip(), reply) == ("", None)
        with pytest.raises(NoText, match=f"/v1: the model said nothing: .*{says}"):
            raise error


@pytest.mark.parametrize("finish", ["length", "stop", "content_filter"])
def test_a_model_that_says_nothing_is_followed_by_the_next_and_not_left_alone(
    finish: str,
) -> None:
    instant = Speed(start_s=0.0, prompt_token_s=0.0, token_s=0.0, spread=0.0)
    healthy = SimulatedLLM(reply=lambda _: "Hello", speed=instant)

    async def main() -> None:
        async with serving(said(None, finish)) as server:
            silent = client(server.url)
            llm = Router({"small": silent, "large": healthy})
            for _ in range(5):
                assert (await llm.generate("Hi!")).text == "Hello"
            assert llm.breakers["small"].state == "closed"
            assert len(server.requests) == 5
            await silent.aclose()

    asyncio.run(main())


@pytest.mark.parametrize(
    "sent",
    [
        stream(b"\xef\xbb\xbf" + chunk("Hello", "stop").encode()),
        stream(b"\xef", b"\xbb\xbf" + chunk("Hello", "stop").encode()),
        stream(chunk("Hello"), DONE, chunk(" again"), "data: {oh\n\n"),
    ],
    ids=["a byte order mark", "one in two packets", "more after DONE"],
)
def test_what_is_around_a_stream_is_no_part_of_it(sent: Sent) -> None:
    text, reply, error = ask(streamed, sent)
    assert (text, error) == ("Hello", None)
    assert reply is not None and reply.text == "Hello"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["a\ud83d", "\ude00b"], "a\U0001f600b"),
        (["a\ud83d", "", "\ude00b"], "a\U0001f600b"),
        (["a\ud83d", "b"], "a\ufffdb"),
        (["a", "\ude00b"], "a\ufffdb"),
    ],
)
def test_a_character_cut_in_two_is_joined_again(parts: list[str], text: str) -> None:
    sent = stream(*map(chunk, parts), chunk("", "stop"), DONE)
    assert ask(streamed, sent)[0] == text


def test_half_of_a_character_at_the_end_is_replaced() -> None:
    assert ask(streamed, stream(chunk("a\ud83d", "stop"), DONE))[0] == "a\ufffd"
    assert ask(generated, said("a\ud83d"))[0] == "a\ufffd"


def test_a_server_that_never_stops_is_hung_up_on() -> None:
    text, _, error = ask(streamed, stream(chunk("x" * 10**6) * 6, end="hang"))
    assert len(text) == 4 * 10**6
    with pytest.raises(LLMError, match=r"goes on after 4194304 characters.*max_tokens"):
        raise error


MUCH = 64 * 2**20
ZEROS = gzip.compress(bytes(MUCH))
ENDLESS = {
    "a body": Sent([b" " * 2**20] * 64),
    "an error": Sent([b" " * 2**20] * 64, status="400 Bad Request"),
    "a redirect": Sent(
        [b" " * 2**20] * 64, status="302 Found", headers="Location: /v1/there\r\n"
    ),
    "a packed body": Sent([ZEROS], headers="Content-Encoding: gzip\r\n"),
    "a packed error": Sent(
        [ZEROS], status="400 Bad Request", headers="Content-Encoding: gzip\r\n"
    ),
    "an event": Sent([b"data: " + b" " * 2**20 + b"\n"] * 64, EVENTS),
}


@pytest.mark.parametrize("how", [generated, streamed])
@pytest.mark.parametrize("name", ENDLESS)
def test_what_is_too_long_is_not_read_to_its_end(name: str, how: Any) -> None:
    tracemalloc.start()
    try:
        text, reply, error = ask(how, ENDLESS[name])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (text, reply) == ("", None) and peak < MUCH / 2
    with pytest.raises(LLMError, match="more than 4194304 bytes at once"):
        raise error


@pytest.mark.parametrize(
    "sent",
    [
        Sent(["{"], end="cut"),
        Sent(["nothing packed"], headers="Content-Encoding: gzip\r\n"),
    ],
    ids=["half a body", "bytes that do not inflate"],
)
def test_a_server_that_answers_is_not_said_to_be_down(sent: Sent) -> None:
    _, _, error = ask(generated, sent)
    with pytest.raises(LLMError, match=r"(broke off|body is damaged).*check base_url"):
        raise error


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        (None, (1, 2, 0)),
        ({}, (1, 2, 0)),
        ([], (1, 2, 0)),
        ("many", (1, 2, 0)),
        ({"prompt_tokens": None, "completion_tokens": None}, (1, 2, 0)),
        ({"prompt_tokens": "7", "completion_tokens": -3}, (1, 2, 0)),
        ({"prompt_tokens": 7.5, "completion_tokens": True}, (1, 2, 0)),
        ({"prompt_tokens": 7}, (7, 2, 0)),
        ({"completion_tokens": 9}, (1, 9, 0)),
        ({"prompt_tokens": 7, "prompt_tokens_details": None}, (7, 2, 0)),
        ({"prompt_tokens": 7, "prompt_tokens_details": [1]}, (7, 2, 0)),
        (
            {"prompt_tokens": 7, "prompt_tokens_details": {"cached_tokens": None}},
            (7, 2, 0),
        ),
        (
            {
                "prompt_tokens": 7,
                "completion_tokens": 9,
                "prompt_tokens_details": {"cached_tokens": 5},
            },
            (7, 9, 5),
        ),
    ],
)
def test_counts_that_are_missing_are_estimated(usage: Any, counts: Any) -> None:
    for how, sent in (
        (generated, said("Hello", usage=usage)),
        (streamed, stream(chunk("Hello", "stop"), event(choices=[], usage=usage))),
    ):
        _, reply, _ = ask(how, sent)
        assert reply is not None
        found = (reply.prompt_tokens, reply.completion_tokens, reply.cached_tokens)
        assert found == counts


def test_a_model_without_a_name_has_the_one_asked_for() -> None:
    for model in (None, 3, "", []):
        _, reply, _ = ask(generated, said("Hello", model=model))
        assert reply is not None and reply.model == "m"
    _, reply, _ = ask(generated, said("Hello", model="m-2026"))
    assert reply is not None and reply.model == "m-2026"


def test_a_server_that_fails_once_is_asked_once_more() -> None:
    for how, good in ((generated, said("Hello")), (streamed, said("Hello"))):
        for bad in (Sent(status="503 Busy"), Sent(end="reset")):
            assert ask(how, bad, good)[0] == "Hello"
            assert ask(how, bad, bad, good)[1] is None


def test_a_redirect_to_a_login_page_shows_the_page() -> None:
    move = Sent(status="302 Found", headers="Location: /login\r\n")
    for how in (generated, streamed):
        _, _, error = ask(how, move, Sent([LOGIN], HTML))
        assert "Please log in" in str(error)
        assert "no connection" in str(ask(how, move)[2]), "it goes in circles"


@pytest.mark.parametrize(
    "sent",
    [
        Sent(end="hang"),
        Sent(['{"choices"'], end="hang"),
        stream(chunk("Hel"), end="hang"),
        stream(*[": ping\n\n"] * 3, end="hang"),
        stream(*[chunk()] * 3, end="hang"),
    ],
)
def test_a_server_that_falls_silent_is_left(sent: Sent) -> None:
    for how in (generated, streamed):
        _, reply, error = ask(how, sent, timeout=0.3)
        assert reply is None
        assert "no answer in time" in str(error)


def test_halves_of_characters_neither_fail_nor_get_out() -> None:
    async def main() -> tuple[str, str, list[bytes]]:
        async with serving(said("\ud83d!"), stream(chunk("\ude00", "stop"))) as server:
            llm = client(server.url)
            reply = await llm.generate("hi \ud83d, \ud83d\ude00")
            text, _, _ = await streamed(llm)
            await llm.aclose()
            return reply.text, text, [sent for _, sent in server.requests]

    whole, text, requests = asyncio.run(main())
    assert (whole, text) == ("\ufffd!", "\ufffd")
    assert json.loads(requests[0])["messages"][0]["content"] == "hi \ufffd, \U0001f600"


@pytest.mark.parametrize("name", NO_ANSWER)
def test_a_router_asks_the_next_and_leaves_a_bad_server_alone(name: str) -> None:
    sent, _ = NO_ANSWER[name]
    instant = Speed(0.0, 0.0, 0.0, 0.0)

    async def main() -> tuple[set[str], Router]:
        async with serving(sent) as server:
            bad = client(server.url)
            good = SimulatedLLM(speed=instant)
            router = Router({"small": bad, "medium": good}, failures=2)
            replies = [await router.generate("Hi!") for _ in range(2)]
            replies.append(await drained_text(router))
            await router.aclose()
            return {reply.text for reply in replies}, router

    async def drained_text(router: Router) -> Reply:
        _, reply, error = await streamed(router)
        assert reply is not None, error
        return reply

    texts, router = asyncio.run(main())
    assert texts == {"You said: Hi!"}
    assert router.breakers["small"].state == "open"
    assert router.ledger.accounts["small"].failed == 2
