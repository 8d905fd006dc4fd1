"""PostgreSQL connections on which no wait is without end."""

import time
from collections.abc import Generator
from typing import Any

import psycopg
from sqlalchemy import Engine, event


class Silent(psycopg.OperationalError):
    """The server has said nothing for too long; the connection is closed."""


class Impatient(psycopg.Connection[Any]):
    """A connection that gives up a server that is silent for `patience` seconds.

    A server that is stopped or frozen keeps its connections open, so neither a timeout
    of its own nor one of TCP ends a wait for it.
    """

    patience = 60.0
    where = "?"

    def wait(self, gen: Any, *args: Any, **options: Any) -> Any:
        """As psycopg waits, but not for ever."""
        return super().wait(self._bounded(gen), *args, **options)

    def _bounded(self, gen: Any) -> Generator[Any, Any, Any]:
        """`gen`, which is told every tenth of a second whether there is news."""
        try:
            state, heard = next(gen), time.monotonic()
            while True:
                ready = yield state
                if ready:
                    heard = time.monotonic()
                elif time.monotonic() - heard > self.patience:
                    self.pgconn.finish()
                    raise Silent(
                        f"{self.where} has said nothing for "
                        f"{self.patience:g} s: is it stopped or overloaded? Look, "
                        "or give create_pool a larger answer_timeout"
                    )
                state = gen.send(ready)
        except StopIteration as e:
            return e.value


def bound(engine: Engine, seconds: float) -> None:
    """Let an engine's connections give up a server that is silent for `seconds`."""

    where = engine.url.render_as_string()  # without a password

    def connect(dialect: Any, record: Any, args: Any, params: Any) -> Impatient:
        try:
            connection = Impatient.connect(*args, **params)
        except psycopg.errors.ConnectionTimeout as e:
            raise Silent(f"{where} accepts no connection ({e}): is it stopped?") from e
        connection.patience, connection.where = seconds, where
        return connection

    event.listen(engine, "do_connect", connect)
