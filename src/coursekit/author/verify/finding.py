"""A rule's message when the course breaks it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Where, what is wrong there, and what to do next."""

    where: str
    what: str
    todo: str
    rule: str = ""
