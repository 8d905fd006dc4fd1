"""Page `load`: the key figures of agents under an open-loop load of recorded questions.

Waits for the model are skipped and counted (`session1.hybrid_time`), all else is real:
two processes with half of the callers each, in each of them an agent, its memory on
disk, up to 256 model calls at a time and the generator of the load. Our agent has a
tool, and 2,000 users take turns, of each of whom the model is shown what was said
before. A success is a right answer, kept or from the model: a stand-in is none, nor is
an answer that does not fit or that was cut off.
"""

from collections.abc import Callable
from functools import cache, partial
from statistics import median

from benchmarks.page import Case, Goal, Row
from benchmarks.runner import spread_of
from session1.load.agents import AGENTS, Plan, run
from session1.load.figures import HITS, Load

TITLE = "Load: key figures, the knee, and what the hit rate does to them"
PROCESSES = 2
RATE = 6_000  # requests a second
NONE_AT_MOST = 2_000  # a second, for the agent without a cache: it never catches up
FIGURES = {  # unit, and times the measurement
    "p50": ("P50 latency", "s", 1.0),
    "p95": ("P95 latency", "s", 1.0),
    "p99": ("P99 latency", "s", 1.0),
    "throughput": ("throughput", "/s", 1.0),
    "success_rate": ("success rate", "%", 100.0),
    "error_rate": ("error rate", "%", 100.0),
    "cpu": ("CPU of two cores", "%", 100.0),
    "memory": ("memory of the machine", "%", 100.0),
}
KEY = "key figures: "
BARE = "no memory, no tools"  # what those cost is the difference from ours
SHARES = {"hits": HITS, "stand-ins": ("stand-in",), "wrong answers": ("wrong",)}
RATES = (1_000, 2_000, 4_000, 8_000, 16_000, 24_000, 32_000, 48_000)
OFFERED = "by the rate offered"
KNEE = "knee: the highest rate held"
NEW = (0, 1, 2, 5, 10, 20)  # percent of the messages never heard before
BY_NEW = "by percent of new messages"
FAST = 0.15  # seconds; a deadline that makes P95 look well
HASTY = f"deadline {FAST} s"

GOALS = (
    Goal(f"{KEY}P50 latency", RATE, "ours", high=0.050),
    Goal(f"{KEY}P95 latency", RATE, "ours", high=0.200),
    Goal(f"{KEY}P99 latency", RATE, "ours", high=0.500),
    Goal(f"{KEY}throughput", RATE, "ours", low=5_000),
    Goal(f"{KEY}success rate", RATE, "ours", low=99.9),
    Goal(f"{KEY}error rate", RATE, "ours", high=0.1),
    Goal(f"{KEY}CPU of two cores", RATE, "ours", high=50),
    Goal(f"{KEY}memory of the machine", RATE, "ours", high=60),
    Goal(f"{KEY}wrong answers", RATE, "ours", high=0.0),
    Goal(KNEE, PROCESSES, "ours", low=5_000),
)


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """Key figures at one rate, then over rates, then over shares of new messages."""
    rates = RATES[1:5:3] if quick else RATES
    news = (1, 20) if quick else NEW
    return [
        *(partial(key_figure, name, quick) for name in FIGURES),
        *(partial(key_share, name, quick) for name in SHARES),
        *(
            partial(offered, name, rate, quick)
            for name in ("p50", "p99", "throughput")
            for rate in rates
        ),
        partial(knee, rates, quick),
        *(partial(by_new, name, new, quick) for name in ("p95", "p99") for new in news),
        *(partial(shares_by_new, name, new, quick) for name in SHARES for new in news),
    ]


@cache
def loads(
    agent: str, rate: int, new: float, deadline: float, quick: bool, rounds: int = 1
) -> list[Load]:
    """Runs with other callers each time; a quick one is short and in one process."""
    seconds = 0.5 if quick else 2.0
    plans = [Plan(agent, rate, seconds, new, deadline, seed) for seed in range(rounds)]
    return [run(plan, 1 if quick else PROCESSES) for plan in plans]


def samples(
    agent: str, quick: bool, figure: Callable[[Load], float]
) -> tuple[float, tuple[float, float]]:
    """A figure of an agent at the rate of the key figures: median and quartiles."""
    rounds = 1 if quick or agent != "composed" else 5
    found = [figure(load) for load in loads(agent, RATE, 0.01, 2.0, quick, rounds)]
    return median(found), spread_of(found)


def measured(load: Load, name: str) -> float:
    """One of the measurements, times its factor."""
    value = load.measurements()[name]
    return float("nan") if value is None else FIGURES[name][2] * value


def key_figure(name: str, quick: bool) -> Row:
    """A row of the KPI table: ours, the naive agent, and one without any cache."""
    label, unit, _ = FIGURES[name]
    return key_row(label, unit, quick, partial(measured, name=name))


def key_share(name: str, quick: bool) -> Row:
    """How many of the requests of the key figures ended so."""
    ends = SHARES[name]
    return key_row(name, "%", quick, lambda load: 100 * load.share(*ends))


def key_row(label: str, unit: str, quick: bool, figure: Callable[[Load], float]) -> Row:
    """All agents at one rate."""
    found = {name: samples(name, quick, figure) for name in AGENTS}
    ours, spread = found["composed"]
    naive = found["naive"][0]
    peers = {"no cache": found["no cache"][0], BARE: found["bare"][0]}
    ratio = naive / ours if ours else None
    return Row(
        KEY + label,
        RATE,
        ours,
        naive,
        ratio,
        peers,
        {peer: value / ours for peer, value in peers.items()} if ours else {},
        spread={"ours": spread},
        unit=unit,
    )


def offered(name: str, rate: int, quick: bool) -> Row:
    """A key figure of each agent at one of the rates."""
    label, unit, _ = FIGURES[name]
    found = {
        agent: measured(loads(agent, rate, 0.01, 2.0, quick)[0], name)
        for agent in ("no cache", "naive", "composed")
        if agent != "no cache" or rate <= NONE_AT_MOST
    }
    peers = {"no cache": found["no cache"]} if "no cache" in found else {}
    ours, naive = found["composed"], found["naive"]
    return Row(
        f"{label} {OFFERED}",
        rate,
        ours,
        naive,
        naive / ours,
        peers,
        {peer: value / ours for peer, value in peers.items()},
        unit=unit,
    )


def knee(rates: tuple[int, ...], quick: bool) -> Row:
    """The highest rate at which latencies and success are excellent."""
    found = {
        agent: max(
            (rate for rate in rates if held(loads(agent, rate, 0.01, 2.0, quick)[0])),
            default=0,
        )
        for agent in ("composed", "naive")
    }
    ours, naive = float(found["composed"]), float(found["naive"])
    return Row(
        KNEE, PROCESSES, ours, naive, naive / ours if ours else None, unit="a second"
    )


def held(load: Load) -> bool:
    """Whether latencies and success are in the best column of the table."""
    found = {name: load.measurements()[name] or 0.0 for name in FIGURES}
    return (
        found["p50"] < 0.05
        and found["p95"] < 0.2
        and found["p99"] < 0.5
        and found["success_rate"] > 0.999
    )


def by_new(name: str, new: int, quick: bool) -> Row:
    """Latency as more messages are new, with a deadline of 2 s and a short one."""
    label, unit, _ = FIGURES[name]
    return new_row(f"{label} {BY_NEW}", unit, new, quick, partial(measured, name=name))


def shares_by_new(name: str, new: int, quick: bool) -> Row:
    """The price of the latency: hits, stand-ins, wrong answers in percent."""
    ends = SHARES[name]
    return new_row(
        f"{name} {BY_NEW}", "%", new, quick, lambda load: 100 * load.share(*ends)
    )


def new_row(
    case: str, unit: str, new: int, quick: bool, figure: Callable[[Load], float]
) -> Row:
    """Ours and naive with two seconds for the model, and ours with hardly any."""
    agents = (("composed", 2.0), ("naive", 2.0), ("composed", FAST))
    ours, naive, hasty = (
        figure(loads(agent, RATE, new / 100, deadline, quick)[0])
        for agent, deadline in agents
    )
    ratio = naive / ours if ours else None
    return Row(case, new, ours, naive, ratio, {HASTY: hasty}, unit=unit)
