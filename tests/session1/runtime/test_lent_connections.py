"""Whatever is done with a connection, the pool knows which are lent."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool, QueuePool, StaticPool

from session1.runtime.connections import create_pool, held_longer_than, pool_stats

pytestmark = pytest.mark.slow


def lent(engine: Engine) -> int:
    """How many are lent, by both accounts."""
    count = pool_stats(engine).lent
    assert len(held_longer_than(engine, -1.0)) == count
    return count


def used(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
        assert lent(engine) == 1


def detached(engine: Engine) -> None:
    with engine.connect() as connection:
        assert lent(engine) == 1
        connection.detach()
        assert lent(engine) == 0, "it is the pool's no more"
        assert connection.execute(text("SELECT 1")).scalar() == 1


def detached_twice_and_replaced(engine: Engine) -> None:
    connection = engine.connect()
    connection.detach()
    others = [engine.connect() for _ in range(3)]
    assert lent(engine) == 3
    connection.close()
    assert lent(engine) == 3
    others[0].detach()
    assert lent(engine) == 2
    for other in others:
        other.close()


def detached_raw(engine: Engine) -> None:
    raw = engine.raw_connection()
    assert lent(engine) == 1
    raw.detach()
    assert lent(engine) == 0
    raw.close()


def detached_and_forgotten(engine: Engine) -> None:
    connection = engine.connect()
    connection.detach()
    dbapi = connection.connection.dbapi_connection
    del connection
    gc.collect()
    assert lent(engine) == 0
    assert dbapi is not None
    dbapi.close()


def detached_inside_a_session(engine: Engine) -> None:
    with Session(engine) as session:
        session.connection().detach()
        assert lent(engine) == 0


def invalidated(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.invalidate()
        assert lent(engine) <= 1
        assert connection.execute(text("SELECT 1")).scalar() == 1
        assert lent(engine) == 1


def invalidated_and_left(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.invalidate(ValueError("looks odd"))


def invalidated_softly(engine: Engine) -> None:
    raw = engine.raw_connection()
    raw.invalidate(soft=True)
    assert lent(engine) == 1
    raw.close()


def invalidated_raw(engine: Engine) -> None:
    raw = engine.raw_connection()
    raw.invalidate()
    raw.close()


def derived(engine: Engine) -> None:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
        assert lent(engine) == 1


def disposed_while_lent(engine: Engine) -> None:
    connection = engine.connect()
    engine.dispose()
    assert lent(engine) == 1
    with engine.connect():
        assert lent(engine) == 2
    connection.close()


def disposed_and_left_open(engine: Engine) -> None:
    connection = engine.connect()
    engine.dispose(close=False)
    connection.close()


def closed_twice(engine: Engine) -> None:
    connection = engine.connect()
    connection.close()
    connection.close()
    raw = engine.raw_connection()
    raw.close()
    raw.close()


def forgotten(engine: Engine) -> None:
    connection = engine.connect()
    assert lent(engine) == 1
    del connection
    gc.collect()


def forgotten_raw(engine: Engine) -> None:
    raw = engine.raw_connection()
    cursor = raw.cursor()
    cursor.close()
    del raw, cursor
    gc.collect()


def in_savepoints(engine: Engine) -> None:
    with engine.begin() as connection:
        with connection.begin_nested(), connection.begin_nested():
            assert connection.execute(text("SELECT 1")).scalar() == 1
        nested = connection.begin_nested()
        nested.rollback()
        assert lent(engine) == 1


def failing(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        connection.execute(text("SELECT 1"))
        raise ZeroDivisionError


def refused_at_the_door(engine: Engine) -> None:
    def refuse(*_: object) -> None:
        raise DisconnectionError("not today")

    event.listen(engine, "checkout", refuse)
    with pytest.raises(Exception, match=r"not today|connection"):
        engine.connect()
    event.remove(engine, "checkout", refuse)


WAYS = [
    used,
    detached,
    detached_twice_and_replaced,
    detached_raw,
    detached_and_forgotten,
    detached_inside_a_session,
    invalidated,
    invalidated_and_left,
    invalidated_softly,
    invalidated_raw,
    derived,
    disposed_while_lent,
    disposed_and_left_open,
    closed_twice,
    forgotten,
    forgotten_raw,
    in_savepoints,
    failing,
    refused_at_the_door,
]


# some ways leave a connection open: that is what they try
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_lent_in_the_end(
    engine: Engine, way: Callable[[Engine], None]
) -> None:
    way(engine)
    assert lent(engine) == 0
    used(engine)
    stats = pool_stats(engine)
    assert (stats.lent, stats.size) == (0, 2)
    assert stats.peak <= 3
    others = [engine.connect() for _ in range(3)]  # and no place is lost
    assert lent(engine) == 3
    for other in others:
        other.close()


def test_engines_derived_from_a_pool_are_watched_with_it(engine: Engine) -> None:
    some = engine.execution_options(logging_token="some")
    more = some.execution_options(isolation_level="AUTOCOMMIT")
    with more.connect():
        for one in (engine, some, more):
            assert pool_stats(one).lent == 1
            assert held_longer_than(one, 60.0) == []
    more.dispose()
    for one in (engine, some, more):
        used(one)
        assert pool_stats(one) == pool_stats(engine)


def test_two_pools_of_one_database_are_watched_apart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    one, two = create_pool(url), create_pool(url)
    with one.connect():
        assert (lent(one), lent(two)) == (1, 0)
    with pytest.raises(ValueError, match="create_pool"):
        pool_stats(create_engine(url).execution_options(stream_results=True))


def test_the_guides_own_call_works() -> None:
    engine = create_pool(
        poolclass=QueuePool,
        pool_size=20,
        max_overflow=10,
        pool_pre_ping=True,
        pool_recycle=3600,
    )
    used(engine)
    assert pool_stats(engine).size == 20
    assert pool_stats(create_pool(poolclass=None)).size == 20


@pytest.mark.parametrize(
    ("options", "error", "what"),
    [
        ({"max_overflow": None}, ValueError, "None: a pool needs a limit, give 0 or"),
        ({"max_overflow": -1}, ValueError, "needs a limit"),
        ({"max_overflow": 2.5}, TypeError, "max_overflow must be an int, got float"),
        ({"max_overflow": "3"}, TypeError, "max_overflow must be an int, got str"),
        ({"max_overflow": True}, TypeError, "max_overflow must be an int, got bool"),
        ({"pool_size": None}, TypeError, "pool_size must be an int, got NoneType"),
        ({"pool_recycle": None}, TypeError, "pool_recycle must be an int or a float"),
        ({"pool_timeout": None}, TypeError, "pool_timeout must be an int or a float"),
        ({"poolclass": NullPool}, ValueError, "QueuePool: leave it out"),
        ({"poolclass": StaticPool}, ValueError, "QueuePool: leave it out"),
        ({"poolclass": "QueuePool"}, ValueError, "QueuePool: leave it out"),
    ],
)
def test_what_a_pool_cannot_be_is_refused(options: Any, error: Any, what: str) -> None:
    with pytest.raises(error, match=what):
        create_pool(**options)


def test_a_pool_without_overflow_and_without_renewal_is_one() -> None:
    used(create_pool(max_overflow=0, pool_recycle=-1))
