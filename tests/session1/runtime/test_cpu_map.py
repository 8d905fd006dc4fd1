"""cpu_map: the plain loop's results and errors, on other processors when that pays."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.runtime import cpu_map as module
from session1.runtime.cpu_map import WorkerDied, cpu_map, plan

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def two_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "cpus", lambda: 2)


class Slow:
    """A clock by which the first item takes a second, so that processes pay."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        now, self.now = self.now, 1.0
        return now


class Fast(Slow):
    """A clock by which items take next to no time, and processes do not pay."""

    def __call__(self) -> float:
        self.now += 1e-5
        return self.now


def where(n: int) -> tuple[int, int]:
    return n, os.getpid()


def children() -> list[psutil.Process]:
    return [p for p in psutil.Process().children() if "cpu_worker" in str(p.cmdline())]


def test_small_work_stays_here() -> None:
    done = cpu_map(where, range(500), clock=Fast())
    assert done == [(n, os.getpid()) for n in range(500)]


def test_large_work_goes_to_other_processes_and_keeps_its_order() -> None:
    done = cpu_map(where, range(100), clock=Slow())
    assert [n for n, _ in done] == list(range(100))
    assert 1 < len({pid for _, pid in done}) <= 3
    assert children() == []


def test_functions_of_a_notebook_and_lambdas_travel() -> None:
    factor = 3
    scope: dict[str, Any] = {"__name__": "__main__"}
    exec("def triple(n): return n * 3", scope)
    assert cpu_map(lambda n: n * factor, range(9), clock=Slow()) == [*range(0, 27, 3)]
    assert cpu_map(scope["triple"], range(9), clock=Slow()) == [*range(0, 27, 3)]


def test_nothing_one_and_a_generator() -> None:
    assert cpu_map(where, []) == []
    assert cpu_map(abs, [-1], clock=Slow()) == [1]
    assert cpu_map(abs, (-n for n in range(5)), clock=Slow()) == [0, 1, 2, 3, 4]


def odd(n: int) -> int:
    if n in (7, 13):
        raise ValueError(f"{n} is bad")
    return n


@pytest.mark.parametrize("clock", [Slow, Fast])
def test_the_error_is_the_first_of_the_plain_loop_and_names_its_item(
    clock: type[Slow],
) -> None:
    with pytest.raises(ValueError, match="7 is bad") as caught:
        cpu_map(odd, range(20), chunksize=1, processes=4, clock=clock())
    assert "at item 7: 7" in caught.value.__notes__
    if clock is Slow:
        assert "odd" in "".join(caught.value.__notes__)  # where it was there
    assert children() == []


class Stubborn(Exception):
    def __init__(self, a: int, b: int) -> None:  # it cannot be made from its args
        super().__init__(f"{a} and {b}")


def test_errors_and_results_that_cannot_travel_are_told() -> None:
    def fail(n: int) -> Any:
        if n == 5:
            raise Stubborn(1, 2)
        return n

    with pytest.raises(RuntimeError, match="Stubborn: 1 and 2") as caught:
        cpu_map(fail, range(9), clock=Slow())
    assert "at item 5: 5" in caught.value.__notes__
    with pytest.raises(TypeError, match="cannot be sent back"):
        cpu_map(lambda n: threading.Lock(), range(9), clock=Slow())
    lock = threading.Lock()
    with pytest.raises(TypeError, match="made inside the function"):
        cpu_map(lambda n: lock.locked(), range(9), clock=Slow())


def test_a_killed_process_is_replaced(tmp_path: Any) -> None:
    def once(n: int) -> int:
        mark = tmp_path / "killed"
        if n == 17 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return n

    assert cpu_map(once, range(40), clock=Slow()) == list(range(40))


def test_an_item_that_kills_its_process_twice_is_named() -> None:
    def die(n: int) -> int:
        if n == 17:
            os._exit(3)
        return n

    with pytest.raises(WorkerDied, match="status 3 twice") as caught:
        cpu_map(die, range(40), clock=Slow())
    assert "at item 17: 17" in caught.value.__notes__
    assert children() == []


def test_no_process_is_no_number_of_processes() -> None:
    with pytest.raises(ValueError, match="processes must be at least 1"):
        cpu_map(len, ["a"], processes=0)


def test_a_function_that_leaves_python_is_told_with_its_status() -> None:
    here = os.getpid()

    def leave(n: int) -> int:
        if n == 17 and os.getpid() != here:
            sys.exit(3)
        return n

    with pytest.raises(WorkerDied, match="status 3 twice"):
        cpu_map(leave, range(40), clock=Slow())


def test_a_function_that_reads_finds_nothing_and_hangs_nobody() -> None:
    def read(n: int) -> str:
        return sys.stdin.read() if n else ""

    assert cpu_map(read, range(9), clock=Slow()) == [""] * 9


SCRIPT = """
import os, time
from session1.runtime import cpu_map as module
module.cpus = lambda: 2

def work(n):
    if n > 3:
        os.write(1, b"there\\n")  # in one piece: two say so at once
        time.sleep(600)
    return n

clock = iter([0] + [1] * 99).__next__
module.cpu_map(work, range(50), clock=clock)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_ctrl_c_is_clean_and_nothing_outlives_a_killed_owner(
    how: signal.Signals,
) -> None:
    # it has no main guard on purpose, and comes by stdin: both work
    owner = subprocess.Popen(
        [sys.executable, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert owner.stdin and owner.stdout and owner.stderr
    owner.stdin.write(SCRIPT)
    owner.stdin.close()
    assert [owner.stdout.readline() for _ in range(2)] == ["there\n"] * 2
    workers = psutil.Process(owner.pid).children()
    assert len(workers) == 2
    owner.send_signal(how)
    owner.wait(30)
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive
    errors = owner.stderr.read()
    owner.stdout.close()
    owner.stderr.close()
    if how == signal.SIGINT:
        assert errors.count("Traceback") == 1  # ours, and none of a worker
        assert errors.rstrip().endswith("KeyboardInterrupt")


def test_a_dask_client_takes_the_same_call(client: Any) -> None:
    done = cpu_map(where, range(100), client=client, clock=Slow())
    assert [n for n, _ in done] == list(range(100))
    with pytest.raises(ValueError, match="7 is bad") as caught:
        cpu_map(odd, range(20), client=client, chunksize=2, clock=Slow())
    assert "at item 7: 7" in caught.value.__notes__
    assert cpu_map(lambda n: n + 1, range(9), client=client, clock=Slow()) == [
        *range(1, 10)
    ]


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    from distributed import Client, LocalCluster

    cluster = LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        dashboard_address=None,
        host="127.0.0.1",
    )
    with cluster, Client(cluster) as client:
        yield client


@given(
    st.integers(0, 10**7),
    st.floats(0, 100),
    st.floats(0, 1),
    st.integers(1, 64),
)
def test_a_plan_never_loses_by_its_own_figures(
    items: int, item_s: float, send_s: float, processes: int
) -> None:
    way = plan(items, item_s, send_s, processes, 0.1)
    assert way.chunksize >= 1
    if way.processes:
        there = 0.1 + max(items * send_s, items * item_s / processes)
        assert there < items * item_s
        assert way.chunksize <= max(1, items)


def test_plans() -> None:
    assert plan(10, 1e-4, 0, 8).processes == 0  # a millisecond of work
    assert plan(10_000, 5e-5, 5e-5, 8).processes == 0  # sending costs as much
    assert plan(10_000, 1e-3, 1e-6, 4) == module.Plan(4, 100)  # chunks of 0.1 s
    assert plan(10, 5, 0, 4) == module.Plan(4, 1)
    assert plan(100, 5, 0, 1).processes == 0


@pytest.mark.parametrize("name", ["chunksize", "processes"])
def test_limits_are_checked(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        cpu_map(abs, [1], **{name: -1})  # type: ignore[arg-type]
