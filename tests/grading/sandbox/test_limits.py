"""Bombs of every kind: the limit that ends each, and that it ends nothing else."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from coursekit.sandbox.confine import KERNEL_THREADS
from coursekit.sandbox.limits import Limits

pytestmark = pytest.mark.slow

SMALL = Limits(memory=300, processes=24, disk=32, file=16, files=500)


def test_limits_are_numbers_above_nothing() -> None:
    for wrong in (0, -1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="memory"):
            Limits(memory=wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="wall"):
        Limits(wall="60")  # type: ignore[arg-type]


def test_memory_of_one_process(start: Callable) -> None:
    session = start(SMALL)
    said = session.say(
        "held = []\nwhile True: held.append(bytearray(b'x' * (10 << 20)))"
    )
    assert said in ("MemoryError:", "gone: more than 300 MB of memory")


def test_memory_of_many_processes(start: Callable) -> None:
    session = start(SMALL)
    said = session.say(
        "import os, time\n"
        "for n in range(8):\n"
        "    if not os.fork():\n"
        "        held = bytearray(os.urandom(1)) * (60 << 20)\n"
        "        time.sleep(60); os._exit(0)\n"
        "time.sleep(60)"
    )
    assert said == "gone: more than 300 MB of memory"


def test_shared_memory_that_nobody_maps(start: Callable) -> None:
    session = start(SMALL)
    said = session.say(
        "for n in range(100):\n"
        "    with open(f'/dev/shm/{n}', 'wb') as file: file.write(bytes(1 << 20))"
    )
    assert "No space left" in said


def test_processes(start: Callable) -> None:
    session = start(SMALL)
    said = session.say(
        "import os, time\ncount = 0\n"
        "try:\n"
        "    while True:\n"
        "        if not os.fork(): time.sleep(60); os._exit(0)\n"
        "        count += 1\n"
        "except BlockingIOError: print(count)"
    )
    most = SMALL.processes + KERNEL_THREADS
    assert 0 < int(said) < most and len(session.kernel.pids()) < most


def test_a_fork_bomb_ends_with_the_kernel(start: Callable) -> None:
    session = start(SMALL)
    session.client.execute(
        "import os, time\nwhile True:\n    try: os.fork()\n"
        "    except OSError: time.sleep(0.01)"
    )
    deadline = time.monotonic() + 20
    while len(session.kernel.pids()) < 8 and time.monotonic() < deadline:
        time.sleep(0.02)
    pids = session.kernel.pids()
    assert len(pids) >= 8 or session.kernel.poll() is not None
    session.kernel.close()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_disk_and_one_file(start: Callable) -> None:
    session = start(SMALL)
    big = "open('big', 'wb').write(bytes(20 << 20))"
    assert "File too large" in session.say(big)
    many = "for n in range(9): open(f'big{n}', 'wb').write(bytes(8 << 20))"
    assert "No space left" in session.say(many)
    small = "import os, glob\nfor p in glob.glob('big*'): os.remove(p)\n"
    small += "for n in range(2000): open(f's{n}', 'w').close()"
    assert "No space left" in session.say(small)


def test_open_files(start: Callable) -> None:
    said = start(SMALL).say("held = [open('/dev/null') for _ in range(2000)]")
    assert "Too many open files" in said


LOOP = "while True: pass"


def test_processor_time_of_a_notebook(start: Callable) -> None:
    session = start(Limits(cpu=0.6))
    assert (
        session.say(LOOP) == "gone: more than 0.6 s of processor time for the notebook"
    )


def test_processor_time_of_a_cell_counts_from_its_start(start: Callable) -> None:
    session = start(Limits(cell_cpu=0.5, cpu=60))
    with session.kernel.cell():
        assert session.say("sum(range(100))") == ""
    with session.kernel.cell():
        said = session.say(LOOP)
    assert said == "gone: more than 0.5 s of processor time in one cell"


def test_processor_time_of_children_counts(start: Callable) -> None:
    session = start(Limits(cpu=1.0))
    said = session.say(
        "import os\nwhile True:\n    if not os.fork(): sum(range(10**6)); os._exit(0)\n"
        "    os.wait()"
    )
    assert said == "gone: more than 1 s of processor time for the notebook"


def test_wall_time(start: Callable) -> None:
    session = start(Limits(cell_wall=0.4))
    with session.kernel.cell():
        said = session.say("import time; time.sleep(60)")
    assert said == "gone: more than 0.4 s in one cell"
    session = start(Limits(wall=0.6))
    assert session.say("import time; time.sleep(60)").endswith("0.6 s for the notebook")


def test_an_interrupt_reaches_the_cell_and_the_kernel_goes_on(start: Callable) -> None:
    session = start()
    asked = session.client.execute("import time\nprint(1, flush=True)\ntime.sleep(60)")
    while session.client.get_iopub_msg(timeout=20)["msg_type"] != "stream":
        pass
    session.kernel.interrupt()
    assert session.hear(asked).startswith("KeyboardInterrupt")
    assert session.say("print(1 + 1)") == "2"


def test_a_flood_of_output_is_only_its_own(start: Callable) -> None:
    session = start(Limits(cpu=1.0))
    said = session.say("while True: print('x' * 10000)")
    # what it cannot send yet it holds
    assert said.endswith(("processor time for the notebook", "MB of memory"))
