"""Read TOML tables into dataclasses; what does not fit is said plainly."""

import dataclasses
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from coursekit.core.course import SOURCE

T = TypeVar("T")


class ModuleError(ValueError):
    """A module that is missing or malformed; the message says what to do."""


def read(path: Path) -> dict[str, Any]:
    """The table in a TOML file; ModuleError says which line is wrong."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ModuleError(f"{named(path)}: {error}") from None
    except UnicodeDecodeError as error:
        where = f"(at line {odd_line(error)})"
        raise ModuleError(f"{named(path)}: {error} {where}") from None
    except OSError as error:
        why = f"cannot be read ({error.strerror}): allow reading it"
        raise ModuleError(f"{named(path)}: {why}") from None


def odd_line(error: UnicodeDecodeError) -> int:
    """The line of a text in which a byte is that its encoding does not have."""
    return error.object[: error.start].count(b"\n") + 1


def named(path: Path) -> str:
    """A file as errors name it: with its module's folder, if it lies in one."""
    alone = path.parent.name == SOURCE
    return path.name if alone else f"{path.parent.name}/{path.name}"


def tables(data: Mapping[str, Any], key: str, where: str) -> Iterator[dict[str, Any]]:
    """The `[[key]]` tables of a table."""
    rows = data.get(key, [])
    if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
        raise ModuleError(f"{where}: write {key} as [[{key}]] tables")
    return iter(rows)


def build(cls: type[T], table: Mapping[str, Any], where: str) -> T:
    """An instance of `cls` from a table; names and types must fit."""
    hints = get_type_hints(cls)
    odd = sorted(set(table) - set(hints))
    if odd:
        raise ModuleError(f"{where}: does not know {odd[0]!r}; it takes {list(hints)}")
    for f in dataclasses.fields(cls):  # type: ignore[arg-type]
        if f.name not in table and f.default is dataclasses.MISSING:
            raise ModuleError(f"{where}: {f.name} is missing")
    values = {k: _fit(v, hints[k], f"{where}: {k}") for k, v in table.items()}
    return cls(**values)


def _fit(value: Any, hint: Any, where: str) -> Any:
    if get_origin(hint) is tuple:
        items = get_args(hint)[0]
        if isinstance(value, list | tuple) and all(isinstance(v, items) for v in value):
            return tuple(value)
        raise ModuleError(f"{where} must be a list of {items.__name__}")
    kinds = (int, float) if hint is float else (hint,)
    if type(value) not in kinds:
        raise ModuleError(f"{where} must be {hint.__name__}, not {value!r}")
    return value
