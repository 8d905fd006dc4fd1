"""What the manager promises, one promise a test."""

import logging
import math
import threading
import time
from itertools import count

import pytest

from session1.memory.manager import MemoryManager
from session1.memory.tiers import migration
from session1.memory.tiers.errors import (
    ClockJumped,
    StoreBusy,
    StoreError,
    StoreFull,
)
from tests.session1.conftest import Clock

HOUR, DAY = 3600.0, 86400.0


@pytest.fixture
def clock():
    return Clock(1e9)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def make(folder, clock):
    """Open the store, with other settings of tiers if given; closed at the end."""
    opened = []

    def make(**config):
        opened.append(MemoryManager(config, folder=folder, clock=clock))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


def counts(store):
    return [tier["records"] for tier in store.stats().values()]


def fill(store, count, size=100):
    return store.put_many(
        {"id": f"r{n}", "n": n, "data": chr(97 + n % 26) * size} for n in range(count)
    )


def test_without_settings_or_folder_it_works_and_leaves_nothing():
    with MemoryManager() as store:
        place = store.folder
        id = store.put({"data": {"deep": [1, None, "é𝄞"]}, "agent_id": "a"})
        found = store.get(id)
        assert found["data"] == {"deep": [1, None, "é𝄞"]} and found["id"] == id
        assert abs(found["timestamp"] - time.time()) < 100
        assert store.get("other") is None
    assert not place.exists()


def test_the_guides_calls(make, clock):
    store = make()
    for agent in ("agent_001", "agent_002"):
        for n in range(20):
            stamp = clock.now - n * HOUR * 2
            store.store({"agent_id": agent, "timestamp": stamp, "data": f"{agent} {n}"})
    store.create_index("agent_id")
    store.create_index("timestamp")
    results = store.retrieve(
        filter={"agent_id": "agent_001"},
        limit=10,
        use_index=True,
        projection=["id", "data"],
    )
    assert len(results) == 10
    assert all(set(r) == {"id", "data"} for r in results)
    assert all(r["data"].startswith("agent_001") for r in results)
    recent = store.retrieve(filter={"timestamp": {"$gte": clock.now - DAY}}, limit=100)
    assert len(recent) == 26
    assert len(list(store.retrieve_all())) == 40
    assert store.delete_where(filter={"timestamp": {"$lt": clock.now - DAY}}) == 14
    assert len(store) == 26


def test_a_record_is_the_callers_own(make):
    store = make()
    given = {"id": "a", "data": ["x"], "timestamp": 1}
    store.put(given)
    given["data"].append("y")
    store.get("a")["data"].append("z")
    store.retrieve({"id": "a"}, projection=["data"])[0]["data"].append("w")
    store.retrieve({"id": "a"})[0]["data"].append("v")
    assert store.get("a") == {"id": "a", "data": ["x"], "timestamp": 1}


def test_age_moves_a_record_down_and_out(make, clock):
    store = make(cold_tier={"ttl": DAY})
    fill(store, 3)
    assert counts(store) == [3, 3, 0]
    clock.now += 301
    store.cleanup()
    assert counts(store) == [0, 3, 0]
    clock.now += HOUR
    assert store.cleanup()["demoted"] == 3
    assert counts(store) == [0, 0, 3]
    assert store.retrieve({"n": 1})[0]["data"] == "b" * 100
    clock.now += DAY - HOUR - 302
    store.cleanup()
    assert counts(store) == [0, 0, 3]
    clock.now += 1
    assert store.retrieve({"n": 1}) == [] and store.get("r1") is None
    assert store.cleanup()["expired"] == 3
    assert counts(store) == [0, 0, 0]
    assert not list((store.folder / "cold").iterdir())


def test_a_record_too_old_is_not_served_even_without_a_cleanup(make, clock):
    store = make(cold_tier={"ttl": DAY})
    fill(store, 3)
    store.create_index("n")
    clock.now += DAY
    assert store.retrieve({"n": 1}) == [] == store.retrieve({"data": {"$ne": 1}})
    assert store.get("r1") is None and list(store.retrieve_all()) == []
    assert store.delete_where({"n": 1}) == 0 and len(store) == 3


def test_a_read_overtaken_by_a_change_makes_nothing_old_hot(make, monkeypatch):
    """`get` has read the ledger when another thread changes the record."""
    store = make()
    fill(store, 2)
    store._hot.close()
    real = store._ledger.body

    def overtaken(row):
        body = real(row)
        monkeypatch.setattr(store._ledger, "body", real)
        store.put({"id": "r0", "n": "new"})
        store.delete("r1")
        return body

    for id, then in (("r0", "new"), ("r1", None)):
        monkeypatch.setattr(store._ledger, "body", overtaken)
        assert store.get(id)["n"] == int(id[1])
        found = store.get(id)
        assert (found and found["n"]) == then
        store.put({"id": "r1", "n": 1})
        store._hot.close()


def test_use_lifts_a_record_to_hot_and_warm_and_keeps_it(make, clock):
    store = make(cold_tier={"ttl": DAY})
    fill(store, 3)
    clock.now += 2 * HOUR
    store.cleanup()
    assert store.get("r1")["n"] == 1
    store.flush()
    assert counts(store) == [1, 1, 2]
    assert store.stats()["cold_tier"]["promoted"] == 1
    clock.now += DAY - HOUR
    store.cleanup()
    assert [r["id"] for r in store.retrieve_all()] == ["r1"]


def test_pressure_moves_the_least_used_down_and_loses_none(make, clock, monkeypatch):
    monkeypatch.setattr(migration, "BATCH", 4)
    store = make(warm_tier={"max_size_mb": 0.002})
    for n in range(40):
        clock.now += 1
        store.put({"id": f"r{n}", "data": "x" * 100})
        store.get("r0")
    hot, warm, cold = counts(store)
    assert warm + cold == hot == 40 and cold > 20
    assert store.stats()["warm_tier"]["bytes"] <= 0.002 * 1024 * 1024
    store._hot.close()
    assert all(store.get(f"r{n}")["data"] == "x" * 100 for n in range(40))
    store.flush()
    assert store.stats()["warm_tier"]["bytes"] <= 0.002 * 1024 * 1024


def test_hot_holds_its_size_and_the_latest_used(make):
    store = make(hot_tier={"max_size_mb": 0.01})
    fill(store, 60)
    hot = store.stats()["hot_tier"]
    assert 5 < hot["records"] < 60 and hot["bytes"] <= 0.01 * 1024 * 1024
    before = store.hits
    assert store.get("r59")["n"] == 59 and store.hits == before + 1
    assert store.get("r0")["n"] == 0 and store.hits == before + 1
    assert store.get("r0")["n"] == 0 and store.hits == before + 2


def test_a_full_store_refuses_and_keeps_what_it_has(make, clock):
    store = make(warm_tier={"max_size_mb": 0.001}, cold_tier={"max_size_mb": 0.002})
    stored = []
    with pytest.raises(StoreFull, match=r"the cold tier is full.*delete_where"):
        for n in count():
            stored.append(store.put({"n": n, "data": f"{n:0100d}"}))
    assert len(stored) > 10
    assert [r["id"] for r in store.retrieve_all()] == stored
    with pytest.raises(StoreFull, match="more than the warm tier may hold"):
        store.put({"data": "x" * 2000})
    assert store.delete_where({"n": {"$lt": 10}}) == 10
    store.cleanup()
    store.put({"data": "there is room again"})


def test_settings_may_be_other_ones_the_next_time(make, folder):
    store = make(cold_tier={"compression": False})
    fill(store, 5)
    store.cleanup(1e9 + 2 * HOUR)
    store.close()
    assert [p.suffix for p in (folder / "cold").iterdir()] == [".jsonl"]
    store = make(cold_tier={"compression": True})
    fill(store, 8)
    store.cleanup(1e9 + 2 * HOUR)
    assert {r["n"] for r in store.retrieve({"n": {"$gte": 3}})} == {3, 4, 5, 6, 7}
    assert store.verify() == []


def test_deleted_records_leave_the_disk(make, clock, folder):
    store = make(cold_tier={"compression": False})
    store.put_many({"id": f"r{n}", "data": f"secret {n}."} for n in range(10))
    clock.now += 2 * HOUR
    store.cleanup()
    assert store.delete("r3") and not store.delete("r3")
    assert store.delete_where({"id": {"$in": [f"r{n}" for n in range(6)]}}) == 5
    assert store.cleanup()["files_rewritten"] == 1
    text = "".join(p.read_text() for p in (folder / "cold").iterdir())
    assert "secret 3." not in text and "secret 7." in text
    assert len(list((folder / "cold").iterdir())) == 1


def test_an_index_finds_the_same_and_says_so(make, clock):
    store = make()
    fill(store, 300)
    clock.now += 2 * HOUR
    store.cleanup()
    store.put_many({"id": f"w{n}", "n": n} for n in range(5))
    wanted = {"n": {"$in": [3, 4]}}
    before = store.retrieve(wanted)
    plan = store.explain(wanted)
    assert plan.scan and plan.rows == 305 and plan.checked == ("n",)
    assert "scan: 305 of 305" in str(plan) and "create_index('n')" in str(plan)
    assert store.create_index("n") and not store.create_index("n")
    plan = store.explain(wanted)
    assert (plan.indexes, plan.rows, plan.checked) == (("n",), 4, ())
    assert "search by the index of n: 4 of 305" in str(plan)
    by_id = sorted(store.retrieve(wanted), key=lambda r: r["id"])
    assert by_id == sorted(before, key=lambda r: r["id"])
    assert store.retrieve(wanted, use_index=False) == before
    assert store.explain(wanted, use_index=False).scan


def test_a_plan_of_two_indexes_and_of_a_part(make):
    store = make()
    fill(store, 50)
    store.create_index("n")
    either = store.explain({"$or": [{"n": 1}, {"id": "r7"}]})
    assert set(either.indexes) == {"n", "id"} and either.rows == 2
    part = store.explain({"n": {"$lt": 5}, "data": "x"})
    assert part.indexes == ("n",) and part.rows == 5 and part.checked == ("data", "n")
    assert store.explain({"$or": [{"n": 1}, {"data": "x"}]}).scan


@pytest.mark.parametrize(
    ("record", "error", "says"),
    [
        ("text", TypeError, "a record must be a dict"),
        ({"id": 3}, TypeError, "an id must be a str"),
        ({"id": ""}, ValueError, "1 to 512"),
        ({"timestamp": "now"}, TypeError, r"\.timestamp\(\)"),
        ({"timestamp": True}, TypeError, "number of seconds, got bool"),
        ({"x": math.nan}, ValueError, r"record\['x'\] is nan"),
        ({"x": [1, {"y": {1}}]}, TypeError, r"record\['x'\]\[\]\['y'\] is a .*set"),
        ({"x": {1: 2}}, TypeError, "keys must be str"),
        ({"x": (1, 2)}, TypeError, "tuple"),
        ({"x": 2**63}, ValueError, "64 bits"),
        ({"x": "\ud800"}, ValueError, "record .* holds half of a character"),
        ({"id": "\ud800"}, ValueError, "an id holds half of a character"),
    ],
)
def test_what_is_no_record_is_told_and_nothing_stored(make, record, error, says):
    store = make()
    with pytest.raises(error, match=says):
        store.put_many([{"id": "fine"}, record])
    assert len(store) == 0 and counts(store) == [0, 0, 0]


def test_a_record_that_holds_itself_is_told(make):
    loop = {}
    loop["loop"] = loop
    with pytest.raises(ValueError, match="deeper than 50"):
        make().put(loop)


def test_wrong_calls_are_told(make):
    store = make()
    for call, error, says in [
        (lambda: store.get(3), TypeError, "an id must be"),
        (lambda: store.create_index("$x"), ValueError, "not the name of a field"),
        (lambda: store.create_index("\ud800"), ValueError, "not the name of a field"),
        (lambda: store.create_index(3), TypeError, "a field's name"),
        (lambda: store.retrieve(limit=0), ValueError, "at least 1"),
        (lambda: store.retrieve(limit=2.5), TypeError, "an int"),
        (lambda: store.retrieve(projection="id"), TypeError, "list of names"),
        (lambda: store.delete_where({}), ValueError, "remove everything"),
        (lambda: store.cleanup(math.nan), ValueError, "the clock gave nan"),
        (lambda: store.cleanup(older_than=0), ValueError, "older_than"),
        (lambda: store.schedule_cleanup(), ValueError, "either every"),
        (lambda: store.schedule_cleanup(at="25:00"), ValueError, "'02:00'"),
    ]:
        with pytest.raises(error, match=says):
            call()


def test_a_folder_is_for_one_at_a_time(make, folder):
    store = make()
    with pytest.raises(StoreBusy, match="open elsewhere"):
        make()
    store.put({"id": "a"})
    store.close()
    store.close()
    for call in (lambda: store.get("b"), lambda: store.put({}), store.retrieve):
        with pytest.raises(StoreError, match="closed"):
            call()
    assert make().get("a")["id"] == "a"


def test_a_clock_that_leaps_removes_nothing_until_it_is_sure(make, clock):
    store = make(cold_tier={"ttl": DAY})
    fill(store, 3)
    clock.now += 10 * DAY
    with pytest.raises(ClockJumped, match="Nothing was removed"):
        store.cleanup()
    assert len(store) == 3
    clock.now -= 10 * DAY
    assert store.cleanup()["expired"] == 0
    assert store.get("r2")["n"] == 2
    clock.now += 10 * DAY
    with pytest.raises(ClockJumped):
        store.cleanup()
    clock.now += 60
    assert store.cleanup()["expired"] == 3


def test_a_clock_that_falls_back_makes_no_record_old(make, clock):
    store = make(cold_tier={"ttl": DAY})
    fill(store, 2)
    clock.now -= 20 * DAY
    assert store.get("r0")["n"] == 0
    store.put({"id": "late"})
    with pytest.raises(ClockJumped, match="Nothing was removed"):
        store.cleanup()
    clock.now += 20 * DAY
    store.cleanup()
    assert counts(store)[1:] == [3, 0]
    # a clock that had been ahead, and is right now, is believed the second time
    clock.now += 0.9 * DAY
    store.put({"id": "ahead"})
    clock.now -= 0.9 * DAY
    with pytest.raises(ClockJumped):
        store.cleanup()
    store.cleanup()
    clock.now += DAY + 1
    store.cleanup(clock.now)
    assert len(store) == 0


def test_a_clock_that_was_wrong_once_stamps_nothing_that_comes_later(make, clock):
    years = 30 * 365 * DAY
    store = make()
    store.put({"id": "a"})
    clock.now += years
    store.put({"id": "b"})
    clock.now -= years - 60
    store.put({"id": "c"})
    assert store.get("c") and store.hits == 1  # it is hot like any other
    store.close()
    clock.now += DAY / 2
    store = make()
    store.put_many([{"id": "d"}, {"id": "e", "timestamp": 7}])
    stamps = {r["id"]: r["timestamp"] for r in store.retrieve_all()}
    began = clock.now - DAY / 2 - 60
    assert stamps.pop("b") == began + years
    assert stamps == {"a": began, "c": began + 60, "d": clock.now, "e": 7}


def test_a_clock_without_time_is_told(make, clock):
    store = make()
    store.put({"id": "a"})
    clock.now = math.nan
    for call in (lambda: store.put({}), lambda: store.get("a"), store.cleanup):
        with pytest.raises(ValueError, match="the clock gave nan"):
            call()
    clock.now = 1e9
    assert store.get("a")["id"] == "a"


def test_cleanup_runs_on_a_schedule_and_survives_its_errors(make, clock, caplog):
    store = make(cold_tier={"ttl": DAY})
    fill(store, 2)
    done = threading.Event()
    real = store.cleanup
    store.cleanup = lambda **given: (real(**given), done.set())
    job = store.schedule_cleanup(every=0.01, older_than=7 * DAY)
    clock.now += 2 * HOUR
    assert done.wait(30)
    assert store.get("r0")["n"] == 0
    clock.now = math.nan
    with caplog.at_level(logging.ERROR):
        deadline = time.monotonic() + 30
        while not store.failed_cleanups and time.monotonic() < deadline:
            time.sleep(0.01)
    assert store.failed_cleanups and "the clock gave nan" in caplog.text
    clock.now = 1e9 + 2 * HOUR
    done.clear()
    assert done.wait(30)
    store.close()
    assert not job.running


def test_a_time_of_day():
    from session1.memory.tiers.schedule import trigger

    fields = {f.name: str(f) for f in trigger(None, "02:00").fields}
    assert fields["hour"] == "2" and fields["minute"] == "0"
    assert trigger(30, None).interval.total_seconds() == 30


def test_readers_wait_for_no_writer(make, clock):
    """All reads are answered while another thread holds the lock for writing."""
    store = make()
    fill(store, 20)
    store.create_index("n")
    store._hot.close()
    with store._ledger.write() as db:
        db.execute("DELETE FROM records")
        answers = []

        def read():
            answers.append(store.get("r3")["n"])
            answers.append(len(store.retrieve({"n": {"$lt": 5}})))
            answers.append(len(list(store.retrieve_all())))
            answers.append(store.explain({"n": 1}).rows)
            clock.now += 1000  # what was read is due to be written down, and is not
            answers.append(store.get("r4")["n"])

        reader = threading.Thread(target=read)
        reader.start()
        reader.join(30)
        assert answers == [3, 5, 20, 1, 4]
        db.execute("ROLLBACK")
        db.execute("BEGIN")


def test_hot_forgets_what_was_interrupted_after_the_commit(make, monkeypatch):
    store = make()
    store.put({"id": "a", "data": "old"})

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store._hot, "put", interrupted)
        with pytest.raises(KeyboardInterrupt):
            store.put({"id": "a", "data": "new"})
    assert store.get("a")["data"] == "new"


def test_threads_that_all_write_and_read(make, monkeypatch):
    """Each thread finds its own last word, while records move under all of them."""
    monkeypatch.setattr(migration, "BATCH", 5)
    store = make(hot_tier={"max_size_mb": 0.004}, warm_tier={"max_size_mb": 0.003})
    store.create_index("n")
    wrong, stop = [], threading.Event()

    def work(me):
        for n in range(60):
            id = f"{me}-{n % 7}"
            store.put({"id": id, "n": n, "data": "x" * 60})
            if (found := store.get(id)) is None or found["n"] != n:
                wrong.append((id, n, found))
            if n % 9 == 8:  # put but once: put again, both may be seen on the way
                id = f"{me}-once-{n}"
                store.put({"id": id, "n": n, "data": "x" * 60})
                if not (store.delete(id) and store.get(id) is None):
                    wrong.append((id, "deleted"))

    def watch():
        while not stop.is_set():
            for record in store.retrieve({"n": {"$gte": 30}}):
                if record["n"] < 30:
                    wrong.append(record)
            ids = [r["id"] for r in store.retrieve_all()]
            if len(ids) != len(set(ids)):
                wrong.append("doubled")
            store.cleanup(1e9 + 2 * HOUR)

    def guarded(call, *args):
        try:
            call(*args)
        except Exception as e:
            wrong.append(repr(e))

    workers = [threading.Thread(target=guarded, args=(work, me)) for me in range(4)]
    watcher = threading.Thread(target=guarded, args=(watch,))
    for thread in [*workers, watcher]:
        thread.start()
    for thread in workers:
        thread.join()
    stop.set()
    watcher.join()
    assert wrong == []
    assert store.verify() == []


@pytest.mark.parametrize("indexed", [True, False])
def test_the_newest_of_many_come_first_if_asked_for(make, clock, indexed):
    store = make()
    for i in range(600):
        store.put({"id": f"{i:03}", "user": "ada" if i % 2 else "bob"})
    if indexed:
        store.create_index("user")
    clock.now += 3 * DAY
    store.cleanup()  # all are in files
    store.put({"id": "last", "user": "ada"})
    found = store.retrieve({"user": "ada"}, 3, newest_first=True)
    assert [record["id"] for record in found] == ["last", "599", "597"]
    newest = store.retrieve(limit=2, newest_first=True)
    assert [record["id"] for record in newest] == ["last", "599"]
    every = store.retrieve({"user": "bob"}, newest_first=True)
    assert [record["id"] for record in every] == [f"{i:03}" for i in range(598, -1, -2)]
    if indexed:
        assert store.explain({"user": "ada"}).indexes == ("user",)


def test_an_id_that_no_record_can_have_is_refused_in_words(tmp_path):
    with MemoryManager(folder=tmp_path) as store:
        for work in (store.get, store.delete):
            with pytest.raises(ValueError, match="an id holds half of a character"):
                work("hi \ud83d")
        with pytest.raises(ValueError, match=r"'a' holds half .*y\\ud83d"):
            store.put({"id": "a", "data": {"deep": ["x" * 500 + "y\ud83d"]}})
        assert len(store) == 0
