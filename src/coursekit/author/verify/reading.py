"""The stated minutes of the core path against what it takes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coursekit.author.finding import Finding
from coursekit.author.verify.subject import Subject
from coursekit.core.notebook import grader

WORDS_A_MINUTE = 200
MARGIN = 0.1  # of the stated minutes
ROUNDING = 0.5  # minutes that whole ones may be off


@dataclass(frozen=True)
class Core:
    """The time that the core path of a module takes."""

    words: int
    code: int  # words in it
    exercises: float  # minutes
    stated: float  # minutes

    @property
    def minutes(self) -> float:
        """Reading and exercises."""
        return (self.words + self.code) / WORDS_A_MINUTE + self.exercises

    @property
    def fits(self) -> bool:
        """Whether the stated minutes are right within the margin."""
        allowed = max(MARGIN * self.stated, ROUNDING)
        return abs(self.minutes - self.stated) <= allowed

    def __str__(self) -> str:
        return (
            f"core path {self.minutes:.1f} minutes ({self.words} words and "
            f"{self.code} in code at {WORDS_A_MINUTE} a minute + {self.exercises:g} "
            f"minutes of exercises), stated {self.stated:g}"
        )


def core(subject: Subject) -> Core:
    """Words of the cells tagged core, minutes of core exercises.

    Code that is to be read are the given cells: an exercise's minutes hold the time
    for its answer cell, and test cells are folded.
    """
    cells = [c for c in subject.notebook.cells if "core" in c.metadata.get("tags", [])]
    texts = [words(c.source) for c in cells if c.cell_type == "markdown"]
    given = [c for c in cells if c.cell_type == "code" and not grader(c)]
    code = [len(re.findall(r"\w+", c.source)) for c in given]
    exercises = [e.minutes for e in subject.module.exercises if e.core]
    return Core(sum(texts), sum(code), sum(exercises), subject.module.minutes)


def words(markdown: str) -> int:
    """Words a reader reads: link targets and tags are not among them."""
    plain = re.sub(r"\]\([^)]*\)|<[^>]*>", " ", markdown)
    return len(re.findall(r"\w[\w'’.-]*", plain))


def stated_minutes_match(subject: Subject) -> Iterator[Finding]:
    """Reading and core exercises take the stated minutes, within a tenth or 30 s."""
    found = core(subject)
    if not found.fits:
        yield Finding(
            f"{subject.where}/module.toml",
            f"{found}, more than {MARGIN:.0%} apart",
            "set minutes, or tag fewer or more cells and exercises core",
        )


RULES = (stated_minutes_match,)
