"""Prompts of four kinds, our own work, for trying out a rule that tells them apart."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Labelled:
    """A prompt and how hard it is: simple, moderate, complex or reasoning."""

    complexity: str
    prompt: str


@cache
def prompts() -> tuple[Labelled, ...]:
    """All 64, sixteen of each kind.

    The rule in `session1.llm.complexity` is by the same hand: that it gets them right
    says that it does what was meant, not how well it does on the prompts of others.
    """
    text = files("session1.data").joinpath("prompts.tsv").read_text("utf-8")
    rows = csv.reader(text.splitlines()[1:], delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(Labelled(kind, prompt) for kind, prompt in rows)
