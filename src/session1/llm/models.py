"""Prices and strengths of models as data, and the cheapest that will do."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from session1.limits import fraction, number, positive_int
from session1.llm.client import Reply

MODELS = Path(__file__).with_name("models.toml")
ROOM = 128_000  # tokens that a model without a row is taken to have room for
COMPLEXITIES = ("simple", "moderate", "complex", "reasoning")


@dataclass(frozen=True, slots=True)
class Model:
    """Prices in dollars per million tokens, quality 0 to 1, room in tokens."""

    name: str
    read: float
    cached: float
    write: float
    quality: float
    context: int

    def __post_init__(self) -> None:
        for field in ("read", "cached", "write"):
            if not 0 <= number(field, getattr(self, field)) < float("inf"):
                raise ValueError(f"{field} is {getattr(self, field)}; give 0 or more")
        fraction("quality", self.quality)
        positive_int("context", self.context)

    def cost(self, read: int, written: int, cached: int = 0) -> float:
        """Dollars for so many tokens; `cached` are those of `read` not read anew."""
        fresh = read - cached
        return (
            fresh * self.read + cached * self.cached + written * self.write
        ) / 1_000_000

    def cost_of(self, reply: Reply) -> float:
        """Dollars for a reply; nothing for one that was kept."""
        if reply.reused:
            return 0.0
        read, cached = reply.prompt_tokens, reply.cached_tokens
        return self.cost(read, reply.completion_tokens, cached)


@dataclass(frozen=True, slots=True)
class Table:
    """Models by name, and the quality that each kind of question needs."""

    models: Mapping[str, Model]
    needs: Mapping[str, float]

    def naming(self, names: Iterable[str]) -> "Table":
        """With a row for each of `names`; a new one is free and good for anything."""
        new = {n: Model(n, 0, 0, 0, 1.0, ROOM) for n in names if n not in self.models}
        return Table({**self.models, **new}, self.needs)

    def need(self, complexity: str) -> float:
        """The quality a question of that kind needs; ValueError for another kind."""
        if complexity not in self.needs:
            known = ", ".join(self.needs)
            raise ValueError(f"no complexity {complexity!r}; there are {known}")
        return self.needs[complexity]


def load(path: Path | str = MODELS) -> Table:
    """A table from a TOML file; ValueError says what is wrong with it."""
    path = Path(path)
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        models = {
            name: Model(name, **row) for name, row in _part(data, "models").items()
        }
        needs = {
            name: fraction(name, need) for name, need in _part(data, "needs").items()
        }
    except (TypeError, ValueError) as e:
        raise ValueError(f"{path} is not a table of models: {e}") from e
    missing = set(COMPLEXITIES) - set(needs)
    if missing:
        raise ValueError(f"{path}: [needs] lacks {', '.join(sorted(missing))}")
    return Table(models, needs)


@cache
def table() -> Table:
    """The table that comes with the package."""
    return load()


def select_optimal_model(task_complexity: str, prices: Table | None = None) -> str:
    """The cheapest model good enough for `simple`, `moderate`, `complex`, `reasoning`.

    Cheapest for as many tokens written as read. If none is good enough, the best one.
    """
    prices = prices or table()
    need = prices.need(task_complexity)
    fit = [m for m in prices.models.values() if m.quality >= need]
    if fit:
        return min(fit, key=lambda m: m.cost(1, 1)).name
    return max(prices.models.values(), key=lambda m: m.quality).name


def _part(data: dict[str, Any], name: str) -> dict[str, Any]:
    part = data.get(name)
    if not isinstance(part, dict) or not part:
        raise ValueError(f"it has no [{name}]")
    return part
