"""The folder of a store: without room, without permission to write, after a fork."""

import os
import subprocess
import sys
import textwrap
from contextlib import contextmanager

import pytest

from session1.memory.manager import MemoryManager
from session1.memory.tiers import folder as folders
from session1.memory.tiers import ledger as ledgers
from session1.memory.tiers.errors import StoreError, StoreFull

NOW = 1e9


def filled(folder, records=300):
    """A store with warm and cold records, closed."""
    now = NOW
    with MemoryManager(folder=folder, clock=lambda: now) as store:
        store.create_index("n")
        store.put_many({"id": f"old{n}", "n": n} for n in range(records))
        now += 3601
        store.cleanup()
        store.put_many({"id": f"r{n}", "n": n} for n in range(records))
    return now


@pytest.fixture
def full_disk(tmp_path, monkeypatch):
    """A folder on a disk that has no room left but what the reserve takes."""
    now = filled(tmp_path)
    reserve = tmp_path / "reserve"
    assert reserve.stat().st_size == folders.RESERVE
    write = ledgers.Ledger.write

    @contextmanager
    def short(self, *args, **options):
        if reserve.exists():
            raise StoreFull("no room")
        with write(self, *args, **options) as db:
            yield db

    monkeypatch.setattr(ledgers.Ledger, "write", short)
    return tmp_path, now


def test_a_store_on_a_full_disk_opens_reads_and_removes(full_disk):
    folder, now = full_disk
    with MemoryManager(folder=folder, clock=lambda: now) as store:
        assert not (folder / "reserve").exists()  # opening took it
        assert store.get("r5")["n"] == store.get("old5")["n"] == 5
        assert store.delete("r5") and store.delete_where({"n": {"$gte": 200}}) == 200


@pytest.mark.parametrize(
    ("work", "gone"),
    [
        (lambda store: store.delete("r5"), 1),
        (lambda store: store.delete_where({"n": {"$gte": 200}}), 200),
        (lambda store: store.cleanup(older_than=1800), 300),
    ],
)
def test_each_way_of_removing_may_take_the_reserve(tmp_path, monkeypatch, work, gone):
    now = filled(tmp_path)
    with MemoryManager(folder=tmp_path, clock=lambda: now) as store:
        checkpoints, tried = [], []
        checkpoint, write = store._ledger.checkpoint, store._ledger.write

        def short(*args, **options):
            tried.append(1)
            if (tmp_path / "reserve").exists():
                raise StoreFull("no room")
            return write(*args, **options)

        monkeypatch.setattr(store._ledger, "write", short)
        monkeypatch.setattr(
            store._ledger, "checkpoint", lambda: (checkpoints.append(1), checkpoint())
        )
        with pytest.raises(StoreFull):
            store.put({"id": "one more"})
        assert (tmp_path / "reserve").exists()  # not for what takes room
        before = len(store)
        work(store)
        assert before - len(store) == gone and checkpoints == [1]


def test_the_reserve_is_there_again_after_a_cleanup(tmp_path):
    now = filled(tmp_path)
    (tmp_path / "reserve").unlink()
    with MemoryManager(folder=tmp_path, clock=lambda: now) as store:
        assert (tmp_path / "reserve").exists()
        store._reserve.give_up()
        store.cleanup()
        assert (tmp_path / "reserve").stat().st_size == folders.RESERVE


def test_where_the_reserve_cannot_be_written_the_store_goes_without(tmp_path):
    (tmp_path / "reserve").symlink_to(tmp_path / "nowhere" / "reserve")
    with MemoryManager(folder=tmp_path) as store:
        assert store.put({"id": "a"}) == "a"
    assert not (tmp_path / "reserve").exists()


def state(folder):
    """All that is in a folder and when each was changed."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@pytest.fixture
def read_only(tmp_path, monkeypatch):
    """A folder that nothing can be written in; also for root, who may do anything."""
    now = filled(tmp_path)
    real = os.access
    monkeypatch.setattr(
        folders.os, "access", lambda path, how: how != os.W_OK and real(path, how)
    )
    before = state(tmp_path)
    places = [tmp_path, *filter(os.path.isdir, tmp_path.rglob("*"))]
    for place in places:
        place.chmod(0o555)
    yield tmp_path, now
    for place in places:
        place.chmod(0o755)
    assert state(tmp_path) == before


def test_a_read_only_folder_is_read(read_only):
    folder, now = read_only
    with MemoryManager(folder=folder, clock=lambda: now) as store:
        assert len(store) == 600
        for _ in range(2):
            assert store.get("r5")["n"] == store.get("old5")["n"] == 5
        assert len(store.retrieve({"n": {"$lt": 10}})) == 20
        assert not store.explain({"n": {"$lt": 10}}).scan
        assert len(list(store.retrieve_all())) == 600
        assert store.stats()["cold_tier"]["records"] == 300
        for change in (
            lambda: store.put({"id": "x"}),
            lambda: store.delete("r5"),
            lambda: store.delete_where({"n": 1}),
            lambda: store.create_index("m"),
            store.cleanup,
        ):
            with pytest.raises(StoreError, match=r"is read-only: make it writable"):
                change()


def test_two_may_read_it(read_only):
    folder, now = read_only
    with (
        MemoryManager(folder=folder, clock=lambda: now) as one,
        MemoryManager(folder=folder, clock=lambda: now) as other,
    ):
        assert one.get("r1") == other.get("r1")


FORKING = """
import os, sys
from session1.memory.manager import MemoryManager
from session1.memory.tiers.errors import StoreError
folder = sys.argv[1] if len(sys.argv) > 1 else None
store = MemoryManager(folder=folder)
store.put({"id": "a", "v": 1})
child = os.fork()
if not child:
    for work in (
        lambda: store.get("a"), lambda: store.put({"id": "a", "v": 2}),
        lambda: store.retrieve({}), lambda: list(store.retrieve_all()),
        lambda: store.delete("a"), lambda: len(store), store.cleanup, store.stats,
    ):
        try:
            work()
        except StoreError as e:
            assert "belongs to its parent: open one here" in str(e), e
        else:
            sys.exit("the fork was let in")
    store.close()
    with MemoryManager() as own:
        own.put({"id": "b"})
        assert own.get("b")["id"] == "b"
    sys.exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
store.put({"id": "b", "v": 1})
assert store.get("a")["v"] == store.retrieve({"id": "a"})[0]["v"] == 1
assert store.verify() == []
place = store.folder
store.close()
assert place.exists() is bool(folder)
"""


@pytest.mark.parametrize("given", [False, True])
def test_a_fork_is_refused_and_harms_nothing(tmp_path, given):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FORKING), *[str(tmp_path)] * given],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("below", ["", "/below"])
def test_what_is_no_folder_is_refused(tmp_path, below):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"file.* cannot hold a store .*give a folder"):
        MemoryManager(folder=f"{tmp_path}/file{below}")
