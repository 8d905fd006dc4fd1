"""What was handed in: links, devices, giants, names, ten thousand broken notebooks."""

import json
import os
import random
import socket
from pathlib import Path

import nbformat
import pytest

from coursekit.core import notebook as notebooks
from coursekit.core.course import Course, CourseError
from coursekit.core.rebuild import rebuild
from coursekit.grading import intake
from coursekit.grading.atomic_files import put
from coursekit.grading.intake import Submission, admit, read
from coursekit.grading.submissions import submitted
from tests.coursekit.sample_course import NAME, answered, source_notebook
from tests.grading.conftest import HandIn
from tests.grading.mutate import mutated

MUTATIONS = 10_000


def quarantined(course: Course, student: str) -> list[str]:
    """Names in quarantine, without the time they were moved at."""
    place = course.root / "grading" / "quarantine" / student / NAME
    names = [p.name for p in place.iterdir()] if place.is_dir() else []
    return sorted(n if n == intake.REASONS else n.rsplit(".", 1)[0] for n in names)


def taken(course: Course, folder: Path) -> list[str]:
    """The reasons of what was moved away."""
    return admit(course, Submission(folder.parent.name, NAME, folder))


def test_plain_files_stay(course: Course, hand_in: HandIn) -> None:
    folder = hand_in("ada")
    (folder / "mine").mkdir()
    (folder / "mine" / "helper.py").write_text("x = 1")
    before = sorted(folder.rglob("*"))
    assert taken(course, folder) == []
    assert sorted(folder.rglob("*")) == before
    assert quarantined(course, "ada") == []


def test_links_pipes_and_sockets_go(
    course: Course, hand_in: HandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = hand_in("ada")
    secret = course.source(NAME) / "checks.py"
    (folder / "a.txt").symlink_to(secret)
    (folder / "deep").symlink_to(course.root)
    os.mkfifo(folder / "b.txt")
    monkeypatch.chdir(folder)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("c.txt")
        monkeypatch.chdir(course.root)
        reasons = taken(course, folder)
    assert len(reasons) == 4
    assert sorted(p.name for p in folder.iterdir()) == [
        f"{NAME}.ipynb",
        "helper.py",
        "module.toml",
    ]
    assert quarantined(course, "ada") == [
        intake.REASONS,
        "a.txt",
        "b.txt",
        "c.txt",
        "deep",
    ]
    assert secret.is_file()


def test_a_notebook_that_is_a_link_leaves_a_note(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in("ada")
    path = folder / f"{NAME}.ipynb"
    path.unlink()
    path.symlink_to(course.source(NAME) / f"{NAME}.ipynb")
    assert "this is a link" in taken(course, folder)[0]
    cells, why = read(path)
    assert "this is a link" in why
    assert not any(c.kind == "code" for c in cells)
    assert nbformat.read(path, as_version=4).cells[0].source.endswith(why)
    assert taken(course, folder) == [], "the note itself may stay"


def test_a_folder_or_student_that_is_a_link(course: Course, hand_in: HandIn) -> None:
    folder = hand_in("ada")
    home = folder.parent.parent
    (home / "bob").mkdir()
    (home / "bob" / NAME).symlink_to(folder)
    (home / "cy").symlink_to(home / "ada")
    for student in ("bob", "cy"):
        (reason,) = taken(course, home / student / NAME)
        assert "link" in reason
        assert "link" in read(home / student / NAME / f"{NAME}.ipynb")[1]
    assert read(folder / f"{NAME}.ipynb")[1] == ""


def test_giants_and_crowds_go_but_the_notebook_stays(
    course: Course, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MAX_FILE", 1000)
    monkeypatch.setattr(intake, "MAX_FILES", 20)
    folder = hand_in("ada")
    (folder / "big.bin").write_bytes(b"x" * 1001)
    for number in range(30):
        (folder / f"{number:03}").write_text("x")
    deep = folder.joinpath("a", "b", "c", "d", "e", "f")
    deep.mkdir(parents=True)
    reasons = taken(course, folder)
    assert any(r.startswith("big.bin: larger than") for r in reasons)
    assert any(r.startswith("029: more than 20 files") for r in reasons)
    assert any(r.startswith("f: folders lie deeper than 5 levels") for r in reasons)
    assert deep.parent.is_dir() and not deep.exists()
    assert read(folder / f"{NAME}.ipynb") == (
        notebooks.read_cells(folder / f"{NAME}.ipynb"),
        "",
    )


def test_more_than_fits_goes_but_the_notebook_stays(
    course: Course, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = hand_in("ada")
    room = sum(p.stat().st_size for p in folder.iterdir())
    monkeypatch.setattr(intake, "MAX_ALL", room + 1000)
    monkeypatch.setattr(intake, "MAX_FILE", 4000)
    for name in ("x1", "x2", "x3"):  # too large, fits, fits no more
        (folder / name).write_bytes(b"x" * (4001 if name == "x1" else 600))
    first, second = taken(course, folder)
    assert first.startswith("x1: larger than")
    assert second.startswith("x3: more than") and second.endswith("MB were handed in")
    assert (folder / "x2").is_file() and (folder / f"{NAME}.ipynb").is_file()


def test_copies_of_the_notebook_go_before_it(
    course: Course, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = hand_in("ada")
    mine = folder / f"{NAME}.ipynb"
    copy = folder / f"{NAME}-Copy1.ipynb"
    copy.write_bytes(mine.read_bytes())
    monkeypatch.setattr(intake, "MAX_ALL", mine.stat().st_size)
    assert any(r.startswith(copy.name) for r in taken(course, folder))
    assert mine.is_file() and not copy.exists()
    assert read(mine)[1] == ""


def test_folders_where_files_must_stand(course: Course, hand_in: HandIn) -> None:
    folder = hand_in("ada")
    (course.source(NAME) / "data").mkdir()
    (course.source(NAME) / "data" / "a.csv").write_text("1")
    (folder / "helper.py").unlink()
    stay = ["checks.py", "mine", ".ipynb_checkpoints", "mine/b.ipynb"]
    for name in ("helper.py", "other.ipynb", *stay):
        (folder / name).mkdir()
        (folder / name / "a").write_text("x")
    (folder / "data").write_text("x")
    assert sorted(taken(course, folder)) == [
        "data: the course has a folder of this name",
        "helper.py: the course has a file of this name",
        "other.ipynb: this is a folder, no notebook",
    ]
    assert all((folder / name / "a").is_file() for name in stay)


def test_a_file_is_put_only_where_there_is_room(tmp_path: Path) -> None:
    for name in ("a", "a", "a/b", "a/b/c", "d/e", "d"):
        put(tmp_path / name, name.encode())
    assert (tmp_path / "a").read_bytes() == b"a"
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a", "d", "e"]


def test_files_of_the_system_are_passed_over(course: Course, hand_in: HandIn) -> None:
    home = hand_in("ada").parents[1]
    (home / ".DS_Store").write_bytes(b"x")
    (home / ".link").symlink_to("ada")
    (home / "list.txt").write_bytes(b"x")
    assert submitted(course, [NAME]).refused == {
        ".link": "it is a link",
        "list.txt": "it is not a folder",
    }


def test_a_file_is_never_read_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("secret")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    os.mkfifo(tmp_path / "c")
    for name in ("b", "c", "nowhere", "."):
        with pytest.raises(CourseError):
            intake.read_file(tmp_path / name, 100)
    with pytest.raises(CourseError, match="larger than"):
        intake.read_file(tmp_path / "a", 5)
    assert [name for name, _ in intake.files(tmp_path)] == ["a"]


@pytest.mark.parametrize(
    "name",
    [".hidden", " ada", "ada ", "a*b", "a[b]", "a{b}", "a\nb", "a\x7fb", "x" * 101],
)
def test_a_folder_whose_name_is_no_id_is_told(
    course: Course, hand_in: HandIn, name: str
) -> None:
    hand_in("ada")
    hand_in(name)
    found = submitted(course, [NAME])
    assert [s.student for s in found.submissions] == ["ada"]
    ((shown, why),) = found.refused.items()
    assert why
    assert shown.isprintable()


@pytest.mark.parametrize("name", ["Zoë Müller", "李雷", "o'hara", "a.b-c_1", "x" * 100])
def test_ids_in_any_script_are_taken(
    course: Course, hand_in: HandIn, name: str
) -> None:
    hand_in(name)
    assert [s.student for s in submitted(course, [NAME]).submissions] == [name]
    assert submitted(course, [NAME], "someone").submissions == []


@pytest.mark.deep
def test_ten_thousand_mutated_notebooks_are_read_or_refused() -> None:
    rng, source = random.Random(4), source_notebook()
    whole = json.loads(nbformat.writes(answered()))
    names = {notebooks.grader(c).get("grade_id") for c in source.cells} - {None}
    refused = 0
    for number in range(MUTATIONS):
        data = mutated(whole, rng)
        try:
            cells, _ = intake.understand(data, "a.ipynb")
        except CourseError:
            refused += 1
            continue
        if number % 10 == 0:
            made = rebuild(source, cells).notebook
            found = [notebooks.grader(c).get("grade_id") for c in made.cells]
            assert names == set(found) - {None}, number
            nbformat.writes(made).encode()
    assert MUTATIONS / 20 < refused < MUTATIONS / 2


def test_names_that_are_no_text_or_too_long_to_move(
    course: Course, hand_in: HandIn
) -> None:
    folder = hand_in("ada")
    for name in (b"a\xff.txt", b"d\xfe"):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).mkdir()
    (folder / ("\N{GRINNING FACE}" * 63)).symlink_to("/etc/passwd")
    assert len(taken(course, folder)) == 3
    assert len(quarantined(course, "ada")) == 4


def test_a_student_whose_name_leaves_no_room_for_files(course: Course) -> None:
    home = course.root / "grading" / "submitted"
    name = "\N{GRINNING FACE}" * 60
    (home / name / NAME).mkdir(parents=True)
    found = submitted(course, [NAME])
    assert not found.submissions and "200 bytes" in found.refused[name]
