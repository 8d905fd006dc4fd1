"""`tests("exercise")`: visible tests that say what they found and never raise."""

import dataclasses
import inspect
import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from types import CodeType, FrameType
from typing import Any

from coursekit.check.check import Check
from coursekit.check.error_messages import UNKNOWN, fault
from coursekit.check.learner_names import Printed, filled, left_in, quiet, still
from coursekit.check.missing_names import ended, unquoted, unread, why_missing
from coursekit.check.returns import FORGOTTEN, why_none
from coursekit.check.unawaited import LOOK, NEVER, Unawaited
from coursekit.core import answers_file, render
from coursekit.core.module import Exercise, Module, ModuleError, find
from coursekit.core.plain_data import number
from coursekit.core.report import Criterion
from coursekit.core.wording import show
from coursekit.learn import predictions
from coursekit.learn.hints import common_mistakes

EMPTY = Exercise("", "", "", "", 0)
ERROR = re.compile(r"\w+(Error|Exception)\b")
OTHERS = "What others get wrong here:"
OLDER = "fix it and run it, then this cell: these tests saw your older code"


LONG = 30  # seconds of processor time for the tests of an exercise


class TestsFailed(Exception):
    """Tests were stopped, or did not pass while nbgrader validates.

    Its traceback is their text.
    """

    __test__ = False

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Interrupt a loop that never ends, as the learner would, where signals work."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt(f"after {seconds:g} s of work it is still")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    try:
        before = signal.signal(signal.SIGPROF, late)
        signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)  # whoever catches it, too
    except (AttributeError, OSError, ValueError):  # Windows, a browser
        yield
        return
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before or signal.SIG_DFL)


class Tests:
    """The tests of one exercise, as a `with` block; each line shows as it went."""

    __test__ = False

    def __init__(self, exercise: str, names: dict[str, Any], cell: CodeType) -> None:
        self.id, self.names, self._cell = exercise, names, cell
        self.module, self.exercise, self.note = _look_up(exercise)
        self.check = Check(self.exercise, names)
        self.check.asked = set(_names(cell))
        self.blank = self.interrupted = ""
        self.look = ""  # where to look should an error end the block
        self._stack = ExitStack()
        self._before: dict[str, Any] = {}
        self.printed = Printed()
        self._unawaited = Unawaited()

    def equal(self, got: Any, expected: Any, what: str, look: str = "") -> bool:
        """Passes when `got` is the plain data `expected`."""
        self._unawaited.found |= inspect.isawaitable(got)
        return self.check.equal(what, 1, got, expected, look=look)

    def close(
        self, got: Any, expected: float, what: str, tol: float = 1e-9, look: str = ""
    ) -> bool:
        """Passes when the number `got` is within `tol` of `expected`."""
        return self.check.close(what, 1, got, expected, tol=tol, look=look)

    def true(
        self, ok: Any, what: str, got: Any = "", expected: Any = "", look: str = ""
    ) -> bool:
        """Passes when `ok` is True."""
        return self.check.true(what, 1, ok, got=got, expected=expected, look=look)

    def at_most(self, got: Any, limit: float, what: str, look: str = "") -> bool:
        """Passes when the number `got` is no more than `limit`."""
        found = number(got)
        ok = found is not None and found <= limit
        return self.true(ok, what, show(got), f"at most {limit:g}", look)

    def raises(
        self,
        error: type[BaseException],
        call: Callable[[], Any],
        what: str,
        look: str = "",
    ) -> bool:
        """Passes when `call()` raises `error`."""
        return self.check.raises(what, 1, error, call, look=look)

    def quiet(self, call: Callable[[], Any], what: str, look: str = "") -> bool:
        """Passes when `call()` raises nothing; else tells at which line it did."""
        try:
            call()
        except Exception as error:
            why = fault(error, self.names, self._cell.co_filename)
            if not why.attempted:
                raise
            look = why.look or (UNKNOWN if isinstance(error, NameError) else look)
            said = {"given": why.given, "got": why.text(), "expected": "no error"}
            return self.check.add(what, 1, 0, **said, look=look)
        return self.true(True, what)

    def form(
        self, got: Any, ok: bool, what: str, expected: str, look: str = ""
    ) -> bool:
        """Passes when `got`, shown as Python writes it, is the kind of answer asked."""
        return self.true(ok, what, show(filled(got, what)), expected, look)

    def predicted(self, name: str) -> bool:
        """Passes when a guess is recorded: `predict("name", figure)`."""
        return self.check.predicted(name, 1, predictions.refused())

    def answered(self) -> bool:
        """Passes when every quiz question has an answer; says which lack one."""
        asked = self.module.asked(self.exercise.id)
        if not asked:
            look = "module.toml next to the notebook, which holds the questions"
            return self.true(False, "there are questions", "none", "a quiz", look)
        answers = answers_file.here().section("quiz")
        lacking = [q.id for q in asked if q.id not in answers]
        count = len(asked)
        return self.true(
            not lacking,
            "every question has an answer",
            got=f"{count - len(lacking)} of {count} answered",
            expected=f"{count} of {count}",
            look=f"answer {', '.join(lacking)}",
        )

    def __enter__(self) -> "Tests":
        self.printed = self._stack.enter_context(quiet())
        self._stack.enter_context(self._unawaited)
        self._stack.enter_context(_at_most(LONG))
        self._before = dict(self.names)
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        self._stack.close()
        try:
            return self._end(error)
        finally:
            self._put_back()

    def _put_back(self) -> None:
        """Leave the notebook's names as they were: those of a test are its own.

        A new function stays: what was put together from lines can be called later.
        """
        names, before = self.names, self._before
        new = [x for x in names if x not in before and not x.startswith("_")]
        for name in [x for x in new if not callable(names[x])]:
            del names[name]
        names.update({x: v for x, v in before.items() if names.get(x, self) is not v})

    def _end(self, error: BaseException | None) -> bool:
        if isinstance(error, KeyboardInterrupt):
            where = fault(error, self.names, self._cell.co_filename).where
            why = error.args[0] if error.args else "you stopped it"
            self.interrupted = f"Not finished: {why} {where}".rstrip() + "."
            raise TestsFailed(self.text()) from None  # Run All stops here, too
        if error is not None:
            self._stopped(error)
        if self._unawaited.found or NEVER in self.printed.err.getvalue():
            self._blame_the_await()
        if not self.blank:
            self._ask_for_a_run()
        self._remember()
        quiz = self.exercise.kind == "quiz"
        travels = answers_file.here().to_travel() if quiz else ""
        render.show(self.text(), self.html(), travels)
        if not self.passed and os.environ.get("NBGRADER_EXECUTION") == "validate":
            # nbgrader's validate sees errors, not words
            raise TestsFailed(self.text()) from None
        return True

    def _stopped(self, error: BaseException) -> None:
        what = fault(error, self.names, self._cell.co_filename)
        left = {x: left_in(self.names.get(x)) for x in self._cell.co_names}
        if name := next(filter(left.get, left), ""):  # whatever the error, this is why
            self.blank = unquoted(name, self.names) or still(name, left[name])
        elif type(error) is NotImplementedError and not what.attempted:
            where = f" ({what.where})" if what.where else ""
            todo = "write your code where the cell above leaves it out"
            if method := _method(error):
                todo = f"next is `{method}`"
            self.blank = f"{todo}{where}"
        elif not what.attempted:
            self.blank = what.text()
        elif isinstance(error, NameError) and error.name and self._raised(error):
            self.blank = why_missing(error.name, self.names)
        else:
            name = "an error; the tests after it did not run"
            none = what.look == FORGOTTEN
            look = why_none(self.names, self.check.asked) if none else what.look
            said = {"given": what.given, "got": what.text(), "look": look or self.look}
            self.check.add(name, 1, 0, **said)

    def _raised(self, error: BaseException) -> bool:
        """Whether the error arose in the tests' own cell, be it in a function there."""
        last = [frame for frame, _ in traceback.walk_tb(error.__traceback__)][-1]
        return last.f_code.co_filename == self._cell.co_filename

    def _blame_the_await(self) -> None:
        """A missing `await` explains what else went wrong, but not another error."""
        self.check.criteria = [
            dataclasses.replace(c, look=LOOK)
            if not c.full and (not ERROR.match(c.got) or "'coroutine'" in c.got)
            else c
            for c in self.criteria
        ]

    def _ask_for_a_run(self) -> None:
        """Fail when what was tested is older than its cell, which ended in an error."""
        tested = [name for name in _names(self._cell) if name in self.names]
        errors = [error for name in tested if (error := unread(name, self.names))]
        for error in dict.fromkeys(errors):
            self.true(False, "Python can read your cell", error, "no error", OLDER)
        errors = [error for name in tested if (error := ended(name, self.names))]
        for error in dict.fromkeys(errors):
            self.true(False, "your cell runs to its end", error, "no error", OLDER)

    def _remember(self) -> None:
        if self.exercise is not EMPTY:
            passed = sum(c.full for c in self.criteria)
            value: dict[str, Any] = {
                "passed": passed,
                "of": len(self.criteria),
                "all": self.passed,
            }
            if self.passed:
                before = answers_file.here().section("progress").get(self.exercise.id)
                first = before.get("on") if isinstance(before, dict) else None
                value["on"] = first or date.today().isoformat()
            answers_file.here().put("progress", self.exercise.id, value)
        self.note = self.note or answers_file.here().take_note()

    @property
    def criteria(self) -> list[Criterion]:
        """The tests that ran."""
        return self.check.criteria

    @property
    def passed(self) -> bool:
        """Whether there were tests and all passed."""
        full = all(c.full for c in self.criteria)
        return bool(self.criteria) and full and not (self.blank or self.interrupted)

    def _verdict(self) -> str:
        passed, count = sum(c.full for c in self.criteria), len(self.criteria)
        stuck = f'Stuck? hint("{self.id}")'
        if self.interrupted:
            return self.interrupted
        if self.blank:
            return f"Not attempted yet: {self.blank}. {stuck}"
        if not count:
            return "There are no tests in this block."
        if self.passed:
            return "The test passed." if count == 1 else f"All {count} tests passed."
        return f"{passed} of {count} tests passed. {stuck}"

    def _why(self) -> str:
        return self.exercise.explanation if self.passed else ""

    def _others(self) -> list[str]:
        """Yield the mistakes others make here, a line each, once it is solved."""
        if not self.passed or self.exercise is EMPTY:
            return []
        return [
            f"{belief.name.rstrip('.')}. In fact: {belief.repair}"
            for belief in common_mistakes(self.module, self.exercise)
        ]

    def text(self) -> str:
        """The findings of the block, as text."""
        lines = [line for c in self.criteria for line in c.lines(points=False)]
        if printed := self.printed.text():
            lines += ["your code printed", *(f"    {x}" for x in printed.splitlines())]
        lines.append(self._verdict())
        if self._why():
            lines.append(f"Why it works: {self._why()}")
        if others := self._others():
            lines += [OTHERS, *(f"    {line}" for line in others)]
        return "\n".join([*lines, self.note] if self.note else lines)

    def html(self) -> str:
        """The same as HTML."""
        body = "".join(render.criterion(c) for c in self.criteria)
        if printed := self.printed.text():
            body += f"<div>your code printed</div><pre>{render.escape(printed)}</pre>"
        mark = "✓" if self.passed else "·" if self.blank else "✗"
        call = f'hint("{self.id}")'
        body += render.row(mark, self._verdict().replace(call, f"`{call}`"))
        if self._why():
            body += render.row("", f"Why it works: {self._why()}")
        if others := self._others():
            items = "".join(f"<li>{render.inline(line)}</li>" for line in others)
            body += render.row("", OTHERS)
            body += f'<ul style="margin:0 0 0 2.2em">{items}</ul>'
        if self.note:
            body += render.row("", self.note)
        return render.boxed(self.exercise.title or self.id, body, mark)


def _names(code: CodeType) -> Iterator[str]:
    """The names that a cell and the functions in it use."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


def _method(error: BaseException) -> str:
    """The name of the method that raised `error`, where one did."""
    frame = [frame for frame, _ in traceback.walk_tb(error.__traceback__)][-1]
    owner, _, name = frame.f_code.co_qualname.rpartition(".")
    return name if owner.isidentifier() else ""


def _look_up(exercise: str) -> tuple[Module, Exercise, str]:
    try:
        module = find()
        return module, module.exercise(exercise), ""
    except ModuleError as error:
        from pathlib import Path

        nothing = Module("", Path(), "", 0, (), (), (), (), {}, full=False)
        return nothing, EMPTY, f"({error})"


def tests(exercise: str) -> Tests:
    """Test an exercise: `with tests("id") as t: t.equal(got, expected, "what")`."""
    cell = sys._getframe(1)
    return Tests(exercise, cell.f_globals, cell.f_code)
