"""Requests to a model as they go over the wire, and a cache that plays them."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

Request = dict[str, Any]
Key = Callable[[Request], Any]
INDIFFERENT = ("stream", "user")  # fields that change nothing about the answer


def asked(text: str, system: str = "", model: str = "small", **more: Any) -> Request:
    """One request; without more it is at temperature 0, with at most 64 tokens."""
    messages = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": text})
    settings = {"temperature": 0, "max_tokens": 64, **more}
    return {"model": model, "messages": messages, **settings}


def without(request: Request, name: str) -> Request:
    """The request without one field."""
    return {key: value for key, value in request.items() if key != name}


def backwards(request: Request) -> Request:
    """The same request, its fields written in another order."""
    return {key: request[key] for key in reversed(request)}


def repeats(request: Request) -> bool:
    """Whether the same request gets the same answer again."""
    return request.get("temperature", 1) == 0 or request.get("seed") is not None


def same_answer(one: Request, other: Request) -> bool:
    """Whether two requests ask for the same in all that changes the answer."""
    names = (one.keys() | other.keys()) - set(INDIFFERENT)
    return all(one.get(name) == other.get(name) for name in names)


@dataclass
class Played:
    """A cache at work: hits, and requests that got the answer to another one."""

    hits: int = 0
    possible: int = 0
    wrong: list[tuple[Request, Request]] = field(default_factory=list)
    missed: list[tuple[Request, Request]] = field(default_factory=list)


def played(key: Key, requests: Sequence[Request]) -> Played:
    """What a cache with this key makes of requests that repeat their answers."""
    kept: dict[Hashable, Request] = {}
    before: list[Request] = []
    found = Played()
    for request in requests:
        twin = next((old for old in before if same_answer(old, request)), None)
        found.possible += twin is not None
        place = key(request)
        other = None if place is None else kept.get(place)
        if other is not None and not same_answer(other, request):
            found.wrong.append((other, request))
        elif other is not None:
            found.hits += 1
        elif twin is not None:
            found.missed.append((twin, request))
        if place is not None and other is None:
            kept[place] = request
        before.append(request)
    return found


def differ(one: Request, other: Request) -> str:
    """The fields in which two requests differ, in words."""
    names = [*one, *(name for name in other if name not in one)]
    found = [
        f"{name} {_part(one, name)} and {_part(other, name)}"
        for name in names
        if one.get(name) != other.get(name)
    ]
    return ", ".join(found) or "only in the order of their fields"


def _part(request: Request, name: str) -> str:
    value = request.get(name, "(none)")
    if name == "messages":
        return " + ".join(map(_message, value))
    return value if value == "(none)" else repr(value)


def _message(message: Request) -> str:
    more = {k: v for k, v in message.items() if k not in ("role", "content")}
    return f"{message['role']}: {message['content']!r}" + (f" {more}" if more else "")


WEATHER = {"type": "function", "function": {"name": "weather"}}
MAIL = {"type": "function", "function": {"name": "send_mail"}}


def morning() -> list[Request]:
    """Requests of a morning; the model's answers to all of them can be repeated."""
    hello = asked("What is a cache?")
    two = [{"role": "user", "content": text} for text in ("Stop.", "Why?")]
    polish = asked("Translate: polish", "Answer in German.")
    return [
        hello,
        polish,
        hello | {"user": "ada"},
        hello | {"stream": True},
        asked("What is a cache?", "Answer in rhymes."),
        asked("What is a cache?", model="large"),
        asked("8b: what is it?", model="llama3"),
        asked(" what is it?", model="llama3:8b"),
        asked("Stop.\nuser: Why?", model="llama3"),
        asked("", model="llama3") | {"messages": two},
        hello | {"max_tokens": 8},
        hello | {"reasoning_effort": "low"},
        hello | {"tools": [WEATHER]},
        hello | {"tools": [MAIL]},
        polish | {"user": "bob"},
        asked("Translate: Polish", "Answer in German."),
        hello | {"temperature": 0.7, "seed": 1},
        hello | {"temperature": 0.7, "seed": 2},
        hello | {"temperature": 0.7, "seed": 0},
        backwards(hello) | {"temperature": 0.7, "seed": 0},
        backwards(hello),
    ]


def look_alikes() -> list[Request]:
    """Requests that differ in little, and two that differ in nothing."""
    code = asked("if a:\n  b", "Explain.", seed=3)
    turned = [backwards(message) for message in code["messages"]]
    named = [{"role": "user", "name": name, "content": "Hi."} for name in ("a", "b")]
    user = {"type": "function", "function": {"name": "find", "user": "a name"}}
    other = {"type": "function", "function": {"name": "find", "user": "a number"}}
    return [
        code,
        asked("if a:\n b", "Explain.", seed=3),
        code | {"seed": 4},
        without(code, "temperature"),
        code | {"messages": turned},
        code | {"messages": named[:1]},
        code | {"messages": named[1:]},
        code | {"tools": [user]},
        code | {"tools": [other]},
        code | {"stream_options": {"include_usage": True}},
        asked("if a:\n  b ", "Explain.", seed=3),
        asked("if ä:\n  b", "Explain.", seed=3),
        asked("if ö:\n  b", "Explain.", seed=3),
        code | {"messages": [{"role": "assistant", "content": None}]},
        code | {"messages": [{"role": "assistant", "content": "None"}]},
        code | {"temperature": 0.7, "seed": -1},
        code | {"temperature": 0.7, "seed": -1},
        code | {"temperature": 0.7, "seed": 0.5},
        code | {"temperature": 0.7, "seed": 0.5},
        code | {"messages": code["messages"][::-1]},
        code | {"tools": [WEATHER, MAIL]},
        code | {"tools": [MAIL, WEATHER]},
    ]


def unrepeatable() -> list[Request]:
    """Requests whose answers may come out otherwise the next time."""
    hello = asked("Tell me a joke.")
    warm = [hello | {"temperature": t} for t in (0.7, 0.001)]
    return [*warm, without(hello, "temperature"), warm[0] | {"seed": None}]


def no_seed(request: Request) -> str:
    """What an unrepeatable request says of temperature and seed."""
    seed = "a seed of None" if "seed" in request else "no seed"
    return f"temperature {request.get('temperature', '(none)')}, {seed}"


def look_same(key: Key, one: Request, other: Request) -> str:
    """Where to look when a repeat is not served from the cache."""
    if all(key(request) is None for request in (*morning(), one, other)):
        return "your function gave None each time: is a `return` missing?"
    if key(one) is None or key(other) is None:
        seed = f"seed {one['seed']} is a seed" if "seed" in one else "temperature is 0"
        return f"{seed}, so this answer comes again: it has a key"
    if one == other:
        depth = "" if [*one] != [*other] else "inside, in a message or a tool"
        return (
            f"two requests differ only in the order of fields {depth}".rstrip()
            + ": `sort_keys=True` sorts at every depth"
        )
    return f"these two get the same answer: {differ(one, other)}"


def naive_key(request: Request) -> str:
    """The model's name and the question, as most people begin."""
    return f"{request['model']}:{request['messages'][-1]['content']}"


def show_morning(key: Key) -> None:
    """Print the hits of a cache with this key, and what it served wrongly."""
    found = played(key, morning())
    right = f"{found.hits} of {found.possible} repeats served from the cache"
    print(f"{right}, {len(found.wrong)} wrong answers")
    for one, other in found.wrong:
        print(f"  same key for {differ(one, other)}")
