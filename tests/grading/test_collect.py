"""Downloads of Moodle and Canvas, and plain folders, end up where grading looks."""

import io
import json
import zipfile
from pathlib import Path

import nbformat
import pytest

from coursekit.cli import main
from coursekit.core.course import Course
from coursekit.grading.collect import collect
from tests.coursekit.sample_course import BANK, NAME, answered
from tests.grading.classroom import Out, graded
from tests.grading.conftest import ANSWERS

BOOK = f"{NAME}.ipynb"
ROSTER = (
    "id,first_name,last_name\nada,Ada,Lovelace\nbela,Béla,O'Brien\ncy,Cy,Young\n"
    "dee,Dee,Dee\n"
)
TEXT = nbformat.writes(answered(quiz=""))
WRONG = nbformat.writes(answered(double=BANK["double/wrong_sign.py"], quiz=""))
SAID = json.dumps(ANSWERS)


def packed(files: dict[str, str | bytes]) -> bytes:
    """A zip with these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, data in files.items():
            file.writestr(name, data)
    return made.getvalue()


MOODLE = {
    f"Ada Lovelace_101_assignsubmission_file/{BOOK}": TEXT,
    "Ada Lovelace_101_assignsubmission_file/answers.json": SAID,
    f"Béla O'Brien_102_assignsubmission_file_{NAME} (1).ipynb": WRONG,
    "Béla O'Brien_102_assignsubmission_file_answers (2).json": SAID,
    "Cy Young_103_assignsubmission_file/work.zip": packed(
        {f"{NAME}/{BOOK}": TEXT, f"{NAME}/answers.json": SAID, "__MACOSX/._x": "x"}
    ),
}
CANVAS = {
    f"lovelaceada_1_200_{BOOK}": WRONG,
    f"lovelaceada_LATE_1_300_{NAME}-1.ipynb": TEXT,
    "lovelaceada_LATE_1_301_answers.json": SAID,
    f"obrienbéla_1_400_{BOOK}": WRONG,
    "obrienbéla_1_401_answers-1.json": SAID,
    f"youngcy_1_500_{NAME}.zip": packed({BOOK: TEXT, "answers.json": SAID}),
}
PLAIN = {
    f"ada/{NAME}/{BOOK}": TEXT,
    f"ada/{NAME}/answers.json": SAID,
    f"bela/{BOOK}": WRONG,
    "bela/answers.json": SAID,
    f"Cy Young/a/b/{BOOK}": TEXT,
    "Cy Young/a/b/answers.json": SAID,
}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("files", [MOODLE, CANVAS, PLAIN], ids=["moodle", "canvas", ""])
@pytest.mark.parametrize("zipped", [True, False])
def test_a_download_is_sorted_and_graded(
    course: Course,
    tmp_path: Path,
    capsys: Out,
    files: dict[str, str | bytes],
    zipped: bool,
) -> None:
    source, roster = tmp_path / "download.zip", tmp_path / "roster.csv"
    roster.write_text(ROSTER, encoding="utf-8")
    source.write_bytes(packed(files))
    if not zipped:
        with zipfile.ZipFile(source) as file:
            file.extractall(tmp_path / "download")
        source = tmp_path / "download"
    assert main(["collect", "01", str(source), "--roster", str(roster)]) == 0
    said = capsys.readouterr().out
    assert "Nothing came from dee.\n" in said and "3 collected" in said
    if files is MOODLE:
        assert f"! bela: {NAME} (1).ipynb is taken as {BOOK}" in said
        assert "! bela: answers (2).json is taken as answers.json" in said
    if files is CANVAS:
        assert f"! ada: {BOOK} is an earlier try: left out" in said
    scores = {s: row["score"] for s, row in graded(capsys)["by"].items()}
    assert scores == {"ada": 7, "bela": 6, "cy": 7}


def test_what_is_odd_is_left_out_and_named(course: Course, tmp_path: Path) -> None:
    source = tmp_path / "download.zip"
    files: dict[str, str | bytes] = {
        "../../evil/x.ipynb": "x",
        "/etc/x": "x",
        f".hidden/{BOOK}": "x",
        "loose.txt": "x",
        f"ada/{BOOK}": TEXT,
        "ada/notes.txt": "n",
        "ada/module.toml": "x",
        "bob/broken.zip": b"PK no",
        "eve\u202e/x.ipynb": "x",
    }
    source.write_bytes(packed(files))
    found = collect(course, NAME, source)
    home = course.root / "grading" / "submitted"
    assert found.placed == {"ada": [BOOK, "notes.txt"], "bob": []}
    assert {p.name for p in home.iterdir()} == {"ada", "bob"}
    said = "\n".join(found.said)
    assert said.count("no plain name") == 2
    assert "ada: notes.txt is a file of their own" in said
    assert "bob: broken.zip cannot be unpacked" in said
    assert "bob: there is no notebook" in said
    assert "left out: its name has characters that an id cannot have" in said
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nothing.zip"], "There is no nothing.zip"),
        (["nbgrader_config.py"], "cannot be unpacked"),
        ([".", "--roster", "nbgrader_config.py"], "needs a column id"),
    ],
)
def test_a_wrong_argument_is_one_line(
    course: Course, capsys: Out, args: list[str], said: str
) -> None:
    assert main(["collect", NAME, *args]) == 2
    assert said in capsys.readouterr().err
