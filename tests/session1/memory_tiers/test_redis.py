"""The hot tier on a real Redis-compatible server, also while that comes and goes."""

import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
import redis

from session1.memory.manager import MemoryManager
from session1.memory.tiers import hot_redis
from session1.memory.tiers.hot import Held
from session1.servers import redis_server
from tests.session1.frozen import frozen

NOW = 1e9


def short_folder():
    """A folder for a socket, whose path may not be long."""
    return tempfile.TemporaryDirectory(prefix="deaf-")


@pytest.fixture(scope="module")
def server():
    with redis_server(own=True) as running:
        yield running


@pytest.fixture
def client(server):
    server.start()
    with redis.Redis.from_url(server.url) as client:
        client.flushall()
        yield client


@pytest.fixture
def make(server, client, tmp_path):
    opened = []

    def make(folder="store", clock=lambda: NOW, **hot):
        config = {"hot_tier": {"backend": "redis", "url": server.url, **hot}}
        opened.append(MemoryManager(config, folder=tmp_path / folder, clock=clock))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


def test_what_is_stored_is_served_from_the_server(make, client):
    store = make()
    for n in range(5):
        store.put({"id": f"r{n}", "data": {"n": n, "text": "é𝄞"}})
    hot = store.stats()["hot_tier"]
    assert (hot["backend"], hot["records"], hot["errors"]) == ("redis", 5, 0)
    assert store.get("r3")["data"] == {"n": 3, "text": "é𝄞"}
    assert (store.hits, store.misses) == (1, 0)
    client.flushall()
    assert store.get("r3")["data"]["n"] == 3 and store.get("r3")["data"]["n"] == 3
    assert (store.hits, store.misses) == (2, 1)
    assert store.delete("r3") and store.get("r3") is None


def test_age_and_size_bound_what_the_server_holds(make):
    now = [NOW]
    store = make(clock=lambda: now[0], ttl=60, max_size_mb=0.002)
    for n in range(60):
        now[0] += 1
        store.put({"id": f"r{n}", "data": "x" * 80})
        store.get("r0")
    hot = store.stats()["hot_tier"]
    assert 5 < hot["records"] < 20 and hot["bytes"] <= 0.002 * 1024 * 1024
    before = store.hits
    assert store.get("r0") and store.get("r59") and store.hits == before + 2
    assert store.get("r30")["data"] and store.hits == before + 2
    now[0] += 61
    assert store.get("r0")["data"] and store.hits == before + 2
    store.cleanup()
    assert store.stats()["hot_tier"]["records"] == 1


def test_two_that_share_a_folder_never_see_an_old_record(make):
    one, two = make(), make()
    one.put({"id": "a", "data": 1})
    assert two.get("a")["data"] == 1
    two.put({"id": "a", "data": 2})
    assert one.get("a")["data"] == 2 and one.hits == 1
    one.create_index("data")
    two.put({"id": "b", "data": 3})
    assert one.retrieve({"data": 3})[0]["id"] == "b"
    assert one.delete("a") and two.get("a") is None
    two.put({"id": "a", "data": 4})
    assert one.get("a")["data"] == 4


def test_two_folders_on_one_server_do_not_mix(make):
    one, two = make("one"), make("two")
    one.put({"id": "a", "data": 1})
    assert two.get("a") is None
    two.put({"id": "a", "data": 2})
    assert one.get("a")["data"] == 1


def test_a_change_the_server_missed_is_seen(make, server, monkeypatch):
    monkeypatch.setattr(hot_redis, "PAUSE_S", 0.0)
    store = make()
    store.put({"id": "a", "data": "old"})
    store.put({"id": "b", "data": "old"})
    server.stop()
    store.put({"id": "a", "data": "new"})
    store.delete("b")
    server.start()
    assert store.get("a")["data"] == "new" and store.get("b") is None
    assert store.stats()["hot_tier"]["errors"] > 0
    assert store.get("a")["data"] == "new" and store.hits > 0


@pytest.mark.parametrize("junk", [b"", b"junk", b'12\n{"id"', b"12\n\xff"])
def test_what_somebody_else_wrote_there_is_a_miss_and_replaced(make, client, junk):
    store = make()
    store.put({"id": "a", "data": 1})
    (bodies,) = client.keys("*:bodies")
    client.hset(bodies, "a", junk)
    assert store.get("a")["data"] == 1
    assert (store.hits, store.misses) == (0, 1)
    assert store.stats()["hot_tier"]["errors"] == 1
    assert store.get("a")["data"] == 1 and store.hits == 1


def test_nothing_hangs_while_the_server_comes_and_goes(make, server, monkeypatch):
    monkeypatch.setattr(hot_redis, "PAUSE_S", 0.02)
    store = make()
    stop, wrong, done = threading.Event(), [], [0]

    def work(me):
        n = 0
        try:
            while not stop.is_set():
                n += 1
                id = f"{me}-{n % 20}"
                store.put({"id": id, "n": n})
                if store.get(id)["n"] != n:
                    wrong.append((id, n))
                done[0] += 1
        except Exception as e:
            wrong.append(repr(e))

    def more(than):
        deadline = time.monotonic() + 60
        while done[0] < than and time.monotonic() < deadline:
            time.sleep(0.005)
        assert done[0] >= than, "it hangs"

    workers = [threading.Thread(target=work, args=(me,)) for me in "ab"]
    for worker in workers:
        worker.start()
    more(20)
    for how in ("stop", "kill"):
        getattr(server, how)()
        more(done[0] + 50)
        server.start()
        more(done[0] + 50)
    before, deadline = store.hits, time.monotonic() + 60
    while store.hits <= before and time.monotonic() < deadline:
        time.sleep(0.005)
    stop.set()
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive()
    assert wrong == []
    assert store.stats()["hot_tier"]["errors"] > 0
    assert store.hits > before, "the server is not used again"


def test_a_server_that_never_answers_costs_one_timeout(tmp_path, monkeypatch):
    monkeypatch.setattr(hot_redis, "PAUSE_S", 1e6)
    with socket.socket(socket.AF_UNIX) as deaf, short_folder() as place:
        deaf.bind(f"{place}/deaf")
        deaf.listen(50)
        hot = {"backend": "redis", "url": f"unix://{place}/deaf"}
        with MemoryManager({"hot_tier": hot}, folder=tmp_path) as store:
            store.put({"id": "a", "data": 1})
            for _ in range(50):
                assert store.get("a")["data"] == 1
            stats = store.stats()["hot_tier"]
    assert stats["errors"] == 1 and stats["skipped"] >= 50


def test_a_batch_is_one_round_trip(make, client):
    store = make()
    store.put({"id": "first"})  # the server learns the script
    before = calls(client)
    store.put_many({"id": f"r{n}", "n": n} for n in range(1000))
    assert calls(client) - before == 4  # of 256 records each
    assert store.stats()["hot_tier"]["records"] == 1001
    assert store.get("r777")["n"] == 777 and store.hits == 1


def calls(client):
    return sum(
        stat["calls"]
        for name, stat in client.info("commandstats").items()
        if name in ("cmdstat_eval", "cmdstat_evalsha")
    )


def test_of_batches_the_latest_stay(make):
    now = [NOW]
    store = make(clock=lambda: now[0], max_size_mb=0.01)
    for start in (0, 50, 100, 0):
        now[0] += 1
        some = [{"id": f"r{n}", "data": "x" * 80} for n in range(start, start + 50)]
        store.put_many([*some, {"id": "large", "data": "x" * 20_000}])
    assert 0 < store.stats()["hot_tier"]["bytes"] <= 0.01 * 1024 * 1024
    assert all(store.get(f"r{n}")["data"] for n in range(50)) and store.hits == 50
    assert store.get("large")["data"] and store.get("r60")["data"] and store.hits == 50


def test_a_server_that_is_slow_is_left_alone_like_one_that_fails(server, client):
    now, takes = [0.0], [0.0]

    def steady():
        now[0] += takes[0]
        return now[0]

    hot = hot_redis.HotRedis(server.url, "store", 300, 1e6, steady)
    body = b'{"id": "a"}'
    pair = [(Held(1, {"id": "a"}), body)]
    for takes[0] in (0.15, 0.01, 0.15, 0.01):  # one alone is no reason
        hot.put(pair, NOW)
    assert hot.get("a", NOW) and (hot.slow, hot.skipped) == (2, 0)
    takes[0] = 0.15
    assert hot.get("a", NOW) and hot.get("a", NOW)
    takes[0] = 0.01
    assert hot.get("a", NOW) is None and (hot.slow, hot.skipped) == (4, 1)
    now[0] += hot_redis.PAUSE_S
    assert hot.get("a", NOW) and hot.errors == 0
    hot.close()


def test_a_server_that_does_not_answer_is_reported_once(make, server, client, caplog):
    url = server.url.replace("://", "://user:secret@", 1)
    server.stop()
    with MemoryManager({"hot_tier": {"backend": "redis", "url": url}}) as store:
        assert len(caplog.records) == 1
        for n in range(20):
            store.put({"id": str(n)})
        (warning,) = caplog.messages
    assert "does not answer" in warning and "start it" in warning
    assert "secret" not in warning and server.url.rpartition("//")[2] in warning


def test_no_server_at_all_is_no_error(tmp_path):
    hot = {"backend": "redis", "url": f"unix://{tmp_path}/nobody"}
    with MemoryManager({"hot_tier": hot}, folder=tmp_path / "store") as store:
        store.put({"id": "a", "data": 1})
        assert store.get("a")["data"] == 1
        stats = store.stats()["hot_tier"]
    assert stats["errors"] >= 1 and stats["records"] is None


def test_a_url_that_is_none_is_told(tmp_path):
    hot = {"backend": "redis", "url": "nonsense"}
    with pytest.raises(ValueError, match="redis://"):
        MemoryManager({"hot_tier": hot}, folder=tmp_path)
    MemoryManager(folder=tmp_path).close()


def test_a_server_that_threw_keys_away_is_used_again(make, client):
    store = make(max_size_mb=0.001)
    for n in range(20):
        store.put({"id": f"r{n}", "data": "x" * 100})
    for part in client.keys("*:order") + client.keys("*:bodies"):
        client.delete(part)
    for n in range(20):
        store.put({"id": f"r{n}", "data": "y" * 100})
        assert store.get(f"r{n}")["data"] == "y" * 100
    assert 0 < store.stats()["hot_tier"]["bytes"] <= 0.001 * 1024 * 1024
    assert store.stats()["hot_tier"]["errors"] == 0


@pytest.mark.parametrize("kills", [12, pytest.param(60, marks=pytest.mark.deep)])
def test_killed_with_a_server_that_lives_on(server, client, fast_folder, kills):
    """What the server still holds after a kill is never an old answer."""
    script = Path(__file__).with_name("kill_loop.py")
    command = [sys.executable, str(script), str(fast_folder / "k"), str(kills), "0"]
    done = subprocess.run(
        [*command, server.url], capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kills"] == kills


def test_a_frozen_server_costs_one_timeout_and_is_named(make, server, caplog):
    store = make()
    store.put_many({"id": f"r{n}"} for n in range(300))
    with frozen(server):
        begun = time.monotonic()
        assert all(store.get(f"r{n}") for n in range(300))  # from the disk
        store.put({"id": "new"})
        # a timeout of 0.25 s, again each half a second: not one for each record
        hot = store.stats()["hot_tier"]
        assert hot["errors"] <= 2 + (time.monotonic() - begun) / 0.5
        assert hot["skipped"] > 250
    (line,) = [r.getMessage() for r in caplog.records if "does not answer" in r.msg]
    assert server.url in line
    assert store.get("new")["id"] == "new"


def test_a_server_that_is_not_there_is_reported_at_once(tmp_path, caplog):
    url = "redis://:secret@127.0.0.1:1/0"
    with MemoryManager({"hot_tier": {"backend": "redis", "url": url}}) as store:
        (line,) = [r.getMessage() for r in caplog.records]
        assert "127.0.0.1:1" in line and "secret" not in line and "start it" in line
        store.put({"id": "a"})
        assert store.get("a")["id"] == "a"
        assert store.stats()["hot_tier"]["errors"] >= 1
    assert len(caplog.records) == 1
