"""Try again what failed for a moment, a little later and not all at once."""

import asyncio
import random
from collections.abc import Callable

from tenacity import AsyncRetrying, RetryCallState
from tenacity.retry import retry_if_exception_type
from tenacity.stop import stop_after_attempt

from session1.limits import positive, positive_int

TRANSIENT = (ConnectionError, TimeoutError)


def retries(
    attempts: int = 3,
    on: type[Exception] | tuple[type[Exception], ...] = TRANSIENT,
    first: float = 0.1,
    longest: float = 10.0,
    rng: Callable[[], float] = random.random,
) -> AsyncRetrying:
    """Up to `attempts` tries while an error of the kinds `on` comes up.

    The pause before try n is a random share of `first` * 2 ** (n - 2) seconds, at most
    `longest` ("full jitter"), so that callers who failed together do not come back
    together. The last error is raised as it is. Waits follow the loop's clock.
    """
    positive("first", first)
    positive("longest", longest)

    def pause(state: RetryCallState) -> float:
        # the exponent is bounded because a float is not
        doubled = first * 2.0 ** min(state.attempt_number - 1, 60)
        return min(longest, doubled) * rng()

    return AsyncRetrying(
        sleep=asyncio.sleep,
        stop=stop_after_attempt(positive_int("attempts", attempts)),
        wait=pause,
        retry=retry_if_exception_type(on),
        reraise=True,
    )
