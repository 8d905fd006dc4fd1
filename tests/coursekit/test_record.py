"""The record keeps every answer, whatever happens to its file."""

import json
import multiprocessing
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.core import answers_file
from coursekit.core.answers_file import FILE, Record

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    max_leaves=5,
)


@settings(max_examples=25)
@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_what_is_put_is_there_again(tmp_path_factory: Any, values: Any) -> None:
    folder = tmp_path_factory.mktemp("r")
    for key, value in values.items():
        Record(folder / FILE).put("quiz", key, value)
    assert Record(folder / FILE).section("quiz") == values


def test_the_first_value_stays_when_asked(tmp_path: Path) -> None:
    kept = Record(tmp_path / FILE)
    assert kept.put("predictions", "a", 1, first=True) == 1
    assert kept.put("predictions", "a", 2, first=True) == 1


@pytest.mark.parametrize("text", ["", "{", "nonsense", "[" * 100_000, "\x00\xff"])
def test_a_damaged_file_is_kept_aside(tmp_path: Path, text: str) -> None:
    path = tmp_path / FILE
    path.write_text(text, encoding="utf-8")
    kept = Record(path)
    assert kept.section("quiz") == {}
    assert "was damaged" in kept.take_note()
    assert kept.take_note() == ""
    kept.put("quiz", "q1", "A")
    assert (tmp_path / f"{FILE}.bad").read_text(encoding="utf-8") == text
    assert Record(path).section("quiz") == {"q1": "A"}


@pytest.mark.parametrize("data", [[], 3, {"quiz": 3}, {"other": {}}, {"quiz": None}])
def test_odd_data_is_no_answer(tmp_path: Path, data: Any) -> None:
    (tmp_path / FILE).write_text(json.dumps(data))
    assert Record(tmp_path / FILE).section("quiz") == {}


def test_a_full_disk_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Record(tmp_path / FILE)
    kept.put("quiz", "q1", "A")
    before = (tmp_path / FILE).read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as m:
        m.setattr(os, "fsync", full)
        kept.put("quiz", "q2", "B")
    assert "No space left on device" in kept.take_note()
    assert (tmp_path / FILE).read_bytes() == before
    assert kept.section("quiz") == {"q1": "A", "q2": "B"}
    assert [p.name for p in tmp_path.iterdir()] == [FILE]
    kept.put("quiz", "q3", "C")
    assert Record(tmp_path / FILE).section("quiz") == {"q1": "A", "q2": "B", "q3": "C"}


def _answer(folder: Path, who: int, portable: bool) -> None:
    if portable:
        answers_file.fcntl = None  # type: ignore[assignment]
    kept = Record(folder / FILE)
    for i in range(15):
        kept.put("quiz", f"{who}-{i}", "A")


@pytest.mark.parametrize("portable", [False, True])
def test_two_kernels_lose_nothing(tmp_path: Path, portable: bool) -> None:
    start = multiprocessing.get_context("fork").Process
    both = [start(target=_answer, args=(tmp_path, who, portable)) for who in (1, 2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert len(Record(tmp_path / FILE).section("quiz")) == 30
    assert [p.name for p in tmp_path.iterdir()] == [FILE]


def test_a_lock_left_behind_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers_file, "fcntl", None)
    left = tmp_path / f".{FILE}.lock"
    left.touch()
    os.utime(left, (0, 0))
    Record(tmp_path / FILE).put("quiz", "q1", "A")
    assert not left.exists()
    assert Record(tmp_path / FILE).section("quiz") == {"q1": "A"}


def test_a_source_folder_stays_as_it_is(course: Path) -> None:
    os.chdir(course / "solutions" / "99_sample")
    answers_file.here().put("quiz", "q1", "A")
    assert answers_file.here().section("quiz") == {"q1": "A"}
    assert not Path(FILE).exists()
