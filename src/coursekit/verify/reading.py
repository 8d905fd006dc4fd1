"""The stated minutes of the core path against what it takes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coursekit.verify.finding import Finding
from coursekit.verify.subject import Subject

WORDS_A_MINUTE = 200
MARGIN = 0.15


@dataclass(frozen=True)
class Core:
    """What the core path of a module takes."""

    words: int
    exercises: float  # minutes
    stated: float  # minutes

    @property
    def minutes(self) -> float:
        """Reading and exercises."""
        return self.words / WORDS_A_MINUTE + self.exercises

    @property
    def fits(self) -> bool:
        """Whether the stated minutes are right within the margin."""
        return abs(self.minutes - self.stated) <= MARGIN * self.stated

    def __str__(self) -> str:
        return (
            f"core path {self.minutes:.1f} minutes ({self.words} words at "
            f"{WORDS_A_MINUTE} a minute + {self.exercises:g} minutes of exercises), "
            f"stated {self.stated:g}"
        )


def core(subject: Subject) -> Core:
    """Words of Markdown cells tagged core, minutes of core exercises."""
    texts = [
        c.source
        for c in subject.notebook.cells
        if c.cell_type == "markdown" and "core" in c.metadata.get("tags", [])
    ]
    exercises = [e.minutes for e in subject.module.exercises if e.core]
    return Core(sum(map(words, texts)), sum(exercises), subject.module.minutes)


def words(markdown: str) -> int:
    """Words a reader reads: link targets and tags are not among them."""
    plain = re.sub(r"\]\([^)]*\)|<[^>]*>", " ", markdown)
    return len(re.findall(r"\w[\w'’.-]*", plain))


def stated_minutes_match(subject: Subject) -> Iterator[Finding]:
    """Words ÷ 200 + core exercise minutes is within 15 % of the stated minutes."""
    found = core(subject)
    if not found.fits:
        yield Finding(
            f"{subject.where}/module.toml",
            f"{found}, more than {MARGIN:.0%} apart",
            "set minutes, or tag fewer or more cells and exercises core",
        )


RULES = (stated_minutes_match,)
