"""Try again what failed for a moment, a little later and not all at once."""

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tenacity import AsyncRetrying, RetryCallState
from tenacity.retry import retry_if_exception_type
from tenacity.stop import stop_after_attempt

from session1.limits import positive, positive_int
from session1.runtime.fetch_errors import Busy

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


def asked_pause(headers: Mapping[str, str]) -> float:
    """Return the seconds that Retry-After asks for, 0 if it says nothing of use.

    A date is taken against the answer's own Date: the clocks may differ.
    """
    value = headers.get("Retry-After", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        wanted = _date(value)
        now = _date(headers.get("Date", "")) or datetime.now(UTC)
        seconds = (wanted - now).total_seconds() if wanted else 0.0
    return max(0.0, seconds)  # 0 for a NaN, too


def heeding(retry: AsyncRetrying, patience: float) -> AsyncRetrying:
    """Return the same tries, none of them before the server wants it.

    One that asks for more than `patience` seconds is not asked again.
    """

    def after(state: RetryCallState) -> float:
        error = state.outcome and state.outcome.exception()
        return error.after if isinstance(error, Busy) else 0.0

    def stop(state: RetryCallState) -> bool:
        return after(state) > patience or retry.stop(state)

    return retry.copy(
        wait=lambda state: max(retry.wait(state), after(state)), stop=stop
    )


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
