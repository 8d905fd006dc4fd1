"""`module.toml` is read strictly, and found from where the notebook runs."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from coursekit.core.module import ModuleError, find, load, read
from coursekit.core.withheld import public

NAME = "99_sample"


def source(course: Path) -> Path:
    return course / "solutions" / NAME / "module.toml"


def test_the_module_is_found_from_the_learners_folder(course: Path) -> None:
    module = find()
    assert (module.name, module.title, module.full) == (NAME, "Sample", True)
    assert module.points == 9
    assert module.exercise(f"{NAME}.total") == module.exercise("total")
    assert module.question("q1").option("B").text == "0"
    assert module.misconceptions["twice-over"].name.startswith("Every item")


def test_the_root_can_be_named(
    course: Path, tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = tmp_path_factory.mktemp("away") / NAME
    away.mkdir()
    monkeypatch.chdir(away)
    with pytest.raises(ModuleError, match=r"no module.toml in 99_sample"):
        find()
    monkeypatch.setenv("COURSEKIT_ROOT", str(course))
    assert find().folder == source(course).parent


def test_a_changed_file_is_read_again(course: Path) -> None:
    assert find().title == "Sample"
    path = source(course)
    path.write_text(path.read_text().replace('"Sample"', '"Other"'))
    os.utime(path, ns=(1, 1))
    assert find().title == "Other"


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ('title = "Sample"', "", "needs title"),
        ("points = 4\n", "", "total: points is missing"),
        ("points = 4", 'points = "4"', "points must be float, not '4'"),
        ("points = 4", "pionts = 4", "does not know 'pionts'"),
        ('kind = "write"', 'kind = "wirte"', "total: kind 'wirte'"),
        ('id = "order"', 'id = "total"', "exercises total is there twice"),
        ('answer = "B"', 'answer = "E"', "needs two options and an answer"),
        ('hints = ["Start', 'hints = [3, "Start', "hints must be a list of str"),
        ("[[objectives]]", "[objectives]", "write objectives as"),
        ('title = "Sample"', "title = Sample", "Invalid value"),
        ('title = "Sample"', "title = 3", "needs title"),
        ('title = "Sample"', 'title = ""', "needs title"),
        ("minutes = 5", 'minutes = "2"', "needs title"),
        ("minutes = 5", "minutes = nan", "needs title"),
        ("minutes = 5", "minutes = -1", "needs title"),
    ],
)
def test_what_is_wrong_is_named(course: Path, old: str, new: str, error: str) -> None:
    path = source(course)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(ModuleError, match=error):
        load(path.parent)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[a", r"^misconceptions.toml: Expected"),
        ("squares = 3", r"^misconceptions.toml: write squares as a table"),
        ("[squares]", r"^misconceptions.toml: squares: name is missing"),
    ],
)
def test_what_is_wrong_in_the_catalogue_is_named(
    course: Path, text: str, error: str
) -> None:
    (source(course).parents[1] / "misconceptions.toml").write_text(text)
    with pytest.raises(ModuleError, match=error):
        load(source(course).parent)


def test_an_unknown_name_lists_the_known_ones(course: Path) -> None:
    with pytest.raises(ModuleError, match="this module has: total, order, quiz"):
        find().exercise("sum")


def test_the_public_table_holds_no_key(course: Path) -> None:
    data = read(source(course))
    shown = public(data)
    text = repr(shown)
    for secret in ("answer", "feedback", "misconception", "explanation", "distractors"):
        assert secret not in text
    assert "'lines'" not in text
    assert shown["exercises"][0]["hints"] == data["exercises"][0]["hints"]
    assert tuple(shown["exercises"][1]["lettered"]) == find().exercise("order").lettered


def test_a_public_module_is_a_module(course: Path) -> None:
    shutil.rmtree(course / "solutions")
    lines = ["public = true", 'title = "S"', "[[exercises]]", 'id = "order"']
    lines += ['title = "O"', 'kind = "parsons"', 'objective = "x"', "points = 1"]
    Path("module.toml").write_text("\n".join([*lines, 'lettered = ["b", "a"]']))
    module = find()
    assert not module.full
    assert module.exercise("order").lettered == ("b", "a")
