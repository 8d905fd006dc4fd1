"""`coursekit verify`: silent on a good course, and each rule is seen to fire."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import ipywidgets as w
import nbformat
import pytest
from nbformat.v4 import new_output

from coursekit.author.finding import Finding
from coursekit.author.forked import LostFork, call_forked
from coursekit.author.leaks import leaks_in
from coursekit.author.release import generate
from coursekit.author.verify import GROUPS, run_course, run_group
from coursekit.author.verify.bank import (
    CELL_SECONDS,
    Runs,
    grading_runs_no_long_cells,
    run_bank,
)
from coursekit.author.verify.plain_run import run_cell
from coursekit.author.verify.quiz import guessing_does_not_pay
from coursekit.author.verify.subject import Subject
from coursekit.check.grader import MIME
from coursekit.cli import main
from coursekit.core.course import Course
from coursekit.core.module import load
from coursekit.core.style import CANNOT, NOT_DRAWN
from coursekit.learn.quiz_widget import Quiz
from tests.coursekit.sample_course import NAME, text, write_course

pytestmark = pytest.mark.slow

Break = Callable[[Course], object]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The released notebook of the good course."""
    course = Course(write_course(tmp_path_factory.mktemp("released")))
    folder = generate(course, NAME, tmp_path_factory.mktemp("out"))
    return (folder / f"{NAME}.ipynb").read_bytes()


@pytest.fixture
def course(tmp_path: Path, released: bytes, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course that is right in every way."""
    monkeypatch.setenv("COURSEKIT_ROOT", str(tmp_path))
    course = Course(write_course(tmp_path))
    course.release(NAME).mkdir(parents=True)
    (course.release(NAME) / f"{NAME}.ipynb").write_bytes(released)
    return course


def edit(path: str, old: str, new: str) -> Break:
    """Replace text in a file of the module's sources."""

    def change(course: Course) -> None:
        file = course.source(NAME) / path
        body = file.read_text(encoding="utf-8")
        assert old in body
        file.write_text(body.replace(old, new, 1), encoding="utf-8")

    return change


def write(path: str, body: str = "") -> Break:
    """Write a file below the course's root."""

    def change(course: Course) -> None:
        (course.root / path).parent.mkdir(parents=True, exist_ok=True)
        (course.root / path).write_text(body, encoding="utf-8")

    return change


def in_notebook(change: Callable[[nbformat.NotebookNode], object]) -> Break:
    """Change the source notebook."""

    def apply(course: Course) -> None:
        path = course.source(NAME) / f"{NAME}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        change(notebook)
        nbformat.write(notebook, path)

    return apply


def said(markdown: str, core: bool = True) -> Break:
    """Add prose to the source notebook."""
    made = text(markdown, "added")
    made.metadata.tags = ["core"] if core else []
    return in_notebook(lambda nb: nb.cells.append(made))


def then(*changes: Break) -> Break:
    """Make one change after the other."""
    return lambda course: [change(course) for change in changes]


def cell(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """The cell with this id."""
    return next(c for c in notebook.cells if c.id == name)


def check_fires(found: list[Finding], rule: str, words: str) -> None:
    """The rule and only it has findings, which say where and what to do."""
    assert {f.rule for f in found} == {rule}, found
    assert all(f.where and f.what and f.todo for f in found)
    assert any(words in f"{f.where}: {f.what}" for f in found), found


@pytest.mark.deep
def test_good_course_has_no_findings(
    course: Course, capsys: pytest.CaptureFixture
) -> None:
    generate(course, NAME, course.root / "course")
    assert main(["verify", "--module", "01", "--json", "--jobs", "2"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["findings"] == []
    assert re.match(r"core path 2\.0 minutes \(\d+ words", found["figures"][NAME])


def test_findings_are_printed_with_the_next_step(
    course: Course, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(GROUPS, "released")
    monkeypatch.delitem(GROUPS, "bank")
    write("course/odd/a.txt")(course)
    edit("module.toml", "minutes = 2", "minutes = 9")(course)
    assert main(["verify", "--jobs", "1"]) == 1
    shown = capsys.readouterr().out
    assert "✗ stated minutes match" in shown
    assert "→ set minutes" in shown
    assert "✗ no stray modules" in shown
    assert "2 findings." in shown


@pytest.mark.parametrize(
    ("change", "rule", "words"),
    [
        (
            edit("bank/double/right_add.py", "n + n", "n + 1"),
            "right submissions get full marks",
            "right_add.py: gets 0 of 4",
        ),
        (
            edit("bank/double/wrong_sign.py", "abs(n)", "n"),
            "wrong submissions fail for their reason",
            "wrong_sign.py: gets full marks",
        ),
        (
            edit("bank/double/wrong_sign.py", "fails: negative", "fails: zero"),
            "wrong submissions fail for their reason",
            "fails negative; declared: zero",
        ),
        (
            edit("bank/double/wrong_sign.py", "squares", "cubes"),
            "wrong submissions fail for their reason",
            "misconception cubes is not in",
        ),
        (
            lambda c: (c.source(NAME) / "bank/halve/wrong_root.py").unlink(),
            "exercises have a bank",
            "bank/halve: 1 right and 3 wrong",
        ),
        (
            lambda c: (c.source(NAME) / "bank/halve/right_times.py").unlink(),
            "exercises have a bank",
            "bank/halve: 0 right and 4 wrong",
        ),
        (
            edit(f"../../course/{NAME}/{NAME}.ipynb", "n * two", "n / two"),
            "exercises fail as shipped",
            "halve: gets 2 points as shipped (even, odd)",
        ),
        (
            edit(f"{NAME}.ipynb", "double(0.5)], [-2, 1]", "double(1)], [-2, 2]"),
            "visible tests see every promise",
            "wrong_whole.py: passes the visible tests and loses hidden points",
        ),
        (
            edit("bank/double/wrong_whole.py", "fails", "hidden_only: odd\nfails"),
            "visible tests see every promise",
            "wrong_whole.py: says hidden_only, and the visible tests refuse it: ✗ twice"
            " got [-2, 0] expected [-2, 1]",
        ),
        (
            edit("bank/halve/right_times.py", "return", "print(1 / (n - 1)); return"),
            "visible tests see every promise",
            "right_times.py: the visible tests refuse it: ✗ an error",
        ),
    ],
)
def test_bank_rules_fire(course: Course, change: Break, rule: str, words: str) -> None:
    change(course)
    check_fires(run_group(course, "bank", NAME), rule, words)


def test_wrong_one_may_say_why_only_hidden_checks_see_it(course: Course) -> None:
    edit(f"{NAME}.ipynb", "double(0.5)], [-2, 1]", "double(1)], [-2, 2]")(course)
    edit("bank/double/wrong_whole.py", "fails", "hidden_only: a half\nfails")(course)
    assert run_group(course, "bank", NAME) == []


def test_broken_solution_is_found_by_its_rules(course: Course) -> None:
    edit(f"{NAME}.ipynb", "n / two", "n // two")(course)
    edit("checks.py", '"zero": 0, ', "")(course)
    found = {f.rule: f for f in run_group(course, "bank", NAME)}
    assert "gets 1 of 2: odd" in found["solutions get full marks"].what
    assert "sum to 3, the exercise has 4" in found["criteria sum to points"].what


def test_broken_cell_is_found(course: Course) -> None:
    edit(f"{NAME}.ipynb", "import two", "import three, two")(course)
    found = [f for f in run_group(course, "bank", NAME) if f.rule == "source runs"]
    assert "cannot import name 'three'" in found[0].what


def test_a_long_cell_that_is_not_only_shown_is_found(course: Course) -> None:
    def long(runs: Runs) -> list[str]:
        found = grading_runs_no_long_cells(Subject(course, NAME), runs)
        return [f.where for f in found]

    runs = run_bank(Subject(course, NAME))
    assert runs.seconds[1] > 0
    assert long(runs) == []
    runs.seconds[1] = CELL_SECONDS + 0.1
    assert long(runs) == [f"solutions/{NAME}/{NAME}.ipynb: cell 1"]
    in_notebook(lambda nb: nb.cells[1].metadata.update(tags=["shown"]))(course)
    assert long(runs) == []


def test_submissions_that_loop_or_exit_cost_only_themselves() -> None:
    def loop() -> None:
        while True:
            pass

    def leave() -> None:
        raise SystemExit

    def stay() -> None:
        return

    found = call_forked([leave, lambda: {"a": [1]}, stay], seconds=60, jobs=3)
    assert found == [LostFork("crashed"), {"a": [1]}, None]
    assert call_forked([loop], seconds=0.1) == [LostFork("timed out")]


def test_cells_run_as_in_a_kernel() -> None:
    names: dict = {}
    source = "%matplotlib inline\n!ls\nimport asyncio\nx = await asyncio.sleep(0, 5)"
    assert run_cell(source, names, "cell") == ""
    assert names["x"] == 5
    assert run_cell("%%bash\nls", names, "cell") == ""
    assert run_cell("1 / 0", names, "cell") == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    ("change", "rule", "words"),
    [
        (
            lambda c: (c.release(NAME) / f"{NAME}.ipynb").write_text("{}"),
            "release equals the sources",
            f"{NAME}.ipynb: differs",
        ),
        (
            write(f"course/{NAME}/left.py"),
            "release equals the sources",
            "left.py: is in",
        ),
        (
            lambda c: (c.release(NAME) / "helper.py").unlink(),
            "release equals the sources",
            "helper.py: is missing",
        ),
        (
            said("So `result_of_doubling = n * two return result_of_doubling` it is."),
            "nothing withheld is released",
            "gives away the solution of double",
        ),
        (
            edit(
                "helper.py",
                "two =",
                "# Five is three and two: that adds two once.\ntwo =",
            ),
            "nothing withheld is released",
            "gives away feedback of q1",
        ),
        (
            edit(
                "module.toml",
                "Add or multiply.",
                'from coursekit import grade grade(\\"double\\")',
            ),
            "nothing withheld is released",
            "module.toml: gives away the hidden test of double",
        ),
        (
            edit("helper.py", "two =", "# END SOLUTION\ntwo ="),
            "nothing withheld is released",
            "contains 'END SOLUTION'",
        ),
        (
            in_notebook(
                lambda nb: cell(nb, "double").update(
                    source="def double(n): return 2 * n"
                )
            ),
            "answers are marked",
            "double: has no ### BEGIN SOLUTION",
        ),
        (
            edit("module.toml", "return n * two", "return n * ___"),
            "blanks have no value",
            "halve: line 2 has ___ for a blank",
        ),
        (
            edit("module.toml", "return n * two", "return n\nhalf = ____"),
            "blanks stop nothing",
            "halve: line 3 stops Run All at its blank",
        ),
    ],
)
def test_release_rules_fire(
    course: Course, change: Break, rule: str, words: str
) -> None:
    """The release is written anew where the change is not about it."""
    generate(course, NAME, course.root / "course")
    change(course)
    if rule != "release equals the sources":
        generate(course, NAME, course.root / "course")
    check_fires(run_group(course, "released", NAME), rule, words)


def test_key_in_the_released_module_is_found(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coursekit.core.withheld.public", dict)
    generate(course, NAME, course.root / "course")
    found = run_group(course, "released", NAME)
    check_fires(found, "nothing withheld is released", "has the key answer")


TOML = "module.toml"


@pytest.mark.parametrize(
    ("group", "change", "rule", "words"),
    [
        *[
            ("structure", edit(TOML, old, new), "exercises are complete", words)
            for old, new, words in [
                (
                    'kind = "write"\nobjective = "double"',
                    'kind = "write"\nobjective = "no"',
                    "unknown objective",
                ),
                ("minutes = 0.9", "minutes = 0", "above zero"),
                ("difficulty = 1", "difficulty = 6", "difficulty 6"),
                ('"Divide.", ', "", "2 hints"),
                ('section = "Twice"', 'section = "Thrice"', "no heading 'Thrice'"),
                (
                    "Two and two are what doubling is about, each time anew.",
                    "",
                    "no explanation",
                ),
            ]
        ],
        (
            "structure",
            edit(
                TOML,
                "[[exercises]]",
                '[[objectives]]\nid = "new"\ntext = "t"\n[[exercises]]',
            ),
            "objectives are practised",
            "new: no quiz question",
        ),
        (
            "structure",
            edit(TOML, "points = 4", "points = 3"),
            "exercises have cells",
            "4 points, module.toml 3",
        ),
        (
            "structure",
            in_notebook(lambda nb: nb.cells.remove(cell(nb, "halve"))),
            "exercises have cells",
            "no answer cell for halve",
        ),
        (
            "structure",
            in_notebook(
                lambda nb: cell(nb, "setup").metadata.update(
                    nbgrader={"solution": True, "grade": False, "grade_id": "extra"}
                )
            ),
            "cells have exercises",
            "cell extra belongs to no exercise",
        ),
        *(
            (
                "structure",
                said(f"**Exercise `double`** · {facts} · about a minute"),
                "tasks say what the table says",
                "cell 10: double is described in another way",
            )
            for facts in (
                "write · 3 points · difficulty ●○○○○",
                "fix · 4 points · difficulty ●○○○○",
                "write · 4 points · difficulty ●●○○○",
            )
        ),
        (
            "reading",
            edit(TOML, "minutes = 2", "minutes = 3"),
            "stated minutes match",
            "stated 3",
        ),
        *[
            ("quiz", edit(TOML, old, new), "questions are complete", words)
            for old, new, words in [
                ('answer = "B"\n', "", "has no answer"),
                ('answer = "A"', 'answer = "C"', "right option C has a misconception"),
                ('feedback = "The sign stays."', "", "option A has no feedback"),
                (
                    'misconception = "squares"',
                    'misconception = "cubes"',
                    "misconception cubes is unknown",
                ),
                ('misconception = "squares"', "", "misconception (none) is unknown"),
                (
                    'answer = "A"\nsection = "Twice"',
                    'answer = "A"\nsection = "Once"',
                    "section 'Once' is not a heading",
                ),
                (
                    'objective = "double"\nprompt',
                    'objective = "no"\nprompt',
                    "unknown objective 'no'",
                ),
            ]
        ],
        (
            "quiz",
            edit(
                TOML,
                "It is plus one.",
                "It is plus one, as the square of minus one always is.",
            ),
            "options are of similar length",
            "15 to 53 characters",
        ),
        (
            "quiz",
            write("solutions/00_before/00_before.ipynb", "{}"),
            "modules look back",
            "no question is about an earlier module",
        ),
        (
            "quiz",
            then(
                edit(TOML, 'kind = "quiz"', 'kind = "quiz"\ncore = true'),
                edit(
                    TOML,
                    'answer = "A"\nsection = "Twice"',
                    'answer = "A"\nsection = "Later"',
                ),
                said("## Later", core=False),
            ),
            "core quizzes ask about the core",
            "q2: quiz is core, 'Later' is not",
        ),
        (
            "references",
            said("See `session1.memory.nothing`."),
            "names resolve",
            "session1.memory.nothing",
        ),
        (
            "references",
            said("See `coursekit.core.course.find_course()`, `lost.py`."),
            "files resolve",
            "no file lost.py",
        ),
        (
            "references",
            said("See [this](../lost.md)."),
            "links resolve",
            "../lost.md leads nowhere",
        ),
        (
            "references",
            said("See [this](#Thrice), [that](#Twice)."),
            "links resolve",
            "no heading #Thrice",
        ),
        (
            "structure",
            write(f"solutions/{NAME}/answers.json"),
            "no stray files in sources",
            "answers.json",
        ),
        (
            "structure",
            write(f"solutions/{NAME}/plot.png"),
            "no stray files in sources",
            "plot.png",
        ),
        (
            "structure",
            write(f"solutions/{NAME}/bank/double/best.py"),
            "no stray files in sources",
            "best.py",
        ),
        (
            "structure",
            write(f"solutions/{NAME}/bank/triple/right_a.py"),
            "no stray files in sources",
            "right_a.py",
        ),
        (
            "outputs",
            in_notebook(lambda nb: cell(nb, "setup").update(execution_count=None)),
            "sources are run",
            "cell 1: was not run",
        ),
        (
            "outputs",
            in_notebook(lambda nb: cell(nb, "setup").update(execution_count=9)),
            "sources are run",
            "cell 3: was not run",
        ),
        (
            "outputs",
            in_notebook(
                lambda nb: cell(nb, "setup").update(
                    outputs=[
                        new_output("error", ename="KeyError", evalue="3", traceback=[])
                    ]
                )
            ),
            "sources are run",
            "KeyError: 3",
        ),
        (
            "outputs",
            in_notebook(
                lambda nb: cell(nb, "setup").update(
                    outputs=[new_output("stream", name="stderr", text="careful")]
                )
            ),
            "warnings are not kept",
            "cell 1: wrote to stderr",
        ),
        *(
            (
                "outputs",
                in_notebook(
                    lambda nb, shown=shown: cell(nb, "setup").update(
                        outputs=[new_output("display_data", {"text/plain": shown})]
                    )
                ),
                "pictures are whole",
                shown.splitlines()[-1],
            )
            for shown in (f"{NOT_DRAWN}: yours (KeyError: 3)", f"Lab\n{CANNOT}: 3")
        ),
        (
            "outputs",
            in_notebook(lambda nb: cell(nb, "test-double").update(outputs=[])),
            "tests pass in the sources",
            "test_double: has no report",
        ),
        (
            "outputs",
            in_notebook(
                lambda nb: cell(nb, "test-double").outputs[1].data[MIME].update(score=3)
            ),
            "tests pass in the sources",
            "test_double: lost points",
        ),
        (
            "outputs",
            in_notebook(
                lambda nb: cell(nb, "test-double").outputs[0].update(text="✗ twice")
            ),
            "tests pass in the sources",
            "test_double: a visible test failed",
        ),
    ],
)
def test_rules_fire(
    course: Course, group: str, change: Break, rule: str, words: str
) -> None:
    assert run_group(course, group, NAME) == []
    change(course)
    check_fires(run_group(course, group, NAME), rule, words)


@pytest.mark.parametrize(
    ("change", "rule", "words"),
    [
        (write("course/99_old/a.ipynb"), "no stray modules", "course/99_old: belongs"),
        (write("solutions/notes.txt"), "no stray modules", "solutions/notes.txt"),
        (lambda c: (c.root / "README.md").unlink(), "readme resolves", "is missing"),
        (write("README.md", "[a](nowhere.md)"), "readme resolves", "nowhere.md"),
    ],
)
def test_course_rules_fire(
    course: Course, change: Break, rule: str, words: str
) -> None:
    assert run_course(course) == []
    change(course)
    check_fires(run_course(course), rule, words)


def test_guessing_is_noticed_in_a_larger_bank(course: Course) -> None:
    path = course.source(NAME) / TOML
    body = path.read_text()
    question = body[body.index('[[quiz]]\nid = "q2"') :]
    more = [question.replace('"q2"', f'"x{n}"') for n in range(12)]
    path.write_text(body + "\n".join(more))
    found = list(guessing_does_not_pay([Subject(course, NAME)]))
    assert [f.what.split(" gets")[0] for f in found] == ["always A"]


def test_unreadable_module_is_one_finding_a_group(course: Course) -> None:
    edit(TOML, 'title = "Doubling"', "title = ")(course)
    for group in GROUPS:
        for finding in run_group(course, group, NAME):
            assert "module.toml" in finding.what
            assert finding.todo == "put this right first"


def widget_state(course: Course) -> dict[str, object]:
    """What JupyterLab or `nbconvert --execute` saves of the quiz, with its key."""
    made = Quiz(load(course.source(NAME)))
    for row in made.rows:
        row.choice.index = 0  # one of them is right
    return {"application/vnd.jupyter.widget-state+json": w.Widget.get_manager_state()}


RIDES = {
    "widgets": lambda nb, c: nb.metadata.update(widgets=widget_state(c)),
    "metadata": lambda nb, c: nb.metadata.update(key={"q1": "B", "why": "Three..."}),
    "cell metadata": lambda nb, c: cell(nb, "setup").metadata.update(solution="n * 2"),
    "timings": lambda nb, c: cell(nb, "setup").metadata.update(execution={"a": "b"}),
    "of nbgrader": lambda nb, c: cell(nb, "halve").metadata.nbgrader.update(key="n/2"),
    "folded": lambda nb, c: cell(nb, "setup").metadata.update(jupyter={"key": "n / 2"}),
    "attachment": lambda nb, c: cell(nb, "head").update(
        attachments={"key.png": {"image/png": "QQ=="}}
    ),
    "text attached": lambda nb, c: cell(nb, "head").update(
        source="![a](attachment:a.png)", attachments={"a.png": {"text/plain": "key"}}
    ),
}


@pytest.mark.parametrize("name", RIDES)
def test_a_release_takes_off_what_rides_along_and_verify_finds_it(
    course: Course, name: str
) -> None:
    in_notebook(lambda nb: RIDES[name](nb, course))(course)
    generate(course, NAME, course.root / "course")
    assert run_group(course, "released", NAME) == []
    path = course.release(NAME) / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    RIDES[name](notebook, course)
    nbformat.write(notebook, path)
    found = run_group(course, "released", NAME)
    assert any("holds saved state" in f.what for f in found)
    if name == "widgets":
        assert any("feedback of q1" in f.what for f in found), found


def test_a_picture_that_is_shown_stays(course: Course) -> None:
    shown = {"a.png": {"image/png": "QQ=="}}
    in_notebook(
        lambda nb: cell(nb, "head").update(
            source="![a](attachment:a.png)", attachments=shown
        )
    )(course)
    generate(course, NAME, course.root / "course")
    assert b"QQ==" in (course.release(NAME) / f"{NAME}.ipynb").read_bytes()
    assert run_group(course, "released", NAME) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda c: (c.source(NAME) / "old_checks.py").write_bytes(
                (c.source(NAME) / "checks.py").read_bytes()
            ),
            "old_checks.py: gives away the hidden check double",
        ),
        (
            write(
                f"solutions/{NAME}/notes.txt",
                "Five is three and two: that adds two\nonce.",
            ),
            "notes.txt: gives away feedback of q1",
        ),
        *(
            (said(f"{text} that is the square."), "gives away feedback of q1")
            for text in (
                "<b>Nine is three</b> times three:",
                "Nine&nbsp;<i>is</i> three times&#32;three:",
            )
        ),
    ],
)
def test_keys_in_other_files_and_forms_are_found(
    course: Course, change: Break, words: str
) -> None:
    change(course)
    generate(course, NAME, course.root / "course")
    found = run_group(course, "released", NAME)
    check_fires(found, "nothing withheld is released", words)


def test_the_letters_of_the_key_in_a_row_are_found() -> None:
    module = load(Path(__file__).parents[2] / "solutions" / "02_memory")
    letters = "".join(q.answer for q in module.quiz)
    notebook = nbformat.v4.new_notebook()
    found = leaks_in(module, notebook, {"a.txt": f"key: {letters}".encode()})
    assert [f.what for f in found] == [f"gives away the quiz key {letters}"]


@pytest.mark.parametrize(
    "form",
    [
        '{{"quiz": {{"{0}": "{1}", "{2}": "{3}"}}}}',
        "{0},{1}\n{2},{3}\n",
        "{0} = {1}\n{2} = {3}",
        "| {0} | {1} |\n| {2} | {3} |",
        "answer('{0}', '{1}')\nanswer('{2}', '{3}')",
    ],
)
def test_the_key_by_question_is_found(course: Course, form: str) -> None:
    module = load(course.source(NAME))
    pairs = [x for q in module.quiz for x in (q.id, q.answer)]
    notebook = nbformat.v4.new_notebook()
    wrong = [x.replace("A", "C") for x in pairs]
    for given, what in (pairs, ["gives away the quiz key by question"]), (wrong, []):
        files = {"key.txt": form.format(*given).encode()}
        assert [f.what for f in leaks_in(module, notebook, files)] == what


@pytest.mark.parametrize(
    "name, data, what",
    [
        ("bank.zip", b"PK\x05\x06", "is an archive"),
        ("bank.dat", b"PK\x03\x04...", "is an archive"),
        ("old.tar.gz", b"\x1f\x8b\x08", "is an archive"),
        ("vectors.npz", b"PK\x03\x04...", ""),
        ("gradebook.db", b"", "is not for learners"),
        ("scores", b"SQLite format 3\0", "is not for learners"),
        ("sub/Roster.csv", b"id\n", "is not for learners"),
        ("timestamp.txt", b"2031-01-01", "is not for learners"),
        ("data.csv", b"id\n", ""),
    ],
)
def test_what_is_the_instructors_or_cannot_be_looked_into_is_found(
    course: Course, name: str, data: bytes, what: str
) -> None:
    found = leaks_in(
        load(course.source(NAME)), nbformat.v4.new_notebook(), {name: data}
    )
    assert [f.what[: len(what)] for f in found] == [what][: bool(what)]
