"""When a submission was handed in: `timestamp.txt`, read as it was meant or not at all.

    2025-03-30 03:30:00.123 UTC      nbgrader; UTC where no zone is given
    2025-03-30 03:30:00 +0200        git log --format=%ci, most tools
    2025-03-30 03:30:00 +0200 CEST   Go
    2025-03-30T03:30:00+02:00, …Z    ISO 8601
    Sun, 30 Mar 2025 03:30:00 +0200  mail, git log, date, JavaScript
    2025-03-30 03:30:00 CEST         where all that use the name mean the same then
    2025-03-30 03:30:00 Europe/Rome  where the clocks showed that time once
    1743298200                       seconds since 1970

A time that can be read in two ways, or of which a part would have to be guessed, is
not read: its reason goes to the instructor.
"""

import functools
import json
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from dateutil import parser, tz

from coursekit.core.course import CourseError
from coursekit.core.wording import clean
from coursekit.grading import intake

TIMESTAMP = "timestamp.txt"
DO = "write it as 2026-11-03 10:00:00 UTC"
EARLIEST = 2000  # a year before that is a clock that was never set
AHEAD = timedelta(days=1)  # a clock in another zone may be ahead of ours
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EPOCH = re.compile(r"@?(\d{10}(?:\.\d+)?)(?: [+-]\d{4})?")
_PLACE = re.compile(r"(.*\S)\s+([A-Za-z]+(?:/[A-Za-z0-9_+-]+)+)")
# UTC+02:00 is two hours ahead, as all but POSIX write it
_AHEAD_OF_UTC = re.compile(r"(?:UTC|GMT)\s?([+-]\d)")
_SAID_AGAIN = re.compile(r"([+-]\d\d:?\d\d)\s*\([^()]*\)$")  # +0200 (CEST)
# the parser turns the sign of CET+2 around
_TURNED = re.compile(r":\d\d\S*\s*(?![AP]M\b)[A-Z]+\s?[+-]\d")
# +0200 CEST, as Go prints it, there with its own clock behind it
_AND_NAMED = re.compile(r"(.*:\d\d\S* [+-]\d{4}) ([A-Z]{3,5})(?: M=[+-][\d.]+)?")
_YEAR_FIRST = re.compile(r"(?:19|20)\d\d(?:\b|\d{4}\D|\d{10}$)")
# what is not said is taken from these; where that makes a difference it is a guess
_UNSAID = datetime(2000, 1, 1), datetime(2001, 2, 2, 1, 1)


def handed_in_at(folder: Path) -> tuple[datetime | None, str]:
    """The time in UTC that a folder's file says, and why it cannot be right, if so."""
    try:
        found = moment(_text(folder / TIMESTAMP))
    except FileNotFoundError:
        return None, ""
    except (CourseError, ValueError, OverflowError) as error:
        return None, f"{TIMESTAMP} is not read, so it counts as on time: {error}"
    if found > datetime.now(UTC) + AHEAD:
        why = f"{TIMESTAMP} lies in the future ({found:%Y-%m-%d %H:%M} UTC): correct it"
        return found.replace(tzinfo=None), why
    return found.replace(tzinfo=None), ""


def _text(path: Path) -> str:
    if not path.exists() and not path.is_symlink():
        raise FileNotFoundError
    data = intake.read_file(path, 1000)
    text = data.decode(json.detect_encoding(data)).lstrip("\ufeff").strip()
    if not text:
        raise ValueError(f"it is empty, {DO} or remove it")
    return text


def moment(text: str) -> datetime:
    """The moment that a text means, in UTC; ValueError when that is not certain."""
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(float(epoch[1]), UTC)
    said, place = text, ""
    if named := _PLACE.fullmatch(text):
        said, place = named[1], named[2]
    try:
        said = _AHEAD_OF_UTC.sub(r"\1", _SAID_AGAIN.sub(r"\1", said.upper()))
        twice = _AND_NAMED.fullmatch(said)
        found, zone = _parsed(twice[1] if twice else said)
        if twice and _placed(found.replace(tzinfo=None), "", twice[2]) != found:
            raise ValueError(f"{twice[2]} has another offset")
    except (ValueError, OverflowError) as error:
        shown = clean(text)[:60]
        raise ValueError(f"{shown!r} is not a time that is certain, {DO}") from error
    if place or zone:
        found = _placed(found, place, zone)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _parsed(text: str) -> tuple[datetime, str]:
    """A time with the offset or the name of a zone that stands there, if any."""
    names: list[str] = []

    def zone(name: str | None, offset: int | None) -> tzinfo | None:
        if offset is not None:
            return timezone(timedelta(seconds=offset))
        names.extend([name] if name else [])
        return None

    orders = (False,) if _YEAR_FIRST.match(text) else (True, False)
    found = {
        parser.parse(text, default=unsaid, tzinfos=zone, dayfirst=first)
        for unsaid in _UNSAID
        for first in orders
    }
    if len(found) > 1 or (text.isdecimal() and len(text) != 14):
        raise ValueError("it can be read in two ways")
    (only,) = found
    other_day = text[:3].lower() in {*DAYS} - {DAYS[only.weekday()]}
    far = abs(only.utcoffset() or timedelta()) > timedelta(hours=14)
    odd = _TURNED.search(text) or not text[0].isalnum() or not text.isascii()
    if str(only.year) not in text or only.year < EARLIEST or other_day or far or odd:
        raise ValueError("a part of it does not fit")
    return only, names[0] if names else ""


def _placed(naive: datetime, place: str, zone: str) -> datetime:
    """A time by the clocks of a place or of all that call their zone so."""
    if naive.tzinfo or (place and zone):
        raise ValueError(f"it names two zones, {DO}")
    if place and place not in available_timezones():
        raise ValueError(f"there is no zone {place}, {DO}")
    found = {
        at.utcoffset(): at
        for at in _meant(naive, [place] if place else sorted(available_timezones()))
        if tz.datetime_exists(at) and zone in ("", at.tzname())
    }
    if len(found) != 1:
        what = "several offsets" if found else "no place that used it then"
        raise ValueError(f"{zone or place} has {what} for this time, {DO}")
    return next(iter(found.values()))


def _meant(naive: datetime, places: list[str]) -> list[datetime]:
    zones = map(_zone, places)
    return [naive.replace(tzinfo=z, fold=fold) for z in zones for fold in (0, 1)]


@functools.cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
