"""Checks shared by everything that takes a limit, a fraction or a horizon."""

import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])


def whole(name: str, value: int) -> int:
    """`value` if it is an int and not a bool, else TypeError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, got {_kind(value)}")
    return value


def positive_int(name: str, value: int) -> int:
    """`value` if it is a whole number of at least 1, else TypeError or ValueError."""
    if whole(name, value) < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return value


def positive(name: str, value: float) -> float:
    """`value` if it is a finite number above 0, else TypeError or ValueError."""
    if not 0 < number(name, value) <= sys.float_info.max:
        raise ValueError(f"{name} must be a finite number above 0, got {value}")
    return value


def fraction(name: str, value: float) -> float:
    """`value` if it lies between 0 and 1, else TypeError or ValueError."""
    if not 0 <= number(name, value) <= 1:
        raise ValueError(f"{name} must be between 0 and 1, got {value}")
    return value


def number(name: str, value: float) -> float:
    """`value` if it is an int or a float and no bool, else TypeError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be an int or a float, got {_kind(value)}")
    return value


def text(name: str, value: str) -> str:
    """`value` if it is text, else TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, got {_kind(value)}")
    return value


def message(value: str) -> str:
    """`value` if it is a message that says something, else TypeError or ValueError."""
    if not isinstance(value, str):
        raise TypeError(f"a message is a str, not {_kind(value)}")
    if not value.strip():
        raise ValueError("the message is empty: send at least one word")
    return value


def flag(name: str, value: bool) -> bool:
    """`value` if it is True or False, else TypeError."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return value


def function(name: str, value: F) -> F:
    """`value` if it can be called, else TypeError."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {value!r}")
    return value


def instance(name: str, value: object, wanted: type) -> None:
    """Raise TypeError unless `value` is a `wanted`, or None."""
    if not isinstance(value, wanted | None):
        raise TypeError(f"{name} must be a {wanted.__name__}, got {_kind(value)}")


def several(name: str, value: Iterable[T]) -> Iterable[T]:
    """`value` if it is a list or the like, else TypeError; one is no list of one."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a list, got {_kind(value)}: [one] for one")
    return value


def positive_span(name: str, value: float | timedelta) -> float:
    """`value` as a number above 0: messages as given, a timedelta in seconds."""
    if isinstance(value, timedelta):
        return positive(name, value.total_seconds())
    return positive(name, value)


def is_utf8(text: str) -> bool:
    """Whether `text` can be written: half of a character cannot."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def sound(name: str, text: str) -> str:
    """`text` if it can be written, else ValueError."""
    if not is_utf8(text):
        raise ValueError(
            f"{name} holds half of a character (a lone surrogate, as from half an "
            f"emoji): {text[:40]!r}; replace it first, session1.llm.client.clean does"
        )
    return text


def _kind(value: object) -> str:
    """The type of `value` with its package, as in `numpy.float32`."""
    kind = type(value)
    home = kind.__module__.partition(".")[0]
    return kind.__name__ if home == "builtins" else f"{home}.{kind.__name__}"
