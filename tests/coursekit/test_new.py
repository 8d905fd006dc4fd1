"""`coursekit new`: forms that verify accepts once filled in, or nothing at all."""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from coursekit.author.finding import Finding
from coursekit.author.release import generate
from coursekit.author.templates import CATALOGUED
from coursekit.author.unfilled import TOKEN
from coursekit.author.verify import BLANKS, verify
from coursekit.cli import main
from coursekit.core.course import Course
from coursekit.core.module import KINDS, load
from tests.coursekit.sample_course import NAME, stored, write_course

pytestmark = pytest.mark.slow

TOML, NOTEBOOK = "module.toml", f"{NAME}.ipynb"
PROMISES = {
    '("FILL_IN: a promise", FILL_IN, FILL_IN)': '("positive", 3, 6)',
    '("FILL_IN: another promise", FILL_IN, FILL_IN)': '("negative", -1, -2)',
}
DOUBLE = 't.equal([{0}(3), {0}(-1)], [6, -2], "twice")'
FUNCTION = {
    "answer": "def {0}(n):\n    return n * 2",
    "test": DOUBLE,
    "check": PROMISES,
    "bank": {
        "right_1": "def {0}(n):\n    return n + n",
        "wrong_1": "def {0}(n):\n    return n + 2",
        "wrong_2": "def {0}(n):\n    return n * n",
        "wrong_3": "def {0}(n):\n    return abs(n) * 2",
        "wrong_4": "def {0}(n):\n    return max(n, 0) * 2",
    },
    "fails": ["positive, negative", "positive, negative", "negative", "negative"],
}
# what an author writes into each kind's form; {0} is the exercise
FILLED: dict[str, dict] = {
    "predict": {
        "answer": '{0} = 3\npredict("{0}", {0})',
        "test": 't.predicted("{0}")',
    },
    "trace": {
        "answer": "{0} = 6",
        "test": 't.true({0} == double(3), "three twice", got={0})',
        "stub": {"FILL_IN: what it is, and its unit": "a whole number"},
        "check": {
            "right, look = FILL_IN, ": "right, look = 6, ",
            "FILL_IN: what it is": "three twice",
        },
        "bank": {
            "right_1": "{0} = 3 + 3",
            "wrong_1": "{0} = 5",
            "wrong_2": "{0} = 9",
            "wrong_3": "{0} = 3",
            "wrong_4": "{0} = '6!'",
        },
        "fails": ["three twice"] * 4,
    },
    "parsons": {
        "answer": 'order = "DR"',
        "test": "made = {{}}\n    exec(assemble('{0}', order), made)\n"
        "    double_it = made['{0}']\n    " + DOUBLE.replace("{0}(", "double_it("),
        "stub": {
            "def {0}(FILL_IN):": "def {0}(n):",
            "return FILL_IN": "return 2 * n",
            "FILL_IN: a line that belongs to no right order": "return n ** 2",
        },
        "check": PROMISES,
        "bank": {
            "right_1": 'order = ["D", "R"]',
            "wrong_1": 'order = "D"',
            "wrong_2": 'order = "RD"',
            "wrong_3": 'order = "DX"',
            "wrong_4": 'order = "X"',
        },
        "fails": ["positive, negative"] * 4,
    },
    "fill": {
        **FUNCTION,
        "stub": {"(FILL_IN)": "(n)", "  # FILL_IN: the code and its blanks": " * n"},
    },
    "fix": {
        **FUNCTION,
        "stub": {
            "(FILL_IN)": "(n)",
            "FILL_IN  # FILL_IN: the code with its fault": "n * n",
        },
    },
    "write": {
        **FUNCTION,
        "answer": "def {0}(n):\n    ### BEGIN SOLUTION\n    return n * 2\n"
        "    ### END SOLUTION",
    },
    "test": {
        "answer": "def {0}(double):\n    ### BEGIN SOLUTION\n"
        "    assert double(3) == 6\n    ### END SOLUTION",
        "test": 't.quiet(lambda: {0}(double), "quiet")\n'
        '    t.raises(AssertionError, lambda: {0}(lambda n: n), "once")\n'
        '    t.raises(AssertionError, lambda: {0}(lambda n: n * n), "square")',
        "check": {
            "right(FILL_IN):": "right(n):",
            "return FILL_IN": "return n * 2",
            '"FILL_IN: breaks a promise": lambda FILL_IN: FILL_IN': '"is once": '
            "lambda n: n",
            '"FILL_IN: breaks another": lambda FILL_IN: FILL_IN': '"squares": '
            "lambda n: n * n",
        },
        "bank": {
            "right_1": "def {0}(double):\n    assert double(-1) == -2",
            "wrong_1": "def {0}(double):\n    pass",
            "wrong_2": "def {0}(double):\n    assert double(2) == 4",
            "wrong_3": "def {0}(double):\n    raise AssertionError",
            "wrong_4": "def {0}(double):\n    assert double(1) == 1",
        },
        "fails": [
            *["catches code that is once, catches code that squares"],
            "catches code that squares",
            *["catches code that is once, catches code that squares"] * 2,
        ],
    },
    "tune": {
        "answer": '{0} = {{"n": 3}}',
        "test": 't.at_most(abs(2 * {0}["n"] - 6), 0, "distance from six")',
        "stub": {"FILL_IN: a setting": "n"},
        "check": {
            "cost = FILL_IN": 'cost = abs(2 * ns["{0}"]["n"] - 6)',
            "goal = FILL_IN": "goal = 0",
            "zero=FILL_IN": "zero=9",
            "FILL_IN: the target": "distance from six",
        },
        "bank": {
            "right_1": "{0} = dict(n=3)",
            "wrong_1": '{0} = {{"n": 4}}',
            "wrong_2": '{0} = {{"n": 6}}',
            "wrong_3": '{0} = {{"n": 2}}',
            "wrong_4": '{0} = {{"n": 0}}',
        },
        "fails": ["distance from six"] * 4,
    },
    "report": {
        "answer": "It is six.",
        "stub": {"FILL_IN: what earns them": "names a figure"},
        "ask": {"FILL_IN: what earns them": "names a figure"},
    },
    "quiz": {"test": "t.answered()"},  # its answers are written for the author
}
SECTION = "FILL_IN: the heading that answers it"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """The sample course, with the names that every kind's cells use."""
    monkeypatch.setenv("COURSEKIT_ROOT", str(tmp_path))
    course = Course(write_course(tmp_path))
    path = course.source(NAME) / NOTEBOOK
    text = path.read_text(encoding="utf-8")
    names = "answer, assemble, parsons, predict, quiz, reveal, tests"
    path.write_text(text.replace("import answer, tests", f"import {names}"))
    return course


def made(kind: str) -> int:
    """Make an exercise of a kind, `a_fix`."""
    return main(["new", "exercise", f"{NAME}.a_{kind}", "--kind", kind])


def change(path: Path, texts: dict[str, str], count: int = -1) -> None:
    """Replace texts of a file, each of which is there."""
    text = path.read_text(encoding="utf-8")
    for old, new in texts.items():
        assert old in text, (path.name, old)
        text = text.replace(old, new, count)
    path.write_text(text, encoding="utf-8")


def fill_in(course: Course, kind: str) -> None:
    """Write what an author writes into the form of `a_kind`."""
    name, what, folder = f"a_{kind}", FILLED[kind], course.source(NAME)

    def of(texts: dict[str, str]) -> dict[str, str]:
        pairs = texts.items()
        return {k.replace("{0}", name): v.replace("{0}", name) for k, v in pairs}

    # the forms stand in the order of the kinds: the first blank is the next kind's
    change(folder / TOML, of(what.get("stub", {})), 1)
    change(folder / "checks.py", of(what.get("check", {})), 1)
    for number, (file, code) in enumerate(what.get("bank", {}).items()):
        path = folder / "bank" / name / f"{file}.py"
        doc = "another way"
        if number:
            doc = f"misconception: squares\nfails: {what['fails'][number - 1]}\n"
        path.write_text(f'"""{doc}"""\n{code.format(name)}\n')
    path = folder / NOTEBOOK
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if cell.id.startswith(f"a-{kind}-ask"):
            for old, new in what.get("ask", {}).items():
                cell.source = cell.source.replace(old, new)
        if mark == name and "answer" in what:
            cell.source = what["answer"].format(name)
        elif mark == f"test_{name}":
            hidden = cell.source[cell.source.index("### BEGIN") :]
            body = what["test"].format(name)
            cell.source = f'with tests("{name}") as t:\n    {body}\n{hidden}'
        elif cell.source.startswith("reveal"):
            cell.source = cell.source.replace(TOKEN, "6")
    nbformat.write(notebook, path)


def fill_in_the_prose(course: Course) -> None:
    """Write something wherever text is asked for, each time something else."""
    folder, count = course.source(NAME), iter(range(10_000))

    def prose(found: re.Match) -> str:
        return f"Words of equal length {next(count):04}"

    known = {SECTION: "Twice", CATALOGUED: "squares"}
    change(folder / TOML, known)
    for path in folder / TOML, folder / "checks.py":
        text = path.read_text()
        path.write_text(re.sub(r"FILL_IN: [^\"\n]+", prose, text))
    path = folder / NOTEBOOK
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"FILL_IN: .*", prose, cell.source)
    nbformat.write(stored(notebook), path)


def order_the_lines(course: Course) -> None:
    """Write the letters of the lines: they are known once the lines are."""
    folder = course.source(NAME)
    exercise = load(folder).exercise("a_parsons")
    shown = exercise.lettered
    letters = {
        "D": "ABC"[shown.index("def a_parsons(n):")],
        "R": "ABC"[shown.index("    return 2 * n")],
        "X": "ABC"[shown.index("    return n ** 2")],
    }
    files = [folder / NOTEBOOK, *(folder / "bank" / "a_parsons").glob("*.py")]
    for path in files:
        text = path.read_text()
        for line in re.findall(r"^.*\border = .*$", text, re.M):
            start = line.index("order")
            new = "".join(letters.get(c, c) for c in line[start:])
            text = text.replace(line, line[:start] + new)
        path.write_text(text)


@pytest.mark.deep
def test_each_kind_filled_in_is_what_verify_asks_for(course: Course) -> None:
    for kind in KINDS:
        assert made(kind) == 0
    assert main(["new", "question", NAME]) == 0
    found = verify(course, [NAME], jobs=1)
    assert {f.rule for f in found} == {BLANKS}, found
    for kind in KINDS:
        fill_in(course, kind)
    order_the_lines(course)
    fill_in_the_prose(course)
    generate(course, NAME, course.root / "course")
    assert verify(course, [NAME], jobs=1) == []


def lines_with_blanks(course: Course) -> list[str]:
    """Where blanks are, read in another way."""
    found = []
    for path in sorted(course.source(NAME).rglob("*")):
        if path.suffix in (".py", ".toml"):
            for n, line in enumerate(path.read_text().splitlines(), 1):
                found += [f"{path.relative_to(course.root)}:{n}"] * (TOKEN in line)
        elif path.suffix == ".ipynb":
            for index, cell in enumerate(nbformat.read(path, as_version=4).cells):
                for n, line in enumerate(cell.source.splitlines(), 1):
                    place = f"{path.relative_to(course.root)}: cell {index}, line {n}"
                    found += [place] * (TOKEN in line)
    return found


def test_every_blank_is_named_with_its_line_before_all_else(
    course: Course, capsys: pytest.CaptureFixture
) -> None:
    assert made("write") == 0
    folder = course.source(NAME)
    change(folder / TOML, {'answer = "B"': 'answer = ""'})  # another fault
    found: list[Finding] = verify(course, [NAME], jobs=1)
    blanks = [f for f in found if f.rule == BLANKS]
    assert found[: len(blanks)] == blanks
    assert [f.where for f in blanks] == lines_with_blanks(course)
    nudge = next(f for f in blanks if f.what == "a nudge")
    line = int(nudge.where.rpartition(":")[2])
    text = (folder / TOML).read_text().splitlines()[line - 1]
    assert text.strip() == '"FILL_IN: a nudge",'
    assert [f.rule for f in found[len(blanks) :]] == ["sources can be read"]
    assert main(["release", NAME]) == 2
    assert "FILL_IN" in capsys.readouterr().err


def test_a_module_has_its_form(course: Course) -> None:
    assert main(["new", "module", "10_topic"]) == 0
    assert {f.rule for f in verify(course, ["10_topic"], jobs=1)} == {BLANKS}
    module = load(course.source("10_topic"))
    assert [e.kind for e in module.exercises] == ["quiz"]
    assert [q.earlier for q in module.quiz] == [False, True]
    assert main(["new", "exercise", "10.first", "--kind", "fix", "--core"]) == 0
    notebook = nbformat.read(course.source("10_topic") / "10_topic.ipynb", 4)
    names = [cell.id for cell in notebook.cells]
    assert names.index("test-first") + 1 == names.index("quiz-text")


def test_the_text_around_a_new_table_stays(course: Course) -> None:
    path = course.source(NAME) / TOML
    old = path.read_text().replace(
        "\n[[quiz]]", "\n# Questions: q1 is about sixes.\n[[quiz]]", 1
    )
    path.write_bytes(old.replace("\n", "\r\n").encode())
    assert made("fix") == 0
    assert main(["new", "question", NAME, "--objective", "double"]) == 0
    new = path.read_bytes().decode()
    assert new.count("\r\n") == new.count("\n")
    kept = new.replace("\r\n", "\n")
    start = kept.index('[[exercises]]\nid = "a_fix"')
    end = kept.index("# Questions: q1 is about sixes.\n[[quiz]]")
    last = kept.index('\n[[quiz]]\nid = "q3"')
    assert kept[:start] + kept[end:last] == old
    assert load(course.source(NAME)).question("q3").answer == "C"  # not B, A again


def snapshot(course: Course) -> dict[str, bytes]:
    """Every file and folder of the course."""
    return {
        path.relative_to(course.root).as_posix(): path.read_bytes()
        if path.is_file()
        else b""
        for path in sorted(course.root.rglob("*"))
    }


def broken(path: str, text: str) -> Callable[[Course], object]:
    """Write a file of the module's sources."""
    return lambda course: (course.source(NAME) / path).write_text(text)


EXERCISE = ["exercise", f"{NAME}.a_fix", "--kind", "fix"]


@pytest.mark.parametrize(
    ("words", "said", "before"),
    [
        (["exercise", f"{NAME}.double", "--kind", "fix"], "'double' is taken", None),
        (["exercise", f"{NAME}.warnings", "--kind", "fix"], "checks.py has it", None),
        (["exercise", "05_no.a", "--kind", "fix"], "There is no module '05_no'", None),
        (["exercise", "a_fix", "--kind", "fix"], "Write the module too", None),
        (["exercise", f"{NAME}.a-fix", "--kind", "fix"], "'a-fix' cannot be", None),
        (["exercise", f"{NAME}.class", "--kind", "fix"], "'class' cannot be", None),
        (["exercise", f"{NAME}.prepare", "--kind", "fix"], "cannot be the name", None),
        (["exercise", f"{NAME}.a", "--kind", "no"], "There is no kind 'no'", None),
        ([*EXERCISE, "--objective", "no"], "There is no objective 'no'", None),
        ([*EXERCISE, "--points", "0"], "Points and minutes are above zero", None),
        (EXERCISE, f"{NOTEBOOK}: Cannot read it", broken(NOTEBOOK, "{}")),
        (EXERCISE, "module.toml: Invalid", broken(TOML, "title = ")),
        (EXERCISE, "checks.py: line 1", broken("checks.py", "def f(:")),
        (["question", NAME, "--quiz", "double"], "There is no quiz 'double'", None),
        (["module", "topic"], "'topic' is not a module's name", None),
        (["module", "01_other"], f"solutions/{NAME} exists", None),
    ],
)
def test_an_error_is_one_line_and_changes_nothing(
    course: Course,
    capsys: pytest.CaptureFixture,
    words: list[str],
    said: str,
    before: Callable[[Course], object] | None,
) -> None:
    if before:
        before(course)
    old = snapshot(course)
    assert main(["new", *words]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1 and not told.out
    assert snapshot(course) == old


def test_outside_of_a_course_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSEKIT_ROOT", str(tmp_path))
    assert main(["new", "module", "10_topic"]) == 2
    assert "No nbgrader_config.py" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left")])
@pytest.mark.parametrize("files", range(8))
@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_what_ends_it_midway_leaves_all_as_it_was(
    course: Course,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    files: int,
    step: str,
) -> None:
    old, work, done = snapshot(course), getattr(Path, step), iter(range(100))

    def ends(path: Path, *given: object) -> object:
        if path.name.endswith(".new") and next(done) == files:
            raise error
        return work(path, *given)

    monkeypatch.setattr(Path, step, ends)
    code = made("write")
    assert code == (130 if isinstance(error, KeyboardInterrupt) else 2)
    assert snapshot(course) == old
