"""A fault in a module, and the error that names the first of some."""

from typing import NamedTuple

from coursekit.core.course import CourseError


class Finding(NamedTuple):
    """Where, what is wrong there, and what to do next."""

    where: str
    what: str
    todo: str
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.todo}"


def first_of(found: list[Finding]) -> CourseError:
    """The error that names the first of some faults."""
    more = f" ({len(found) - 1} more: run `coursekit verify`)" if found[1:] else ""
    return CourseError(f"{found[0]}{more}. Nothing was changed.")
