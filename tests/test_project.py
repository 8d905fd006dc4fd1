"""The project's own files agree with one another."""

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = ["requirements.lock", "requirements-all.lock", "requirements-bench.lock"]
SITE, HUB = "requirements-site.lock", "requirements-hub.lock"


def names(requirements: Iterable[str]) -> set[str]:
    return {re.split(r"[<>=!~\[; ]", r, maxsplit=1)[0].lower() for r in requirements}


def declared(extra: str) -> set[str]:
    """Distributions of an extra, with those of the extras that it names."""
    found: set[str] = set()
    for requirement in EXTRAS[extra]:
        if own := re.fullmatch(rf"{PROJECT['name']}\[(.*)\]", requirement):
            found |= set().union(*map(declared, own[1].split(",")))
        else:
            found |= names([requirement])
    return found


BASE = names(PROJECT["dependencies"])


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        *zip(LOCKS, [["course"], ["all"], ["all", "bench"]], strict=True),
        (SITE, ["all", "site"]),
        (HUB, ["hub"]),
    ],
)
def test_locks_have_every_dependency_and_name_no_server(
    lock: str, extras: list[str]
) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    locked = names(re.findall(r"^\S+", text, re.M))
    assert BASE.union(*map(declared, extras)) <= locked


def test_the_locks_agree() -> None:
    small, full, bench = (
        set(re.findall(r"^\S+==\S+", (ROOT / lock).read_text(), re.M)) for lock in LOCKS
    )
    assert small <= full <= bench
    assert full <= set(re.findall(r"^\S+==\S+", (ROOT / SITE).read_text(), re.M))


def test_all_is_every_extra_but_the_peers_the_site_and_the_hub() -> None:
    apart = {"all", "bench", "site", "hub"}
    every = set().union(*map(declared, EXTRAS.keys() - apart))
    assert declared("all") == every


def test_conda_users_get_what_pip_users_get() -> None:
    env = yaml.safe_load((ROOT / "environment.yml").read_text())
    (pip,) = [d["pip"] for d in env["dependencies"] if isinstance(d, dict)]
    assert pip == ["-e .[course]"]


def test_every_door_of_the_makefile_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for door in [
        "setup",
        "full",
        "demo",
        "lab",
        "check",
        "test",
        "test-deep",
        "verify",
        "bench",
        "site",
        "hub-env",
    ]:
        assert re.search(rf"^{door}:.*## \w", makefile, re.M), door


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    for name in ("Makefile", "pyproject.toml", *LOCKS, SITE):
        shutil.copy(ROOT / name, folder)
    command = ["make", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("found", ["", "/nonexistent/python", "false"])
def test_a_python_that_will_not_do_is_refused(tmp_path: Path, found: str) -> None:
    done = make(tmp_path, "setup", f"PYTHON={found}")
    assert done.returncode
    assert "Python 3.11 or newer is needed" in done.stdout
    assert not (tmp_path / ".venv").exists()


def test_a_folder_with_a_space_is_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "my course"
    folder.mkdir()
    planned = make(folder, "-n", "setup", "bench").stdout
    places = re.findall(r"VIRTUAL_ENV=(.*?) UV_LOCK_TIMEOUT=\d+ uv", planned)
    assert places == [f'"{folder}/.venv"'] * 4


def test_session1_names_no_module_of_the_course() -> None:
    modules = [path.name for path in (ROOT / "solutions").iterdir() if path.is_dir()]
    assert len(modules) >= 4
    told = re.compile(rf"\b(coursekit|\d\d_[a-z]+|{'|'.join(modules)})\b")
    for source in (ROOT / "src" / "session1").rglob("*.py"):
        found = told.search(source.read_text("utf-8"))
        assert found is None, f"{source}: {found}"
