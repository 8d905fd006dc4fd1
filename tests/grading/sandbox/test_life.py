"""Nothing survives a kernel, a box, or a grader that is killed."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coursekit.sandbox import box as box_module
from coursekit.sandbox import processes, socket_folders
from coursekit.sandbox.box import Box, Unavailable, free_uid
from tests.grading.sandbox.conftest import SOCKETS

pytestmark = pytest.mark.slow

DAEMON = """
import os, time
if not os.fork():
    os.setsid()
    if not os.fork():
        os.setsid()
        while True:
            time.sleep(0.1)
    os._exit(0)
os.wait()
"""


def test_a_daemon_ends_with_its_kernel(box: Box, start: Callable) -> None:
    session = start(box=box)
    session.say(DAEMON)
    pids = session.kernel.pids()
    assert len(pids) >= 2  # the kernel and its daemon
    session.kernel.close()
    assert [pid for pid in pids if ended_not(pid)] == []


def ended_not(pid: int) -> bool:
    """Whether `pid` still runs."""
    return Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("end", ["os._exit(3)", "os.kill(os.getpid(), 9)"])
def test_a_kernel_that_ends_itself_takes_all_with_it(start: Callable, end: str) -> None:
    session = start()
    session.say(DAEMON)
    pids = session.kernel.pids()
    said = session.say(f"import os\n{end}")
    deadline = time.monotonic() + 20
    while session.kernel.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert said in ("gone: ", "") and session.kernel.poll() is not None
    session.kernel.wait(10)
    assert [pid for pid in pids if ended_not(pid)] == []


def test_exit_code_is_told(start: Callable) -> None:
    session = start()
    session.say("import os; os._exit(3)")
    assert session.kernel.poll() == 3 and session.kernel.why == ""


def test_nothing_leaks_from_one_kernel_to_the_next(start: Callable) -> None:
    first, second = start(), start()
    first.say(
        "import numpy, builtins, json; numpy.left = builtins.left = json.left = 1"
    )
    first.say("open('left', 'w').close(); import os; os.environ['LEFT'] = '1'")
    first.close()
    for session in (second, start()):
        said = session.say(
            "import numpy, builtins, json, os\n"
            "print(any(hasattr(m, 'left') for m in (numpy, builtins, json)), "
            "os.listdir('.'), 'LEFT' in os.environ)"
        )
        assert said == "False [] False"


def test_kernels_draw_different_numbers_and_hash_alike(start: Callable) -> None:
    draw = "import random, numpy; print(random.random(), numpy.random.rand())"
    first, second = start(), start()
    assert first.say(draw) != second.say(draw)
    assert first.say("print(hash('a'))") == second.say("print(hash('a'))")


def test_processor_time_and_process_are_those_of_the_kernel(start: Callable) -> None:
    kernel = start().kernel
    before = kernel.cpu_ns()
    assert 0 < before < 60e9 and processes.tree(os.getpid()).count(kernel.pid) == 1
    assert kernel.pids()[0] == kernel.pid


GRADER = f"""
import sys, time
from coursekit.sandbox.box import Box
box = Box()
{SOCKETS}kernel = box.start(where, folder=folder)
print(box.folder.path, *kernel.pids(), box._zygote.process.pid, flush=True)
time.sleep(100)
"""


def test_a_killed_grader_leaves_no_process_and_the_next_sweeps_its_files(
    warm_box: Box, tmp_path: Path
) -> None:
    base = tempfile.mkdtemp(prefix="s", dir="/tmp")  # names of sockets must be short
    grader = subprocess.Popen(
        [sys.executable, "-c", GRADER],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": base, "PYTHONPATH": str(Path("src").resolve())},
    )
    assert grader.stdout is not None
    folder, *numbers = grader.stdout.readline().split()
    pids = [int(number) for number in numbers]
    socket_folders.sweep(Path(base))
    assert Path(folder).exists() and all(map(ended_not, pids))
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    grader.stdout.close()
    deadline = time.monotonic() + 20
    while any(map(ended_not, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(ended_not, pids))
    socket_folders.sweep(Path(base))
    assert list(Path(base).iterdir()) == []
    Path(base).rmdir()


def test_a_folder_that_is_just_being_made_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = fcntl.flock

    def swept_first(handle: int, how: int) -> None:
        monkeypatch.undo()
        socket_folders.sweep(tmp_path)
        lock(handle, how)

    monkeypatch.setattr(socket_folders.fcntl, "flock", swept_first)
    made = socket_folders.Folder(tmp_path)
    socket_folders.sweep(tmp_path)
    assert made.path.is_dir()
    made.remove()


def test_a_closed_box_leaves_no_file_and_no_process(warm_box: Box) -> None:
    with Box(warm=False) as box:
        path = box.folder.path
        assert path.exists()
    assert not path.exists()


def test_a_kernel_that_cannot_be_ordered_leaves_nothing_open(
    cold_box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[socket.socket] = []
    opened: list[box_module._Zygote] = []
    pair, real = socket.socketpair, cold_box._open

    def pairs(*how: int) -> tuple[socket.socket, socket.socket]:
        found = pair(*how)
        made.extend(found)
        return found

    def kept(*how: Any) -> box_module._Zygote:
        opened.append(real(*how))
        return opened[-1]

    def gone(*_order: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(socket, "socketpair", pairs)
    monkeypatch.setattr(cold_box, "_open", kept)
    monkeypatch.setattr(box_module._Zygote, "ask", gone)
    with pytest.raises(BrokenPipeError):
        cold_box.start({})
    assert [zygote.process.returncode for zygote in opened] == [-signal.SIGKILL]
    assert len(made) == 4 and {each.fileno() for each in made} == {-1}


def test_a_program_that_is_no_bubblewrap_is_said_so() -> None:
    with pytest.raises(Unavailable):
        Box("/bin/false")


def test_users_of_the_box_exist_where_only_few_do(tmp_path: Path) -> None:
    few = tmp_path / "few"
    few.write_text("         0     100000      65536\n")
    found = {free_uid(number, few) for number in range(1000)}
    assert len(found) == 1000 and min(found) >= 32768 and max(found) < 65536
    few.write_text("         0          0 4294967295\n")
    assert free_uid(7, few) > 1_000_000_000
