"""A class as an instructor meets it: what is handed in wrongly is never passed over."""

import contextlib
import os
import shutil
import sqlite3
import unicodedata
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from coursekit.cli import main
from coursekit.commands import grade
from coursekit.core.course import Course, CourseError
from coursekit.grading import intake
from coursekit.grading.atomic_files import only_grader
from coursekit.grading.intake import Submission, admit, read
from coursekit.grading.submissions import submitted
from tests.coursekit.sample_course import BANK, NAME, answered
from tests.grading.classroom import Out, audit_of, graded
from tests.grading.conftest import HandIn


@pytest.fixture
def home(course: Course) -> Path:
    """Where students' folders lie."""
    made = course.root / "grading" / "submitted"
    made.mkdir(parents=True)
    return made


def test_what_lies_in_the_wrong_place_is_told(
    course: Course, home: Path, hand_in: HandIn
) -> None:
    hand_in("ada")
    shutil.copytree(course.release(NAME), home / "bob")
    shutil.copytree(course.release(NAME), home / "cy" / "Sample")
    (home / "dee").mkdir()
    (home / "dee" / "__MACOSX").mkdir()
    found = submitted(course, [NAME])
    assert [s.student for s in found.submissions] == ["ada"]
    assert found.refused == {
        "bob": f"it has no folder {NAME}, but {NAME}.ipynb, helper.py, module.toml: "
        f"what was handed in belongs in bob/{NAME}",
        "cy": f"it has no folder {NAME}, but Sample: "
        f"what was handed in belongs in cy/{NAME}",
    }
    assert found.missing == ["dee"]


def test_another_module_of_the_course_is_not_in_the_wrong_place(
    course: Course, hand_in: HandIn
) -> None:
    hand_in("ada")
    shutil.copytree(course.source(NAME), course.source("02_other"))
    other = course.source("02_other")
    (other / f"{NAME}.ipynb").rename(other / "02_other.ipynb")
    found = submitted(course, ["02_other"])
    assert (found.submissions, found.refused, found.missing) == ([], {}, ["ada"])
    both = submitted(course, course.modules)
    assert len(both.submissions) == 1 and not both.missing and not both.refused


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_found_however_its_accents_are_written(
    course: Course, hand_in: HandIn, form: str
) -> None:
    name = unicodedata.normalize("NFD", "Renée")
    hand_in(name)
    found = submitted(course, [NAME], unicodedata.normalize(form, name))
    assert [s.student for s in found.submissions] == [name]


def test_folders_that_cannot_be_read(
    course: Course, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob, closed = hand_in("bob").parent, set[Path]()
    hand_in("ada")
    real = Path.iterdir

    def iterdir(self: Path) -> object:
        if self in closed:
            raise PermissionError(13, "Permission denied")
        return real(self)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    closed.add(bob)
    found = submitted(course, [NAME])
    assert found.refused == {"bob": "it cannot be read (Permission denied)"}
    assert [s.student for s in found.submissions] == ["ada"]
    closed.add(bob.parent)
    with pytest.raises(CourseError, match=r"submitted cannot be read .*: allow"):
        submitted(course, [NAME])


def test_an_unknown_student_and_one_without_a_submission(
    course: Course, home: Path, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada_lovelace")
    (home / "bob").mkdir()
    for student, said in {
        "ada_lovelase": "There is no student ada_lovelase in grading/submitted. "
        "Did you mean ada_lovelace?",
        "zed": "There is no student zed in grading/submitted.",
        "bob": "Nothing was handed in by bob: copy each learner's folder to "
        f"grading/submitted/bob/{NAME}.",
    }.items():
        assert main(["grade", NAME, "--student", student]) == 2
        assert capsys.readouterr().err == f"coursekit: {said}\n"


@pytest.mark.usefixtures("quick")
def test_the_table_names_points_statuses_and_troubles(
    course: Course, home: Path, hand_in: HandIn, capsys: Out
) -> None:
    signed = answered(double=BANK["double/wrong_sign.py"], halve="raise OSError")
    hand_in("bob", signed)
    hand_in("ada_lovelace")
    (hand_in("cy") / f"{NAME}.ipynb").rename(home / "cy" / NAME / f"{NAME} (1).ipynb")
    shutil.copytree(course.release(NAME), home / "dee")
    (home / "eli").mkdir()
    assert main(["grade"]) == 1
    lines = capsys.readouterr().out.splitlines()
    cy = (
        f"! cy/{NAME}: no points: {NAME}.ipynb cannot be opened: it is not there, but "
        f"{NAME} (1).ipynb is: give it that name, then hand in again."
    )
    assert lines[:4] == [
        f"{NAME}  ada_lovelace      8 of 8",
        f"{NAME}  bob               5 of 8  partial: double; failed: halve",
        f"{NAME}  cy                0 of 8  not attempted: all",
        cy,
    ]
    assert lines[4].startswith("! dee: not graded: it has no folder")
    assert lines[5:] == [
        "Nothing was handed in by eli.",
        "3 graded, 0 as before",
    ]
    assert main(["grade", "--student", "cy"]) == 0
    again = capsys.readouterr().out.splitlines()
    before = f"{NAME}  cy      0 of 8  not attempted: all; as before"
    assert again == [
        before,
        cy,
        "0 graded, 1 as before",
    ], "it is said until it is corrected"


@pytest.mark.usefixtures("quick")
def test_a_program_reads_all_of_it(
    course: Course, home: Path, hand_in: HandIn, capsys: Out
) -> None:
    (hand_in("bob") / f"{NAME}.ipynb").write_text("no notebook")
    (home / "eli").mkdir()
    found = graded(capsys)
    assert "not JSON" in found["by"]["bob"]["problem"]
    assert found["by"]["bob"]["max"] == 8
    assert found["missing"] == ["eli"]


@pytest.mark.usefixtures("quick")
def test_answers_that_lost_their_ids_are_told(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    bare = answered()
    for cell in bare.cells:
        cell.metadata.clear()
        cell["id"] += "-new"
    hand_in("ada", bare)
    hand_in("bob", nbformat.read(course.release(NAME) / f"{NAME}.ipynb", as_version=4))
    own = {"double-new", "halve-new", "quiz-new"}
    mine = nbformat.from_dict({**bare, "cells": []})
    mine.cells = [c for c in bare.cells if c.id not in own]
    mine.cells.append(new_code_cell("double = halve = None"))
    hand_in("cy", mine)
    by = graded(capsys)["by"]
    assert by["ada"]["score"] == 8
    assert by["ada"]["told"] == [
        f"{e}: Its cell lost its id: found by its place."
        for e in ("double", "halve", "quiz")
    ]
    assert "none of its answer cells is there" in by["cy"]["problem"]
    assert not by["bob"]["problem"], "it was looked at, and holds no answer yet"


@pytest.mark.usefixtures("quick")
def test_a_graded_notebook_that_was_removed_is_made_again(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    graded(capsys)
    made = course.root / "grading" / "autograded"
    shutil.rmtree(made)
    assert not graded(capsys)["by"]["ada"]["skipped"]
    assert (made / "ada" / NAME / f"{NAME}.ipynb").is_file()
    assert graded(capsys)["by"]["ada"]["skipped"]


@pytest.mark.usefixtures("quick")
def test_a_notebook_we_may_not_read_is_no_zero(
    course: Course, hand_in: HandIn, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = hand_in("ada") / f"{NAME}.ipynb"
    real = os.access

    def access(path: Path, mode: int) -> bool:
        return path != closed and real(path, mode)

    monkeypatch.setattr(os, "access", access)
    row = graded(capsys, code=1)["by"]["ada"]
    assert "may not be read: allow reading it" in row["error"]
    assert row["score"] is None and not audit_of(course, "ada")


def test_a_missing_notebook_says_which_may_be_meant(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in("ada")
    path = folder / f"{NAME}.ipynb"
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "a.ipynb").write_text("{}")
    deep = folder / NAME / path.name
    deep.parent.mkdir()
    path.rename(deep)
    said = f"{path.name} cannot be opened: it is not there"
    deeper = f"but {NAME}/{path.name} is, too deep: move it up, then hand in again."
    assert read(path) == ([], f"{said}, {deeper}")
    deep.unlink()
    assert read(path) == ([], f"{said}. Hand it in, in the folder {NAME}.")


def test_only_a_notebook_is_told_to_clear_outputs(
    course: Course, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MAX_FILE", 10_000)
    folder = hand_in("ada")
    (folder / "big.bin").write_bytes(b"x" * 10_001)
    (reason,) = admit(course, Submission("ada", NAME, folder))
    assert reason == "big.bin: larger than 0 MB"


def test_a_grading_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", no)
    with (
        pytest.raises(CourseError, match=r"cannot be written .*: allow writing there"),
        only_grader(tmp_path),
    ):
        pass


def test_a_gradebook_that_another_program_writes_to(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    path = course.root / "grading" / "gradebook.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert main(["grade"]) == 2
    assert "another program is writing to it" in capsys.readouterr().err


def test_ctrl_c_says_how_to_go_on(
    course: Course, hand_in: HandIn, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    hand_in("ada")
    monkeypatch.setattr(grade, "_grade", interrupted)
    assert main(["grade"]) == 130
    said = "coursekit: stopped"
    kept = f"{said}: what is graded is kept, run this again to go on\n"
    assert capsys.readouterr().err == kept
    assert main(["grade", "--dry-run"]) == 130
    assert capsys.readouterr().err == f"{said}\n"
