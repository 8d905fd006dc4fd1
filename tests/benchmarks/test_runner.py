"""The benchmark runner: samples, ratios, goals, and what it prints."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as command
from benchmarks import report
from benchmarks.page import Case, Goal, Row, Run
from benchmarks.runner import measure, pairwise, repeats, spread_of

pytestmark = pytest.mark.slow


class Calls:
    """A call that counts itself."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def test_every_run_is_called_and_scaled() -> None:
    ours, naive, peer = Calls(), Calls(), Calls()
    case = Case(
        "case",
        5,
        Run(ours, 0.5),
        Run(naive, 2000.0, extrapolated=True),
        {"peer": Run(peer), "absent": "not installed"},
    )
    row = measure(case, budget=0.02)
    assert min(ours.count, naive.count, peer.count) > 10
    assert row.naive is not None and row.naive > row.ours > 0
    assert set(row.peers) == set(row.ratio_peers) == {"peer"}
    assert row.missing == {"absent": "not installed"}
    assert row.extrapolated
    assert {"ours", "naive", "peer", "ratio naive", "ratio peer"} == set(row.spread)


def test_a_slow_call_gets_few_rounds_and_a_fast_one_many_calls() -> None:
    assert repeats(call_s=10.0, budget=4.0) == (0, 1)
    assert repeats(call_s=0.5, budget=4.0) == (8, 1)
    assert repeats(call_s=1e-5, budget=4.0) == (9, 1000)


def test_ratios_pair_rounds_where_they_can() -> None:
    assert pairwise([4.0, 9.0], [2.0, 3.0]) == [2.0, 3.0]
    assert pairwise([12.0], [2.0, 3.0]) == [6.0, 4.0]
    assert spread_of([1.0, 2.0, 3.0, 4.0, 5.0]) == (2.0, 4.0)


def test_goals_find_their_row() -> None:
    rows = [Row("add", 10, 1.0, 50.0, 50.0, ratio_peers={"peer": 3.0})]
    assert Goal("add", 10, "ratio_naive", low=40).reached(rows) == (50.0, True)
    assert Goal("add", 10, "peer", high=2).reached(rows) == (3.0, False)
    assert Goal("add", 99, "ratio_naive").reached(rows) == (None, False)
    text = report.goals_text(
        report.verdicts((Goal("add", 10, "peer", high=2), Goal("x", 1, "ours")), rows)
    )
    assert [line[:4] for line in text.split("\n")] == ["FAIL", "----"]


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (2.5e-6, "s", "2.5 µs"),
        (0.0123, "s", "12.3 ms"),
        (3.2e-8, "s", "32 ns"),
        (1061.0, "s", "1,061 s"),
        (0.98, "of it", "0.98 of it"),
    ],
)
def test_amounts_read_well(value: float, unit: str, shown: str) -> None:
    assert report.amount(value, unit) == shown


def test_an_unknown_page_names_those_there_are(capsys: Any) -> None:
    assert command.main(["nonsense"]) == 2
    assert "memory" in capsys.readouterr().err


class TinyPage:
    """A page of one timed case and one finished row."""

    TITLE = "Tiny"
    GOALS = (Goal("count", 1, "ours", high=5.0),)

    @staticmethod
    def cases(quick: bool) -> list[Any]:
        calls = Calls()
        return [
            lambda: Case("call", 1, Run(calls), Run(calls)),
            lambda: Row("count", 1, 4.0, unit="things"),
        ]


def test_a_page_gives_table_plot_and_json(
    tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.setattr(command, "load", lambda name: TinyPage())
    arguments = ["memory", "--quick", "--json", "-", "--plot", str(tmp_path)]
    assert command.main(arguments) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert [row["case"] for row in document["rows"]] == ["call", "count"]
    assert document["page"] == "memory"
    assert document["machine"]["python"]
    assert document["goals"][0]["reached"] is True
    assert "PASS  count 1: ours ≤ 5" in err
    assert (tmp_path / "memory.png").stat().st_size > 1000


def test_plots_that_can_go_nowhere_are_said_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "file"
    taken.write_text("in the way")
    assert command.main(["memory", "--quick", "--plot", str(taken)]) == 2
    assert "no plots can go to" in capsys.readouterr().err
