"""What learners call: predictions, hints, quiz, Parsons lines, progress."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import coursekit
from coursekit import answer, assemble, hint, parsons, predict, progress, quiz, reveal
from coursekit.check.hidden_checks import run_check
from coursekit.core.answers_file import here
from coursekit.core.module import find
from coursekit.learn.predictions import off, times_off

pytestmark = pytest.mark.slow

Out = pytest.CaptureFixture[str]


def public(course: Path) -> None:
    """Take the key away, as in a class release."""
    path = course / "solutions" / "99_sample" / "module.toml"
    kept = [
        line
        for line in path.read_text().splitlines()
        if not line.startswith(("answer", "feedback", "misconception", "explanation"))
    ]
    text = "\n".join(["public = true", *kept])
    (course / "course" / "99_sample" / "module.toml").write_text(text)
    path.unlink()


def test_a_guess_is_compared_with_the_figure(course: Path, capsys: Out) -> None:
    predict("speedup", 40)
    reveal("speedup", 264)
    assert capsys.readouterr().out == (
        "Recorded: 40×. Now measure.\n"
        "You guessed 40×, it is 264×: 6.6 times too low.\n"
        "So far 0 of 1 guesses within a factor of 2.\n"
    )
    predict("speedup", 264)
    assert "your guess of 40× stays" in capsys.readouterr().out


def test_a_guess_can_change_until_the_figure_is_out(course: Path, capsys: Out) -> None:
    predict("speedup", 4)
    predict("speedup", 5)
    reveal("speedup", 5)
    assert "spot on" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("guess", "said"),
    [
        ("many", "A guess is a number: predict('speedup', 10)"),
        ("nan", "A guess is a number"),
        (None, "Put your number in place of None."),
        ("0.9", "'0.9' is text: write it without quotes."),
        ((0, 9), "A comma makes two numbers: write a decimal point"),
        (True, "A guess is a number"),
        (float("nan"), "A guess is a number"),
    ],
)
def test_a_guess_is_a_number(course: Path, capsys: Out, guess: Any, said: str) -> None:
    predict("speedup", guess)
    assert capsys.readouterr().out.startswith(said)
    with coursekit.tests("total") as t:
        t.predicted("speedup")
    assert f"    look at   {said}" in capsys.readouterr().out
    reveal("speedup", 3)
    assert "There was no guess. It is 3×. Next time" in capsys.readouterr().out


def test_dots_are_no_guess(course: Path, capsys: Out) -> None:
    predict("speedup", ...)  # type: ignore[arg-type]
    assert capsys.readouterr().out == "Put a number in place of the dots.\n"
    assert not here().section("predictions")


@pytest.mark.parametrize(("guess", "close"), [(2, 0), (2.01, 1), (8, 0), (7.9, 1)])
def test_twice_off_is_not_within_a_factor_of_2(
    course: Path, capsys: Out, guess: float, close: int
) -> None:
    predict("speedup", guess)
    reveal("speedup", 4)
    assert f"So far {close} of 1 guesses within" in capsys.readouterr().out


def test_what_does_not_fit_is_said_in_a_line(course: Path, capsys: Out) -> None:
    answer(1, "A")  # type: ignore[arg-type]
    hint("totl")
    hint(3)  # type: ignore[arg-type]
    parsons("99_sample.ordre")
    reveal("nothing", 1)
    hint()  # type: ignore[call-arg]
    answer("q1")  # type: ignore[call-arg]
    assert capsys.readouterr().out.splitlines() == [
        "there is no question '1'; did you mean 'q1'?",
        "there is no exercise 'totl'; did you mean 'total'?",
        "there is no exercise '3'; this module has: total, order, quiz",
        "there is no exercise 'ordre'; did you mean 'order'?",
        "there is no prediction 'nothing'; this module has: speedup",
        'Of which exercise? hint("name"), the name one of total, order, quiz.',
        "answer(name, letter): missing a required argument: 'letter'",
    ]


def test_guesses_that_get_better_are_praised(
    course: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = course / "solutions" / "99_sample" / "module.toml"
    more = "".join(
        f'\n[[predictions]]\nid = "p{i}"\nprompt = "?"\n' for i in range(1, 5)
    )
    path.write_text(path.read_text() + more)
    for i, guess in enumerate((1, 2, 90, 110), 1):
        predict(f"p{i}", guess)
        reveal(f"p{i}", 100)
    out = capsys.readouterr().out
    assert "2 of 4 guesses within a factor of 2; getting better, from 70.7 " in out
    assert "times off to 1.1" in out


@given(st.floats(0.001, 1e6), st.floats(0.001, 1e6))
def test_being_off_is_a_factor_either_way(guess: float, actual: float) -> None:
    assert times_off(guess, actual) == times_off(actual, guess) >= 1
    assert off(guess, actual)


def test_off_without_a_factor() -> None:
    assert off(0, 5) == "5 too low"
    assert off(3, -1) == "4 too high"
    assert off(1000, 100) == "10 times too high"


def test_hints_come_one_at_a_time_and_are_recorded(course: Path, capsys: Out) -> None:
    hint("total")
    hint("total")
    hint("total", 1)
    hint("total")
    hint("total")
    heads = [x for x in capsys.readouterr().out.splitlines() if x.startswith("Hint")]
    assert [head[5] for head in heads] == ["1", "2", "1", "3", "3"]
    assert here().section("hints") == {"total": 3}


@pytest.mark.parametrize("rung", [0, 4, "x", True])
def test_a_hint_that_is_not_there(course: Path, capsys: Out, rung: Any) -> None:
    hint("total", rung)
    assert "hints 1 to 3" in capsys.readouterr().out


def test_a_hint_of_nothing_names_the_exercises(course: Path, capsys: Out) -> None:
    hint()
    assert "the name one of total, order, quiz." in capsys.readouterr().out


def test_lines_are_shown_shuffled_and_put_together(course: Path, capsys: Out) -> None:
    parsons("order")
    shown = dict(
        line.split("  ", 1) for line in capsys.readouterr().out.splitlines()[:6]
    )
    letters = {line: letter for letter, line in shown.items()}
    lines = find().exercise("order").lines
    order = "".join(letters[line] for line in lines)
    assert order != "ABCDE"
    for same in (" ".join(order.lower()), list(order), tuple(order.lower())):
        assert assemble("order", same) == "\n".join(lines) + "\n"
    assert run_check(find(), "order", {"order": order}).score == 2
    assert run_check(find(), "order", {"order": order[::-1]}).status == "failed"


@pytest.mark.parametrize(
    ("order", "error"), [("AXB", "no line X"), ("AA", "used 2 times"), (3, "as text")]
)
def test_an_order_that_cannot_be(course: Path, order: Any, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        assemble("order", order)


def test_answers_are_judged_at_once_where_the_key_is(course: Path, capsys: Out) -> None:
    answer("q1", "a")
    answer("99_sample.q1", "B")
    answer("q1", "E")
    answer("q9", "A")
    assert capsys.readouterr().out.splitlines() == [
        "q1: ✗ A is not it. None is not a number. Read again: Sums.",
        "q1: ✓ B is right. Right: adding nothing gives 0.",
        "q1 takes one of A, B, not 'E'",
        "there is no question 'q9'; this module has: q1, q2",
    ]
    assert here().section("quiz") == {"q1": "B"}


def test_without_the_key_an_answer_is_recorded(course: Path, capsys: Out) -> None:
    public(course)
    answer("q1", "A")
    assert capsys.readouterr().out == "q1: A recorded.\n"
    quiz_ = quiz()
    quiz_.rows[1].choice.index = 0
    assert "recorded" in quiz_.rows[1].verdict.value
    assert "✓" not in quiz_.rows[1].verdict.value


def test_the_quiz_is_graded_a_question_at_a_time(course: Path) -> None:
    assert run_check(find(), "quiz", {}).status == "not attempted"
    answer("q1", "B")
    report = run_check(find(), "quiz", {})
    assert (report.score, report.status) == (1.5, "partial")
    assert "no answer" in report.reasons[0]
    answer("q2", "B")
    reasons = run_check(find(), "quiz", {}).reasons
    assert "n squared: Each item is needed only once." in reasons[0]
    assert "One pass is enough" in reasons[0]
    answer("q2", "A")
    assert run_check(find(), "quiz", {}).status == "passed"


def test_the_quiz_widget_saves_and_restores(course: Path) -> None:
    first = quiz()
    assert "0 of 2 answered" in first.summary()
    assert "q1  What does an empty sum give?\n    see: Sums\n" in first.summary()
    assert "see: Sums" in first.rows[0].prompt.value
    first.rows[0].choice.index = 0
    assert "✗ A is not it. None is not" in first.rows[0].verdict.value
    assert here().section("quiz") == {"q1": "A"}
    again = quiz()
    assert again.rows[0].choice.index == 0
    assert again.rows[1].choice.index is None
    assert "1 of 2 answered" in repr(again)
    assert "  > A  None" in again.summary()
    assert again._repr_mimebundle_()["text/plain"] == again.summary()


def test_a_second_quiz_has_its_own_questions_and_grade(course: Path) -> None:
    path = course / "solutions" / "99_sample" / "module.toml"
    more = '[[exercises]]\nid = "more"\ntitle = "More"\nkind = "quiz"\n'
    more += 'objective = "sums"\npoints = 5\n'
    text = path.read_text().replace('id = "q2"', 'id = "q2"\nexercise = "more"')
    path.write_text(text + more)
    answer("q1", "B")
    assert "q2" not in quiz().summary() and "q1" not in quiz("more").summary()
    assert run_check(find(), "quiz", {}).status == "passed"
    assert run_check(find(), "more", {}).status == "not attempted"
    for exercise, answered in (("quiz", True), ("more", False)):
        with coursekit.tests(exercise) as t:
            assert t.answered() is answered
    answer("q2", "A")
    assert run_check(find(), "more", {}).score == 5
    assert "1 of 1 answered" in repr(progress()).splitlines()[-1]


def test_tampered_answers_count_for_nothing(course: Path) -> None:
    for odd in (["A"], 0, "AB", None, "Z", {"A": 1}):
        here().put("quiz", "q1", odd)
        assert run_check(find(), "quiz", {}).status == "not attempted"
        assert quiz().rows[0].letter is None


def test_progress_shows_what_is_done(course: Path) -> None:
    with coursekit.tests("total") as t:
        t.true(True, "fine")
    hint("total")
    answer("q1", "A")
    predict("speedup", 10)
    reveal("speedup", 11)
    assert repr(progress()).splitlines() == [
        "Sample: 1 of 3 exercises pass  ███████░░░░░░░░░░░░░",
        "✓ Add them up ★     4 points  1 of 1 pass, 1 of 3 hints",
        "· Put it in order   2 points  not run yet",
        "~ Quiz              3 points  1 of 2 answered",
        "So far 1 of 1 guesses within a factor of 2.",
    ]
    assert "<table>" in progress().html()


def test_setup_says_what_lies_ahead(course: Path, capsys: Out) -> None:
    coursekit.setup("99_sample")
    assert (
        "Sample: 3 exercises (one is a quiz of 2 questions), about 5 minutes for the "
        "★ sections." in capsys.readouterr().out
    )
    coursekit.setup("98_other")
    assert "Sample: " in capsys.readouterr().out, "a grader's folder has no notebook"
    Path("98_other.ipynb").touch()
    coursekit.setup("98_other")
    assert "this is the notebook 98_other: move" in capsys.readouterr().out


def test_a_renamed_notebook_is_told_its_name(
    course: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, said in [("99_sample", False), ("my_sample", True)]:
        monkeypatch.setenv("JPY_SESSION_NAME", f"course/99_sample/{name}.ipynb")
        coursekit.setup("99_sample")
        out = capsys.readouterr().out
        assert ("my_sample.ipynb: rename it to 99_sample.ipynb" in out) == said
        assert "Sample: 3 exercises" in out


@pytest.mark.parametrize("name", ["Total", " TOTAL", "99_Sample.total", len])
def test_a_name_may_be_written_otherwise(course: Path, capsys: Out, name: Any) -> None:
    if name is len:

        def total() -> None: ...

        name = total
    coursekit.hint(name)
    assert "Hint 1 of 3 for total" in capsys.readouterr().out


def test_a_test_cell_leaves_the_names_as_it_found_them() -> None:
    names: dict[str, Any] = {"own": "mine", "tests": coursekit.tests}
    cell = """
with tests("nothing") as t:
    own, value = 1, 2
    def made(): ...
"""
    exec(cell, names)
    assert names["own"] == "mine"
    assert "value" not in names and "t" not in names and "made" in names


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("tests", "'tests' is not defined: run the first code cell, then this"),
        ("setup = 1\nhint = 1; hint(rank)", """write hint("rank")"""),
        ("setup = 1\nother", "name 'other' is not defined\n"),
        ("import start_97", "this notebook lies apart from its files, move it back"),
        ("import other", "No module named 'other'\n"),
        (
            "class A:\n    def f(self): raise NotImplementedError\nA().f()",
            "NotImplementedError: write A.f first, then run this cell again",
        ),
        (
            "def f(): return ____ + 1\nf()",
            "NameError: fill in the blank of f, then run this cell again",
        ),
        (
            "from coursekit.check.learner_names import Names\nNames({'x': ...})['x']",
            "put your answer there, then run this cell again",
        ),
    ],
)
def test_a_kernel_of_make_lab_says_what_to_run_first(
    capsys: Out, cell: str, said: str
) -> None:
    startup = Path(coursekit.__file__).parent / "jupyter" / "startup.py"
    shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}))
    shell.run_cell(startup.read_text(encoding="utf-8"))
    result = shell.run_cell(cell, store_history=True)
    assert result.error_in_exec is not None
    assert said in re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)


def test_every_name_can_be_had_and_others_are_refused() -> None:
    assert all(callable(getattr(coursekit, name)) for name in coursekit.__all__)
    with pytest.raises(AttributeError, match="coursekit has no 'test'"):
        _ = coursekit.test  # type: ignore[attr-defined]
