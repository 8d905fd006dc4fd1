"""Work at intervals or at a time of day, in a thread of its own (APScheduler)."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from session1.limits import positive

HOUR, MINUTE = (CronTrigger.FIELD_NAMES.index(name) for name in ("hour", "minute"))


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


class Daily(CronTrigger):
    """A time of day, once each day, also on those when clocks are changed.

    A time that comes twice counts the first time; one that is skipped comes as much
    later as the clocks are put forward.
    """

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime:
        """The first such moment after the previous one, or from now on."""
        # in UTC, since times of one zone are compared as its clocks show them
        after = (previous_fire_time or now).astimezone(UTC)
        if previous_fire_time is None:
            after -= timedelta(microseconds=1)
        day = after.astimezone(self.timezone).date() - timedelta(days=1)
        while (moment := self._moment(day)) <= after:
            day += timedelta(days=1)
        return moment.astimezone(self.timezone)

    def _moment(self, day: date) -> datetime:
        hour, minute = (int(str(self.fields[at])) for at in (HOUR, MINUTE))
        return datetime.combine(day, time(hour, minute), self.timezone).astimezone(UTC)


def trigger(
    every: float | None, at: str | None, zone: tzinfo | None = None
) -> CronTrigger | IntervalTrigger:
    """When to work: exactly one of both is given; `at` is in `zone`, else local."""
    if (every is None) == (at is None):
        raise ValueError("give either every=seconds or at='HH:MM'")
    if every is not None:
        return IntervalTrigger(seconds=positive("every", every))
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", at or "")
    if not found:
        raise ValueError(f"at is {at!r}; give a time of day such as '02:00'")
    return Daily(hour=int(found[1]), minute=int(found[2]), timezone=zone)
