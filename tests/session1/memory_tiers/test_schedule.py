"""A daily time comes once a day, whatever is done to the clocks."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from session1.memory.tiers.schedule import schedule, trigger

# Zone, the day its clocks are changed, and by how many minutes.
CHANGES = [
    ("Europe/Berlin", "2025-03-30", 60),
    ("Europe/Berlin", "2025-10-26", -60),
    ("Europe/London", "2025-03-30", 60),
    ("Europe/London", "2025-10-26", -60),
    ("America/New_York", "2025-03-09", 60),
    ("America/New_York", "2025-11-02", -60),
    ("Australia/Lord_Howe", "2025-10-05", 30),
    ("Australia/Lord_Howe", "2025-04-06", -30),
    ("America/Havana", "2025-03-09", 60),
    ("America/Havana", "2025-11-02", -60),
    ("Africa/Cairo", "2025-04-25", 60),
    ("Africa/Cairo", "2025-10-31", -60),
    ("America/Nuuk", "2025-03-29", 60),
    ("America/Nuuk", "2025-10-25", -60),
    ("Asia/Beirut", "2025-03-30", 60),
    ("Antarctica/Troll", "2025-03-30", 120),
    ("Antarctica/Troll", "2025-10-26", -120),
    ("Asia/Tokyo", "2025-06-01", 0),
    ("Asia/Kolkata", "2025-06-01", 0),
    ("UTC", "2025-06-01", 0),
]
TIMES = ["00:00", "00:30", "01:00", "01:30", "01:45", "02:00", "02:15", "02:30"]
TIMES += ["03:00", "12:00", "23:00", "23:30", "23:59"]


def moments(zone: str, at: str, start: datetime, days: int) -> list[datetime]:
    """The moments of a daily time, each computed from the one before."""
    daily = trigger(None, at, ZoneInfo(zone))
    found = [daily.get_next_fire_time(None, start)]
    while len(found) < days:
        found.append(daily.get_next_fire_time(found[-1], found[-1]))
    return found


@pytest.mark.parametrize("at", TIMES)
@pytest.mark.parametrize(("zone", "day", "change"), CHANGES)
def test_a_daily_time_comes_once_on_each_day(
    zone: str, day: str, change: int, at: str
) -> None:
    hour, minute = map(int, at.split(":"))
    middle = datetime.fromisoformat(day)
    start = (middle - timedelta(days=5)).replace(tzinfo=ZoneInfo(zone))
    found = moments(zone, at, start, 10)
    usual = [m for m in found if (m.hour, m.minute) == (hour, minute)]
    assert len(usual) >= 9, "at most the time that is skipped is another"
    moved = [m for m in found if m not in usual]
    assert all(
        m.hour * 60 + m.minute - hour * 60 - minute in (change, change - 1440)
        for m in moved
    )
    days = Counter(
        (m - timedelta(minutes=change if m in moved else 0)).date() for m in found
    )
    first = start.date()
    assert days == {first + timedelta(days=n): 1 for n in range(10)}
    for one, two in pairwise(found):
        hours = (two.astimezone(UTC) - one.astimezone(UTC)) / timedelta(hours=1)
        assert abs(hours - 24) <= abs(change) / 60


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2025-10-26T01:59:59+02:00", "2025-10-26T02:00:00+02:00"),
        ("2025-10-26T02:00:00+02:00", "2025-10-26T02:00:00+02:00"),
        ("2025-10-26T02:30:00+02:00", "2025-10-27T02:00:00+01:00"),
        ("2025-10-26T02:00:00+01:00", "2025-10-27T02:00:00+01:00"),
        ("2025-03-30T01:59:59+01:00", "2025-03-30T03:00:00+02:00"),
        ("2025-03-30T03:00:01+02:00", "2025-03-31T02:00:00+02:00"),
    ],
)
def test_who_starts_on_such_a_day_gets_no_second_one(now: str, first: str) -> None:
    daily = trigger(None, "02:00", ZoneInfo("Europe/Berlin"))
    for zone in (ZoneInfo("Europe/Berlin"), UTC, ZoneInfo("Asia/Tokyo")):
        start = datetime.fromisoformat(now).astimezone(zone)
        found = daily.get_next_fire_time(None, start)
        assert found.isoformat() == first


def test_a_day_that_a_country_left_out_is_left_out() -> None:
    start = datetime(2011, 12, 28, tzinfo=ZoneInfo("Pacific/Apia"))
    found = moments("Pacific/Apia", "02:00", start, 4)
    assert [m.day for m in found] == [28, 29, 31, 1]


def test_an_interval_does_not_care_for_clocks() -> None:
    zone = ZoneInfo("Europe/Berlin")
    for day in ("2025-03-30", "2025-10-26"):
        now = datetime.fromisoformat(day).replace(tzinfo=zone)
        every = trigger(1800.0, None)
        found = [now]
        for _ in range(20):
            found.append(every.get_next_fire_time(found[-1], found[-1]))
        seconds = {b.timestamp() - a.timestamp() for a, b in pairwise(found)}
        assert seconds == {1800.0}


def test_a_scheduler_takes_it() -> None:
    scheduler = schedule(lambda: None, at="02:00")
    try:
        (job,) = scheduler.get_jobs()
        assert (job.next_run_time.hour, job.next_run_time.minute) == (2, 0)
    finally:
        scheduler.shutdown()
