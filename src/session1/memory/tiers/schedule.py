"""Work at intervals or at a time of day, in a thread of its own (APScheduler)."""

import re
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from session1.limits import positive


def schedule(
    work: Callable[[], object], every: float | None = None, at: str | None = None
) -> BackgroundScheduler:
    """A started scheduler that calls `work` `every` so many seconds, or `at` "02:00".

    A call that is late is made once; never two at a time.
    """
    scheduler = BackgroundScheduler(daemon=True)
    scheduler.add_job(
        work,
        trigger(every, at),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.start()
    return scheduler


def trigger(every: float | None, at: str | None) -> CronTrigger | IntervalTrigger:
    """When to work: exactly one of both is given; `at` is local time."""
    if (every is None) == (at is None):
        raise ValueError("give either every=seconds or at='HH:MM'")
    if every is not None:
        return IntervalTrigger(seconds=positive("every", every))
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", at or "")
    if not found:
        raise ValueError(f"at is {at!r}; give a time of day such as '02:00'")
    return CronTrigger(hour=int(found[1]), minute=int(found[2]))
