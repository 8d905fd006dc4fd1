"""Visible tests say what they found, and what to do next, without raising."""

from pathlib import Path

import pytest

from coursekit import grade, predict
from coursekit import tests as trial
from coursekit.guard import quiet
from coursekit.record import here
from coursekit.trial import TestsFailed


def test_a_failing_test_shows_got_expected_and_where_to_look(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with trial("total") as t:
        t.equal([1, 2], [1, 3], "a list", look="the end")
        t.equal(2.0, 2, "a number")
    assert capsys.readouterr().out == (
        "✗ a list\n"
        "    got       [1, 2]\n"
        "    expected  [1, 3]\n"
        "    look at   the end\n"
        "✓ a number\n"
        '1 of 2 tests passed. Stuck? hint("total")\n'
    )
    assert here().section("progress")["total"] == {"passed": 1, "of": 2, "all": False}


def test_passing_tests_explain_why(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with trial("99_sample.total") as t:
        t.close(0.1 + 0.2, 0.3, "close")
        t.true(1 < 2, "true")
        t.at_most(3, 3, "at most")
        t.raises(ValueError, lambda: int("x"), "raises")
    out = capsys.readouterr().out
    assert out.count("✓") == 4
    assert out.endswith("Why it works: One pass reads every item once.\n")
    assert "<b" in t.html()


def test_an_error_stops_the_block_but_not_the_cell(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with trial("total") as t:
        t.true(True, "first")
        print("seen")
        raise ValueError("odd")
    out = capsys.readouterr().out
    assert "✓ first" in out
    assert "ValueError: odd, at your line" in out
    assert "your code printed\n    seen" in out
    assert "did not run" in out


@pytest.mark.parametrize("error", [NotImplementedError(), NameError(name="___")])
def test_a_stub_is_told_from_a_mistake(
    course: Path, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    with trial("total"):
        raise error
    assert capsys.readouterr().out.startswith("Not attempted yet: ")


def test_a_blank_left_is_not_attempted(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with trial("total") as t:
        t.equal(..., 3, "filled in")
    assert "still `...`" in capsys.readouterr().out


def test_no_tests_is_no_pass(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with trial("total") as t:
        pass
    assert not t.passed
    assert "no tests" in capsys.readouterr().out


def test_predictions_and_answers_can_be_tested(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with trial("quiz") as t:
        t.answered()
        t.predicted("speedup")
    out = capsys.readouterr().out
    assert "got       0 of 2 answered" in out
    assert 'predict("speedup", your figure)' in out
    predict("speedup", 3)
    with trial("quiz") as t:
        t.predicted("speedup")
    assert t.passed


@pytest.mark.parametrize("name", ["nothing", "99_sample.nothing"])
def test_an_unknown_exercise_is_said(
    course: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    with trial(name) as t:
        t.true(True, "fine")
    assert "there is no exercise 'nothing'" in capsys.readouterr().out


def test_only_validation_raises(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(TestsFailed, match="✗ wrong"), trial("total") as t:
        t.true(False, "wrong")
    with trial("total") as t:
        t.true(True, "right")


def test_grade_gives_a_number_even_when_it_cannot(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graded = grade("nothing")
    assert (repr(graded), float(graded)) == ("0.0", 0.0)
    assert "could not be graded" in capsys.readouterr().out
    (course / "solutions" / "99_sample" / "checks.py").write_text("1 / 0")
    assert grade("total").report.status == "crashed"
    assert grade("total").report.max == 4


def test_log_handlers_get_their_stream_back(capsys: pytest.CaptureFixture[str]) -> None:
    import io
    import logging

    stream = io.StringIO()
    handler, logger = logging.StreamHandler(stream), logging.getLogger("learner")
    logger.addHandler(handler)
    with quiet() as printed:
        logger.warning("inside")
        logger.addHandler(made := logging.StreamHandler())
    logger.warning("outside")
    logger.removeHandler(handler)
    logger.removeHandler(made)
    assert "inside" in printed.text()
    assert stream.getvalue() == "outside\n"
    assert "outside" in capsys.readouterr().err


def test_long_output_is_cut() -> None:
    with quiet() as printed:
        print("x\n" * 50, "y" * 500)
    assert printed.text().endswith("… and 43 more lines")
