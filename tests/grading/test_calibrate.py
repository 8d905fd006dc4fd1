"""Calibration: rates and how sure they are, load that ends, what is sound."""

import json
import os
from pathlib import Path

import psutil
import pytest

from coursekit.checks import Check
from coursekit.cli import main
from coursekit.course import Course
from coursekit.grading import calibration
from coursekit.grading.attempts import Batch, Done, Outcome
from coursekit.grading.burners import burners
from coursekit.grading.calibration import Plan, calibrate, plans
from coursekit.grading.metered import passed
from coursekit.grading.rates import Rate
from coursekit.grading.yardstick import YARDSTICK, cost, fresh, reference
from coursekit.module import Exercise
from tests.coursekit.sample_course import NAME, write_course

SHORT = [known for known in YARDSTICK if known.share == 1]


@pytest.mark.parametrize(
    "wrong, of, low, high",  # from the literature's tables, to four digits
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634)],
)
def test_wilson_interval(wrong, of, low, high):
    assert Rate(wrong, of).interval == pytest.approx((low, high), abs=1e-4)
    mirrored = Rate(of - wrong, of).interval
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-4)


def test_nothing_graded_says_nothing():
    assert (str(Rate(0, 0)), Rate(0, 0).interval) == ("-", (0.0, 1.0))


def test_burners_end_with_the_block():
    with pytest.raises(KeyboardInterrupt), burners(2) as pids:
        assert all(psutil.Process(pid).is_running() for pid in pids)
        raise KeyboardInterrupt
    assert len(pids) == 2 and not any(map(psutil.pid_exists, pids))


def test_yardstick_is_right():
    for known in YARDSTICK:
        for numbers in ([], [1], [3, 4, 5, 6], [1, 2, 4, 8]):
            for target in (0, 7, 11, 12):
                assert known.solve(numbers, target) == reference(numbers, target)
    assert not reference(*fresh(3)) and fresh(3) != fresh(4)


def test_metered_in_this_process():
    exercise = Exercise("cost", "", "write", "", 1)
    for known in SHORT:
        check = Check(exercise, {})
        cost({"solve": lambda numbers, target: True}, check)
        assert not check.criteria[0].full, "wrong results get nothing"
        check = Check(exercise, {})
        cost({"solve": known.solve}, check)
        assert "times the CPU time" in check.criteria[0].got


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_metered_by_a_judge():
    assert passed(("quadratic", 1)) == 0  # far from the limit, however busy it is


def flaky(course: Course, batch: Batch) -> Done:
    """Right but for one grading of each batch."""
    points = {"double": 4.0, "halve": 2.0}[batch.exercise]
    right = [
        points * ("+ n" in t or "* two" in t or "/ two" in t or "0.5" in t)
        for t in batch.texts
    ]
    right[-1] = points
    return Done(tuple(Outcome(score, "") for score in right), 0.1)


def test_rows_count_what_differs(tmp_path, monkeypatch):
    monkeypatch.setattr(calibration, "AT_ONCE", 12)
    ticks: list[tuple[int, int]] = []
    double, halve = calibrate(
        Course(write_course(tmp_path)),
        [NAME],
        gradings=20,
        jobs=1,
        engine=flaky,
        yardstick=(),
        tick=lambda *counts: ticks.append(counts),
    )
    assert double.check == f"{NAME}.double" and double.condition == "quiet"
    assert (double.submissions, double.gradings) == (6, 24)
    # the last of each batch of 12 is the last, wrong, submission
    assert (double.false_fails, double.false_passes) == (Rate(0, 8), Rate(2, 16))
    assert double.differing == 2 and not double.sound and not halve.sound
    assert ticks[-1] == (48, 48)


def test_metered_checks_may_hardly_err(tmp_path):
    path = write_course(tmp_path) / "solutions" / NAME / "checks.py"
    path.write_text(path.read_text() + "\n\ndef more(ns, check):\n    pass\n")
    assert not any(plan.metered for plan in plans(Course(tmp_path), [NAME], 10))
    line = '    check.cpu_at_most("speed", 0, f, f, f, 2)\n'
    path.write_text(path.read_text().replace('    f = ns["double"]\n', line))
    made = {p.exercise: p for p in plans(Course(tmp_path), [NAME], 100)}
    assert made["double"].metered and not made["halve"].metered
    plan: Plan = made["double"]
    outcomes = [Outcome(4.0 * entry.right, "") for entry in plan.entries] * plan.rounds
    slipped = [Outcome(3.0, ""), *outcomes[1:]]
    row = plan.row("quiet", slipped, outcomes[: len(plan.entries)])
    assert (row.differing, row.false_fails.wrong) == (1, 1)
    assert row.false_fails.share > 0.01 and not row.sound
    many = plan.row("quiet", slipped[:6] + outcomes * 10, outcomes[:6])
    assert many.differing == 1 and many.sound


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_command(tmp_path: Path, monkeypatch, capsys):
    write_course(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    monkeypatch.setattr(calibration.calibrate, "__kwdefaults__", _without_yardstick())
    line = ["calibrate", NAME, "--gradings", "6", "--load", "1", "--jobs", "1"]
    assert main([*line, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["condition"] for row in rows] == ["quiet", "1 burners"] * 2
    assert all(row["sound"] and row["differing"] == 0 for row in rows)


def _without_yardstick():
    return {**calibration.calibrate.__kwdefaults__, "yardstick": ()}
