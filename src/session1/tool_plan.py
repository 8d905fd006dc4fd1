"""Let a model choose the tools to call, and ask it for the answer from their results.

A model that answers under a JSON schema can only name tools that are there, with the
parameters that they take. With examples, and texts that it must quote from the
question, even one of 135 million parameters does that well.
"""

import json
import re
from collections.abc import (
    AsyncIterator,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from typing import Any

from session1.deadlines import reason
from session1.llm.client import LLMClient, Message, Schema
from session1.llm.errors import LLMError
from session1.llm.structured import SUM, telling
from session1.reuse.gate import is_english
from session1.reuse.similarity import words
from session1.tool import Tool
from session1.turns import is_small_talk, kind_words, leans

MAX_REQUESTS = 16  # a plan is cut here: a model that repeats itself would go on
TURNS = 2  # that a plan is shown of what was said before
SHOWN = 300  # characters of each message of those
PLAN_TOKENS = 512  # at most for a plan, which ends by itself
QUOTED_WORDS = 6  # at most in a text that is quoted
QUOTED_RESULTS = 1000  # characters at most, of all: the model writes them once more
RESULTS = 50_000  # characters of all results that a prompt shows
BRIEF = 8  # words of a question that asks one thing: a tool of its words is the one
QUOTED_FROM = 60  # words at most: the grammar of a model grows with its choices
_NUMBER = re.compile(r"(?<![\w.,-])-?(?:0|[1-9]\d*)(?:\.\d+)?(?![\w.,]*\w)")
_WORD = re.compile(rf"{SUM.pattern}|\S+")  # a sum is one
# What a tool may say of a parameter beyond its type.
_LIMITS = {"enum", "const", "pattern", "format", "maxLength", "minimum", "maximum"}
_NUMBERS = ("number", "integer")
Quotes = dict[str, list[Any]]
# What a small model names where no tool helps: it would rather call a wrong one than
# none at all.
_NO_TOOL = "no_tool"
_NO_TOOL_IS = "for greetings, thanks, chat and general knowledge"
# Of tools that nobody has, so that none of those offered is favoured. Each costs about
# 35 tokens of every plan's prompt.
_EXAMPLES: tuple[tuple[str, str, list[dict[str, Any]]], ...] = (
    ("Who painted the Mona Lisa?", _NO_TOOL, [{}]),
    ("What is 2 + 3 * 4?", "evaluate", [{"formula": "2 + 3 * 4"}]),
    (
        "How do you say cheese in French?",
        "translate",
        [{"text": "cheese", "language": "French"}],
    ),
    ("Is room 12 free?", "find_room", [{"room": 12}]),
    (
        "Is the shop open on Sunday and on Monday?",
        "opening_hours",
        [{"day": "Sunday"}, {"day": "Monday"}],
    ),
)
# Without them a small model forgets the results over what it knows by itself.
_ANSWERED = (
    (
        "How do you say cheese in French?",
        "translate: fromage",
        "Cheese is “fromage” in French.",
    ),
    (
        "Is the shop open on Sunday?",
        "opening_hours: 10 to 16 on Sunday",
        "Yes, the shop is open on Sunday from 10 to 16.",
    ),
)


async def plan_tools(
    llm: LLMClient,
    tools: Iterable[Tool],
    question: str,
    *,
    earlier: Sequence[Message] = (),
    quote: bool = True,
) -> list[dict[str, Any]]:
    """The calls that the model thinks `question` needs, none if no tool helps.

    Each is `{"tool": name, "params": {...}}`, and none comes twice. With `quote` the
    texts and numbers in `params` are those of the question, which keeps a small model
    from inventing them, and a brief English question that has a word of some tools may
    call no other; a large one may do without. Where the question leans on what was said
    `earlier`, and without `quote` always, the latest turns are shown too, and the
    user's may be quoted. LLMError if the plan is cut off.
    """
    offered = list(tools)
    if not offered:
        return []
    shown = latest_turns(earlier) if leans(question) or not quote else []
    said = [turn.content for turn in shown if turn.role == "user"]
    if quote:
        asked = words(question)
        brief = len(asked) <= BRIEF and is_english(asked)
        likely = near(question, offered) if brief else []
        schema = plan_schema(likely or offered, question, said)
    else:
        schema = plan_schema(offered)
    if len(schema["properties"]["calls"]["items"]["anyOf"]) == 1:
        return []  # each tool needs a number, and there is none
    prompt = plan_prompt(offered, question)
    prompt[-1:-1] = shown
    reply = await llm.generate(prompt, max_tokens=PLAN_TOKENS, schema=schema)
    if reply.finish == "length":
        raise LLMError("the plan of tool calls was cut off: ask for fewer at once")
    return read_plan(reply.text, {tool.name for tool in offered})


def latest_turns(earlier: Sequence[Message]) -> list[Message]:
    """Return what a plan is shown of what was said `earlier`; it begins with a user."""
    said = [turn for turn in earlier if turn.role in ("user", "assistant")]
    shown = [Message(m.role, m.content[:SHOWN]) for m in said[-2 * TURNS :]]
    return shown[1:] if shown and shown[0].role == "assistant" else shown


def needs_no_plan(message: str, tools: Iterable[Tool]) -> bool:
    """Whether no tool can help: a greeting, and none of them has to do with such."""
    return is_small_talk(message) and not any(
        kind_words(f"{tool.name.replace('_', ' ')} {tool.description}")
        for tool in tools
    )


def near(question: str, tools: Iterable[Tool]) -> list[Tool]:
    """The tools that are likely to help: a word of theirs is in the question.

    That is a guess. "Is it raining in Oslo?" has no word of "the weather in a city".
    """
    said = telling(question)
    return [t for t in tools if said & telling(f"{_signature(t)} {t.description}")]


def plan_prompt(tools: Iterable[Tool], message: str) -> list[Message]:
    """Ask for the tool calls that `message` needs, as JSON."""
    known = [f"{_signature(tool)}: {tool.description}" for tool in tools]
    offered = "\n".join(f"- {x}" for x in [*known, f"{_NO_TOOL}(): {_NO_TOOL_IS}"])
    rules = (
        f"You can call these tools:\n{offered}\n"
        "Reply with the call that the question needs."
    )
    return [Message("system", rules), *_examples(), Message("user", message)]


def plan_schema(
    tools: Iterable[Tool], question: str = "", earlier: Sequence[str] = ()
) -> Schema:
    """Return the schema of a plan: calls of these tools with their parameters.

    The texts and numbers in them are those of `question`, if one is given, and of
    `earlier` messages.
    """
    texts = [question, *reversed(earlier)] if question else []
    quotes = _quotes(texts)
    apart = _quotes([SUM.sub(" ", text) for text in texts])
    own = [(tool, _own_quotes(tool, quotes, apart)) for tool in tools]
    calls = [_call_schema(tool, found) for tool, found in own if found is not None]
    calls.append(_object({"tool": {"const": _NO_TOOL}, "params": _object({})}))
    plan = {"type": "array", "items": {"anyOf": calls}, "maxItems": MAX_REQUESTS}
    return _object({"calls": plan})


def read_plan(text: str, known: Collection[str]) -> list[dict[str, Any]]:
    """The requests for known tools in a model's reply; empty if it holds no plan."""
    start = text.find("[")
    if start < 0:
        return []
    try:
        plan, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return []
    calls = [
        {"tool": call["tool"], "params": call.get("params") or {}}
        for call in plan
        if isinstance(call, dict)
        and isinstance(call.get("tool"), str)
        and call["tool"] in known
    ][:MAX_REQUESTS]
    return [call for i, call in enumerate(calls) if call not in calls[:i]]


def answer_prompt(
    message: str,
    results: Iterable[Mapping[str, Any]],
    system: str | None = None,
    earlier: Sequence[Message] = (),
) -> list[Message]:
    """Ask for the answer to `message` given what was said `earlier` and the results."""
    found = list(results)
    room = RESULTS // max(1, len(found))
    lines = [
        f"{r['tool']}: {'' if r['success'] else 'failed: '}{_words(r, room)}"
        for r in map(_checked, found)
    ]
    rules = f"{system or ''}\nAnswer in one sentence from the tool results.".lstrip()
    examples = [
        part
        for asked, result, answer in _ANSWERED
        for part in (*_told(asked, result), Message("assistant", answer))
    ]
    asked = _told(message, "\n".join(lines))
    # the examples next to the question, or a small model forgets them over the rest
    return [Message("system", rules), *earlier, *examples, *asked]


def _told(question: str, results: str) -> tuple[Message, Message]:
    return Message("user", question), Message("tool", results)


async def answer_with(
    llm: LLMClient,
    question: str,
    results: Iterable[Mapping[str, Any]],
    system: str | None = None,
    *,
    max_tokens: int = PLAN_TOKENS,
) -> str:
    """The results, in the tools' own words, that the model thinks answer `question`.

    Free to write, a small model invents what it was just told; so it may only choose,
    and is not asked where there is a single one. Without results, or with more than
    `QUOTED_RESULTS` characters, it writes up to `max_tokens` of its own.
    """
    found = [_checked(result) for result in results]
    if not found:
        return (await llm.generate(question, max_tokens=max_tokens)).text
    prompt = answer_prompt(question, found, system)
    said = [_words(result) for result in found]
    if sum(map(len, said)) > QUOTED_RESULTS:
        return (await llm.generate(prompt, max_tokens=max_tokens)).text
    choice = list(dict.fromkeys(said))
    if len(choice) == 1:  # there is nothing to ask
        return choice[0]
    quotes = {"type": "array", "items": {"enum": choice}}
    chosen = {"answer": {**quotes, "minItems": 1, "maxItems": len(said)}}
    reply = await llm.generate(prompt, max_tokens=PLAN_TOKENS, schema=_object(chosen))
    if quoted := _quoted(reply.text):
        return "; ".join(dict.fromkeys(quoted))
    # a client without schemas: what it says then is its own
    return (await llm.generate(prompt, max_tokens=max_tokens)).text


def _quoted(text: str) -> list[str]:
    """The texts in a model's choice, none if it is no such choice."""
    try:
        answer = json.loads(text)["answer"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []
    whole = isinstance(answer, list) and all(isinstance(part, str) for part in answer)
    return answer if whole else []


def _checked(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """A result whose value can be shown; else the failure that this is."""
    if not result["success"]:
        return result
    value, failure = result["result"], ""
    if isinstance(value, Iterator | AsyncIterator):
        failure = f"its result is a {type(value).__name__}, so have it return a list"
    try:
        value = str(value)
    except Exception as e:
        failure = f"its result cannot be shown ({type(e).__name__}: {reason(e)})"
    if failure:
        return {"success": False, "error": failure, "tool": result["tool"]}
    return {**result, "result": value}


def _words(result: Mapping[str, Any], room: int | None = None) -> str:
    """What a call that was checked has to say, in `room` characters."""
    text = str(result["result"] if result["success"] else result["error"])
    if room is None or len(text) <= room:
        return text
    left_out = len(text) - room
    return f"{text[:room]} [{left_out:,} of {len(text):,} characters left out]"


def _examples() -> Iterator[Message]:
    for question, tool, found in _EXAMPLES:
        calls = [{"tool": tool, "params": params} for params in found]
        yield Message("user", question)
        yield Message("assistant", json.dumps({"calls": calls}))


def _signature(tool: Tool) -> str:
    return f"{tool.name}({', '.join(tool.schema.get('properties', ()))})"


def _call_schema(tool: Tool, quotes: Quotes) -> dict[str, Any]:
    params = _quoting(tool.schema, quotes) if quotes else tool.schema
    call = _object({"tool": {"const": tool.name}, "params": params})
    return {**call, "description": tool.description}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _own_quotes(tool: Tool, quotes: Quotes, apart: Quotes) -> Quotes | None:
    """What a call of `tool` may quote; None if it needs a number and there is none.

    A tool that takes one number does not take it out of a sum: it quotes `apart`.
    """
    if not quotes:
        return quotes
    taken = tool.schema.get("properties", {})
    numbers = {name: p["type"] for name, p in taken.items() if _is_number(p)}
    if len(numbers) == 1:
        texts = {kind: found for kind, found in quotes.items() if kind == "string"}
        quotes = texts | {kind: apart[kind] for kind in _NUMBERS if kind in apart}
    needed = set(tool.schema.get("required", ())) & set(numbers)
    return quotes if all(numbers[name] in quotes for name in needed) else None


def _is_number(schema: Any) -> bool:
    """Whether a parameter is a number that may be any."""
    return (
        isinstance(schema, dict)
        and schema.get("type") in _NUMBERS
        and not _LIMITS & set(schema)
    )


def _quotes(texts: Sequence[str]) -> Quotes:
    """Return the phrases of `texts`: each run of a few words, and each number.

    Those of the first, and of the others for as long as there are few.
    """
    runs, numbers, left = list[str](), list[Any](), QUOTED_FROM
    for text in texts:
        words = _WORD.findall(text)
        left -= len(words)
        if left < 0:
            break
        runs += _runs(words)
        numbers += [json.loads(number) for number in _NUMBER.findall(text)]
    kinds = {
        "string": list(filter(None, runs)),
        "number": numbers,
        "integer": [n for n in numbers if isinstance(n, int)],
    }
    return {kind: list(dict.fromkeys(found)) for kind, found in kinds.items() if found}


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Each run of a few words; a sum stands alone."""
    for n in range(1, QUOTED_WORDS + 1):
        for i in range(len(words) - n + 1):
            if n == 1 or not any(map(SUM.fullmatch, words[i : i + n])):
                yield _bare(" ".join(words[i : i + n]))


def _bare(run: str) -> str:
    """`run` without the signs around it; the brackets of a sum are part of it."""
    run = run.strip("?.,;:!'\"")
    bare = run.strip("()")
    paired = bare.count("(") == bare.count(")")
    return bare if paired and not SUM.fullmatch(run) else run


def _quoting(schema: Any, quotes: Quotes) -> Any:
    """`schema` with each text or number that may be anything now one of `quotes`."""
    if isinstance(schema, list):
        return [_quoting(part, quotes) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    if isinstance(kind, str) and kind in quotes and not _LIMITS & set(schema):
        return {"enum": quotes[kind]}
    return {key: _quoting(part, quotes) for key, part in schema.items()}
