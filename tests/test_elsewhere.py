"""The Dockerfile and Binder's files name what exists. No engine builds them here."""

import json
import os
import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BINDER = ROOT / "binder"
HOME = "/home/learner/course"
MAKEFILE = (ROOT / "Makefile").read_text()
TEXT = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
STEPS = [
    line.split(maxsplit=1)
    for line in TEXT.splitlines()
    if line.strip() and not line.startswith("#")
]


def step(name: str) -> list[str]:
    """What all steps of this name say."""
    return [rest for found, rest in STEPS if found == name]


def test_the_container_makes_what_the_makefile_makes() -> None:
    doors = re.findall(r"make (\w+)", " ".join(step("RUN")).replace("g++ make", ""))
    assert doors == ["setup", "model"]
    assert all(re.search(rf"^{door}:", MAKEFILE, re.M) for door in doors)


def test_the_container_is_no_root_and_starts_what_is_installed() -> None:
    names = [name for name, _ in STEPS]
    assert names.index("USER") < names.index("COPY")
    (command,) = (json.loads(text) for text in step("CMD"))
    assert command[:2] == [".venv/bin/jupyter", "lab"]
    assert "--LabApp.default_url=/progress" in MAKEFILE.replace("\\\n", "")
    assert command[-1] == "--LabApp.default_url=/progress"


def test_the_container_is_set_up_as_make_lab_is() -> None:
    told = dict(
        pair.split("=", 1) for text in step("ENV") for pair in shlex.split(text)
    )
    for name, path in told.items():
        assert path.startswith(f"{HOME}/")
        assert (ROOT / path.removeprefix(f"{HOME}/")).exists()
        assert f'{name}="$(CURDIR)/{path.removeprefix(HOME + "/")}"' in MAKEFILE


def test_nothing_of_ones_own_goes_into_the_image() -> None:
    ignored = (ROOT / "Dockerfile.dockerignore").read_text().splitlines()
    assert {".git", ".venv", "grading", "course/*/answers.json"} <= set(ignored)


def test_binder_installs_the_lock_and_the_course() -> None:
    (line,) = (BINDER / "requirements.txt").read_text().splitlines()
    assert (BINDER / line.removeprefix("-r ")).resolve() == ROOT / "requirements.lock"
    python = (BINDER / "runtime.txt").read_text().strip()
    assert re.fullmatch(r"python-3\.1[1-9]", python)
    for name in ("postBuild", "start"):
        assert os.access(BINDER / name, os.X_OK)
        assert (BINDER / name).read_text().startswith("#!/bin/bash\n")


@pytest.mark.parametrize("name", ["JUPYTER_CONFIG_PATH", "PYTHONSTARTUP"])
def test_binder_starts_as_make_lab_does(name: str) -> None:
    found = re.search(rf'{name}="\$PWD/(.*?)"', (BINDER / "start").read_text())
    assert found and f'{name}="$(CURDIR)/{found[1]}"' in MAKEFILE
