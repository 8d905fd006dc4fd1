"""What the tests of monitoring share: a clock that is set by hand."""

import pytest


class HandClock:
    """Shows what it is set to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()
