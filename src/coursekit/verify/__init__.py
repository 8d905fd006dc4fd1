"""Check the course itself: rules, one function each, run side by side.

A rule takes a module (a course rule all of them) and yields findings; its name and
docstring say what it holds the course to.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from typing import Any

from coursekit.course import Course, CourseError
from coursekit.module import ModuleError
from coursekit.verify import (
    bank,
    outputs,
    quiz,
    reading,
    references,
    released,
    structure,
    tree,
)
from coursekit.verify.finding import Finding
from coursekit.verify.subject import Subject

# the slow ones first, so that they overlap
GROUPS: dict[str, Any] = {
    "bank": bank,
    "released": released,
    "structure": structure,
    "quiz": quiz,
    "reading": reading,
    "references": references,
    "tree": tree,
    "outputs": outputs,
}


def verify(
    course: Course,
    modules: Sequence[str],
    *,
    jobs: int | None = None,
    tick: Callable[[str], None] = lambda group: None,
) -> list[Finding]:
    """Findings of every rule on these modules and the course around them."""
    tasks = [(group, name) for group in GROUPS for name in modules]
    found: dict[tuple[str, str], list[Finding]] = {}
    context = multiprocessing.get_context("spawn")
    workers = min(jobs or os.cpu_count() or 1, len(tasks) + 1)
    with ProcessPoolExecutor(workers, context, _end_on_request) as pool, _ending():
        with _ctrl_c_held():
            futures = {pool.submit(run_group, course, *task): task for task in tasks}
            futures[pool.submit(run_course, course)] = ("the course", "")
        for future in as_completed(futures):
            found[futures[future]] = future.result()
            tick(futures[future][0])
    return [f for key in [*tasks, ("the course", "")] for f in found[key]]


@contextlib.contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """Processes started here never see Ctrl-C; this one does, after the block."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where verify says it cannot
        yield
        return
    came: list[int] = []  # another thread of ours may get it meanwhile
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt


@contextlib.contextmanager
def _ending() -> Iterator[None]:
    """End the workers, and what they started, if the block is left by Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise


def _end_on_request() -> None:
    """In a worker: let `terminate` unwind, so that copies and folders go too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


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
    subjects = [Subject(course, name) for name in course.modules]
    rules = [r for g in GROUPS.values() for r in getattr(g, "COURSE_RULES", ())]
    found = (f for rule in rules for f in _named(rule, rule(subjects)))
    return _kept(found, "solutions", "the course")


def _named(rule: Callable[..., Any], found: Iterator[Finding]) -> Iterator[Finding]:
    name = rule.__name__.replace("_", " ")
    return (replace(f, rule=name) for f in found)


def _kept(found: Iterator[Finding], where: str, group: str) -> list[Finding]:
    """The findings up to where the course cannot be read any further."""
    kept: list[Finding] = []
    try:
        kept.extend(found)
    except (CourseError, ModuleError) as error:
        kept.append(
            Finding(where, str(error), "put this right first", f"{group} rules")
        )
    return kept
