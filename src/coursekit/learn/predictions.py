"""Guess a figure before it is measured, then see how far off the guess was."""

import contextlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

from coursekit.core import answers_file
from coursekit.core.module import Module, Prediction, find
from coursekit.core.one_line import one_line
from coursekit.core.plain_data import number
from coursekit.core.wording import figure

_refused: list[str] = []  # what the last call of `predict` said against it


def refused() -> str:
    """The last message of `predict`, unless it recorded a guess."""
    return "".join(_refused)


@one_line
def predict(name: str, guess: float) -> None:
    """Record a guess before its result shows; the one that was revealed stays."""
    _refused[:] = [f"`predict` does not know {name!r}: correct the name"]
    found = find().prediction(name)
    value = number(guess)
    if value is None:
        _refused[:] = [_no_number(guess, found)]
        print(*_refused)
        return
    _refused.clear()
    before = answers_file.here().section("predictions").get(found.id)
    if _revealed(before):
        said = _said(_guess(before), found)
        answers_file.say(f"The result is out: your guess of {said} stays.")
        return
    answers_file.here().put("predictions", found.id, {"guess": value})
    part = found.unit == "of 100" and 0 < value < 1
    asked = f" Did you mean {figure(100 * value)}?" if part else ""
    answers_file.say(f"Recorded: {_said(value, found)}.{asked} Now measure.")


def _no_number(guess: Any, found: Prediction) -> str:
    """Say what to write in place of a guess that is not a number."""
    if guess is None:
        return "Put your number in place of None."
    if guess is ...:
        return "Put a number in place of the dots."
    with contextlib.suppress(ValueError):
        if type(guess) is str and number(float(guess)) is not None:
            return f"{guess!r} is text: write it without quotes."
    if type(guess) is tuple:
        return "A comma makes two numbers: write a decimal point, such as 1.5."
    return f"A guess is a number: predict({found.id!r}, 10)"


@one_line
def reveal(name: str, actual: float) -> None:
    """Show the guess beside the measured figure, and how good the guesses are."""
    module = find()
    found, value = module.prediction(name), number(actual)
    if value is None:
        print(f"There is no figure to compare with: got {actual!r}.")
        return
    entry = answers_file.here().section("predictions").get(found.id)
    guess = _guess(entry)
    if guess is None:
        line = f"There was no guess. It is {_said(value, found)}. Next time guess first"
        answers_file.say(f"{line}: predict({found.id!r}, your figure).")
        return
    answers_file.here().put("predictions", found.id, {"guess": guess, "actual": value})
    answers_file.say(_compared(guess, value, found), calibration(module))


def _compared(guess: float, actual: float, found: Prediction) -> str:
    head = f"You guessed {_said(guess, found)}, it is {_said(actual, found)}"
    return f"{head}: {off(guess, actual)}."


def off(guess: float, actual: float) -> str:
    """How far a guess is off in words: `6.6 times too low`."""
    if guess == actual:
        return "spot on"
    low = "too low" if guess < actual else "too high"
    factor = times_off(guess, actual)
    if math.isinf(factor):
        return f"{figure(abs(actual - guess))} {low}"
    if factor < 1.05:
        return "nearly spot on"
    return f"{factor:,.0f} times {low}" if factor >= 10 else f"{factor:.1f} times {low}"


def times_off(guess: float, actual: float) -> float:
    """The factor between guess and actual, 1 or more; inf where there is none."""
    if guess == actual:
        return 1.0
    if guess <= 0 or actual <= 0:
        return math.inf
    return max(guess / actual, actual / guess)


def calibration(module: Module) -> str:
    """How good the guesses were so far and whether they get better."""
    return calibrated(guesses(module, answers_file.here()))


def guesses(module: Module, record: answers_file.Record) -> list[dict[str, float]]:
    """The guesses whose figure was revealed, with it, in the module's order."""
    entries = record.section("predictions")
    return [entries[p.id] for p in module.predictions if _revealed(entries.get(p.id))]


def calibrated(done: Sequence[Mapping[str, float]]) -> str:
    """Say how good guesses were and whether they get better; nothing without one."""
    factors = [times_off(e["guess"], e["actual"]) for e in done]
    known = sorted(f for f in factors if math.isfinite(f))
    if not known:
        return ""
    count, close = len(factors), sum(f < 2 for f in factors)
    line = f"So far {close} of {count} guesses within a factor of 2"
    if len(known) < 4:
        return f"{line}."
    return f"{line}; {_trend([f for f in factors if math.isfinite(f)])}."


def _trend(factors: list[float]) -> str:
    """Whether the later half is closer than the earlier one."""
    half = len(factors) // 2
    early, late = _typical(factors[:half]), _typical(factors[-half:])
    if late < early * 0.9:
        return f"getting better, from {early:.1f} times off to {late:.1f}"
    if late > early * 1.1:
        return f"the last ones were further off, {early:.1f} times then, {late:.1f} now"
    return f"steady at {late:.1f} times off"


def _typical(factors: list[float]) -> float:
    return math.exp(math.fsum(map(math.log, factors)) / len(factors))


def _guess(entry: Any) -> float | None:
    return number(entry.get("guess")) if isinstance(entry, dict) else None


def _revealed(entry: Any) -> bool:
    shown = isinstance(entry, dict) and number(entry.get("actual")) is not None
    return shown and _guess(entry) is not None


def _said(value: float | None, found: Prediction) -> str:
    if value is None:
        return "nothing"
    return f"{figure(value)}×" if found.unit == "times" else figure(value, found.unit)
