"""Quiz answers travel with the notebook, whichever way it is handed in."""

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_output

from coursekit.author.release import generate
from coursekit.cli import main
from coursekit.core.answers_file import FILE, MIME, Record
from coursekit.core.course import Course
from coursekit.core.module import load
from coursekit.grading.answers import given
from tests.coursekit.sample_course import NAME, answered, write_course

pytestmark = pytest.mark.slow

RIGHT = {"quiz": {"q1": "B", "q2": "A"}}
WRONG = {"quiz": {"q1": "A", "q2": "B"}}
EARLY, LATE = "2026-01-01T00:00:00.000000+00:00", "2026-01-02T00:00:00.000000+00:00"
CONFLICT = """{
 "quiz": {
<<<<<<< HEAD
  "q1": "A",
=======
  "q1": "B",
>>>>>>> theirs
  "q2": "A"
 }
}
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(write_course(tmp_path_factory.mktemp("course")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / NAME).mkdir()
    return tmp_path / NAME


def notebook(folder: Path, *kept: dict[str, Any] | str) -> Path:
    """A notebook whose quiz was answered by widget, with what its outputs keep."""
    made = answered(quiz="# by widget")
    for table in kept:
        text = table if isinstance(table, str) else json.dumps(table)
        data = {"text/plain": "", MIME: text}
        made.cells[1].outputs.append(new_output("display_data", data))
    nbformat.write(made, folder / f"{NAME}.ipynb")
    return folder / f"{NAME}.ipynb"


def quiz(course: Course, path: Path) -> tuple[dict[str, str], list[str]]:
    """The quiz answers that count, and what is said of them."""
    found = given(path, load(course.source(NAME)))
    return (json.loads(found.text) if found.text else {}).get("quiz", {}), found.notes


TEXT = json.dumps(RIGHT, indent=1)
READ = {
    "as it is": TEXT.encode(),
    "BOM": TEXT.encode("utf-8-sig"),
    "UTF-16": TEXT.encode("utf-16"),
    "UTF-16 without its mark": TEXT.encode("utf-16-be"),
    "UTF-32": TEXT.encode("utf-32"),
    "Windows lines": TEXT.replace("\n", "\r\n").encode(),
    "a minus": TEXT.encode() + b"\n\n",
}


@pytest.mark.parametrize("name", READ)
def test_any_encoding_is_read(course: Course, folder: Path, name: str) -> None:
    (folder / FILE).write_bytes(READ[name])
    assert quiz(course, notebook(folder)) == (RIGHT["quiz"], [])


@pytest.mark.parametrize("name", READ)
def test_the_learners_own_record_reads_the_same(folder: Path, name: str) -> None:
    (folder / FILE).write_bytes(READ[name])
    kept = Record(folder / FILE)
    assert kept.section("quiz") == RIGHT["quiz"]
    kept.put("hints", "double", 1)
    assert Record(folder / FILE).section("quiz") == RIGHT["quiz"]
    assert [p.name for p in folder.iterdir()] == [FILE]


@pytest.mark.parametrize(
    "name",
    [
        *("answers (1).json", "answers(2).json", "Answers.json", "ANSWERS.JSON"),
        *(
            "answers - Copy.json",
            "answers_1.json",
            "answers.json.txt",
            "answers-1.json",
        ),
        "answers copy.json",
    ],
)
def test_a_renamed_file_is_read(course: Course, folder: Path, name: str) -> None:
    (folder / name).write_text(TEXT)
    assert quiz(course, notebook(folder)) == (RIGHT["quiz"], [])


DAMAGED = {
    "cut short": (TEXT[:-5].encode(), {"q1": "B", "q2": "A"}),
    "cut in the last answer": (TEXT[: TEXT.index('"A"') + 1].encode(), {"q1": "B"}),
    "marks of a conflict": (CONFLICT.encode(), {"q1": "B", "q2": "A"}),
    "something behind it": (f"{TEXT}\n{TEXT}".encode(), RIGHT["quiz"]),
    "empty": (b"", {}),
    "HTML": (b"<!DOCTYPE html><p>Not found", {}),
    "zeros": (b"\0" * 100, {}),
    "too deep": (b"[" * 100_000, {}),
    "too large": (b" " * 2_000_000, {}),
    "a picture": (b"\x89PNG\r\n\x1a\n\xff\xfe\xff", {}),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_reported_and_read_where_it_can_be(
    course: Course, folder: Path, name: str
) -> None:
    data, expected = DAMAGED[name]
    (folder / FILE).write_bytes(data)
    found, notes = quiz(course, notebook(folder))
    assert found == expected
    assert len(notes) == 1
    assert notes[0].startswith(f"{FILE} ")
    # a notebook that was saved later makes up for it
    found, notes = quiz(course, notebook(folder, {"at": LATE, **RIGHT}))
    assert found == RIGHT["quiz"]


FORGIVEN = {
    "small letters": {"quiz": {"q1": "b", "q2": "a"}},
    "blanks": {"quiz": {"q1": " B", "q2": "A\n"}},
    "no section": {"q1": "B", "q2": "A"},
    "one section too many": {"answers": {"quiz": RIGHT["quiz"]}},
    "another section": {"02_memory": RIGHT["quiz"]},
}


@pytest.mark.parametrize("name", FORGIVEN)
def test_where_the_meaning_is_clear_the_form_is_forgiven(
    course: Course, folder: Path, name: str
) -> None:
    (folder / FILE).write_text(json.dumps(FORGIVEN[name]))
    assert quiz(course, notebook(folder)) == (RIGHT["quiz"], [])


UNREAD = {
    "numbers": ({"quiz": {"q1": 2, "q2": "A"}}, {"q2": "A"}, "no letter for q1"),
    "words": ({"quiz": {"q1": "Six", "q2": "A"}}, {"q2": "A"}, "no letter for q1"),
    "a list of letters": ({"quiz": ["B", "A"]}, {}, "no table of quiz answers"),
    "a list": ([{"q1": "B", "q2": "A"}], {}, "is damaged"),
    "a text": (TEXT, {}, "is damaged"),
    "other questions": ({"quiz": {"p1": "B"}}, {"p1": "B"}, "other questions"),
}


@pytest.mark.parametrize("name", UNREAD)
def test_what_means_no_letter_is_reported(
    course: Course, folder: Path, name: str
) -> None:
    table, expected, why = UNREAD[name]
    (folder / FILE).write_text(json.dumps(table))
    found, notes = quiz(course, notebook(folder))
    assert found == expected
    assert [why in note for note in notes] == [True] and notes[0].startswith(FILE)


def test_a_file_without_answers_is_no_fault(course: Course, folder: Path) -> None:
    (folder / FILE).write_text('{"quiz": {}, "progress": {"double": 1}}')
    assert quiz(course, notebook(folder)) == ({}, [])


@pytest.mark.parametrize("name", ["cut short", "marks of a conflict"])
def test_the_learner_keeps_what_can_be_read(folder: Path, name: str) -> None:
    data, expected = DAMAGED[name]
    (folder / FILE).write_bytes(data)
    kept = Record(folder / FILE)
    assert kept.section("quiz") == expected
    assert "was damaged" in kept.take_note()
    assert Record(folder / FILE).section("quiz") == expected
    assert (folder / f"{FILE}.bad").read_bytes() == data


def test_a_notebook_alone_has_its_answers(course: Course, folder: Path) -> None:
    path = notebook(folder, {"at": LATE, **RIGHT})
    assert quiz(course, path) == (RIGHT["quiz"], [])


def test_a_missing_file_is_reported(course: Course, folder: Path) -> None:
    found, notes = quiz(course, notebook(folder))
    assert found == {}
    assert notes == [f"{FILE} is missing, and the notebook holds no quiz answers"]
    # not where they are written in code
    nbformat.write(answered(), folder / f"{NAME}.ipynb")
    assert quiz(course, folder / f"{NAME}.ipynb") == ({}, [])


@pytest.mark.parametrize(
    ("in_file", "in_notebook", "expected"),
    [
        ({"at": EARLY, **WRONG}, {"at": LATE, **RIGHT}, "BA"),
        ({"at": LATE, **RIGHT}, {"at": EARLY, **WRONG}, "BA"),
        (RIGHT, {"at": EARLY, **WRONG}, "AB"),  # a file of before the times were kept
        ({"at": LATE, "quiz": {"q1": "B"}}, {"at": EARLY, **WRONG}, "BB"),
    ],
)
def test_of_two_that_differ_the_later_one_counts(
    course: Course, folder: Path, in_file: Any, in_notebook: Any, expected: str
) -> None:
    (folder / FILE).write_text(json.dumps(in_file))
    found, notes = quiz(course, notebook(folder, in_notebook))
    assert "".join(found.values()) == expected
    (note,) = notes
    assert note.startswith(f"{FILE} and the notebook differ in q1")


def test_what_one_lacks_the_other_has(course: Course, folder: Path) -> None:
    (folder / FILE).write_text(json.dumps({"at": LATE, "quiz": {"q1": "B"}}))
    path = notebook(folder, {"at": EARLY, "quiz": {"q2": "A"}})
    assert quiz(course, path) == (RIGHT["quiz"], [])


def test_a_changed_mind_is_no_difference(course: Course, folder: Path) -> None:
    """Several outputs of one notebook: the last one is what it says."""
    path = notebook(folder, {"at": EARLY, **WRONG}, {"at": LATE, **RIGHT})
    assert quiz(course, path) == (RIGHT["quiz"], [])


@pytest.mark.deep
@pytest.mark.parametrize(
    "hostile",
    [
        *("", "nonsense", "[]", "3", "null", "{" * 100_000, '{"quiz": 3}'),
        *('{"quiz": {"q1": ["B"]}}', '{"quiz": {"q1": "BB", "q2": {}}}'),
        *('{"at": 7, "quiz": {}}', '{"quiz": {"q1": "B"}, "at": "' + "9" * 99 + '"}'),
        '{"quiz": {"q1": "\\ud800"}}',
        json.dumps({"quiz": {f"x{n}": "A" for n in range(100_000)}}),
        json.dumps({"quiz": {}, "predictions": {"a": "b" * 2_000_000}}),
        "1" * 10_000,
    ],
)
def test_hostile_content_is_text_or_nothing(
    course: Course, folder: Path, hostile: str
) -> None:
    path = notebook(folder, *[hostile] * 300)
    (folder / FILE).write_text(hostile)
    found, _ = quiz(course, path)
    assert all(type(v) is str and len(v) == 1 for v in found.values())
    text = given(path, load(course.source(NAME))).text
    assert len(text) < 3_000_000


@pytest.mark.deep
def test_grade_and_replay_take_them_from_the_notebook(
    course: Course,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    """As `nbgrader zip_collect` leaves it: notebooks and nothing else."""
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    monkeypatch.chdir(course.root)
    generate(course, NAME)
    for student in ("ada", "bob"):
        home = course.root / "grading" / "submitted" / student / NAME
        shutil.copytree(course.release(NAME), home)
        notebook(home, {"at": LATE, **RIGHT})
    (home / FILE).write_text(json.dumps({"at": EARLY, **WRONG}))
    assert main(["grade", "--jobs", "1"]) == 0
    told = capsys.readouterr().out
    assert f"{NAME}  ada      8 of 8" in told
    assert f"{NAME}  bob      8 of 8" in told
    assert f"! bob/{NAME}: {FILE} and the notebook differ in q1, q2" in told
    assert "! ada" not in told
    record = course.root / "grading" / "audit" / "ada" / f"{NAME}.json"
    assert main(["grade", "--replay", str(record)]) == 0
    assert "The same grade." in capsys.readouterr().out


def test_zip_collect_loses_no_answer(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader's own collector takes notebooks from archives, and only those."""
    from nbgrader.apps import ZipCollectApp

    monkeypatch.chdir(course.root)
    folder = tmp_path / "cyd"
    folder.mkdir()
    path = notebook(folder, {"at": LATE, **RIGHT})
    came = course.root / "downloaded" / NAME / "archive"
    came.mkdir(parents=True)
    shutil.copy(path, came / f"cyd_attempt_2026-01-02-03-04-05_{NAME}.ipynb")
    pattern = r".*/(?P<student_id>\w+)_attempt_(?P<timestamp>[\d-]+)_(?P<file_id>\w+)"
    app = ZipCollectApp()
    app.initialize([NAME, f"--FileNameCollectorPlugin.named_regexp={pattern}"])
    app.start()
    home = course.root / "grading" / "submitted" / "cyd" / NAME
    assert [p.name for p in home.glob("*.ipynb")] == [f"{NAME}.ipynb"]
    assert not (home / FILE).exists()
    assert quiz(course, home / f"{NAME}.ipynb")[0] == RIGHT["quiz"]
