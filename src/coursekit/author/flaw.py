"""A fault in a module's sources, and the error that names the first of some."""

from typing import NamedTuple

from coursekit.core.course import CourseError


class Flaw(NamedTuple):
    """Where, what is wrong there, and what to do next."""

    where: str
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.todo}"


def first_of(found: list[Flaw]) -> CourseError:
    """The error that names the first of some faults."""
    more = f" ({len(found) - 1} more: run `coursekit verify`)" if found[1:] else ""
    return CourseError(f"{found[0]}{more}. Nothing was changed.")
