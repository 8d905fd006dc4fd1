"""The monitor: what it keeps, what it refuses, and that it stays small."""

import json
import math
import threading
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.monitoring import kpi
from session1.monitoring.flowchart import diagnose
from session1.monitoring.histogram import nearest_rank
from session1.monitoring.manager import LENGTH, MonitoringManager


def metrics(monitor: MonitoringManager) -> dict[tuple[str, frozenset[Any]], int]:
    return {(n, frozenset(t.items())): len(s) for n, t, s in monitor.metrics()}


def test_the_guide_s_own_calls(clock: Any) -> None:
    monitor = MonitoringManager(clock=clock)
    for n in range(1, 101):
        monitor.record_metric(
            metric="function_latency", value=n / 1000, tags={"function": "f"}
        )
    monitor.record_error(error=str(ValueError("no")), context={"function": "f"})
    clock.now = 2.0
    found = monitor.snapshot()
    (series,) = found["metrics"]
    assert (series["metric"], series["tags"]) == ("function_latency", {"function": "f"})
    assert (series["p50"], series["p95"], series["p99"]) == (0.05, 0.095, 0.099)
    assert (series["count"], series["per_second"]) == (100, 50)
    (error,) = found["errors"]["recent"]
    assert (error["error"], error["context"]) == ("no", {"function": "f"})
    assert found["seconds"] == 2


tag_maps = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x", "y", 1, True]))
records = st.lists(st.tuples(st.sampled_from(["m", "n"]), tag_maps, st.floats(0, 9)))


@given(records)
def test_every_record_is_in_the_series_of_its_name_and_tags(
    some: list[tuple[str, dict[str, Any], float]],
) -> None:
    monitor, model = MonitoringManager(), dict[Any, list[float]]()
    for name, tags, value in some:
        monitor.record_metric(name, value, dict(reversed(tags.items())))
        key = name, frozenset((k, str(v)) for k, v in tags.items())
        model.setdefault(key, []).append(value)
    found = {(n, frozenset(t.items())): s for n, t, s in monitor.metrics()}
    assert set(found) == set(model)
    for key, values in model.items():
        figures, n = found[key].figures(), len(values)
        assert figures["count"] == n
        assert figures["sum"] == pytest.approx(math.fsum(values))
        assert figures["p90"] == sorted(values)[nearest_rank(90, n) - 1]
        assert (figures["min"], figures["max"]) == (min(values), max(values))


def test_series_are_capped_and_the_rest_is_counted() -> None:
    monitor = MonitoringManager(max_series=3)
    for n in range(10):
        monitor.record_metric("latency", 1.0, {"user": n})
    for n in range(5):
        monitor.record_metric(f"metric {n}", 1.0)
    other = frozenset({("other", "true")})
    found = metrics(monitor)
    assert found[("latency", other)] == 7
    assert found[("other", other)] == 5
    assert len(found) == 5 and sum(found.values()) == 15
    for n in range(10):
        monitor.count("hits", 2, {"user": n})
    counted = {tuple(t.items()): value for _, t, value in monitor.counters()}
    assert counted[("other", "true"),] == 14 and len(counted) == 4
    for n in range(10):
        monitor.track(lambda: None, name=f"f{n}")()
    assert set(monitor.functions()) == {"f0", "f1", "f2", "other"}
    assert monitor.performance("other")["calls"] == 7
    assert monitor.folded() == {"metrics": 12, "counters": 7, "functions": 7}


def test_memory_is_flat_however_much_comes() -> None:
    monitor = MonitoringManager(max_series=20, max_errors=10)

    def feed(start: int, count: int) -> None:
        for n in range(start, start + count):
            monitor.record_metric("m", 0.001 * (n % 977), {"n": n % 200})
            monitor.count(f"c{n}")
            if n % 10 == 0:
                monitor.record_error(
                    ValueError("x" * 5000), {"n": n, "long": "y" * 5000}
                )

    feed(0, 30_000)
    tracemalloc.start()
    feed(30_000, 30_000)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 600_000  # what waits to be counted: up to 32 kB a series


def test_tags_in_any_order_and_of_any_plain_type_are_one_series() -> None:
    monitor = MonitoringManager()
    monitor.record_metric("m", 1, {"a": "1", "b": "x"})
    monitor.record_metric("m", 1, {"b": "x", "a": 1})
    monitor.record_metric("m", 1, {"a": True, "b": "x"})
    monitor.record_metric("m", 1, {})
    monitor.record_metric("m", 1)
    assert sorted(metrics(monitor).values()) == [1, 2, 2]


def test_long_names_and_tags_are_cut() -> None:
    monitor = MonitoringManager()
    monitor.record_metric("m" * 500, 1, {"k" * 500: "v" * 500})
    ((name, tags, _),) = monitor.metrics()
    assert (len(name), *map(len, tags), *map(len, tags.values())) == (LENGTH,) * 3


@pytest.mark.parametrize(
    ("name", "value", "tags", "error", "said"),
    [
        ("m", math.nan, None, ValueError, "from 0 to 2"),
        ("m", -1, None, ValueError, "record its size"),
        ("m", "1", None, TypeError, "value must be an int or a float"),
        (None, 1, None, TypeError, "name is a str"),
        (7, 1, {"a": "b"}, TypeError, "name is a str"),
        ("m", 1, {"a": []}, TypeError, "tag is text or a number, not list"),
        ("m", 1, {"a": object()}, TypeError, "tag is text or a number, not object"),
        ("m", 1, "abc", TypeError, "tags are a mapping"),
        ("m", 1, [("a", "b")], TypeError, "tags are a mapping"),
    ],
)
def test_what_cannot_be_recorded_is_refused(
    name: Any, value: Any, tags: Any, error: type[Exception], said: str
) -> None:
    monitor = MonitoringManager()
    with pytest.raises(error, match=said):
        monitor.record_metric(name, value, tags)
    assert sum(metrics(monitor).values()) == 0


@pytest.mark.parametrize(
    "wrong",
    [{"max_series": 0}, {"max_errors": -1}, {"window": 0}, {"window": math.nan}],
)
def test_limits_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        MonitoringManager(**wrong)


class Unspeakable(Exception):
    """Cannot say what it is."""

    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


def test_errors_are_kept_as_short_text() -> None:
    monitor = MonitoringManager(max_errors=3)
    context = {"list": list(range(10**5)), "text": "x" * 10**5, "n": 1, "none": None}
    for error in ("first", KeyError(), ValueError("x" * 10**5), Unspeakable()):
        monitor.record_error(error, context | {"bad": Unspeakable()})
    found = monitor.errors.figures()
    assert found["count"] == 4
    assert found["by_kind"] == dict.fromkeys(
        ["message", "KeyError", "ValueError", "Unspeakable"], 1
    )
    assert [entry["kind"] for entry in found["recent"]] == [
        "KeyError",
        "ValueError",
        "Unspeakable",
    ]
    assert found["recent"][0]["error"] == "KeyError()"
    assert found["recent"][2]["error"] == "Unspeakable, which cannot be shown"
    assert len(json.dumps(found)) < 10_000
    kept = found["recent"][0]["context"]
    assert (kept["n"], kept["none"]) == (1, None)
    assert all(len(kept[name]) <= 1000 for name in ("list", "text", "bad"))


def test_an_error_of_another_type_is_refused() -> None:
    monitor = MonitoringManager()
    with pytest.raises(TypeError, match="an exception or a str, not int"):
        monitor.record_error(7)  # type: ignore[arg-type]
    assert monitor.errors.figures()["count"] == 0


def test_rates_throughput_and_latency_of_one_or_all(clock: Any) -> None:
    monitor = MonitoringManager(clock=clock, window=10)

    def work(seconds: float, error: type[Exception] | None) -> None:
        clock.now += seconds
        if error:
            raise error

    good, bad = monitor.track(work, "good"), monitor.track(work, "bad")
    for _ in range(8):
        good(0.5, None)
    for error in (ValueError, TimeoutError):
        with pytest.raises(error):
            bad(3.0, error)
    both = monitor.performance()
    assert (both["calls"], both["successes"]) == (10, 8)
    assert (both["success_rate"], both["error_rate"]) == (0.8, 0.1)
    assert both["timeout_rate"] == 0.1
    assert both["throughput"] == pytest.approx(8 / 10, rel=0.02)
    assert (both["latency"]["p50"], both["latency"]["p99"]) == (0.5, 3.0)
    assert monitor.performance("good")["success_rate"] == 1
    assert monitor.performance("bad")["throughput"] == 0
    clock.now += 20
    assert monitor.performance()["throughput"] == 0
    with pytest.raises(KeyError, match="'nobody' is not tracked; tracked: bad, good"):
        monitor.performance("nobody")


def test_measurements_fill_the_table_and_the_flowchart(clock: Any) -> None:
    monitor = MonitoringManager(clock=clock)
    nothing = kpi.rows(monitor.measurements())
    measured = {row.kpi.key for row in nothing if row.verdict != "not measured"}
    assert measured - {"cpu"} == {"memory"}

    @monitor.track
    def answer(fail: bool) -> None:
        clock.now += 0.3
        if fail:
            raise TimeoutError

    for n in range(100):
        if n < 97:
            answer(False)
        else:
            with pytest.raises(TimeoutError):
                answer(True)
    assert monitor.measurements("answer")["throughput"] is None
    found = monitor.measurements("answer", under_load=True)
    rows = {row.kpi.key: row for row in kpi.rows(found)}
    assert rows["p50"].verdict == "action"
    assert rows["throughput"].verdict == "action"
    assert found["error_rate"] == pytest.approx(0.03)
    assert rows["success_rate"].verdict == rows["error_rate"].verdict == "action"
    worst = diagnose(found).bottleneck
    assert worst is not None and worst.name in ("latency", "throughput")


def test_a_quiet_service_has_no_bottleneck(clock: Any) -> None:
    monitor = MonitoringManager(clock=clock)

    @monitor.track
    def answer() -> None:
        clock.now += 0.01

    for _ in range(100):
        answer()
        clock.now += 1.0  # nobody asks
    measured = monitor.measurements() | {"cpu": 0.1, "memory": 0.1, "io_wait": 0.0}
    found = diagnose(measured)
    assert found.bottleneck is None and "Throughput" in found.missing


def test_a_snapshot_is_plain_data_even_while_threads_record() -> None:
    monitor, stop = MonitoringManager(max_series=50), threading.Event()
    wrong: list[BaseException] = []

    def work() -> None:
        n = 0
        try:
            while not stop.is_set():
                n += 1
                monitor.record_metric(f"m{n % 80}", 1.0, {"n": n % 7})
                monitor.count("c", 1, {"n": n % 80})
                monitor.record_error("e", {"n": n})
                monitor.track(lambda: None, name=f"f{n % 80}")()
        except BaseException as e:
            wrong.append(e)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(15):
            assert json.loads(json.dumps(monitor.snapshot(), allow_nan=False))
            assert monitor.prometheus()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert wrong == []
