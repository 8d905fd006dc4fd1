"""`coursekit doctor` and `checkup()`: what is fine, and what to do where it is not."""

import os
from pathlib import Path

import pytest

from coursekit import checkup
from coursekit.author import doctor
from coursekit.author.doctor import Checkup, Symptom
from coursekit.cli import main


def test_what_is_fine_takes_one_line() -> None:
    assert Symptom("Python is there").text == "Python is there"
    assert repr(Checkup([Symptom("Python is there")])).splitlines() == [
        "✓ Python is there",
        "Everything the course needs works here.",
    ]


def test_what_is_missing_says_what_to_do_and_counts() -> None:
    found = Checkup([Symptom("disk", "make room"), Symptom("model", "fetch it", True)])
    assert not found.well
    lines = repr(found).splitlines()
    assert lines[:2] == ["✗ disk: make room.", "· model: fetch it."]
    assert lines[2].startswith("1 to put right")
    html = found._repr_mimebundle_()["text/html"]
    assert "make room" in html and "✗" in html


def test_an_extra_alone_leaves_everything_well() -> None:
    assert Checkup([Symptom("model", "fetch it", extra=True)]).well


def test_a_look_that_fails_itself_is_a_finding() -> None:
    def look() -> str:
        raise OSError("no such disk")

    found = doctor._probe("disk", look)
    assert found.mark == "✗"
    assert "OSError: no such disk" in found.do and "make setup" in found.do


def test_an_old_python_is_named() -> None:
    assert "this is 3.9" in doctor._python((3, 9))
    assert doctor._python((3, 14)) == ""


def test_another_python_than_the_courses() -> None:
    assert "not the course's own" in doctor._packages("no-such-distribution")


def test_a_package_that_does_not_load_gives_its_error() -> None:
    found = doctor._hnswlib("no_such_module_here")
    assert "No module named" in found and "make clean setup" in found


def test_a_clock_that_does_not_jump() -> None:
    times = iter([0.0, 600.0, 600.0])
    assert "600 s passed in 600 s" in doctor._virtual_time(lambda: next(times))


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    # root may write everywhere else
    folder = tmp_path if os.geteuid() else Path("/proc")
    assert "cannot be written" in doctor._saving(folder)


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    assert "cannot be written" in doctor._saving(tmp_path / "gone")


def test_a_missing_model_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SESSION1_MODEL", raising=False)
    monkeypatch.setenv("SESSION1_CACHE", str(tmp_path))
    found = checkup(tmp_path).findings[-1]
    assert found.mark == "·"
    assert "make model" in found.do


def test_the_command_prints_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "_findings", lambda folder: [Symptom("x", "do y")])
    assert main(["doctor"]) == 1
    assert capsys.readouterr().out.startswith("✗ x: do y.\n")
