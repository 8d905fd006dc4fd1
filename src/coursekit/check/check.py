"""Write down what a check found, as criteria with points and reasons."""

import contextlib
import inspect
import math
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any

from coursekit.check.error_messages import UNKNOWN, fault
from coursekit.check.execution import Place
from coursekit.check.learner_names import filled
from coursekit.check.returns import why_none
from coursekit.core import answers_file
from coursekit.core.module import Exercise, Misconception
from coursekit.core.plain_data import number, same
from coursekit.core.report import Criterion, points_of
from coursekit.core.wording import clean, figure, kind, measured, pair, say, show, text


class Check:
    """Takes the criteria of one exercise; points are exact, reasons in words."""

    def __init__(
        self,
        exercise: Exercise,
        names: Mapping[str, Any],
        misconceptions: Mapping[str, Misconception] | None = None,
        place: Place | None = None,
        seed: str = "",
    ) -> None:
        # for orders and inputs: the same for the same submission, and for no other
        self.seed = seed
        self.exercise, self.names = exercise, names
        self.place = place or Place()
        self.misconceptions = misconceptions or {}
        self.criteria: list[Criterion] = []
        self.attempted = True
        self.note = ""
        self.asked: Iterable[str] = ()  # names that the test uses, where it is known
        self._none_is_meant = False

    def add(
        self,
        name: str,
        max: float,
        points: Any,
        *,
        given: Any = "",
        got: str = "",
        expected: str = "",
        look: str = "",
        misconception: str = "",
        belief: str = "",
    ) -> bool:
        """Write down a criterion worth `max` points; True when all are reached.

        `misconception` is what usually lies behind a loss: it is only counted. Name
        a `belief` when this very answer shows it: the learner reads that one.
        """
        known = self.misconceptions.get(belief)
        made = Criterion(
            name=name,
            points=points_of(points, max),
            max=max,
            given=clean(text(given)),
            got=clean(got),
            expected=clean(expected),
            look=look,
            misconception=belief or misconception,
            belief=known.name if known else "",
            repair=known.repair if known else "",
        )
        self.criteria.append(made)
        return made.full

    def equal(
        self,
        name: str,
        points: float,
        got: Any,
        expected: Any,
        *,
        believes: Mapping[str, Any] | None = None,
        **why: Any,
    ) -> bool:
        """All `points` when `got` is the plain data `expected`.

        `believes` maps misconceptions to what they predict: the one that predicts
        `got` is shown to the learner.
        """
        filled(got, name)
        shown = [b for b, predicted in (believes or {}).items() if same(got, predicted)]
        why = {**why, "belief": shown[0]} if shown else why
        self._none_is_meant |= expected is None
        if got is None and not shown and not self._none_is_meant:
            asked = why_none(self.names, self.asked)
            look = f"If not: {why['look']}" if why.get("look") and asked else ""
            why["look"] = " ".join(filter(None, [asked, look])) or why.get("look", "")
        texts = pair(got, expected)
        return self.add(name, points, points * same(got, expected), **texts, **why)

    def close(
        self,
        name: str,
        points: float,
        got: Any,
        expected: float,
        *,
        tol: float = 1e-9,
        **why: Any,
    ) -> bool:
        """All `points` when the number `got` is within `tol` of `expected`."""
        found = number(filled(got, name))
        ok = found is not None and abs(found - expected) <= tol
        texts = {"got": say(got), "expected": f"{show(expected)} (within {tol:g})"}
        return self.add(name, points, points * ok, **texts, **why)

    def true(
        self,
        name: str,
        points: float,
        ok: Any,
        *,
        got: Any = "",
        expected: Any = "",
        **why: Any,
    ) -> bool:
        """All `points` when `ok` is True itself, not just truthy."""
        texts = {"got": text(filled(got, name)), "expected": text(expected)}
        return self.add(name, points, points * (ok is True), **texts, **why)

    def at_most(
        self,
        name: str,
        points: float,
        got: Any,
        *,
        full: float,
        zero: float,
        unit: str = "",
        **why: Any,
    ) -> bool:
        """All points up to `full`, none from `zero`, on a straight line between.

        With `zero` below `full`, more is better: a floor instead of a ceiling.
        """
        found = number(filled(got, name))
        word = "at most" if zero >= full else "at least"
        texts = {
            "got": measured(got, unit),
            "expected": f"{word} {figure(full, unit)} "
            f"(no points from {figure(zero, unit)})",
        }
        return self.add(
            name, points, points * _share(found, full, zero), **texts, **why
        )

    at_least = at_most

    def raises(
        self,
        name: str,
        points: float,
        error: type[BaseException],
        fn: Callable[..., Any],
        *args: Any,
        **why: Any,
    ) -> bool:
        """All `points` when `fn(*args)` raises `error`."""
        expected = f"{error.__name__} raised"
        try:
            value = self.call(fn, *args)
        except (KeyboardInterrupt, NotImplementedError):
            raise
        except BaseException as raised:
            got = fault(raised, self.names).text()
            ok = isinstance(raised, error)
            if isinstance(raised, NameError) and not ok:
                why["look"] = UNKNOWN
            return self.add(
                name, points, points * ok, got=got, expected=expected, **why
            )
        return self.add(name, points, 0, got=say(value), expected=expected, **why)

    def predicted(self, name: str, points: float, refused: str = "") -> bool:
        """All `points` when a guess was recorded, whatever the guess.

        `refused` is what `predict` said against it.
        """
        guessed = name in answers_file.here().section("predictions")
        look = refused or (
            f"the cell above calls `predict({name!r}, …)` with your number, and says "
            "Recorded when it is run"
        )
        return self.true(f"guessed {name}", points, guessed, look=look)

    def call(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Call learner code; a coroutine runs on virtual time, to its result.

        TypeError where the stub has nothing asynchronous: who calls such a function
        gets no result from a coroutine.
        """
        value = _function(fn)(*args, **kwargs)
        if not inspect.isawaitable(value):
            return value
        if self.exercise.stub and "async " not in self.exercise.stub:
            close = getattr(value, "close", None)
            if callable(close):
                close()
            raise TypeError("this is a coroutine: write a plain `def`, without `async`")
        return self.wait(value)

    def on_loop(self, fn: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        """`fn`, called while a loop runs, as in notebooks: plain ones may gather."""

        async def called(*args: Any) -> Any:
            value = _function(fn)(*args)
            return await value if inspect.isawaitable(value) else value

        return called

    def wait(self, awaitable: Any) -> Any:
        """The result of an awaitable, run on virtual time."""
        return self.timed(awaitable)[0]

    def timed(self, awaitable: Any) -> tuple[Any, float]:
        """The result of an awaitable and the virtual seconds it took."""
        from session1 import virtual_time

        async def main() -> Any:
            return await awaitable

        # a wait for what never comes ends there, at once in real time
        done = virtual_time.run(main, new_loop=self.place.new_loop)
        return done.value, done.seconds

    def change(self, value: Any, work: Callable[[Any], Any]) -> None:
        """Do `work(value)`: change what learner code holds too, wherever that runs.

        `value` came from learner code or was given to it, and is a list, dict or set.
        """
        self.place.change(value, work)

    def seen(self, value: Any) -> Any:
        """Return `value` as learner code now has it: it may have been changed there.

        It is of the kind that `change` takes.
        """
        return self.place.seen(value)

    @contextlib.contextmanager
    def part(self, name: str, points: float, look: str = "") -> Iterator[None]:
        """Criteria worth `points`; an error in the block costs only the rest of it."""
        start = len(self.criteria)
        try:
            yield
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            used = math.fsum(c.max for c in self.criteria[start:])
            self._stop(name, max(0.0, round(points - used, 6)), error, look)

    def _stop(self, name: str, left: float, error: BaseException, look: str) -> None:
        what = fault(error, self.names)
        if what.attempted:
            self.add(name, left, 0, got=what.text(), look=look or what.look)
            return
        self.attempted = False
        self.note = self.note or (what.text() if what.message else "not written yet")
        look = look or f'write it, then run this again; hint("{self.exercise.id}")'
        self.add(name, left, 0, got=self.note, look=look)


def _share(found: float | None, full: float, zero: float) -> float:
    if found is None:
        return 0.0
    if full == zero:
        return float(found <= full)
    return min(max((zero - found) / (zero - full), 0.0), 1.0)


def _function(given: Any) -> Any:
    if not callable(given):
        raise TypeError(f"a function is needed here, this is {kind(given)}")
    return given
