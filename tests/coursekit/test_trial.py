"""Visible tests say what they found, and what to do next, without raising."""

import asyncio
import contextlib
import gc
import linecache
import signal
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from coursekit import assemble, grade, predict
from coursekit import tests as trial
from coursekit.check.learner_names import quiet
from coursekit.check.missing_names import watch
from coursekit.core.answers_file import here
from coursekit.core.module import find
from coursekit.learn import visible_tests
from coursekit.learn.visible_tests import OLDER, TestsFailed
from session1 import virtual_time

pytestmark = pytest.mark.slow


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
    assert "ValueError: odd, in the test: raise ValueError" in out
    assert "your code printed\n    seen" in out
    assert "did not run" in out


def run(answer: str, test: str, **names: Any) -> None:
    """Test an answer as two cells of a notebook."""
    for name, source in {"answer": answer, "test": test}.items():
        linecache.cache[name] = len(source), None, source.splitlines(True), name
        with contextlib.suppress(NameError):
            exec(compile(source, name, "exec"), names)


BLOCK = """
with trial("total") as t:
    t.equal({}, 2, "two")
"""


def test_a_name_that_a_function_of_the_test_lacks_is_not_attempted(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = BLOCK.format("(lambda: FALLBACK)()")
    run("h = 1", test, trial=trial)
    out = capsys.readouterr().out
    assert "Not attempted yet: FALLBACK is not defined: run the cell" in out


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("def f(): raise NotImplementedError", "write your code"),
        (
            "class A:\n    def go(self): raise NotImplementedError\nf = A().go",
            "next is `go` (at your line 2: ",
        ),
        ("def f():\n    return ____", "still a blank (____) in your answer, at your l"),
        ("f = ...", "`f` is still `...`: put your answer there. Stuck"),
        ("f = {'a': 1, 'b': ...}", "`f` still has `...` for 'b': put your answer"),
        ('f = "____"', "`f` is still `____`: put your answer there. Stuck"),
        ("f = CADB  # the order", 'write the letters in quotes: f = "CADB". Stuck'),
        ("f = cadb", 'write the letters in quotes: f = "cadb". Stuck'),
        ("f = 1\ng = f + ____", "a blank (____) in your answer, line 2: g = f + ____"),
        ("h = 1", "is not defined: run the cell that defines it"),
    ],
)
def test_a_stub_is_told_from_a_mistake(
    course: Path, capsys: pytest.CaptureFixture[str], answer: str, said: str
) -> None:
    test = BLOCK.format("g" if "g =" in answer else "f()")
    run(answer, test, trial=trial, In=["", answer, test])
    out = capsys.readouterr().out
    assert said in out
    assert out.startswith("Not attempted yet: ")


LOOP = """
with trial("total") as t:
    for got in [...]:
        got.missing

with trial("total") as t:
    for x in "ab":
        got = f(x)
"""


def test_what_an_earlier_test_left_in_a_loop_is_no_answer(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = "def f(x): return y"
    run(answer, LOOP, trial=trial, In=["", answer, LOOP])
    first, last = capsys.readouterr().out.split("Stuck?")[:2]
    assert "..." in first and "NameError" in last and "..." not in last


UNREADABLE = "x = 0\nasync def f(:\n    return 2"
READ = f"SyntaxError: invalid syntax, at your line 2: {UNREADABLE.splitlines()[1]}"


def test_a_cell_that_cannot_be_read_is_not_passed_by_an_older_one(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = "def f(): return 2"
    test = f"def call(): return f()\n{BLOCK.format('call()')}"
    cells = ["", older, UNREADABLE, test]
    run(older, test, trial=trial, In=cells)
    assert capsys.readouterr().out == (
        "✓ two\n"
        "✗ Python can read your cell\n"
        f"    got       {READ}\n"
        "    expected  no error\n"
        f"    look at   {OLDER}\n"
        '1 of 2 tests passed. Stuck? hint("total")\n'
    )
    others = "def g(:\n    f = 1"  # where `f` is no more than a variable
    run(older, test, trial=trial, In=[*cells, older, others, test])
    assert "The test passed." in capsys.readouterr().out


def test_a_name_whose_cell_cannot_be_read_says_so(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = BLOCK.format("f()")
    run("x = 0", test, trial=trial, In=["", UNREADABLE, test])
    said = f"Not attempted yet: f is not defined, Python cannot read its cell: {READ}."
    assert said in capsys.readouterr().out


def test_bare_letters_are_told_where_a_blank_was_run_before(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "f = CADB"
    run(lines, BLOCK.format("f + 1"), trial=trial, f="____", In=['f = "____"', lines])
    assert 'write the letters in quotes: f = "CADB"' in capsys.readouterr().out


def test_a_line_of_the_test_is_not_called_yours(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("def f(x): return x", BLOCK.format("f()"), trial=trial)
    out = capsys.readouterr().out
    assert "argument: 'x', in the test: t.equal(f(), 2" in out
    run("def f(): return 1 / 0", BLOCK.format("f()"), trial=trial)
    assert "at your line 1: def f(): return 1 / 0" in capsys.readouterr().out


def test_a_forgotten_return_is_asked_about(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("def f(): pass", BLOCK.format("[x for x in f()]"), trial=trial)
    assert "your code gave None: is a `return` missing?" in capsys.readouterr().out
    run("def f(): return len(None)", BLOCK.format("f()"), trial=trial)
    assert "return`?" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["    result = 0", "    return result"], "SyntaxError: 'return' outside"),
        (["    for item in items:"], "line 1 as assembled: for item in items:"),
        (["        result += item"], "line 1 as assembled: result += item"),
    ],
)
def test_an_assembled_line_is_shown(
    course: Path, capsys: pytest.CaptureFixture[str], lines: list[str], said: str
) -> None:
    order = "".join("ABCDEF"[find().exercise("order").lettered.index(x)] for x in lines)
    test = BLOCK.format('exec(assemble("order", order), {})')
    run("", test, trial=trial, assemble=assemble, order=order)
    assert said in capsys.readouterr().out


def test_a_blank_left_is_not_attempted(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with trial("total") as t:
        t.equal(..., 3, "filled in")
        t.true(False, "not reached")
    assert "filled in: this is still `...`" in capsys.readouterr().out
    with trial("total") as t:
        t.true(False, "as shown", got=...)
    assert "as shown: this is still `...`" in capsys.readouterr().out


def test_dots_in_a_variable_are_named_whatever_the_test_is_called(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("first = ...", BLOCK.format("first"), trial=trial)
    assert capsys.readouterr().out == (
        "Not attempted yet: `first` is still `...`: put your answer there. "
        'Stuck? hint("total")\n'
    )


def test_the_form_of_an_answer_is_tested_and_shown_as_written(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with trial("total") as t:
        assert t.form("abcd", True, "first", "letters")
        assert not t.form("0.5", False, "second", "a number", look="no quotes")
        t.form(..., False, "third", "a number")
    assert capsys.readouterr().out == (
        "✓ first\n"
        "✗ second\n"
        "    got       '0.5'\n"
        "    expected  a number\n"
        "    look at   no quotes\n"
        "Not attempted yet: `third` is still `...`: put your answer there. "
        'Stuck? hint("total")\n'
    )


def test_an_error_is_told_where_to_look_unless_it_tells_itself(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with trial("total") as t:
        t.look = "the last one alone"
        raise ZeroDivisionError
    assert "look at   the last one alone" in capsys.readouterr().out
    with trial("total") as t:
        t.look = "the last one alone"
        print(*(x for x in {}.get(1)))  # type: ignore[var-annotated]
    assert "look at   your code gave None" in capsys.readouterr().out


def test_a_false_alarm_is_told_with_its_line(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = "def right():\n    pass\n\ndef loud():\n    assert 1 > 2"
    head = 'with trial("total") as t:\n    '
    tests = 't.quiet(right, "a")\n    t.quiet(loud, "b", look="line")'
    run(answer, head + tests, trial=trial)
    out = capsys.readouterr().out
    assert "✓ a\n✗ b\n" in out and "look at   line" in out
    assert "AssertionError, at your line 5: assert 1 > 2" in out
    run("def loud():\n    return ____", f'{head}t.quiet(loud, "b")', trial=trial)
    assert "there is still a blank" in capsys.readouterr().out


def test_an_unknown_name_is_not_explained_as_the_error_asked_for(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with trial("total") as t:
        t.raises(ValueError, lambda: missing(), "a", look="except")  # type: ignore[name-defined]  # noqa: F821
    assert "look at   a name is not known there" in capsys.readouterr().out


def test_none_where_a_value_was_expected_asks_about_return(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with trial("total") as t:
        t.equal(None, 3, "a")
        t.equal(None, 3, "b", look="the end")
        t.equal(None, None, "c")
    looks = [x for x in capsys.readouterr().out.splitlines() if "look at" in x]
    asked = "    look at   your code gave None: is a `return` missing?"
    assert looks == [asked, f"{asked} If not: the end"]


ENDS = """
def f(x):
    if x:
        return [x].{0}
    {1}
"""


@pytest.mark.parametrize(
    ("answer", "look"),
    [
        (ENDS.format("copy()", "pass"), "is a `return` missing? If not: the end"),
        (ENDS.format("sort()", "pass"), "`.sort(...)` changes a thing and gives None"),
        (ENDS.format("copy()", "return None"), "look at   the end"),
        (ENDS.format("copy()", "raise OSError"), "look at   the end"),
        ("f = lambda x: None", "is a `return` missing? If not: the end"),
        ("def f(x):\n    while True:\n        return None", "look at   the end"),
        ("class f(list):\n    def __iter__(self): return None", "look at   the end"),
        ("def f(x):\n    with x: return\n    x = 1", "is a `return` missing?"),
        ("def f(x):\n    try: return x\n    finally: print()", "look at   the end"),
        ("def f(x):\n    try: return x\n    except E: pass", "a `return` missing?"),
    ],
)
def test_a_return_is_missed_only_where_one_may_be_missing(
    course: Path, capsys: pytest.CaptureFixture[str], answer: str, look: str
) -> None:
    test = """
with trial("total") as t:
    f
    t.equal(None, 2, "two", look="the end")
"""
    run(answer, test, trial=trial)
    assert look in capsys.readouterr().out


def test_none_is_not_missed_where_a_test_before_expects_it(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with trial("total") as t:
        t.equal(None, None, "nothing")
        t.equal(None, 2, "two", look="the end")
    assert "    look at   the end\n" in capsys.readouterr().out


CALLED = """
class Box:
    def put(self, what, *, times=1):
        what, kept = [], what
        return times / 0
def f(x, y):
    return Box().put(x, times=y)
"""


def test_an_error_of_the_learners_is_told_with_its_input(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(CALLED, BLOCK.format("f('a', 2)"), trial=trial)
    assert "    given     f('a', 2)\n    got       Zero" in capsys.readouterr().out
    run(CALLED, BLOCK.format("Box().put(1, times=3)"), trial=trial)
    assert "    given     Box.put(…, 3)\n" in capsys.readouterr().out
    test = 'with trial("total") as t: t.quiet(lambda: f([], 2), "no error")'
    run(CALLED, test, trial=trial)
    assert "    given     f([], 2)\n    got       Zero" in capsys.readouterr().out


# answers here leave their loops open, as learners do
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "line",
    [
        "return asyncio.run(g())",
        "return asyncio.new_event_loop().run_until_complete(g())",
        "return asyncio.get_running_loop().run_until_complete(g())",
        "with asyncio.Runner() as r: return r.run(g())",
    ],
)
def test_a_second_loop_is_named(
    course: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    answer = f"import asyncio\nasync def g(): return 2\nasync def f():\n    {line}"
    test = BLOCK.format("virtual_time.run(f).value")
    run(answer, test, trial=trial, virtual_time=virtual_time)
    out = capsys.readouterr().out
    assert "look at   a loop runs here already: `await` the call itself" in out


def test_a_loop_that_does_not_run_yet_is_named(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = "import asyncio\ndef f(): return asyncio.get_running_loop()"
    run(answer, BLOCK.format("f()"), trial=trial)
    out = capsys.readouterr().out
    assert "look at   no loop runs yet at that line" in out


def test_interrupted_tests_are_not_finished(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = """
with trial("total") as t:
    t.true(True, "first")
    f()
"""
    with pytest.raises(TestsFailed) as stopped:
        run("def f():\n    raise KeyboardInterrupt", test, trial=trial)
    assert str(stopped.value) == (
        "✓ first\nNot finished: you stopped it at your line 2: raise KeyboardInterrupt."
    )
    assert "total" not in here().section("progress")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_a_loop_without_end_is_stopped(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visible_tests, "LONG", 0.2)
    before = signal.getsignal(signal.SIGPROF)
    answer = """
def f():
    while True:
        try:
            1 / 0
        except Exception:
            pass
"""
    with pytest.raises(TestsFailed, match=r"after 0\.2 s of work it is still at your"):
        run(answer, BLOCK.format("f()"), trial=trial)
    assert signal.getsignal(signal.SIGPROF) is before
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


CELLS = [
    ("f = 1 + 1", "The test passed."),
    ("f = g + 1", "NameError: name 'g' is not defined, at your line 1"),
    ("f = 2\ng", "The test passed."),
    (
        "# a\n# b\ndef f(x=g): pass",
        "NameError: name 'g' is not defined, at your line 3",
    ),
    ("class f:\n    g", "NameError: name 'g' is not defined, at your line 1"),
    ("1 / 0\nf = 2", "ZeroDivisionError: division by zero, at your line 1"),
    ("h = lambda: g\nf = 2\nh()", "The test passed."),
    ("f = 2", "The test passed."),
]


def test_a_cell_that_ended_in_an_error_is_not_passed_by_an_older_one(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = Config(HistoryManager={"enabled": False})
    shell = InteractiveShell(config=config, user_ns={"trial": trial})
    watch(shell)
    for cell, said in CELLS:
        shell.run_cell(cell, store_history=True)
        capsys.readouterr()
        shell.run_cell(BLOCK.format("f"), store_history=True)
        out = capsys.readouterr().out
        assert said in out
        assert ("✗ your cell runs to its end" in out) == ("Error" in said), cell


@pytest.mark.parametrize(
    ("calls", "look"),
    [
        ("tool, tool", "give `gather` calls, `tool()`: with parentheses"),
        ("*[await tool()]", "and without `await`"),
        ("[tool()], [tool()]", "is a star missing before the list?"),
        ("{[1]: 2}", ""),
    ],
)
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_a_wrong_call_of_gather_gets_its_cause(
    course: Path, capsys: pytest.CaptureFixture[str], calls: str, look: str
) -> None:
    answer = f"async def f():\n    return await asyncio.gather({calls})"

    async def tool() -> int:
        return 1

    names = {"asyncio": asyncio, "tool": tool, "time": virtual_time}
    run(answer, BLOCK.format("time.run(f)"), trial=trial, **names)
    out = capsys.readouterr().out
    assert "TypeError" in out and look in out
    assert ("look at" in out) is bool(look)
    gc.collect()  # a call nobody awaited complains here, where it is expected


@pytest.mark.parametrize(
    "wait, line, look",
    [
        ("await asyncio.Event().wait()", 2, "who wakes it"),
        ("while True: await asyncio.sleep(0)", 2, "takes no time"),
        ("\n    async with asyncio.Lock() as x, asyncio.Lock():\n        "
         "await asyncio.gather(asyncio.Event().wait())", 4, "who wakes it"),
    ],
)  # fmt: skip
def test_a_run_that_can_never_end_names_the_learners_line(
    wait: str,
    line: int,
    look: str,
    course: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(virtual_time, "TURNS", 1_000)
    answer = f"async def f():\n    {wait}\n"
    names = {"asyncio": asyncio, "time": virtual_time}
    run(answer, BLOCK.format("time.run(f)"), trial=trial, **names)
    out = capsys.readouterr().out
    assert f"at your line {line}: " in out and look in out


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
    assert "with your number, and says Recorded when it is run" in out
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
