"""Check the course itself: rules, one function each, run side by side.

A rule takes a module (a course rule all of them) and yields findings; its name and
docstring say what it holds the course to.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from coursekit.author.finding import Finding
from coursekit.author.sources import unreadable
from coursekit.author.unfilled import unfilled
from coursekit.author.verify import (
    bank,
    outputs,
    quiz,
    reading,
    references,
    released,
    structure,
)
from coursekit.author.verify.subject import Subject
from coursekit.core.course import Course, CourseError
from coursekit.core.module import ModuleError
from coursekit.core.processes import side_by_side

# the slow ones first, so that they overlap
GROUPS: dict[str, Any] = {
    "bank": bank,
    "released": released,
    "structure": structure,
    "quiz": quiz,
    "reading": reading,
    "references": references,
    "outputs": outputs,
}
BLANKS = "blanks are filled in"
READ = "sources can be read"
_WHOLE = ("the course", "")  # the task that no module has


def verify(
    course: Course,
    modules: Sequence[str],
    *,
    jobs: int | None = None,
    tick: Callable[[str], None] = lambda group: None,
) -> list[Finding]:
    """Findings of every rule on these modules and the course around them.

    Of a module that is not ready for them, only why it is not.
    """
    unready = {name: not_ready(course, name) for name in modules}
    broken = [finding for found in unready.values() for finding in found]
    whole = [name for name in modules if not unready[name]]
    tasks = [(group, name) for group in GROUPS for name in whole] + [_WHOLE]
    found: dict[int, list[Finding]] = {}
    work = partial(_run, course)
    for place, findings in side_by_side(work, tasks, jobs):
        found[place] = findings
        tick(tasks[place][0])
    kept = [f for place in range(len(tasks)) for f in found[place]]
    # groups that stop at the same thing say it once
    return broken + list({(f.where, f.what): f for f in reversed(kept)}.values())[::-1]


def not_ready(course: Course, name: str) -> list[Finding]:
    """Blanks that are left in a module, and its files that cannot be read."""
    blanks = [f._replace(rule=BLANKS) for f in unfilled(course, name)]
    return blanks + [f._replace(rule=READ) for f in unreadable(course, name)]


def _run(course: Course, task: tuple[str, str]) -> list[Finding]:
    return run_course(course) if task == _WHOLE else run_group(course, *task)


def run_group(course: Course, group: str, name: str) -> list[Finding]:
    """Findings of one file of rules on one module."""
    subject = Subject(course, name)

    def run() -> Iterator[Finding]:
        rules = GROUPS[group].RULES
        if group == "bank":
            runs = bank.run_bank(subject)
            rules = [_with(rule, runs) for rule in rules]
        for rule in rules:
            yield from _named(rule, rule(subject))

    return _kept(run(), f"solutions/{name}", group)


def _with(rule: Callable[..., Any], runs: bank.Runs) -> Callable[[Subject], Any]:
    def bound(subject: Subject) -> Iterator[Finding]:
        return rule(subject, runs)

    bound.__name__ = rule.__name__
    return bound


def run_course(course: Course) -> list[Finding]:
    """Findings of the rules on the whole course."""
    names = [name for name in course.modules if not not_ready(course, name)]
    subjects = [Subject(course, name) for name in names]
    if not subjects:
        return []
    rules = [r for g in GROUPS.values() for r in getattr(g, "COURSE_RULES", ())]
    found = (f for rule in rules for f in _named(rule, rule(subjects)))
    return _kept(found, "solutions", "the course")


def _named(rule: Callable[..., Any], found: Iterator[Finding]) -> Iterator[Finding]:
    name = rule.__name__.replace("_", " ")
    return (f._replace(rule=name) for f in found)


def _kept(found: Iterator[Finding], where: str, group: str) -> list[Finding]:
    """The findings up to where the course cannot be read any further."""
    kept: list[Finding] = []
    try:
        kept.extend(found)
    except (CourseError, ModuleError) as error:
        kept.append(
            Finding(where, str(error), "put this right first", f"{group} rules")
        )
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        todo = "look for what is odd in its files"
        kept.append(Finding(where, why, todo, f"{group} rules"))
    return kept
