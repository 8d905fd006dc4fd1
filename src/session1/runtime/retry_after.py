"""How long a server asks to be left alone: the header Retry-After."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tenacity import AsyncRetrying, RetryCallState

from session1.runtime.fetch_errors import Busy


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
