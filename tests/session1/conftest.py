"""What the tests of session1 share: a clock that is set by hand."""

from dataclasses import dataclass

import pytest


@dataclass
class Clock:
    """Shows what it is set to."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()
