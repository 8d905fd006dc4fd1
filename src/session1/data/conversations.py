"""Real conversations between people, with times, from chitchat-dataset (MIT)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import islice
from operator import itemgetter
from string import ascii_uppercase
from typing import Any

from session1.extras import need


@dataclass(frozen=True, slots=True)
class Turn:
    """One message: who (`A`, `B`), what, and when.

    The dataset stamps its times as UTC, but most read as US mountain time; what
    lies between two of them is right.
    """

    speaker: str
    text: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation in the order of time."""

    id: str
    turns: list[Turn]


def conversations(limit: int | None = None, min_turns: int = 1) -> list[Conversation]:
    """The first `limit` conversations of at least `min_turns` turns; all by default.

    Only as much of the file is parsed as is asked for.
    """
    if limit is not None and limit < 0:
        raise ValueError(f"limit is {limit}; give 0 or more, or None for all")
    found = ((key, _said(value)) for key, value in _records(_text()))
    long_enough = (f for f in found if len(f[1]) >= max(min_turns, 1))
    return [_named(key, said) for key, said in islice(long_enough, limit)]


@cache
def _text() -> str:
    return (
        files(need("chitchat_dataset", "course"))
        .joinpath("dataset.json")
        .read_text("utf-8")
    )


def _records(text: str) -> Iterator[tuple[str, Any]]:
    """The members of the JSON object `text`, parsed one at a time."""
    decoder = json.JSONDecoder()
    at = text.index("{") + 1
    while (at := text.find('"', at)) >= 0:
        key, at = decoder.raw_decode(text, at)
        value, at = decoder.raw_decode(text, text.index("{", at))
        yield key, value


def _said(record: Any) -> list[dict[str, str]]:
    """The messages with a text."""
    return [m for block in record["messages"] for m in block if m["text"].strip()]


def _named(key: str, said: list[dict[str, str]]) -> Conversation:
    """Turns with their text stripped, in the order of time, speakers A, B, ..."""
    said.sort(key=itemgetter("timestamp"))  # all of one form, so text sorts as time
    names: dict[str, str] = {}
    turns = [
        Turn(
            names.setdefault(m["sender"], ascii_uppercase[len(names)]),
            m["text"].strip(),
            datetime.fromisoformat(m["timestamp"]),
        )
        for m in said
    ]
    return Conversation(key, turns)
