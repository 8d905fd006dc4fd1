"""What goes into a tab: locked, pure Python, and stand-ins that do as the real ones."""

import asyncio
import importlib.util
import json
import random
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import cachebox
import pydantic
import pytest

from coursekit.core import tab
from tools.site import bundle, lite, parts


def stand_in(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        f"stand_in_{name}", bundle.STAND_INS / f"{name}.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lock_has_checksums_and_names_no_server() -> None:
    lock = json.loads((parts.HERE / "package-lock.json").read_text())
    for name, package in lock["packages"].items():
        assert not name or package["integrity"].startswith("sha512-")
    assert "://" not in json.dumps(lock)
    assert "--hash=sha256:" in (parts.HERE / "tab.lock").read_text()


def test_the_archive_is_pure_and_has_no_answers() -> None:
    names = bundle.contents().keys()
    assert {"session1/virtual_time.py", "coursekit/__init__.py"} <= names
    assert {"yaml/__init__.py", "IPython/__init__.py", "numpy.py"} <= names
    assert not [n for n in names if n.endswith((".so", ".pyd")) or "solutions/" in n]


def test_a_package_that_cannot_be_fetched_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(parts.CannotFetch, match="npm is not installed"):
        parts.prepare(tmp_path / "build")


def test_the_cache_stands_in_for_the_real_one() -> None:
    theirs: Any = cachebox.LRUCache(3)
    ours: Any = stand_in("cachebox").LRUCache(3)
    rng = random.Random(1)
    for _ in range(2000):
        key, value = rng.randrange(6), rng.random()
        name, *given = rng.choice(
            [
                ("get", key),
                ("insert", key, value),
                ("pop", key, None),
                ("peek", key),
                ("__setitem__", key, value),
                ("__contains__", key),
                ("__len__",),
                *[("least_recently_used",)][: len(theirs)],
            ]
        )
        got, expected = (getattr(c, name)(*given) for c in (ours, theirs))
        assert got == expected, (name, given)
        assert list(ours.items()) == list(theirs.items()), (name, given)


def test_the_memory_of_a_tab_is_one_processs_own() -> None:
    psutil = stand_in("psutil")
    with pytest.raises(psutil.NoSuchProcess):
        psutil.Process(-1)
    assert psutil.cpu_count() == 1


def test_drawing_on_nothing_gives_the_axes_asked_for() -> None:
    figure = stand_in("matplotlib").Nothing()
    left, right = figure.subplots(1, 2)
    (line,) = left.plot([1, 2])
    line.set_label("a")
    low, high = right.get_ylim()
    assert low < high


def test_what_a_tab_lacks_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Owner:
        start = None

    monkeypatch.setattr(Owner, "start", None)
    tab._refuse(Owner, "start", "threads")
    with pytest.raises(RuntimeError, match="a browser tab has no threads: run this on"):
        Owner().start()  # type: ignore[misc]


def test_work_for_a_thread_takes_its_turn() -> None:
    async def later() -> Any:
        order: list[str] = []
        future = asyncio.wrap_future(tab._in_turn(None, order.append, "work"))
        order.append("caller")
        await future
        return order

    assert asyncio.run(later()) == ["caller", "work"]
    assert tab._in_turn(None, sum, [1, 2]).result() == 3
    with pytest.raises(ZeroDivisionError):
        tab._in_turn(None, lambda: 1 / 0).result()


def test_an_empty_picture_leaves_its_text() -> None:
    class Formatter:
        def format(self, _shown: object) -> Any:
            return {"text/plain": "words", "image/png": ""}, {}

    formatter = Formatter()
    tab._leave_out_empty_pictures(formatter)
    assert formatter.format(1) == ({"text/plain": "words"}, {})


@pytest.mark.parametrize(
    "annotation",
    [
        *(str, int, float, bool, None, dict, list, Any),
        *(list[str], dict[str, int], str | None, int | float, Literal["a", "b"]),
        *(Literal["a"], list[dict[str, float | None]]),
    ],
)
def test_a_tools_schema_is_that_of_the_real_package(annotation: Any) -> None:
    real = pydantic.TypeAdapter(annotation).json_schema()
    assert stand_in("pydantic").TypeAdapter(annotation).json_schema() == real


def test_a_class_of_a_tools_own_has_no_schema() -> None:
    ours = stand_in("pydantic")
    with pytest.raises(ours.PydanticUserError):
        ours.TypeAdapter(Path)


def test_only_a_page_with_a_network_names_another_host() -> None:
    theirs = {
        "numpy": {"file_name": "numpy-2.whl", "depends": []},
        "matplotlib": {"file_name": "matplotlib-3.whl", "depends": ["numpy", "six"]},
        "six": {"file_name": "six-1.whl", "depends": []},
        "scipy": {"file_name": "scipy-1.whl", "depends": ["numpy"]},
    }
    found = parts.distributed(theirs, "314.0.7")
    assert found.keys() == {"numpy", "matplotlib", "six"}
    assert all("/v314.0.7/full/" in entry["file_name"] for entry in found.values())
    assert "://" not in json.dumps(lite.settings(["course-in-a-tab"]))
