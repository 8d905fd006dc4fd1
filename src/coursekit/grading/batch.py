"""Grade many submissions: what has changed, side by side, with one writer.

A result is first put into `grading/results/`, then written to the gradebook, then its
record to `grading/audit/`; then the first file goes. A run that is killed between any
two steps is taken up there by the next one: every step may be done twice.
"""

import dataclasses
import errno
import itertools
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from coursekit.core.course import Course, CourseError
from coursekit.core.module import load
from coursekit.core.report import BY_HAND
from coursekit.core.wording import clean
from coursekit.grading import audit, by_hand, intake, reference
from coursekit.grading.atomic_files import read_json, write_json
from coursekit.grading.booked import Booked
from coursekit.grading.digest import digest, source_digest, submission_digest
from coursekit.grading.gradebook import Writer
from coursekit.grading.intake import Submission, grading_folder
from coursekit.grading.rehearsal import Rehearsal
from coursekit.grading.remarks import remarks
from coursekit.grading.worker import Job
from coursekit.grading.worker_pool import Engine, Result
from coursekit.sandbox.limits import Limits

Scores = dict[str, tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Done:
    """A submission that was looked at, with its scores before and now."""

    submission: Submission
    before: Scores = field(default_factory=dict)
    now: Scores = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    skipped: bool = False
    error: str = ""
    most: float = 0.0  # points there are
    problem: str = ""  # why nothing at all was graded
    told: tuple[str, ...] = ()  # what needs an eye
    booked: Booked | None = None  # what the gradebook says, when that was asked

    @property
    def score(self) -> float:
        """The gradebook's score, else the points that grading gives."""
        if self.booked:
            return self.booked.score
        return round(sum(points for points, _ in self.now.values()), 2)

    @property
    def changes(self) -> dict[str, tuple[float, float]]:
        """Points before and now of the exercises where they differ."""
        old = {e: points for e, (points, _) in self.before.items()}
        pairs = {e: (old.get(e, 0.0), now) for e, (now, _) in self.now.items()}
        return {e: (a, b) for e, (a, b) in pairs.items() if a != b} if old else {}


@dataclass
class Plan:
    """Submissions sorted into: to grade, to write only, unchanged, failing."""

    jobs: list[Job] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    skipped: list[Done] = field(default_factory=list)
    failed: list[Done] = field(default_factory=list)
    reasons: dict[str, list[str]] = field(default_factory=dict)
    remarks: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Batch:
    """One run over submissions; without a `writer` nothing is written.

    A `rehearsal` is written to in its place, so that it says what would be.
    With `solutions` those of the modules must get full marks before any is taken, and
    where a class was graded by other checks, `bank` must have nothing against these.
    """

    course: Course
    limits: Limits
    writer: Writer | None = None
    regrade: bool = False
    unprotected: bool = False
    solutions: bool = False
    rehearsal: Rehearsal | None = None
    bank: Callable[[Course, str], list[str]] | None = None

    def plan(self, submissions: list[Submission]) -> Plan:
        """Take the submissions in and see which of them have changed."""
        plan = Plan()
        modules = {s.module for s in submissions}
        self.sources = {m: source_digest(self.course, m) for m in modules}
        self.written: dict[str, Any] = {m: {} for m in modules}
        self.books: dict[str, Writer] = {}
        self.graded_before: set[str] = set()
        for name in sorted(modules):
            self._open(name)
        for submission in submissions:
            try:
                mark = self._admit(plan, submission)
            except Exception as error:
                said = f"its folder cannot be looked through ({_said(error)})"
                plan.failed.append(Done(submission, error=said))
                continue
            if notes := remarks(self.course, submission):
                plan.remarks[f"{submission.student}/{submission.module}"] = notes
            self._add(plan, submission, mark)
        return plan

    def _open(self, name: str) -> None:
        """Look a module up in the gradebook; a dry run goes on if it is not there."""
        if (book := self.writer or self.rehearsal) is None:
            return
        try:
            book.expect(load(self.course.source(name)))
        except CourseError:
            if self.writer:
                raise
        else:
            self.books[name] = book
            self.written[name] = book.scores(name)

    def _admit(self, plan: Plan, submission: Submission) -> str:
        """Take one in; what its grade depends on, as a digest."""
        if self.writer:
            if why := intake.admit(self.course, submission):
                plan.reasons[f"{submission.student}/{submission.module}"] = why
        elif no := intake.why_no_folder(submission):
            raise CourseError(no)  # nothing is moved, so nothing may be followed
        notebook = submission.notebook
        if notebook.is_file() and not os.access(notebook, os.R_OK):
            raise CourseError(f"{notebook.name} may not be read: allow reading it")
        own = submission_digest(notebook)
        return digest(self.sources[submission.module], own, self.limits)

    def _add(self, plan: Plan, submission: Submission, mark: str) -> None:
        record, book = self.record(submission), self.books.get(submission.module)
        if record and record.get("source") != self.sources[submission.module]:
            self.graded_before.add(submission.module)
        others = self._others(submission, record)
        whole = not book or (others == {} and book.has_notebook(submission))
        if not self.regrade and record.get("digest") == mark and whole:
            old = audit.scores(record)
            plan.skipped.append(_done(submission, old, record, skipped=True))
            return
        result = read_json(self._result(submission))
        job = result.get("job")
        same = isinstance(job, dict) and job.get("digest") == mark
        if self.writer and same and not self.regrade:
            plan.results.append(result)
            return
        # else a run was ended between the gradebook and the record
        if not result and (lines := list(_overwritten(others))):
            who = f"{submission.student}/{submission.module}"
            plan.remarks.setdefault(who, []).extend(lines)
        plan.jobs.append(
            Job(
                str(self.course.root),
                submission.student,
                submission.module,
                str(submission.folder),
                mark,
                self.sources[submission.module],
                dataclasses.asdict(self.limits),
                self.unprotected,
            )
        )

    def _others(
        self, submission: Submission, record: dict[str, Any]
    ) -> dict[str, tuple[Any, Any]] | None:
        """Points by exercise as the gradebook and as grading has them, if they differ.

        None where one of the two has nothing.
        """
        old = audit.scores(record)
        mine = {e: None if s == BY_HAND else p for e, (p, s) in old.items()}
        theirs = self.written[submission.module].get(submission.student)
        if not mine or not theirs or mine.keys() != theirs.keys():
            return None
        return {e: (theirs[e], mine[e]) for e in mine if theirs[e] != mine[e]}

    def run(self, plan: Plan, engine: Engine) -> Iterator[Done]:
        """Grade and write; a submission at a time as they are done."""
        waiting, held = self._not_yet_right(plan), list(plan.results)
        if first := [waiting.pop(m) for m in sorted(self._new_checks(waiting))]:
            for result in engine.run(first):
                if "refused" in result:
                    raise CourseError(result["refused"])
                self._right(result)
        if not waiting:
            yield from map(self.take, held)
            held = []
        graded = False
        for result in engine.run([*waiting.values(), *plan.jobs]):
            if "refused" in result and not graded:
                raise CourseError(result["refused"])
            graded = graded or "record" in result
            if result["job"]["student"]:
                held.append(result)
            else:
                self._right(result)
                del waiting[result["job"]["module"]]
            if not waiting:
                yield from map(self.take, held)
                held = []

    def _not_yet_right(self, plan: Plan) -> dict[str, Job]:
        """The work of grading the solutions that were not graded as they are now."""
        written = {str(r["job"]["module"]) for r in plan.results}
        modules = written | {job.module for job in plan.jobs}
        more = self.limits, self.unprotected
        return {
            m: reference.job(self.course, m, self.sources[m], *more)
            for m in sorted(modules if self.solutions else ())
            if reference.due(self.course, m, self.sources[m], self.limits)
        }

    def _new_checks(self, waiting: Iterable[str]) -> set[str]:
        """The modules whose bank is to be asked before any submission is graded."""
        return self.graded_before & set(waiting) if self.bank else set()

    def _right(self, result: Result) -> None:
        module = str(result["job"]["module"])
        reference.must_be_full(module, result)
        if self.bank and module in self.graded_before:
            reference.must_be_as_declared(module, self.bank(self.course, module))
        if self.writer:
            reference.keep(self.course, module, self.sources[module], self.limits)

    def take(self, result: Result) -> Done:
        """Keep a result, write it, keep its record."""
        job = result["job"]
        submission = Submission(job["student"], job["module"], Path(job["folder"]))
        before = audit.scores(self.record(submission)) or self._in_book(submission)
        if error := result.get("error") or result.get("refused"):
            return Done(submission, before, error=str(error))
        record = result["record"]
        seconds = dict(record.get("seconds", {}))
        if book := self.books.get(submission.module):
            began = time.monotonic()
            try:
                self._write(book, submission, result)
            except Exception as failed:
                # whatever this one holds or a disk or server says: on with the others
                why = f"it cannot be written ({_said(failed)})"
                return Done(submission, before, error=why)
            seconds["write"] = round(time.monotonic() - began, 4)
        return _done(submission, before, record, seconds=seconds)

    def _write(self, book: Writer, submission: Submission, result: Result) -> None:
        changed = by_hand.changed(self.record(submission), result["record"])
        notebook = nbformat.from_dict(result["notebook"])
        if book is not self.writer:  # a rehearsal, of which nothing is kept
            book.write(submission, notebook, changed)
            return
        place = self._result(submission)
        write_json(place, result)
        book.write(submission, notebook, changed)
        audit.keep(self.course, result["record"])
        place.unlink(missing_ok=True)

    def _in_book(self, submission: Submission) -> Scores:
        """The gradebook's points, where the record of a grading was lost."""
        found = self.written[submission.module].get(submission.student, {})
        return {e: (p, "") for e, p in found.items() if p is not None}

    def read_back(self, done: list[Done]) -> list[Done]:
        """The same with what the gradebook says: scores by hand, penalties."""
        books = {m: book.booked(m) for m, book in self.books.items()}
        return [_with_book(d, books.get(d.submission.module, {})) for d in done]

    def old_feedback(self, done: list[Done]) -> dict[str, list[str]]:
        """The students whose page is older than their grade, by module."""
        found: dict[str, list[str]] = {}
        for one in (d.submission for d in done if self.writer):
            if self.books[one.module].has_old_feedback(one):
                found.setdefault(one.module, []).append(one.student)
        return {module: sorted(names) for module, names in sorted(found.items())}

    def record(self, submission: Submission) -> dict[str, Any]:
        """The record of the last grading, empty when there is none."""
        path = audit.path(self.course, submission.student, submission.module)
        return read_json(path)

    def _result(self, submission: Submission) -> Path:
        home = grading_folder(self.course) / "results" / submission.module
        return home / f"{submission.student}.json"


def _overwritten(others: dict[str, tuple[Any, Any]] | None) -> Iterator[str]:
    """Say what the gradebook had that nobody entered by hand and grading did not."""
    rows = [f"{e} {a:g}" for e, (a, _) in (others or {}).items() if a is not None]
    if rows:
        yield (
            f"the gradebook had {', '.join(rows)}, which grading had not written: "
            "enter points by hand in formgrader, there they stay"
        )


def _done(
    submission: Submission, before: Scores, record: dict[str, Any], **more: Any
) -> Done:
    """A submission with what its record tells."""
    now, most = audit.scores(record), float(record.get("max", 0))
    why, told = audit.problem(record), tuple(map(str, record.get("told", ())))
    return Done(submission, before, now, most=most, problem=why, told=told, **more)


def _with_book(done: Done, books: dict[str, Booked]) -> Done:
    found = None if done.error else books.get(done.submission.student)
    return dataclasses.replace(done, booked=found, most=found.most) if found else done


def _said(error: Exception) -> str:
    """An error on one line, with what to do where that is known."""
    text = clean(" ".join(str(error).split()))[:300]
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if isinstance(error, CourseError):
        return text
    return f"{type(error).__name__}: {text}{': make room there' if full else ''}"


def grade_all(
    batch: Batch,
    submissions: list[Submission],
    engine: Engine,
    tell: Callable[[Done], None],
) -> tuple[Plan, list[Done]]:
    """Plan and run; `tell` hears of each submission."""
    plan = batch.plan(submissions)
    done = []
    for one in itertools.chain(plan.skipped, plan.failed, batch.run(plan, engine)):
        done.append(one)
        tell(one)
    return plan, done
