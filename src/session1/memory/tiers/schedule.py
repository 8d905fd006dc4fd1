"""When old records go: on a schedule, and only by a clock that can be believed."""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from session1.limits import positive
from session1.memory.tiers.errors import ClockJumped
from session1.memory.tiers.ledger import Ledger

BACK_S = 5.0  # corrections of a clock that are not a jump
_LATEST = """SELECT max(coalesce((SELECT max(touched) FROM records
    WHERE segment IS {} NULL), 0))"""


class Guard:
    """Compares the clock with the latest time that the ledger has seen.

    A clock that fell behind that, or leapt ahead by the whole life of a record, might
    be wrong, and what is removed is gone. So the first cleanup that finds it raises
    `ClockJumped`, and the next one believes it if the clock has gone on from there.
    """

    def __init__(self, ledger: Ledger, life: float, clock: Callable[[], float]) -> None:
        self._ledger = ledger
        self._life = life
        self._clock = clock
        self.latest = self._seen()

    def now(self) -> float:
        """The clock's seconds since 1970; ValueError if it gives none."""
        return _finite(self._clock())

    def stamp(self) -> float:
        """The time to write on a record: never before what was written already.

        So a clock that is behind for a while makes no record look old.
        """
        self.latest = max(self.latest, self.now())
        return self.latest

    def check(self, given: float | None) -> float:
        """The time for a cleanup: `given` is believed, the clock must be in line."""
        now = self.now() if given is None else _finite(given)
        latest = max(self.latest, self._seen())
        ahead = now - latest >= self._life and latest > 0
        behind = now < latest - BACK_S
        if (ahead or behind) and given is None:
            self._doubt(now, latest)
        self._believe(now, behind)
        return now

    def _doubt(self, now: float, latest: float) -> None:
        with self._ledger.write() as db:
            row = db.execute("SELECT value FROM meta WHERE name = 'doubt'").fetchone()
            if row is not None and 0 <= now - row[0] < self._life:
                return
            db.execute("INSERT OR REPLACE INTO meta VALUES ('doubt', ?)", (now,))
        raise ClockJumped(
            f"the clock says {_date(now)}; the latest this store has seen is "
            f"{_date(latest)}. Nothing was removed. Set the clock right; if it is "
            "right, the next cleanup will believe it"
        )

    def _believe(self, now: float, behind: bool) -> None:
        with self._ledger.write() as db:
            db.execute("DELETE FROM meta WHERE name = 'doubt'")
            db.execute("INSERT OR REPLACE INTO meta VALUES ('seen', ?)", (now,))
            if behind:  # touched in a future that was none: it would stay too long
                db.execute(
                    "UPDATE records SET touched = ? WHERE touched > ?", (now, now)
                )
        self.latest = now

    def _seen(self) -> float:
        with self._ledger.read() as db:
            row = db.execute("SELECT value FROM meta WHERE name = 'seen'").fetchone()
            parts = [db.execute(_LATEST.format(n)).fetchone()[0] for n in ("", "NOT")]
        return float(max(row[0] if row else 0.0, *parts))


def _finite(now: float) -> float:
    if not math.isfinite(now):
        raise ValueError(f"the clock gave {now}; give seconds since 1970")
    return now


def _date(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(" ", "seconds")
    except (OverflowError, ValueError, OSError):
        return f"{seconds:g} s"


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
