"""Cached clients, right ones and broken ones, for a test to tell apart."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

Request = dict[str, Any]
Answer = dict[str, Any]  # "text", and "whole": False where it was cut off
Ask = Callable[[Request], Awaitable[str]]
LLM = Callable[[Request], Awaitable[Answer]]


def _key(request: Request) -> str | None:
    if request.get("temperature", 1) != 0:
        return None
    return json.dumps(request, sort_keys=True)


def _sharing(
    llm: LLM,
    key_of: Callable[[Request], str | None] = _key,
    *,
    keeps_errors: bool = False,
    keeps_cut: bool = False,
    shares: bool = True,
) -> Ask:
    llm = _answers(llm)
    kept: dict[str, str] = {}
    failed: dict[str, Exception] = {}
    runs: dict[str, asyncio.Task[str]] = {}

    async def run(key: str, request: Request) -> str:
        try:
            answer = await llm(request)
        except Exception as error:
            if keeps_errors:
                failed[key] = error
            raise
        finally:
            runs.pop(key, None)
        if answer["whole"] or keeps_cut:
            kept[key] = answer["text"]
        text: str = answer["text"]
        return text

    async def ask(request: Request) -> str:
        key = key_of(request)
        if key is None:
            text: str = (await llm(request))["text"]
            return text
        if key in kept:
            return kept[key]
        if key in failed:
            raise failed[key]
        if not shares:
            return await run(key, request)
        if key not in runs:
            runs[key] = asyncio.create_task(run(key, request))
        return await asyncio.shield(runs[key])

    return ask


def right(llm: LLM) -> Ask:
    """Keeps every promise."""
    return _sharing(llm)


def right_list(llm: LLM) -> Ask:
    """Keeps every promise; a list of what was asked instead of a dict."""
    llm = _answers(llm)
    kept: list[tuple[Request, asyncio.Future[Answer]]] = []

    async def ask(request: Request) -> str:
        if request.get("temperature", 1) != 0:
            text: str = (await llm(request))["text"]
            return text
        for old, run in kept:
            if old == request:
                return str((await asyncio.shield(run))["text"])
        made = asyncio.ensure_future(llm(request))
        row = (dict(request), made)
        kept.append(row)
        try:
            answer = await asyncio.shield(made)
        except Exception:
            kept.remove(row)
            raise
        if not answer["whole"]:
            kept.remove(row)
        return str(answer["text"])

    return ask


def _last_message(request: Request) -> str | None:
    known = _key(request)
    return known and f"{request['model']} {request['messages'][-1]['content']}"


def _always(request: Request) -> str:
    return json.dumps(request, sort_keys=True)


def _answers(llm: LLM) -> LLM:
    """The same model; TypeError where its answer is of the wrong kind."""

    async def ask(request: Request) -> Answer:
        answer = await llm(request)
        if answer is None or isinstance(answer, str):
            raise TypeError('your model returns a dict: {"text": …, "whole": …}')
        return answer

    return ask


# name: how to make it, where to look, what its author believed
BROKEN: dict[str, tuple[Callable[[LLM], Ask], str, str]] = {
    "leaves the system message out of its key": (
        lambda llm: _sharing(llm, _last_message),
        "ask the same question under two system messages: two answers",
        "prompt-is-the-key",
    ),
    "keeps an answer at temperature 1": (
        lambda llm: _sharing(llm, _always),
        "ask twice at temperature 1: the model has to be asked twice",
        "dice-repeat",
    ),
    "keeps an error": (
        lambda llm: _sharing(llm, keeps_errors=True),
        "a model that fails once, then answers: an error of the second `ask` is "
        "the bug, so turn it into AssertionError",
        "errors-are-results",
    ),
    "keeps an answer that was cut off": (
        lambda llm: _sharing(llm, keeps_cut=True),
        "a model whose first answer is not whole: asked again, it is asked again",
        "an-end-is-an-end",
    ),
    "runs the model for each of two at once": (
        lambda llm: _sharing(llm, shares=False),
        "`asyncio.gather` two equal questions, and let your model wait, as by "
        "`await asyncio.sleep(0)`, or the first is done before the second: one call",
        "a-cache-runs-once",
    ),
}
