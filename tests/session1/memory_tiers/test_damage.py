"""Damaged files, full disks, and a process that is killed again and again."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from session1.memory.manager import MemoryManager
from session1.memory.tiers import migration
from session1.memory.tiers.errors import DamagedFile, StoreError, StoreFull

pytestmark = pytest.mark.slow

NOW, HOUR = 1e9, 3600.0
KILLS = 1_000


def opened(folder):
    return MemoryManager(folder=folder, clock=lambda: NOW)


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Twelve cold records in four files."""
    monkeypatch.setattr(migration, "BATCH", 3)
    with opened(tmp_path / "store") as store:
        store.put_many({"id": f"r{n}", "n": n} for n in range(12))
        store.cleanup(NOW + 2 * HOUR)
        store._hot.close()
        store.put({"id": "warm", "n": 99})
        yield store


def file_of(store, id):
    with store._ledger.read() as db:
        (name,) = db.execute(
            "SELECT segment FROM records WHERE id = ?", (id,)
        ).fetchone()
    return store.folder / "cold" / name


def ruin(path, how):
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "short":
        path.write_bytes(data[:-1])
    else:
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])


@pytest.mark.parametrize("how", ["gone", "empty", "short", "one bit"])
def test_a_damaged_file_is_named_and_the_others_are_read(store, how, caplog):
    path = file_of(store, "r4")
    whole = path.read_bytes()
    ruin(path, how)
    for _ in range(2):
        with pytest.raises(DamagedFile, match=path.name) as caught:
            store.get("r4")
    assert caught.value.path == path and "backup" in str(caught.value)
    lost = {"r3", "r4", "r5"}
    rest = {f"r{n}" for n in range(12)} - lost | {"warm"}
    assert {r["id"] for r in store.retrieve_all()} == rest
    assert {r["id"] for r in store.retrieve({"n": {"$gte": 0}})} == rest
    assert path.name in caplog.text
    assert len(store.verify()) == 1 and path.name in store.verify()[0]
    set_aside = (store.folder / "cold" / "damaged" / path.name).exists()
    assert set_aside == (how != "gone")
    assert store.stats()["cold_tier"]["damaged_files"] == set_aside
    # cleanups go on, an index is made, the record can be replaced, the file put back
    store.cleanup(NOW + 2 * HOUR)
    store.create_index("n")
    store.put({"id": "r5", "n": 5})
    path.write_bytes(whole)
    assert store.get("r4")["n"] == 4 and store.get("r5")["n"] == 5
    store.flush()
    assert store.verify() == []


def test_a_damaged_file_whose_records_are_deleted_is_forgotten(store):
    path = file_of(store, "r4")
    ruin(path, "one bit")
    with pytest.raises(DamagedFile):
        store.get("r4")
    assert store.delete("r3") and store.delete("r4")
    store.cleanup(NOW + 2 * HOUR)
    assert len(store.verify()) == 1
    assert store.delete("r5")
    store.cleanup(NOW + 2 * HOUR)
    assert store.verify() == []


@pytest.mark.parametrize("to", [b"!", b"\n"])
def test_a_damaged_warm_record_is_named_and_the_others_are_read(tmp_path, to, caplog):
    """What SQLite does not see: a byte of a record has changed."""
    with opened(tmp_path) as store:
        store.put_many({"id": f"r{n}", "n": n, "data": f"text {n}"} for n in range(9))
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(path.read_bytes().replace(b"text 4", b"te" + to + b"t 4"))
    with opened(tmp_path) as store:
        rest = [f"r{n}" for n in range(9) if n != 4]
        for tier in ("warm", "cold"):
            with pytest.raises(DamagedFile, match=r"'r4' is not what was stored"):
                store.get("r4")
            assert [store.get(id)["id"] for id in rest] == rest
            found = store.retrieve({"n": {"$gte": 0}})
            assert [r["id"] for r in found] == rest, tier
            assert "'r4'" in caplog.text
            assert len(store.verify()) == 1 and "r4" in store.verify()[0]
            store.cleanup(NOW + 2 * HOUR)  # it moves with the others
            store._hot.close()
        assert store.stats()["cold_tier"]["records"] == 9
        store.put({"id": "r4", "n": 4})
        assert store.get("r4")["n"] == 4 and store.verify() == []


def test_a_record_whose_body_is_gone_is_named(tmp_path):
    with opened(tmp_path) as store:
        store.put_many({"id": id} for id in "ab")
        store._hot.close()
        with store._ledger.write() as db:
            db.execute("DELETE FROM bodies WHERE key = 1")
        with pytest.raises(DamagedFile, match="'a' is not what was stored"):
            store.get("a")
        assert [r["id"] for r in store.retrieve_all()] == ["b"]


def test_a_damaged_ledger_is_named_and_left_alone(tmp_path):
    with opened(tmp_path) as store:
        store.put_many({"data": "x" * 300} for _ in range(300))
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"no database at all, nowhere near" * 200)
    with pytest.raises(DamagedFile, match=r"ledger\.sqlite.*Nothing was changed"):
        opened(tmp_path)
    assert path.read_bytes().startswith(b"no database")
    path.unlink()
    with opened(tmp_path) as store:
        assert len(store) == 0


def test_a_ledger_whose_tables_have_damaged_names_is_told(tmp_path):
    with opened(tmp_path) as store:
        store.put({"id": "a"})
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(path.read_bytes().replace(b"tablerecords", b"table\xd8ecords"))
    with pytest.raises(DamagedFile, match=r"ledger\.sqlite.*Nothing was changed"):
        opened(tmp_path)


def test_a_ledger_of_another_format_is_told(tmp_path):
    with opened(tmp_path) as store, store._ledger.write() as db:
        db.execute("PRAGMA user_version = 7")
    with pytest.raises(StoreError, match="format 7"):
        opened(tmp_path)


def test_what_a_killed_process_left_is_swept(store):
    folder = store.folder
    store.close()
    (folder / "cold" / "0123.jsonl.zst.new").write_bytes(b"half")
    (folder / "cold" / "4567.jsonl.zst").write_bytes(b"whole, not in the ledger")
    with opened(folder) as store:
        assert store.verify() == [] and len(store) == 13
        assert len(list((folder / "cold").iterdir())) == 4


def test_a_file_that_cannot_be_written_leaves_all_as_it_was(store, monkeypatch):
    def fails(handle):
        raise OSError(28, "No space left on device")

    store.put_many({"id": f"r{n}", "n": -n} for n in range(6))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        with pytest.raises(StoreFull, match="make room on the disk"):
            store.cleanup(NOW + 4 * HOUR)
    assert store.verify() == []
    assert store.retrieve({"n": {"$lt": 0}}, projection=["n"])[0] == {"n": -1}
    store.cleanup(NOW + 4 * HOUR)
    assert len(store) == 13 and store.verify() == []


def test_a_full_disk(tmp_path):
    """In a process whose files may not grow past a limit: writes that really fail."""
    script = Path(__file__).with_name("full_disk.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "store")],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["refused"] == "StoreFull" and "nothing could be written" in said["why"]
    with opened(tmp_path / "store") as store:
        assert [r["id"] for r in store.retrieve_all()] == said["stored"]
        assert store.verify() == []
        store.put({"id": "more"})


@pytest.mark.deep
def test_killed_a_thousand_times_nothing_is_lost_or_doubled(fast_folder):
    script = Path(__file__).with_name("kill_loop.py")
    done = subprocess.run(
        [sys.executable, str(script), str(fast_folder / "store"), str(KILLS), "0"],
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kills"] == KILLS
