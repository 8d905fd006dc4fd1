"""The text for Prometheus, read back by prometheus_client's own parser."""

import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from session1.monitoring.manager import MonitoringManager
from session1.monitoring.prometheus import Collector, labels, metric_name, text

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def parsed(monitor: MonitoringManager) -> Samples:
    """All samples; each may be there once only."""
    found: Samples = {}
    for family in text_string_to_metric_families(text(monitor)):
        for sample in family.samples:
            key = sample.name, frozenset(sample.labels.items())
            assert key not in found, key
            found[key] = sample.value
    return found


def of(found: Samples, name: str, **tags: str) -> float:
    return found[name, frozenset(tags.items())]


def test_all_that_there_is() -> None:
    monitor = MonitoringManager()
    for n in range(1, 101):
        monitor.record_metric("prompt tokens", n, {"model": "small"})
    monitor.count("hits", 3, {"cache": "exact"})
    monitor.record_error(KeyError("k"))
    monitor.track(lambda: 1, name="f")()
    found = parsed(monitor)
    assert of(found, "prompt_tokens", model="small", quantile="0.95") == 95
    assert of(found, "prompt_tokens_sum", model="small") == 5050
    assert of(found, "prompt_tokens_count", model="small") == 100
    assert of(found, "hits_total", cache="exact") == 3
    assert of(found, "errors_total", kind="KeyError") == 1
    assert of(found, "function_latency_count", function="f", outcome="success") == 1
    assert of(found, "folded_records_total", series="metrics") == 0
    assert of(found, "resource_rss_bytes") > 1e6
    assert 0 < of(found, "resource_memory_share") < 1
    assert monitor.prometheus().startswith("# HELP ")


def test_what_was_not_measured_is_nan() -> None:
    monitor = MonitoringManager()
    monitor.track(lambda: 1, name="f")
    found = parsed(monitor)
    tags = {"function": "f", "outcome": "success"}
    assert math.isnan(of(found, "function_latency", **tags, quantile="0.5"))
    assert of(found, "function_latency_count", **tags) == 0


names = st.text(max_size=12) | st.sampled_from(["le", "quantile", "__name__", "a-b"])
tag_maps = st.dictionaries(names, st.text(max_size=12), max_size=4)


@given(st.lists(st.tuples(names, tag_maps), max_size=12))
@example([(";total", {})])
@example([("a_count", {})])
def test_any_names_and_labels_are_read_back(
    some: list[tuple[str, dict[str, str]]],
) -> None:
    monitor = MonitoringManager()
    for name, tags in some:
        monitor.record_metric(name, 1.5, tags)
        monitor.count(name, 2, tags)
    found = parsed(monitor)
    mine = [k for k in found if not k[0].startswith(("resource_", "folded_"))]
    # a metric may itself be called like that: its quantiles are no counts
    plain = [k for k in mine if "quantile" not in dict(k[1])]
    counts = [found[k] for k in plain if k[0].endswith("_count")]
    totals = [found[k] for k in plain if k[0].endswith("_total")]
    assert sum(counts) == len(some)
    assert sum(totals) == 2 * len(some)
    for _, tags in some:
        values = {v.encode("utf-8", "replace").decode() for v in tags.values()}
        assert any(values <= {value for _, value in key[1]} for key in mine)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("function_latency", "function_latency"),
        ("a-b c.d", "a_b_c_d"),
        ("9lives", "_9lives"),
        ("", "_"),
        ("größe", "gr__e"),
        ("job:rate", "job:rate"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert metric_name(name) == safe


@pytest.mark.parametrize(
    ("tags", "safe"),
    [
        ({"a-b": "1", "a_b": "2"}, {"a_b": "1", "a_b_2": "2"}),
        ({"le": "1", "quantile": "2"}, {"tag_le": "1", "tag_quantile": "2"}),
        ({"__x": "1", "7": "2", "": "3"}, {"tag___x": "1", "tag_7": "2", "tag_": "3"}),
        ({":": "1", ";": "2"}, {"tag__": "1", "tag___2": "2"}),
        ({"a": 'say "hi"\n\\'}, {"a": 'say "hi"\n\\'}),
        ({"a": "\ud800"}, {"a": "?"}),
    ],
)
def test_labels_are_made_safe_and_kept_apart(
    tags: dict[str, str], safe: dict[str, str]
) -> None:
    assert dict(labels(tags)) == safe


def test_names_that_become_one_are_added_up() -> None:
    monitor = MonitoringManager()
    monitor.record_metric("a-b", 1.0)
    monitor.record_metric("a.b", 3.0)
    monitor.count("n-n", 1)
    monitor.count("n.n_total", 2)
    found = parsed(monitor)
    assert (of(found, "a_b_count"), of(found, "a_b_sum")) == (2, 4)
    assert of(found, "n_n_total") == 3


def test_kinds_of_one_name_are_kept_apart() -> None:
    monitor = MonitoringManager()
    monitor.record_metric("x", 1.0)
    monitor.record_metric("x_total", 2.0)
    monitor.record_metric("x_count", 3.0)
    monitor.record_metric("resource_rss_bytes", 4.0)
    monitor.count("x", 5)
    found = parsed(monitor)
    assert of(found, "x_sum") == 1
    assert of(found, "x_total_sum") == 2
    assert of(found, "resource_rss_bytes_sum") == 4
    assert of(found, "resource_rss_bytes_gauge") > 1e6
    assert of(found, "x_counter_total") == 5
    assert 3.0 in [value for (name, _), value in found.items() if name.endswith("_sum")]


def test_it_can_be_registered_beside_others() -> None:
    monitor, registry = MonitoringManager(), CollectorRegistry()
    registry.register(Collector(monitor))
    monitor.count("later")
    written: Any = generate_latest(registry).decode()
    assert "later_total 1.0" in written
