"""Put values into words: short, in plain text, the same on every run."""

import math
import re
import reprlib
from typing import Any

from coursekit.core.plain_data import is_plain, native, number, same

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


class _Short(reprlib.Repr):
    """`repr` cut to a line: eight items, four levels."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = 8
        self.maxdict, self.maxlevel = 6, 4
        self.maxstring = self.maxother = 60


SHORT = _Short()


def clean(text: str) -> str:
    """Text that can be sent: a lone surrogate would lose the whole output."""
    return text.encode("utf-8", "replace").decode()


def short(text: str) -> str:
    """Text on one line of at most 160 characters."""
    text = clean(" ".join(text.split()))
    return text if len(text) <= 160 else f"{text[:159]}…"


def show(value: Any) -> str:
    """`value` on one short line that is the same on every run."""
    value = native(value)
    try:
        text = SHORT.repr(value)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        text = f"<{type(value).__name__} that cannot be shown>"
    return ADDRESS.sub("", " ".join(text.split()))


def kind(value: Any) -> str:
    """The type of `value` in a word or two."""
    return "None" if value is None else f"a {type(native(value)).__name__}"


def figure(value: float, unit: str = "") -> str:
    """A number for reading, `1,234 reads`."""
    if abs(value) >= 1000:
        text = f"{value:,.0f}"
    else:
        text = f"{value:.2g}" if abs(value) < 1 else f"{round(value, 2):g}"
    return f"{text} {unit}".rstrip()


def measured(value: Any, unit: str) -> str:
    """A measured number for reading; inf stands for one that was not measured."""
    found = number(value)
    if found is not None:
        return figure(found, unit)
    value = native(value)
    return "not counted" if type(value) is float and value == math.inf else say(value)


def text(value: Any) -> str:
    """Text as it is, anything else shown."""
    return value if type(value) is str else show(value)


def say(value: Any) -> str:
    """`value` shown, with its type where that is the trouble."""
    plain = is_plain(value)
    if value is None or (plain and number(value) is not None):
        return show(value)
    return f"{show(value)} ({kind(value)}{'' if plain else ', not plain data'})"


def pair(got: Any, expected: Any) -> dict[str, str]:
    """Both in words; the types are named where the values look alike.

    Of two long dicts, only the entries that differ: the others would hide them.
    """
    if type(got) is type(expected) is dict and len(expected) > SHORT.maxdict:
        keys = [k for k in {**expected, **got} if not _alike(got, expected, k)]
        if keys:
            found, right = ({k: d[k] for k in keys if k in d} for d in (got, expected))
            note = " (where they differ)"
            return {"got": show(found) + note, "expected": show(right) + note}
    alike = show(got) == show(expected) or type(got) is not type(expected)
    texts = {"got": show(got), "expected": show(expected)}
    if got is None or expected is None or not alike:
        return texts
    return {
        "got": f"{texts['got']} ({kind(got)})",
        "expected": f"{texts['expected']} ({kind(expected)})",
    }


def _alike(got: dict[Any, Any], expected: dict[Any, Any], key: Any) -> bool:
    return key in got and key in expected and same(got[key], expected[key])
