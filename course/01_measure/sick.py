"""Three sick agents, each ill in its own way, and what remedies do to them."""

from collections.abc import Mapping
from typing import Any

from session1.monitoring.kpi import KPIS

FIGURES = {row.key: row for row in KPIS}
TURNS = 100  # more is a loop that does not end
Effects = Mapping[str, Mapping[str, float]]


class Sick:
    """Measures itself; a remedy multiplies some of its figures until it is undone."""

    def __init__(self, figures: Mapping[str, float], effects: Effects) -> None:
        self.figures, self.effects = figures, effects
        self.taken: list[str] = []
        self.done: list[str] = []  # all that was asked of it
        self.turns = 0

    def measure(self) -> dict[str, float]:
        """The figures, by the keys of the KPI table."""
        self._turn()
        self.done.append("measure")
        found = dict(self.figures)
        for remedy in self.taken:
            for key, factor in self.effects.get(remedy, {}).items():
                found[key] = found[key] * factor
        return {key: round(value, 6) for key, value in found.items()}

    def apply(self, remedy: str) -> None:
        """Take a remedy."""
        self._turn()
        self.taken.append(remedy)
        self.done.append(remedy)

    def undo(self, remedy: str) -> None:
        """Take it back."""
        self._turn()
        self.taken.remove(remedy)
        self.done.append(f"undo {remedy}")

    def _turn(self) -> None:
        self.turns += 1
        if self.turns > TURNS:
            raise RuntimeError("it goes round and round: nothing ends the loop")


class Chart:
    """`bottleneck` and `past`, which give up on a loop that does not end."""

    def __init__(self) -> None:
        self.turns = 0

    def bottleneck(self, measured: Mapping[str, float]) -> str | None:
        """The row that is furthest past its target; None when all are on target."""
        self.turns += 1
        if self.turns > TURNS:
            raise RuntimeError("it goes round and round: nothing ends the loop")
        missed = {key: past(key, measured) for key in measured}
        worst = max(missed, key=lambda key: missed[key], default=None)
        return worst if worst and missed[worst] >= 0 else None


def past(row: str, measured: Mapping[str, float]) -> float:
    """How far a row is off: 0 at its target, 1 where action is needed."""
    return round(FIGURES[row].past(measured[row]), 6)


# name: figures, what each remedy does, the remedies by row, and those to be kept
Patient = tuple[dict[str, float], Effects, dict[str, list[str]], list[str]]
PATIENTS: dict[str, Patient] = {
    "slow": (  # two remedies together reach the target, neither does alone
        {"p95": 1.8, "throughput": 1500.0, "memory": 0.5},
        {"shorter prompts": {"p95": 0.6}, "a cache": {"p95": 0.3}},
        {
            "p95": ["shorter prompts", "a cache", "another model"],
            "throughput": ["batches"],
            "memory": ["tiers"],
        },
        ["shorter prompts", "a cache"],
    ),
    "full": (  # the first remedy makes it worse; what is slow was slow for want of room
        {"p95": 0.7, "throughput": 1200.0, "memory": 0.97},
        {"a cache": {"memory": 1.02}, "cleanup": {"memory": 0.6, "p95": 0.5}},
        {
            "p95": ["shorter prompts"],
            "throughput": ["batches"],
            "memory": ["a cache", "cleanup", "pools"],
        },
        ["cleanup"],
    ),
    "idle": (  # the remedy of the first bottleneck makes another one
        {"p95": 0.3, "throughput": 400.0, "cpu": 0.4},
        {
            "side by side": {"throughput": 3.0, "cpu": 2.2},
            "hoist the loop": {"cpu": 0.5},
        },
        {
            "p95": ["a cache"],
            "throughput": ["side by side", "batches"],
            "cpu": ["hoist the loop"],
        },
        ["side by side", "hoist the loop"],
    ),
    "past help": (  # nothing is left to try, and nothing helped
        {"p95": 4.0, "throughput": 2000.0},
        {"shorter prompts": {"p95": 1.0}},
        {"p95": ["shorter prompts"], "throughput": ["batches"]},
        [],
    ),
    "well": ({"p95": 0.2, "throughput": 2000.0}, {}, {"p95": ["a cache"]}, []),
}
SHOWN = ("slow", "full", "idle")


def treat(improve: Any, name: str) -> tuple[list[str], Sick]:
    """What `improve` kept of the remedies for a patient, and the patient after it."""
    figures, effects, remedies, _ = PATIENTS[name]
    agent = Sick(figures, effects)
    kept = improve(agent, {row: list(some) for row, some in remedies.items()})
    return kept, agent


def made(source: str) -> Any:
    """The function `improve` that lines make; SyntaxError, or None if there is none."""
    names: dict[str, Any] = {"bottleneck": Chart().bottleneck, "past": past}
    exec(source, names)
    return names.get("improve")


def look(name: str, found: Any, agent: Sick | None, error: str) -> str:
    """Where to look when a patient's treatment goes wrong."""
    if "goes round" in error:
        return "what is measured again has to become `before`"
    if "IndexError" in error:
        return "ask whether a remedy is left before you take the next one"
    if "UnboundLocal" in error or "NameError" in error:
        return "a line uses what a later line makes: measure, name, choose, apply"
    if "IndentationError" in error or "SyntaxError" in error:
        return "the indents do not fit there: which line belongs inside which?"
    if found is None:
        return "the last line returns the remedies that were kept"
    if agent and len(agent.done) < 2:
        return "nothing was tried: where does the line with `return` stand?"
    if name == "slow" and agent and not agent.taken:
        return "half of the way helps, too: keep what brings the worst row closer"
    if agent and set(agent.taken) - set(found):
        return "what did not help is undone, not only left out of `kept`"
    if name == "full" and agent and "a cache" in agent.taken:
        return "what made it worse is undone"
    if name == "idle" and agent and "hoist the loop" not in agent.taken:
        return "after each remedy measure again: the bottleneck may be another one now"
    return "measure, name the worst row, try one remedy, measure, keep or undo"


def order_look(source: str) -> str:
    """Where to look in lines that are wrong with any patient; else empty."""
    loop = source.partition("while")[2]
    if "pop(" in loop.partition("if not")[0]:
        return "a remedy is taken before you ask if one is left: the last one is lost"
    if "measure()" in loop.partition("agent.apply")[0]:
        return "measured before the remedy works: first `apply`, then `after`"
    return ""


def show_treatments(source: str) -> None:
    """Print what the procedure did to each patient, step by step."""
    for name in SHOWN:
        try:
            improve = made(source)
            _, agent = treat(improve, name)
        except Exception as error:
            print(f"{name}: nothing to show yet ({type(error).__name__})")
            return
        before, after = PATIENTS[name][0], agent.measure()
        steps = " → ".join(step for step in agent.done[:-1] if step != "measure")
        print(f"{name}: {steps}")
        for key, value in before.items():
            if value != after[key]:
                row = FIGURES[key]
                print(f"    {row.label}: {row.shown(value)} → {row.shown(after[key])}")
