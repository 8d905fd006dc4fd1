"""CircuitBreaker: any sequence of calls and waits, against a model of it in words."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from session1.llm.breaker import CircuitBreaker
from tests.session1.conftest import Clock

FAILURES, REST = 2, 10.0


def opened(clock, **options):
    breaker = CircuitBreaker(FAILURES, REST, clock=clock, **options)
    for _ in range(FAILURES):
        breaker.failed(breaker.enter())
    return breaker


def test_it_opens_after_failures_in_a_row_only():
    breaker = CircuitBreaker(3, clock=Clock(100.0))
    for went_well in (False, False, True, False, False):
        permit = breaker.enter()
        (breaker.succeeded if went_well else breaker.failed)(permit)
    assert breaker.state == "closed"
    breaker.failed(breaker.enter())
    assert (breaker.state, breaker.enter(), breaker.opened) == ("open", None, 1)


@pytest.mark.parametrize("went_well", [True, False])
def test_after_the_rest_one_probe_decides(went_well):
    clock = Clock(100.0)
    breaker = opened(clock)
    clock.now += REST - 0.001
    assert breaker.enter() is None
    assert breaker.seconds_left == pytest.approx(0.001)
    clock.now += 0.001
    permit = breaker.enter()
    assert (breaker.state, breaker.enter()) == ("half-open", None)
    (breaker.succeeded if went_well else breaker.failed)(permit)
    assert breaker.state == ("closed" if went_well else "open")
    clock.now += REST
    assert breaker.enter() is not None, "another call, or another probe"


def test_a_probe_that_is_given_up_lets_another_try():
    clock = Clock(100.0)
    breaker = opened(clock)
    clock.now += REST
    breaker.left(breaker.enter())
    assert breaker.enter() is not None


def test_what_began_before_it_opened_decides_nothing():
    clock = Clock(100.0)
    breaker = CircuitBreaker(FAILURES, REST, clock=clock)
    early = [breaker.enter() for _ in range(FAILURES + 2)]
    for permit in early[:FAILURES]:
        breaker.failed(permit)
    breaker.succeeded(early[-1])
    assert breaker.state == "open"
    clock.now += REST
    breaker.failed(early[-2])
    assert breaker.state == "half-open"


def test_a_clock_that_is_set_back_does_not_keep_it_open():
    clock = Clock(100.0)
    breaker = opened(clock)
    clock.now -= 1_000_000
    assert breaker.state == "half-open"


@pytest.mark.parametrize("bad", [{"failures": 0}, {"rest": 0}, {"rest": float("nan")}])
def test_bad_limits_are_refused(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        CircuitBreaker(**bad)


class Calls(RuleBasedStateMachine):
    """Calls that begin, end and are given up, while the clock goes on or jumps."""

    def __init__(self):
        super().__init__()
        self.clock = Clock(100.0)
        self.breaker = CircuitBreaker(FAILURES, REST, clock=self.clock)
        self.running = []  # (permit, the period it began in)
        self.period = 0  # how often the model below changed
        self.opened_at = None
        self.in_a_row = 0
        self.probe = False

    def is_open(self):
        if self.opened_at is None:
            return False
        return 0 <= self.clock.now - self.opened_at < REST  # rounded as there

    @rule()
    def begin(self):
        permit = self.breaker.enter()
        half = self.opened_at is not None and not self.is_open()
        allowed = not self.is_open() and not (half and self.probe)
        assert (permit is not None) == allowed
        if allowed:
            self.running.append((permit, self.period))
            self.probe = half

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0), how=st.sampled_from(["succeeded", "failed", "left"]))
    def end(self, which, how):
        permit, period = self.running.pop(which % len(self.running))
        getattr(self.breaker, how)(permit)
        if period != self.period:
            return
        if how == "left":
            self.probe = False
        elif how == "succeeded":
            self.in_a_row = 0
            if self.opened_at is not None:
                self.change(None)
        else:
            self.in_a_row += 1
            if self.opened_at is not None or self.in_a_row == FAILURES:
                self.change(self.clock.now)

    def change(self, opened_at):
        self.opened_at, self.in_a_row, self.probe = opened_at, 0, False
        self.period += 1

    @rule(seconds=st.sampled_from([REST, REST / 2, 0.1]) | st.floats(-20, 20))
    def wait(self, seconds):
        self.clock.now += seconds

    @invariant()
    def state_is_right(self):
        half = "closed" if self.opened_at is None else "half-open"
        assert self.breaker.state == ("open" if self.is_open() else half)
        assert 0 <= self.breaker.seconds_left <= REST


TestCalls = Calls.TestCase
