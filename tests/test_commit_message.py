"""The check of commit messages takes the imperative and says what it refuses."""

from pathlib import Path

import pytest

from tools.commit_message import faults, main


@pytest.mark.parametrize(
    "message",
    [
        "Keep the old release when a new one fails",
        "Pass the seed on\n\nThe judge draws from it.",
        "Embed a text once",
        "Re-run what was lost",
        f"Merge branch {'x' * 72}, which git wrote",
        f"Say {68 * 'x'}\n# a comment of git's",
    ],
)
def test_takes(message: str) -> None:
    assert faults(message) == []


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (f"Say {69 * 'x'}", "73 characters"),
        ("Added a test", '"Added" is not'),
        ("Adding a test", '"Adding" is not'),
        ("Adds a test", '"Adds" is not'),
        ("add a test", "capitalized verb"),
        ("02_memory: add a test", "capitalized verb"),
        ("", "capitalized verb"),
        ("Add a test.", "full stop"),
        ("Add a test\nof something", "empty line"),
    ],
)
def test_refuses(message: str, why: str) -> None:
    (fault,) = faults(message)
    assert why in fault


def test_as_a_hook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "COMMIT_EDITMSG"
    file.write_text("Add a test\n")
    assert main([str(file)]) == 0
    file.write_text("added a test.\n")
    assert main([str(file)]) == 1
    assert capsys.readouterr().err.count("commit message: ") == 2
