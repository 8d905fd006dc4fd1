"""Ctrl-C, as a terminal sends it: to the program and to all it has started."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from coursekit.author.release import generate
from coursekit.core.course import Course
from tests.coursekit.sample_course import NAME, write_course

pytestmark = [pytest.mark.slow, pytest.mark.deep]

ROOT = Path(__file__).parents[2]


def start(
    command: list[str], folder: Path, stderr: int = subprocess.PIPE
) -> subprocess.Popen[str]:
    """The program in a group of its own, as a shell starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        start_new_session=True,
    )


def interrupt(program: subprocess.Popen[str], helpers: int) -> str:
    """Send Ctrl-C once it has so many processes; what it then says."""
    own = psutil.Process(program.pid)
    # once `poll` has seen its end there is nothing more to ask
    while len(started := own.children(recursive=True)) < helpers:
        assert program.poll() is None, program.communicate()
        time.sleep(0.01)
    os.killpg(program.pid, signal.SIGINT)
    out, error = program.communicate(timeout=60)
    # one that was only just born ends when it is up and finds nobody there
    _, left = psutil.wait_procs(started, timeout=60)
    assert not left
    return out + (error or "")


@pytest.mark.parametrize("helpers", [2, 3])  # one is the resource tracker
def test_verify_stops_in_one_line(tmp_path: Path, helpers: int) -> None:
    generate_at(tmp_path)
    program = start(["coursekit.cli", "verify", "--jobs", "2"], tmp_path)
    assert interrupt(program, helpers) == "coursekit: stopped\n"
    assert program.returncode == 130


@pytest.mark.parametrize(
    "command, helpers",
    [(["mutants"], 3)],
)
def test_long_runs_stop_in_one_line(tmp_path: Path, command: list, helpers: int):
    write_course(tmp_path)
    program = start(["coursekit.cli", *command, "--jobs", "1"], tmp_path)
    assert interrupt(program, helpers) == "coursekit: stopped\n"
    assert program.returncode == 130


def test_check_stops_in_one_line(tmp_path: Path) -> None:
    generate_at(tmp_path)
    program = start(["coursekit.cli", "check", NAME], tmp_path)
    assert interrupt(program, 1) == "coursekit: stopped\n"
    assert program.returncode == 130


def test_benchmarks_stop_in_one_line(tmp_path: Path) -> None:
    shown, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 80))  # one without a width shows no bar
    program = start(["benchmarks", "memory", "--quick"], tmp_path, terminal)
    os.close(terminal)
    said = os.read(shown, 1)  # its progress bar
    interrupt(program, 0)
    with contextlib.suppress(OSError):  # the terminal's end
        while part := os.read(shown, 1000):
            said += part
    os.close(shown)
    assert b"stopped by Ctrl-C" in said
    assert b"Traceback" not in said
    assert program.returncode == 130


def generate_at(folder: Path) -> None:
    """A course with its release, whose notebook is at work until it is stopped."""
    course = Course(write_course(folder))
    source = folder / "solutions" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(source, 4)
    setup = next(cell for cell in notebook.cells if cell.cell_type == "code")
    setup.source += "\nimport time\ntime.sleep(20)"
    nbformat.write(notebook, source)
    generate(course, NAME)
