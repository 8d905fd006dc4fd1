"""What holds learner code on this machine, said plainly, and the second best."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from coursekit.author import doctor
from coursekit.sandbox import box, bwrap, choose
from coursekit.sandbox.box import Box
from coursekit.sandbox.choose import Protection
from coursekit.sandbox.kernel import StartFailed
from coursekit.sandbox.limits import MB, Limits
from coursekit.sandbox.unsandboxed import Plain, _resources
from tests.grading.sandbox.conftest import SOCKETS

pytestmark = pytest.mark.slow


@pytest.fixture
def no_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on macOS."""
    monkeypatch.setattr(bwrap, "find", lambda: "")
    monkeypatch.setattr(choose, "_found", None)
    monkeypatch.setattr(choose, "_second_best", None)
    monkeypatch.setattr(choose, "_owner", os.getpid())
    monkeypatch.setenv(choose.ALLOWED_BY, "")
    yield


def test_what_is_in_force_is_said(warm_box: Box) -> None:
    found = choose.protection()
    assert found.boxed and found.level == "warm"
    assert str(found) == "bubblewrap, warm sandbox" or not found.filter
    said = doctor._sandbox()
    assert said.mark == "✓" and str(found) in said.what


def test_slower_and_weaker_kinds_say_so() -> None:
    said = str(Protection("cold", "unshare: not permitted"))
    assert "each time" in said and "not permitted" in said and "libseccomp" in said


def test_without_a_box_nothing_starts_until_allowed(no_bubblewrap: None) -> None:
    found = choose.protection()
    assert not found.boxed and str(found).startswith("NOT PROTECTED")
    said = doctor._sandbox()
    assert said.mark == "·" and "NOT PROTECTED" in said.do
    with pytest.raises(box.Unavailable, match="--unprotected"):
        choose.launcher()
    choose.allow_unprotected()
    plain = choose.launcher()
    assert isinstance(plain, Plain) and choose.launcher() is plain
    plain.close()


def test_a_box_that_comes_up_too_late_is_tried_again(
    no_bubblewrap: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = tmp_path / "bwrap"
    hangs.write_text("#!/bin/sh\nexec sleep 1000\n")
    hangs.chmod(0o755)
    monkeypatch.setattr(bwrap, "find", lambda: str(hangs))
    monkeypatch.setattr(box, "_START", 0.1)
    choose.allow_unprotected()
    with pytest.raises(StartFailed, match="try again"):
        choose.launcher()
    monkeypatch.setattr(bwrap, "find", lambda: "")
    with pytest.raises(box.Unavailable, match="not installed"):
        choose.boxed()


def test_without_a_box_as_much_can_be_mapped() -> None:
    assert dict(_resources(Limits()))[resource.RLIMIT_AS] == 6144 * MB


@pytest.fixture(scope="module")
def plain() -> Iterator[Plain]:
    found = Plain()
    yield found
    found.close()


@pytest.fixture(scope="module")
def second_best(plain: Plain, session_of: object) -> Iterator[object]:
    session = session_of(plain, Limits(cpu=30, wall=100, file=1))  # type: ignore[operator]
    yield session
    session.close()


def test_second_best_has_its_own_folder_home_and_environment(
    second_best, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = second_best.say(
        "import os; print(os.getcwd(), os.environ['HOME'], os.environ['TMPDIR'])"
    )
    private = str(second_best.kernel.private)
    assert [Path(p).name for p in said.split()] == ["work", "home", "tmp"]
    assert all(str(Path(p).resolve()).startswith(private) for p in said.split())
    names = second_best.say("print(' '.join(os.environ))").split()
    assert not [n for n in names if n.startswith(("COURSE_", "PYTEST"))]


def test_second_best_has_limits_and_interrupts(second_best) -> None:
    assert "large" in second_best.say("open('big', 'wb').write(bytes(2 << 20))")
    asked = second_best.client.execute(
        "import time\nprint(1, flush=True)\ntime.sleep(60)"
    )
    while second_best.client.get_iopub_msg(timeout=20)["msg_type"] != "stream":
        pass
    second_best.kernel.interrupt()
    assert second_best.hear(asked).startswith("KeyboardInterrupt")
    assert 0 < second_best.kernel.cpu_ns() < 60e9


def test_second_best_ends_what_it_started(plain: Plain, session_of) -> None:
    session = session_of(plain, Limits(cpu=1.0))
    session.say(
        "import os, time\nif not os.fork():\n    os.setsid()\n"
        "    if not os.fork():\n        open('../pid', 'w').write(str(os.getpid()))\n"
        "        time.sleep(60)\n    os._exit(0)\nos.wait()"
    )
    number = session.kernel.private / "pid"
    while not number.exists() or not number.read_text():
        time.sleep(0.02)
    daemon = int(number.read_text())
    said = session.say("while True: pass")
    assert said == "gone: more than 1 s of processor time for the notebook"
    deadline = time.monotonic() + 20
    while _runs(daemon) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _runs(daemon)
    session.close()
    assert not session.kernel.private.exists()


GRADER = f"""
import time
from coursekit.sandbox.unsandboxed import Plain
box = Plain()
{SOCKETS}print(box.start(where, folder=folder).pid, flush=True)
time.sleep(100)
"""


def test_second_best_ends_with_a_grader_that_is_killed() -> None:
    grader = subprocess.Popen(
        [sys.executable, "-c", GRADER],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path("src").resolve())},
    )
    assert grader.stdout is not None
    kernel = int(grader.stdout.readline())
    assert _runs(kernel)
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    grader.stdout.close()
    deadline = time.monotonic() + 20
    while _runs(kernel) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _runs(kernel)


def _runs(pid: int) -> bool:
    import psutil

    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
