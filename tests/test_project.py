"""The project's own files agree with one another."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = ["requirements.lock", "requirements-bench.lock"]


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~\[; ]", r, maxsplit=1)[0].lower() for r in requirements}


def test_conda_and_pip_users_get_the_same_dependencies() -> None:
    env = yaml.safe_load((ROOT / "environment.yml").read_text())
    (pip,) = [d["pip"] for d in env["dependencies"] if isinstance(d, dict)]
    assert [r for r in pip if r != "-e ."] == PROJECT["dependencies"]


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_server(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text()


def test_every_dependency_is_locked() -> None:
    locked = names(re.findall(r"^\S+", (ROOT / LOCKS[0]).read_text(), re.M))
    assert names(PROJECT["dependencies"]) <= locked
    bench = names(re.findall(r"^\S+", (ROOT / LOCKS[1]).read_text(), re.M))
    assert names(PROJECT["optional-dependencies"]["bench"]) <= bench


def test_every_door_of_the_makefile_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for door in ["demo", "test", "lab", "verify", "bench", "format", "help"]:
        assert re.search(rf"^{door}:.*## \w", makefile, re.M), door
