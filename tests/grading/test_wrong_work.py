"""Work under a wrong name or of the wrong kind is never passed over without a word."""

import json
import shutil
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from coursekit.core import notebook as notebooks
from coursekit.core.course import Course
from coursekit.grading.in_its_place import missing
from coursekit.grading.intake import Submission, admit, read
from coursekit.grading.remarks import remarks
from coursekit.grading.submissions import submitted
from tests.coursekit.sample_course import NAME, answered
from tests.grading.classroom import Out, graded
from tests.grading.conftest import HandIn

BOOK = f"{NAME}.ipynb"
NOT_THERE = f"{BOOK} cannot be opened: it is not there"


def released(course: Course) -> Any:
    """The notebook as learners get it."""
    return nbformat.read(course.release(NAME) / BOOK, as_version=4)


def said(course: Course, folder: Path) -> list[str]:
    """The remarks on what lies in a folder."""
    return remarks(course, Submission("ada", NAME, folder))


NAMES = [
    f"{BOOK}.txt",
    f"{BOOK}.json",
    f"{NAME}.IPYNB",
    f"{NAME}.Ipynb",
    NAME,
    f"{NAME}.json",
    f"{NAME}-Copy1.ipynb",
    f"{NAME}(1).ipynb",
    f"{NAME} (1).ipynb",
    f"{NAME}_final.ipynb",
    f"{NAME.upper()}.ipynb",
    f"{BOOK} ",
    f" {BOOK}",
    f"{NAME} .ipynb",
    f"{NAME}.ipynb.bak",
    f"{NAME}.ipynb~",
    f".{BOOK}",
    "Untitled",
    "solution_ünï.ipynb",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_under_another_name_is_found(
    course: Course, hand_in: HandIn, name: str
) -> None:
    path = hand_in("ada") / BOOK
    path.rename(path.with_name(name))
    cells, why = read(path, course)
    shown = ascii(name) if name.strip() == BOOK else name
    assert not cells
    assert why == f"{NOT_THERE}, but {shown} is: give it that name, then hand in again."


def test_names_that_look_the_same_are_told_apart(tmp_path: Path) -> None:
    wanted, other = (unicodedata.normalize(f, "café") for f in ("NFC", "NFD"))
    nbformat.write(answered(), tmp_path / f"{other}.ipynb")
    assert "but 'cafe\\u0301.ipynb' is: give it that name" in missing(
        tmp_path / f"{wanted}.ipynb"
    )


@pytest.mark.parametrize(
    "place, do",
    [
        (f"{NAME}/{BOOK}", "too deep: move it up"),
        (f"a/b/{BOOK}", "too deep: move it up"),
        ("work/mine.ipynb", "too deep: move it up and give it that name"),
        (f"../{BOOK}", f"too high: move it into {NAME}"),
        ("../mine.IPYNB", f"too high: move it into {NAME} and give it that name"),
        (f"../{NAME} (1)/{BOOK}", f"in another folder: move it into {NAME}"),
        (f"../work/a/{BOOK}", f"in another folder: move it into {NAME}"),
    ],
)
def test_a_notebook_in_another_folder_is_found(
    course: Course, hand_in: HandIn, place: str, do: str
) -> None:
    folder = hand_in("ada")
    target = folder / place
    target.parent.mkdir(parents=True, exist_ok=True)
    (folder / BOOK).rename(target)
    assert read(folder / BOOK, course)[1] == (
        f"{NOT_THERE}, but {place} is, {do}, then hand in again."
    )


@pytest.mark.parametrize(
    "name, do",
    [
        ("work.zip", ": unpack it here"),
        (f"{BOOK}.zip", ": unpack it here"),
        ("work.tar.gz", ": unpack it here"),
        (f"{NAME}.html", ", which is an export: hand in the notebook itself"),
        (f"{BOOK}.pdf", ", which is an export: hand in the notebook itself"),
        (f"{NAME}.py", ", which is not a notebook: hand in the notebook itself"),
        ("answers.txt", ", which is not a notebook: hand in the notebook itself"),
        ("data.json", ", which is not a notebook: hand in the notebook itself"),
    ],
)
def test_what_lies_there_instead_is_named(
    course: Course, hand_in: HandIn, name: str, do: str
) -> None:
    folder = hand_in("ada")
    (folder / BOOK).unlink()
    (folder / name).write_text("{}")
    why = read(folder / BOOK, course)[1]
    assert why == f"{NOT_THERE}, but {name} is{do}, then hand in again."


def test_what_the_course_gave_is_not_named(course: Course, hand_in: HandIn) -> None:
    folder = hand_in("ada")
    (folder / BOOK).unlink()
    (folder / "answers.json").write_text("{}")
    (folder / ".ipynb_checkpoints").mkdir()
    nbformat.write(answered(), folder / ".ipynb_checkpoints" / BOOK)
    why = read(folder / BOOK, course)[1]
    assert why == f"{NOT_THERE}. Hand it in, in the folder {NAME}."


def test_what_a_system_left_is_not_named(course: Course, hand_in: HandIn) -> None:
    folder = hand_in("ada")
    (folder / "__MACOSX").mkdir()
    shutil.copy(folder / BOOK, folder / "__MACOSX" / BOOK)
    (folder / BOOK).rename(folder / f"._{BOOK}")
    assert BOOK not in read(folder / BOOK, course)[1].removeprefix(NOT_THERE)


def test_several_that_may_be_meant_are_all_named(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in("ada")
    shutil.copy(folder / BOOK, folder / "b.ipynb")
    (folder / BOOK).rename(folder / "a.ipynb")
    assert "but a.ipynb and b.ipynb are" in read(folder / BOOK, course)[1]


CONTENTS = {
    "": "it is empty",
    "\0\0\0\0": "it is empty",
    "version https://git-lfs.github.com/spec/v1\noid sha256:0\n": "git lfs pull",
    '{"cells": [\n<<<<<<< HEAD\n]}\n=======\n>>>>>>> b\n': "conflict marks of git",
    "<!DOCTYPE html><html></html>": "it is a web page",
    "\n<html>": "it is a web page",
    "PK\x03\x04...": "it is a zip archive",
    "\x1f\x8b\x08": "it is a gzip archive",
    "Rar!\x1a": "it is a RAR archive",
    "7z\xbc\xaf": "it is a 7z archive",
    "%PDF-1.7": "it is a PDF",
    '{"cells": [': "not JSON",
    "{}": "has no list of cells",
}


@pytest.mark.parametrize("text", CONTENTS)
def test_a_file_that_is_no_notebook_says_what_it_is(
    course: Course, hand_in: HandIn, text: str
) -> None:
    path = hand_in("ada") / BOOK
    path.write_bytes(text.encode("latin-1"))
    assert CONTENTS[text] in read(path, course)[1]


@pytest.fixture
def other(course: Course) -> str:
    """A second module, whose quiz has the same name and another key."""
    folder = course.source("02_other")
    shutil.copytree(course.source(NAME), folder)
    (folder / BOOK).unlink()
    nbformat.write(another_notebook(), folder / "02_other.ipynb")
    return "02_other"


def another_notebook() -> Any:
    """The sample's notebook with other ids but the quiz's."""
    text = nbformat.writes(answered())
    for name in ("double", "halve"):
        text = text.replace(f'"{name}"', f'"{name}_more"')
        text = text.replace(f'"test_{name}"', f'"test_{name}_more"')
        text = text.replace(f'"test-{name}"', f'"test-{name}_more"')
    return nbformat.reads(text, as_version=4)


@pytest.mark.usefixtures("quick", "other")
def test_another_modules_notebook_is_not_graded_by_this_ones_key(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada", another_notebook())
    row = graded(capsys)["by"]["ada"]
    assert row["score"] == 0
    assert row["problem"].startswith(f"{BOOK} is the notebook of 02_other")


@pytest.mark.usefixtures("other")
@pytest.mark.parametrize("keep", ["metadata", "ids"])
def test_it_is_told_by_metadata_or_by_ids(
    course: Course, hand_in: HandIn, keep: str
) -> None:
    mine = another_notebook()
    for cell in mine.cells:
        if keep == "ids":
            cell.metadata.clear()
        else:
            cell["id"] += "-x"
    path = hand_in("ada", mine) / BOOK
    assert "is the notebook of 02_other" in read(path, course)[1]


@pytest.mark.usefixtures("other")
def test_cells_of_another_module_in_a_right_notebook_do_no_harm(
    course: Course, hand_in: HandIn
) -> None:
    mine = answered()
    mine.cells += another_notebook().cells[3:5]
    assert read(hand_in("ada", mine) / BOOK, course)[1] == ""


@pytest.mark.usefixtures("other")
def test_the_other_modules_notebook_is_not_to_be_renamed(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in("ada")
    (folder / BOOK).unlink()
    nbformat.write(another_notebook(), folder / "02_other.ipynb")
    why = read(folder / BOOK, course)[1]
    assert "the notebook of 02_other: move it to the folder 02_other" in why


def test_an_untouched_notebook_is_told_with_what_lies_beside_it(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in("ada", released(course))
    same = f"{BOOK} is as it was handed out"
    assert said(course, folder) == [same]
    with zipfile.ZipFile(folder / "mine.zip", "w") as archive:
        archive.writestr(BOOK, nbformat.writes(answered()))
    assert said(course, folder) == [f"{same}: look whether the answers are in mine.zip"]
    nbformat.write(answered(), folder / f"{NAME}_final.ipynb")
    final = f"{NAME}_final.ipynb has answers: give it that name, if it is meant"
    assert said(course, folder) == [f"{same}, but {final}"]


def test_a_solved_one_in_a_folder_below_is_told(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in("ada", released(course))
    (folder / NAME).mkdir()
    nbformat.write(answered(), folder / NAME / BOOK)
    (why,) = said(course, folder)
    assert f"but {NAME}/{BOOK} has answers" in why


def test_two_notebooks_with_different_answers_are_told(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in("ada")
    shutil.copy(folder / BOOK, folder / "same.ipynb")
    nbformat.write(released(course), folder / "fresh.ipynb")
    assert said(course, folder) == []
    nbformat.write(answered(halve="halve = 1"), folder / f"{NAME}-Copy1.ipynb")
    assert said(course, folder) == [
        f"{NAME}-Copy1.ipynb has other answers (halve): only {BOOK} was graded, "
        "look which one is meant"
    ]


def test_answers_in_added_cells_are_no_untouched_notebook(
    course: Course, hand_in: HandIn
) -> None:
    mine = released(course)
    mine.cells.append(new_code_cell("def double(n):\n    return n + n"))
    assert said(course, hand_in("ada", mine)) == []


def test_a_notebook_of_another_release_is_told(course: Course, hand_in: HandIn) -> None:
    mine = released(course)
    for cell in mine.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade_id") == "double":
            cell.source = "def double(n):\n    return 2 * n"
            marks["checksum"] = "0" * 32
    (why,) = said(course, hand_in("ada", mine))
    assert why == f"{BOOK} is of another release: double differ from today's"
    mine.cells = [c for c in mine.cells if c.id != "halve"]
    lacks = said(course, hand_in("bob", mine))[0]
    assert lacks == (
        f"{BOOK} lacks the answer cells halve: it may be of an older release"
    )


def bare(notebook: Any) -> Any:
    """Without all metadata of its cells."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    return notebook


def colab(notebook: Any) -> Any:
    """As Colab saves: ids move into the metadata, nbgrader's stays."""
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] = {**cell["metadata"], "id": f"c{number}"}
        del cell["id"]
    return {**notebook, "nbformat_minor": 0, "metadata": {"colab": {}}}


def deepnote(notebook: Any) -> Any:
    """As Deepnote saves: new ids, more metadata."""
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] = {**cell["metadata"], "cell_id": "x", "deepnote_to_be": 1}
        cell["id"] = f"{number:032x}"
    return notebook


def vscode(notebook: Any) -> Any:
    """As VS Code saves: the language in each cell, its own kernel's name."""
    for cell in notebook["cells"]:
        cell["metadata"] = {**cell["metadata"], "vscode": {"languageId": "python"}}
    kernel = {"display_name": ".venv", "language": "python", "name": "python3"}
    meta = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {**notebook, "metadata": meta}


def kaggle(notebook: Any) -> Any:
    """As Kaggle saves."""
    for cell in notebook["cells"]:
        cell["metadata"] = {**cell["metadata"], "trusted": True}
    return {**notebook, "metadata": {"kaggle": {}, "kernelspec": {"name": "python3"}}}


def version_3(notebook: Any) -> Any:
    """As before 2015."""
    cells = [
        {**c, "input": c["source"]} if c["cell_type"] == "code" else c
        for c in notebook["cells"]
    ]
    return {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]}


def version_5(notebook: Any) -> Any:
    """As some day."""
    return {**notebook, "nbformat": 5, "nbformat_minor": 0}


@pytest.mark.parametrize(
    "saved", [bare, colab, deepnote, vscode, kaggle, version_3, version_5]
)
def test_notebooks_of_other_programs_are_read_without_a_remark(
    course: Course, hand_in: HandIn, saved: Callable[[Any], Any]
) -> None:
    folder = hand_in("ada")
    found = saved(json.loads((folder / BOOK).read_text()))
    (folder / BOOK).write_text(json.dumps(found))
    cells, why = read(folder / BOOK, course)
    assert cells and not why
    assert said(course, folder) == []


def test_a_notebook_of_another_language_is_told(
    course: Course, hand_in: HandIn
) -> None:
    mine = answered()
    mine.metadata = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
    (why,) = said(course, hand_in("ada", mine))
    assert why == f"{BOOK} was saved with the language r: its answers ran as Python"


def test_a_timestamp_under_another_name_is_told(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in("ada")
    (folder / "Timestamp.txt").write_text("2025-03-30 03:30:00 UTC")
    (why,) = said(course, folder)
    assert why == "Timestamp.txt is not read: give it the name timestamp.txt"


def test_module_and_student_the_wrong_way_round(
    course: Course, hand_in: HandIn
) -> None:
    home = hand_in("ada").parents[1]
    (home / NAME).mkdir()
    (home / "ada" / NAME).rename(home / NAME / "ada")
    why = submitted(course, [NAME]).refused[NAME]
    assert "it is a module: students come first" in why


def test_a_notebook_full_of_pictures_is_read(course: Course, hand_in: HandIn) -> None:
    mine = answered()
    picture = {"image/png": "A" * 30_000_000}
    mine.cells[1].outputs = [nbformat.v4.new_output("display_data", picture)]
    folder = hand_in("ada", mine)
    assert (folder / BOOK).stat().st_size > 30_000_000
    assert admit(course, Submission("ada", NAME, folder)) == []
    cells, why = read(folder / BOOK, course)
    assert len(cells) == len(mine.cells) and not why


def test_a_notebook_above_all_bounds_says_how_to_make_it_smaller(
    course: Course, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = hand_in("ada")
    monkeypatch.setattr(notebooks, "MAX_BYTES", 1000)
    (why,) = admit(course, Submission("ada", NAME, folder))
    assert "Clear Outputs of All Cells" in why
    assert f"jupyter nbconvert --clear-output --inplace {BOOK}" in why
    assert why in read(folder / BOOK)[1]


def test_no_more_items_than_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebooks, "MAX_ITEMS", 10)
    with pytest.raises(ValueError, match="too many parts: choose Edit"):
        notebooks.parse(b"[" + b"1," * 11 + b"1]", Path(BOOK))


@pytest.mark.usefixtures("quick")
def test_remarks_are_said_each_time(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    folder = hand_in("ada", released(course))
    for skipped in (False, True):
        found = graded(capsys)
        assert found["by"]["ada"]["skipped"] is skipped
        assert found["remarks"] == {f"ada/{NAME}": [f"{BOOK} is as it was handed out"]}
    (folder / "timestamp.txt").symlink_to("nowhere")
    assert "this is a link" in graded(capsys)["quarantined"][f"ada/{NAME}"][0]


@pytest.mark.parametrize("data", [b"two = 2.0\n", b"", b"\xff"])
def test_a_file_of_the_course_that_was_changed_is_told(
    course: Course, hand_in: HandIn, data: bytes
) -> None:
    folder = hand_in("ada")
    own = (folder / "helper.py").read_bytes()
    (folder / "helper.py").write_bytes(own.replace(b"\n", b"\r\n"))
    assert said(course, folder) == []
    (folder / "helper.py").write_bytes(data)
    assert said(course, folder) == [
        "helper.py is not as the course has it: the course's own was used"
    ]


def test_answers_found_by_their_place_are_not_called_missing(
    course: Course, hand_in: HandIn
) -> None:
    mine = answered()
    for cell in mine.cells:
        if cell.id == "double":
            cell.metadata.clear()
            cell["id"] = "other"
    assert said(course, hand_in("ada", mine)) == []
