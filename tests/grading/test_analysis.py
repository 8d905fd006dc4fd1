"""What a class shows: figures that are right, nothing made up, nobody named unasked."""

import base64
import csv
import io
import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coursekit.analysis import page, statistics
from coursekit.analysis.alike import Pair, pairs, shape_of
from coursekit.analysis.class_results import ClassResults, read
from coursekit.cli import main
from coursekit.core.course import Course, CourseError
from coursekit.core.module import load
from coursekit.core.report import Criterion, Report
from coursekit.grading.audit import path
from tests.coursekit.sample_course import BANK, NAME, answered
from tests.grading.classroom import Out, graded
from tests.grading.conftest import HandIn

LONG = """def double(n):
    results = []
    for value in [n, n]:
        results.append(value + 0)
    if not results:
        raise ValueError("nothing to add")
    while len(results) > 1:
        last, before = results.pop(), results.pop()
        results.append(last + before)
    return results[0]
"""
RENAMED = LONG.replace("results", "xs").replace("value", "v").replace("last", "z")
TABLES = arrays(
    np.float64, st.tuples(st.integers(1, 12), st.just(4)), elements=st.integers(0, 5)
)
WORTH = np.full(4, 5.0)


def record(course: Course, name: str, **given: Any) -> None:
    """Write what a grading of this learner would have recorded."""
    module = load(course.source(NAME))
    points = {"double": 4.0, "halve": 2.0, **given.get("points", {})}
    quiz = {"q1": "B", "q2": "A", **given.get("quiz", {})}
    belief = given.get("belief", "")
    reports = [
        Report.of(x, most, [Criterion("all", points[x], most, misconception=belief)])
        for x, most in (("double", 4.0), ("halve", 2.0))
    ]
    asked = [
        Criterion(
            f"{q.id} {q.prompt}",
            float(quiz[q.id] == q.answer),
            1.0,
            got=f"{quiz[q.id]} {q.option(quiz[q.id]).text}: so"
            if quiz[q.id]
            else "no answer",
            misconception=q.option(quiz[q.id]).misconception if quiz[q.id] else "",
        )
        for q in module.quiz
    ]
    reports.append(Report.of("quiz", 2.0, asked))
    answers = json.dumps(given.get("answers", {})).encode()
    target = path(course, name, NAME)
    target.parent.mkdir(parents=True, exist_ok=True)
    cells = [["code", given.get("text", ""), "double", "double"]]
    kept = {"answers.json": {"data": base64.b64encode(answers).decode()}}
    table = {"reports": [r.to_json() for r in reports], "cells": cells, "files": kept}
    target.write_text(json.dumps(table))


@given(TABLES)
def test_figures_stay_within_their_bounds(points: Any) -> None:
    for column, item in zip(points.T, statistics.items(points, WORTH), strict=True):
        assert item.facility == pytest.approx(column.mean() / 5)
        for value in (item.item_rest, item.upper_lower):
            assert value is None or -1 - 1e-9 <= value <= 1 + 1e-9
    found = statistics.alpha(points)
    assert found is None or found <= 1 + 1e-9


@given(TABLES, st.randoms())
def test_the_order_of_the_learners_does_not_matter(points: Any, mixed: Any) -> None:
    order = list(range(len(points)))
    mixed.shuffle(order)
    here, there = (statistics.items(table, WORTH) for table in (points, points[order]))
    for a, b in zip(here, there, strict=True):
        assert np.allclose(*[[x or 0.0 for x in asdict(i).values()] for i in (a, b)])


def test_statistics_by_hand() -> None:
    points = np.array([[4, 2], [4, 1], [0, 1], [0, 0]], dtype=float)
    first, second = statistics.items(points, np.array([4.0, 2.0]))
    assert (first.facility, second.facility) == (0.5, 0.5)
    assert first.item_rest == pytest.approx(2**-0.5)
    assert second.item_rest == pytest.approx(2**-0.5)
    # 27 % of four are 1.08 learners: the best whole, 0.08 shared by the two in a tie
    assert first.upper_lower == pytest.approx((1.04 - 0.04) / 1.08)
    assert statistics.alpha(points) == pytest.approx(2 * (1 - (16 + 2) / 26))
    flat = np.ones((5, 2))
    assert statistics.items(flat, np.ones(2))[0].item_rest is None
    assert statistics.alpha(flat) is None


@pytest.mark.parametrize("points", [np.zeros((0, 2)), np.zeros((2, 3)), np.zeros(2)])
def test_tables_that_do_not_fit(points: Any) -> None:
    with pytest.raises(ValueError, match="do not fit 2 items"):
        statistics.items(points, np.ones(2))


def test_no_figure_is_made_of_nan() -> None:
    with pytest.raises(ValueError, match="finite"):
        statistics.items(np.array([[np.nan, 1.0]]), np.ones(2))


@pytest.mark.usefixtures("quick")
def test_a_real_class(course: Course, hand_in: HandIn, capsys: Out) -> None:
    hand_in("ada")
    hand_in("bob", answered(double=BANK["double/wrong_adds.py"]))
    graded(capsys)
    assert main(["report", NAME]) == 0
    said = capsys.readouterr().out
    assert "2 learners" in said and "these figures are weak" in said
    found = read(course, NAME)
    assert [x.name for x in found.learners] == ["ada", "bob"]
    assert found.points.tolist()[0] == [4.0, 2.0, 2.0]
    assert found.beliefs(found.module.exercise("halve")) == {}
    folder = course.root / "grading" / "report"
    rows = list(
        csv.DictReader((folder / f"{NAME}_learners.csv").read_text().splitlines())
    )
    assert [float(row["double"]) for row in rows] == found.points[:, 0].tolist()
    assert [row["q1"] for row in rows] == ["B", "B"]
    items = list(
        csv.DictReader((folder / f"{NAME}_items.csv").read_text().splitlines())
    )
    assert [row["item"] for row in items] == ["double", "halve", "quiz", "q1", "q2"]
    assert (folder / f"{NAME}.html").read_text().count("<img ") == 1


def test_nobody_graded(course: Course, capsys: Out) -> None:
    assert main(["report", NAME]) == 2
    assert "run `coursekit grade 01_sample` first" in capsys.readouterr().err


def test_who_handed_in_nothing_to_grade_is_named_and_not_counted(
    course: Course,
) -> None:
    record(course, "ada")
    target = path(course, "bob", NAME)
    target.parent.mkdir(parents=True)
    empty = Report.of("double", 4.0, status="not attempted", note="it is empty")
    target.write_text(json.dumps({"reports": [empty.to_json()]}))
    found = read(course, NAME)
    assert (len(found.learners), found.left_out) == (1, ["bob"])
    assert "nothing to grade from bob" in page.text(found)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"reports": [3]}', '{"reports": 7}']
)
def test_a_damaged_record_is_left_out(course: Course, text: str) -> None:
    record(course, "ada")
    path(course, "bob", NAME).parent.mkdir(parents=True)
    path(course, "bob", NAME).write_text(text)
    assert [x.name for x in read(course, NAME).learners] == ["ada"]


def a_class(course: Course) -> ClassResults:
    """Twelve learners: the weaker half believes one thing, the stronger errs in q2."""
    for n in range(12):
        strong = n >= 6
        record(
            course,
            f"s{n:02}",
            points={"double": 4.0 * strong, "halve": 2.0 * (n >= 4)},
            quiz={"q1": "B" if strong else "C", "q2": "C" if strong else "A"},
            belief="" if strong else "adds-two",
        )
    return read(course, NAME)


def test_a_key_that_the_strong_get_wrong_is_to_be_looked_at(course: Course) -> None:
    results = a_class(course)
    (q1, first), (q2, second) = results.questions()
    assert first.item_rest is not None and first.item_rest > 0.9
    assert second.item_rest is not None and second.item_rest < 0
    assert "look at its key" in page.flags(second)[0]
    assert page.option_flags(results, q2) == {
        "B": "chosen by nobody",
        "C": "chosen by the stronger: look at the key",
    }
    assert page.option_flags(results, q1) == {"A": "chosen by nobody"}
    assert results.options(q1)[1][1:] == (6, 7.0)


def test_beliefs_are_counted_by_learner(course: Course) -> None:
    results = a_class(course)
    assert results.beliefs(results.module.exercise("double")) == {"adds-two": 6}
    assert results.beliefs(results.module.exercise("halve")) == {"adds-two": 4}
    assert "Doubling adds two" in page.page(results)


def test_who_is_stuck(course: Course) -> None:
    tried = {"double": {"passed": 1, "of": 2, "all": False}}
    passed = {"double": {"passed": 2, "of": 2, "all": True}}
    half = {"double": 1.0}
    record(course, "ada", points=half, answers={"progress": tried})
    record(course, "bob", points=half, answers={"progress": passed})
    hinted = {"progress": passed, "hints": {"double": 3}}
    record(course, "cy", points=half, answers=hinted)
    record(course, "dee", points={"double": 0.0, "halve": 0.0})
    record(course, "eve", answers={"progress": tried})
    found = {x.name: [e.id for e in left] for x, left in read(course, NAME).stuck()}
    assert found == {"dee": ["double", "halve"], "ada": ["double"], "cy": ["double"]}
    assert next(iter(found)) == "dee", "who has most comes first"


def test_the_same_code_in_other_names_is_alike(course: Course) -> None:
    assert shape_of(LONG) == shape_of(f'"""Mine."""\n# so\n{RENAMED}') != ""
    assert shape_of(LONG) != shape_of(LONG.replace("> 1", "> 2"))
    assert shape_of("def f(n):\n    return n + n") == shape_of("def (") == ""
    for name, text in {"ada": LONG, "bob": RENAMED, "cy": LONG + "\nx = 1"}.items():
        record(course, name, text=text)
    results = read(course, NAME)
    assert pairs(results) == [Pair("ada", "bob", ("double",))]
    assert "ada and bob" in page.text(results)
    for n in range(3):
        record(course, f"more {n}", text=LONG)
    assert pairs(read(course, NAME)) == [], "most have it: it is the usual answer"


def test_without_names(course: Course) -> None:
    names = [f"Ada Nr {n}" for n in range(11)]
    for name in names:
        record(course, name, points={"double": 0.0})
    hidden = read(course, NAME).anonymous()
    shown = (page.text(hidden), page.page(hidden), page.learners_csv(hidden))
    assert all("Ada Nr" not in text for text in shown)
    assert [x.name for x in hidden.learners][::10] == ["learner 01", "learner 11"]


def test_what_learners_write_is_shown_and_never_run(course: Course) -> None:
    for name in ("=cmd()", "<b>bob"):
        record(
            course, name, text=f"{LONG}\nx = '</pre><script>'", points={"double": 0.0}
        )
    results = read(course, NAME)
    html = page.page(results)
    assert "<script>" not in html and "<b>bob" not in html
    rows = list(csv.reader(io.StringIO(page.learners_csv(results))))
    assert [row[0] for row in rows[1:]] == ["<b>bob", "'=cmd()"]


def test_a_full_disk_is_told(course: Course, capsys: Out) -> None:
    record(course, "ada")
    (course.root / "grading" / "report").write_text("in the way")
    assert main(["report", NAME]) == 2
    assert "could not be written" in capsys.readouterr().err
    with pytest.raises(CourseError, match="Nobody's 02_none"):
        read(course, "02_none")
