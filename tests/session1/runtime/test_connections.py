"""Connection pools on real databases: bounded, checked, watched, soon back."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError

from session1.runtime.connections import create_pool, held_longer_than, pool_stats
from session1.server import OwnServer
from session1.servers import postgres_server, redis_server
from tests.session1.frozen import frozen

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    """A PostgreSQL that tests may kill; each leaves it running."""
    with postgres_server(own=True) as server:
        assert isinstance(server, OwnServer)
        yield server


def one(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(text("SELECT 1")).scalar()


def test_connections_are_used_again(engine: Engine) -> None:
    assert [one(engine) for _ in range(20)] == [1] * 20
    stats = pool_stats(engine)
    assert (stats.opened, stats.used, stats.idle, stats.lent) == (1, 20, 1, 0)


def test_the_limit_is_real_and_the_error_comes_in_time(engine: Engine) -> None:
    held = [engine.connect() for _ in range(3)]
    assert pool_stats(engine).lent == 3
    with pytest.raises(TimeoutError, match="size 2 overflow 1"):
        engine.connect()
    held.pop().close()
    assert one(engine) == 1
    for connection in held:
        connection.close()
    stats = pool_stats(engine)
    assert (stats.peak, stats.lent, stats.idle, stats.size) == (3, 0, 2, 2)


def test_many_threads_share_few_connections(engine: Engine) -> None:
    engine.pool._timeout = 60  # type: ignore[attr-defined]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda _: one(engine), range(80))) == [1] * 80
    stats = pool_stats(engine)
    assert stats.peak <= 3 and stats.used == 80 and stats.lent == 0


def test_a_leaked_connection_is_found(tmp_path: Path) -> None:
    now = [0.0]
    engine = create_pool(f"sqlite:///{tmp_path}/a.db", clock=lambda: now[0])
    leaked = engine.connect()
    now[0] = 50
    with engine.connect():
        now[0] = 100
        (leak,) = held_longer_than(engine, 60)
        assert len(held_longer_than(engine, 10)) == 2
    assert leak.seconds == 100
    assert leak.thread == threading.current_thread().name
    assert Path(leak.where.rpartition(":")[0]).name == Path(__file__).name
    leaked.close()
    assert held_longer_than(engine, 0) == []
    engine.dispose()


def test_sqlite_without_a_url_has_a_file_that_goes_with_it() -> None:
    engine = create_pool()
    file = Path(engine.url.database or "")
    with engine.begin() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    assert file.exists()
    engine.dispose()
    del engine, connection
    for _ in range(100):
        if not file.exists():
            break
        import gc

        gc.collect()
    assert not file.parent.exists()


def test_sqlite_readers_go_on_while_one_writes(tmp_path: Path) -> None:
    engine = create_pool(f"sqlite:///{tmp_path}/a.db")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    with engine.begin() as writer:
        writer.execute(text("INSERT INTO t VALUES (1)"))
        with engine.connect() as reader:
            assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 0

    def add(n: int) -> None:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO t VALUES (:n)"), {"n": n})

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(100)))
    with engine.connect() as reader:
        assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 101
    engine.dispose()


@pytest.mark.parametrize("ping", [True, False])
def test_pre_ping_hides_that_the_server_was_gone(server: OwnServer, ping: bool) -> None:
    engine = create_pool(server.url, 3, pool_pre_ping=ping)
    for connection in [engine.connect() for _ in range(3)]:
        connection.close()
    server.kill()
    with pytest.raises(OperationalError):
        one(engine)
    server.start()
    # the first failure has told the pool that all its connections are too old
    if not ping:
        for connection in [engine.connect() for _ in range(3)]:
            connection.close()
        server.kill()
        server.start()
        with pytest.raises(DBAPIError):
            one(engine)
    assert [one(engine) for _ in range(5)] == [1] * 5
    engine.dispose()


def test_a_restart_between_two_uses_is_not_even_noticed(server: OwnServer) -> None:
    engine = create_pool(server.url, 3)
    for connection in [engine.connect() for _ in range(3)]:
        connection.close()
    server.kill()
    server.start()
    assert one(engine) == 1
    assert pool_stats(engine).dropped >= 1
    engine.dispose()


class Load:
    """Threads that ask again and again, and count answers and errors by phase."""

    def __init__(self, ask: Any, errors: type[Exception], threads: int = 4) -> None:
        self.ask = ask
        self.errors = errors
        self.phase = "before"
        self.counts: Counter[tuple[str, str]] = Counter()
        self.surprise: list[BaseException] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def _run(self) -> None:
        while not self._stop.is_set():
            phase = self.phase
            try:
                self.ask()
                how = "well"
            except self.errors:
                how = "error"
                time.sleep(0.005)
            except BaseException as e:
                self.surprise.append(e)
                raise
            with self._lock:
                self.counts[phase if phase == self.phase else "between", how] += 1

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def enough(self, phase: str, kind: str, count: int = 20) -> None:
        """Wait until so many have come out this way in a phase."""
        self.phase = phase
        begin = time.monotonic()
        while self.counts[phase, kind] < count:
            assert time.monotonic() - begin < 60, (phase, kind, self.counts)
            time.sleep(0.005)

    def ended(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_postgres_gone_and_back_under_load(server: OwnServer, end: str) -> None:
    engine = create_pool(server.url, 3, 0, pool_timeout=5)
    with Load(lambda: one(engine), DBAPIError) as load:
        load.enough("before", "well")
        load.phase = "ending"
        getattr(server, end)()
        load.enough("down", "error")
        load.phase = "starting"
        server.start()
        load.enough("back", "well", 50)
    assert load.ended() and not load.surprise  # nothing hangs
    assert load.counts["before", "error"] == 0
    stats = pool_stats(engine)
    assert stats.lent == 0 and stats.dropped > 0
    assert stats.peak <= 3
    assert [one(engine) for _ in range(5)] == [1] * 5
    engine.dispose()


def test_redis_gone_and_back_under_load() -> None:
    with redis_server(own=True) as server:
        client = redis.Redis.from_url(server.url, socket_timeout=5)
        with Load(lambda: client.incr("n"), redis.ConnectionError) as load:
            load.enough("before", "well")
            load.phase = "ending"
            server.kill()
            load.enough("down", "error")
            load.phase = "starting"
            server.start()
            load.enough("back", "well", 50)
        assert load.ended() and not load.surprise
        acknowledged = sum(n for (_, how), n in load.counts.items() if how == "well")
        counted = int(client.get("n"))  # type: ignore[arg-type]
        # each error may be a write that was made and whose reply was lost
        errors = sum(load.counts.values()) - acknowledged
        assert acknowledged <= counted <= acknowledged + errors
        client.close()


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"pool_size": 0}, "pool_size"),
        ({"max_overflow": -1}, "a pool needs a limit"),
        ({"pool_timeout": 0}, "pool_timeout"),
        ({"url": "sqlite://"}, "memory database"),
        ({"url": "sqlite:///:memory:"}, "memory database"),
    ],
)
def test_bad_input_is_told(options: dict[str, Any], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        create_pool(**options)


def test_only_its_own_engines_are_watched() -> None:
    from sqlalchemy import create_engine

    with pytest.raises(ValueError, match="create_pool"):
        pool_stats(create_engine("sqlite://"))


def test_a_frozen_postgres_is_named_and_left_for_a_new_connection(
    server: OwnServer,
) -> None:
    engine = create_pool(server.url, 2, 0, answer_timeout=0.5, pool_pre_ping=False)
    assert one(engine) == 1
    with engine.connect() as held:
        with (
            frozen(server),
            pytest.raises(OperationalError, match=r"postgresql\S+ has said nothing"),
        ):
            held.execute(text("SELECT 1"))
        assert held.invalidated
    with (
        frozen(server),
        pytest.raises(OperationalError, match=r"postgresql\S+ accepts no connection"),
    ):
        create_pool(server.url, connect_args={"connect_timeout": 2}).connect()
    assert one(engine) == 1 and pool_stats(engine).dropped == 1
    engine.dispose()


def test_a_slow_answer_of_a_server_that_is_awake_is_waited_for(
    server: OwnServer,
) -> None:
    engine = create_pool(server.url, 1, 0, answer_timeout=2.0)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_sleep(0.3)"))
        rows = connection.execute(text("SELECT * FROM generate_series(1, 100000)"))
        assert len(rows.all()) == 100_000
    engine.dispose()
