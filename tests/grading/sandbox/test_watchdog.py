"""The one thread that holds all limits: what fails for one kernel stops no other."""

from pathlib import Path

import pytest

from coursekit.sandbox import processes, watchdog
from coursekit.sandbox.limits import Limits
from coursekit.sandbox.unsandboxed import PlainKernel


class Bare(PlainKernel):
    """A kernel without a process; looks at it fail while `fails`."""

    def __init__(self, fails: bool) -> None:
        super(PlainKernel, self).__init__(Path("none"), Limits())
        self.fails = fails

    def poll(self) -> int | None:
        if self.fails:
            raise OSError("too many open files")
        return self.returncode

    def pids(self) -> list[int]:
        return []

    def kill(self, why: str = "") -> None:
        self.why, self.returncode = self.why or why, -9


@pytest.fixture
def watch() -> watchdog._Watch:
    """One that looks when it is told to, an hour after the kernels began."""
    late = Bare(False).started + 3600
    return watchdog._Watch(clock=lambda: late)


def test_one_that_cannot_be_looked_at_ends_and_the_others_keep_their_limits(
    watch: watchdog._Watch,
) -> None:
    bad, good = Bare(True), Bare(False)
    watch.kernels = {bad, good}
    for _ in range(watchdog._MISSES):
        assert not bad.why
        watch._look()
    assert good.why == "more than 900 s for the notebook"
    assert bad.why == "what cannot be measured (OSError)"
    watch._look()
    assert not watch.kernels


def test_the_work_of_its_judge_counts_for_the_cell_and_not_what_came_before(
    watch: watchdog._Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = Bare(False)
    kernel.judge, seconds = 7, {7: 100.0}
    used = lambda pids: int(1e9 * sum(map(seconds.get, pids)))  # noqa: E731
    monkeypatch.setattr(processes, "cpu_ns", used)
    watch.clock = lambda: kernel.started
    watch.kernels = {kernel}
    with kernel.cell():
        for seconds[7] in (100.0, 160.0):
            watch._look()
            assert not kernel.why
        seconds[7] = 160.1
        watch._look()
    assert kernel.why == "more than 60 s of processor time in one cell"


def test_a_look_that_fails_now_and_then_costs_nothing(watch: watchdog._Watch) -> None:
    kernel = Bare(True)
    watch.clock = lambda: kernel.started
    watch.kernels = {kernel}
    for number in range(5 * watchdog._MISSES):
        kernel.fails = bool(number % watchdog._MISSES)
        watch._look()
    assert not kernel.why and watch.kernels
