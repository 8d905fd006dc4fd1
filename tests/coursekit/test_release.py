"""What learners get: the same bytes each time, and nothing withheld."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coursekit.author.release import generate, write_stripped_module
from coursekit.author.verify.subject import files
from coursekit.core.course import Course, CourseError, find_course
from coursekit.core.withheld import stripped, to_toml
from tests.coursekit.sample_course import NAME, write_course

pytestmark = pytest.mark.slow

KEYS = st.text("abc_", min_size=1, max_size=3)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = (
    TEXT | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.lists(TEXT, max_size=3)
)
ROWS = st.lists(st.dictionaries(KEYS, PLAIN, max_size=3), min_size=1, max_size=2)

# a loaded machine is slow, not wrong
SLOW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(write_course(tmp_path))


def test_release_is_the_same_every_time(course: Course, tmp_path: Path) -> None:
    first = files(generate(course, NAME, tmp_path / "a"))
    again = files(generate(course, NAME, tmp_path / "b"))
    assert first == again
    assert sorted(first) == [f"{NAME}.ipynb", "helper.py", "module.toml"]
    assert not (course.root / "grading" / "gradebook.db").exists()
    text = first[f"{NAME}.ipynb"].decode()
    folded = [c for c in json.loads(text)["cells"] if "jupyter" in c["metadata"]]
    assert all(c["metadata"]["jupyter"] == {"source_hidden": True} for c in folded)
    assert [c["id"] for c in folded] == ["test-double", "test-halve", "test-quiz"]
    assert "return n * two" in text, "the stub of module.toml"
    assert "raise NotImplementedError" in text, "nbgrader's stub for the others"


def test_hook_writes_the_stripped_module(course: Course) -> None:
    course.release(NAME).mkdir(parents=True)
    shutil.copy(course.source(NAME) / f"{NAME}.ipynb", course.release(NAME))
    notebook = course.root / "solutions" / "." / NAME / f"{NAME}.ipynb"
    write_stripped_module(NAME, ".", [str(notebook)])
    table = tomllib.loads((course.release(NAME) / "module.toml").read_text())
    assert table["exercises"][0]["hints"]
    assert table["quiz"][0]["options"][1] == {"text": "The number six"}
    for secret in ("answer", "feedback", "adds-two", "explanation", "Three and three"):
        assert secret not in stripped(course.source(NAME))


def test_broken_source_is_an_error_with_nbgraders_reason(
    course: Course, tmp_path: Path
) -> None:
    path = course.source(NAME) / f"{NAME}.ipynb"
    path.write_text(path.read_text().replace("### END SOLUTION", "###"))
    with pytest.raises(CourseError, match="no end solution statement"):
        generate(course, NAME, tmp_path / "out")


def test_course_is_found_from_below_or_said_to_be_missing(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    assert find_course(course.source(NAME)).root == course.root
    with pytest.raises(CourseError, match="COURSEKIT_ROOT"):
        find_course(Path(tmp_path.anchor))
    monkeypatch.setenv("COURSEKIT_ROOT", str(course.root))
    assert find_course(Path(tmp_path.anchor)).root == course.root
    assert course.named("01") == course.named("sample") == NAME
    with pytest.raises(CourseError, match=NAME):
        course.named("02")


@SLOW
@given(
    st.dictionaries(KEYS, PLAIN, max_size=3),
    st.dictionaries(KEYS.map(lambda k: f"{k}_rows"), ROWS, max_size=2),
)
def test_tables_survive_as_toml(plain: dict, rows: dict) -> None:
    table = {**plain, **rows}
    assert tomllib.loads(to_toml(table)) == table


def test_nested_tables_survive_as_toml() -> None:
    table = {"quiz": [{"id": "q", "options": [{"text": 'a "b"\n'}, {"text": "c"}]}]}
    assert tomllib.loads(to_toml(table)) == table


@pytest.mark.parametrize("text", ["", "not JSON", '{"nbformat": 4, "metadata": {}}'])
def test_a_source_that_is_no_notebook_leaves_the_last_release(
    course: Course, text: str
) -> None:
    release = files(generate(course, NAME))
    (course.source(NAME) / f"{NAME}.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match="Cannot read"):
        generate(course, NAME)
    assert files(course.release(NAME)) == release
