"""Changes to records: first in the ledger, then in the hot tier, in the same order."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from secrets import randbits
from typing import Any

from session1.memory.tiers.hot import Held, Hot
from session1.memory.tiers.ledger import Ledger
from session1.memory.tiers.migration import Moves
from session1.memory.tiers.record import Record


class Writer:
    """Stores and deletes. One lock around both steps keeps the tiers in step."""

    def __init__(self, ledger: Ledger, hot: Hot, moves: Moves) -> None:
        self._ledger = ledger
        self._hot = hot
        self._moves = moves

    def put(
        self, pairs: Sequence[tuple[Record, bytes]], now: float, touched: float
    ) -> None:
        """Store records, given with their JSON: all or none."""
        with self._ledger.lock:
            self._moves.make_room(sum(len(body) for _, body in pairs))
            # a number that no other version of the record has, not even a later one
            # of the same id after it was deleted
            held = [Held(randbits(63), record) for record, _ in pairs]
            with self._in_step([record["id"] for record, _ in pairs]):
                with self._ledger.write() as db:
                    for (record, body), (version, _) in zip(pairs, held, strict=True):
                        row = {"version": version, "touched": touched}
                        self._ledger.add(db, record, body, row)
                bodies = [body for _, body in pairs]
                self._hot.put(zip(held, bodies, strict=True), now)

    def delete(self, where: str, rows: Sequence[tuple[Any, ...]]) -> list[str]:
        """Delete in one transaction what meets `where`, once for each row of values."""
        sql = f"DELETE FROM records WHERE {where} RETURNING id"
        gone: list[str] = []
        with self._ledger.lock, self._in_step(gone):
            with self._ledger.write() as db:
                for row in rows:
                    gone += [id for (id,) in db.execute(sql, row).fetchall()]
            self._hot.drop(gone)
        return gone

    @contextmanager
    def _in_step(self, ids: list[str]) -> Iterator[None]:
        """Hot forgets these if it is not known how far the block came."""
        try:
            yield
        except BaseException:
            self._hot.drop(ids)
            raise
