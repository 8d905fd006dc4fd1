"""A monitor's figures in Prometheus' text format."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric

from session1.monitoring.histogram import Histogram

if TYPE_CHECKING:
    from session1.monitoring.manager import MonitoringManager

QUANTILES = (0.5, 0.9, 0.95, 0.99)
LATENCY = "function_latency"
TAKEN = {"quantile", "le"}  # labels with a meaning of their own
Labels = tuple[tuple[str, str], ...]


def text(monitor: "MonitoringManager") -> str:
    """The text, as `prometheus_client` writes it."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector(monitor))
    return generate_latest(registry).decode("utf-8")


class Collector:
    """A monitor as `prometheus_client` asks for it: also for its own registries."""

    def __init__(self, monitor: "MonitoringManager") -> None:
        self._monitor = monitor

    def describe(self) -> list[Metric]:
        """Nothing, since names come while the program runs."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Summaries of metrics and latencies, counters, gauges of resources."""
        families = [
            *_summaries(self._distributions()),
            *_numbers("counter", self._counters()),
            *_numbers("gauge", self._gauges()),
        ]
        names: set[str] = set()
        for family in families:
            yield _apart(family, names)

    def _distributions(self) -> Iterator[tuple[str, Mapping[str, str], Histogram]]:
        for name, tags, series in self._monitor.metrics():
            yield name, tags, series.histogram()
        for function, calls in self._monitor.functions().items():
            for outcome, series in calls.outcomes.items():
                if outcome == "success" or len(series):
                    tags = {"function": function, "outcome": outcome}
                    yield LATENCY, tags, series.histogram()

    def _counters(self) -> Iterator[tuple[str, Mapping[str, str], float]]:
        yield from self._monitor.counters()
        for kind, count in self._monitor.errors.by_kind().items():
            yield "errors", {"kind": kind}, count
        for what, folded in self._monitor.folded().items():
            yield "folded_records", {"series": what}, folded

    def _gauges(self) -> Iterator[tuple[str, Mapping[str, str], float]]:
        read = self._monitor.resources.read()
        yield "resource_rss_bytes", {}, read["rss_bytes"]
        for name in ("cpu", "memory", "io_wait"):
            share = read[name]
            yield f"resource_{name}_share", {}, math.nan if share is None else share


def metric_name(name: str) -> str:
    """`name` with what Prometheus does not take in a name replaced by `_`."""
    safe = re.sub(r"[^a-zA-Z0-9_:]", "_", name)
    return f"_{safe}" if not safe or safe[0].isdigit() else safe


def labels(tags: Mapping[str, str]) -> Labels:
    """Tags as labels, in order; names that become equal are numbered."""
    found: dict[str, str] = {}
    for name, value in sorted(tags.items()):
        safe = re.sub(r"[^a-zA-Z0-9_]", "_", name)
        if safe in TAKEN or not safe or safe[0] in "_0123456789":
            safe = f"tag_{safe}"
        label, number = safe, 2
        while label in found:
            label, number = f"{safe}_{number}", number + 1
        # half a surrogate pair cannot be written
        found[label] = value.encode("utf-8", "replace").decode("utf-8")
    return tuple(found.items())


def _summaries(
    found: Iterable[tuple[str, Mapping[str, str], Histogram]],
) -> Iterator[Metric]:
    """One family a name; series that came to the same labels are added up."""
    families: dict[str, dict[Labels, Histogram]] = {}
    for name, tags, histogram in found:
        family = families.setdefault(metric_name(name), {})
        family.setdefault(labels(tags), Histogram()).merge(histogram)
    for name, family in families.items():
        metric = Metric(name, "recorded values", "summary")
        for pairs, histogram in family.items():
            known = dict(pairs)
            for q, value in zip(QUANTILES, _quantiles(histogram), strict=True):
                metric.add_sample(name, {**known, "quantile": str(q)}, value)
            metric.add_sample(f"{name}_sum", known, histogram.total)
            metric.add_sample(f"{name}_count", known, len(histogram))
        yield metric


def _quantiles(histogram: Histogram) -> list[float]:
    """Return NaN for each where there are no values, as Prometheus does."""
    if not len(histogram):
        return [math.nan] * len(QUANTILES)
    return histogram.percentiles(*(100 * q for q in QUANTILES))


def _numbers(
    kind: str, found: Iterable[tuple[str, Mapping[str, str], float]]
) -> Iterator[Metric]:
    families: dict[str, dict[Labels, float]] = {}
    for name, tags, value in found:
        if kind == "counter":
            name = name.removesuffix("_total")
        family = families.setdefault(metric_name(name), {})
        pairs = labels(tags)
        family[pairs] = family.get(pairs, 0) + value
    for name, family in families.items():
        metric = Metric(name, "recorded count", kind)
        end = "_total" if kind == "counter" else ""
        for pairs, value in family.items():
            metric.add_sample(name + end, dict(pairs), value)
        yield metric


def _apart(family: Metric, names: set[str]) -> Metric:
    """The family under a name of which no sample is named like another family's."""
    name = family.name
    while names & (written := _written(family, name)):
        name = f"{name}_{family.type}"
    names |= written
    apart = Metric(name, family.documentation, family.type)
    for sample in family.samples:
        end = sample.name.removeprefix(family.name)
        apart.add_sample(name + end, sample.labels, sample.value)
    return apart


def _written(family: Metric, name: str) -> set[str]:
    """The names that a family of this name puts in the text."""
    return {name} | {name + s.name.removeprefix(family.name) for s in family.samples}
