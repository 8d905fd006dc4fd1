"""Limits say which argument was wrong and what it was."""

import numpy as np
import pytest

from session1.limits import positive, positive_int


def test_the_message_tells_look_alikes_apart() -> None:
    with pytest.raises(TypeError, match=r"slots must be an int, got numpy\.int64"):
        positive_int("slots", np.int64(5))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"int or a float, got numpy\.float32"):
        positive("horizon", np.float32(0.5))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), 10**400])
def test_what_no_float_can_hold_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="horizon must be a finite number above 0"):
        positive("horizon", value)
