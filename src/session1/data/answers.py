"""Questions people ask and answers to them, from chatterbot-corpus (BSD-3)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from session1.extras import need

# libyaml reads the corpus in a tenth of the time where PyYAML was built with it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class QA:
    """A question, one answer to it, and the topic it was filed under."""

    question: str
    answer: str
    topic: str


def answers(topics: Iterable[str] | None = None) -> list[QA]:
    """Every distinct question and answer on `topics` (all of them by default)."""
    known = topic_names()
    wanted = known if topics is None else list(topics)
    for topic in wanted:
        if topic not in known:
            raise ValueError(f"no topic {topic!r}; there are {', '.join(known)}")
    return [qa for topic in wanted for qa in _topic(topic)]


@cache
def topic_names() -> list[str]:
    """The topics there are, sorted."""
    names = [f.name for f in _folder().iterdir()]
    return sorted(name.removesuffix(".yml") for name in names if name.endswith(".yml"))


def _folder() -> Any:
    return files(need("chatterbot_corpus", "course")).joinpath("data", "english")


@cache
def _topic(topic: str) -> tuple[QA, ...]:
    text = _folder().joinpath(f"{topic}.yml").read_text("utf-8")
    lines = yaml.load(text, Loader=_Loader)["conversations"]
    # A list is a question and its answers, or a dialogue: its first two lines are
    # a question and an answer either way. Repeated pairs are listed once.
    return tuple(dict.fromkeys(QA(q, a, topic) for q, a in _pairs(lines)))


def _pairs(conversations: list[list[Any]]) -> Iterator[tuple[str, str]]:
    for lines in conversations:
        said = [str(line).strip() for line in lines if str(line).strip()]
        if len(said) > 1:
            yield said[0], said[1]
