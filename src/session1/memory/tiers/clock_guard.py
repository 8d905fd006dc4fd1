"""A guard before the removal of old records: is the clock to be believed?"""

import math
from collections.abc import Callable
from datetime import UTC, datetime

from session1.memory.tiers.errors import ClockJumped
from session1.memory.tiers.ledger import Ledger

BACK_S = 5.0  # corrections of a clock that are no jump
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
