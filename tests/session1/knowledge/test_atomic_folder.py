"""Saved is saved: kills, full disks and damaged files."""

import json
import os
import random
import resource
import signal
import time

import numpy as np
import pytest

from session1.knowledge import Damaged, KnowledgeBase, NothingSaved

KILLS = 200


def base_of(rows, name, graph_from=10):
    base = KnowledgeBase(rows.shape[1], graph_from=graph_from, subset_mb=1)
    ids = [f"{name} {n}" for n in range(len(rows))]
    base.add(ids, ids, [{"of": name}] * len(rows), rows)
    return base


def contents(base):
    asked = np.ones(base.vector_dimension)
    return sorted(base.search(asked, 1000))


@pytest.fixture
def saved(tmp_path, clustered):
    base = base_of(clustered(40), "old")
    base.save(tmp_path / "kb")
    return tmp_path / "kb"


def current(folder):
    return folder / (folder / "CURRENT").read_text().split()[0]


def test_comes_back_as_it_was(tmp_path, clustered, letters):
    base = KnowledgeBase(28, embedder=letters, graph_from=50, m=8, recall_goal=0.9)
    texts = [f"{n} ünï 日本 \ud800 {'x' * n}" for n in range(200)]
    base.add(
        texts, texts, [{"n": n, "even": n % 2 == 0, "none": None} for n in range(200)]
    )
    base.delete(texts[50:60])
    base.update(texts[:5], metadata=[{"n": -1}] * 5)
    base.save(tmp_path / "kb")
    again = KnowledgeBase.load(tmp_path / "kb", letters)
    assert (len(again), again.tuned) == (190, base.tuned)
    for filter in (None, {"n": -1}, {"even": True}, {"n": {"$gt": 150}}):
        assert again.search("x ü", 20, filter=filter) == base.search(
            "x ü", 20, filter=filter
        )
    again.add(["new"], ["brand new"])
    assert again.search("brand new", 1)[0].id == "new"


def test_an_empty_base_comes_back(tmp_path):
    KnowledgeBase(4).save(tmp_path / "kb")
    again = KnowledgeBase.load(tmp_path / "kb")
    assert (len(again), again.vector_dimension) == (0, 4)


def test_only_the_last_generation_is_kept(saved, clustered):
    for _ in range(3):
        base_of(clustered(40), "new").save(saved)
    assert [path.name for path in saved.glob("generation-*")] == [current(saved).name]


def test_nothing_saved_there(tmp_path):
    with pytest.raises(NothingSaved, match="nothing was saved in"):
        KnowledgeBase.load(tmp_path)
    with pytest.raises(NothingSaved):
        KnowledgeBase.load(tmp_path / "none")


@pytest.mark.parametrize("name", ["documents.jsonl", "vectors.npy", "manifest.json"])
@pytest.mark.parametrize("damage", ["flip", "cut", "gone"])
def test_a_damaged_file_is_named(saved, name, damage):
    hurt(current(saved) / name, damage)
    with pytest.raises(Damaged, match=name) as caught:
        KnowledgeBase.load(saved, rebuild=True)
    assert caught.value.file == current(saved) / name
    assert "Restore" in str(caught.value)


@pytest.mark.parametrize("damage", ["flip", "cut", "gone"])
def test_a_damaged_graph_is_made_anew(saved, damage):
    before = contents(KnowledgeBase.load(saved))
    hurt(current(saved) / "graph.bin", damage)
    with pytest.raises(Damaged, match=r"graph\.bin .*rebuild=True"):
        KnowledgeBase.load(saved)
    again = KnowledgeBase.load(saved, rebuild=True)
    assert contents(again) == before
    again.save(saved)
    assert contents(KnowledgeBase.load(saved)) == before


@pytest.mark.parametrize("text", ["", "generation-00000001", "x y", "\xff\x00"])
def test_a_damaged_pointer_is_named(saved, text):
    (saved / "CURRENT").write_text(text)
    with pytest.raises(Damaged, match="CURRENT is damaged"):
        KnowledgeBase.load(saved)


def test_a_later_version_is_not_misread(saved):
    manifest = current(saved) / "manifest.json"
    later = json.dumps(json.loads(manifest.read_text()) | {"version": 2})
    manifest.write_text(later)
    with pytest.raises(Damaged, match="damaged"):
        KnowledgeBase.load(saved)


def hurt(path, damage):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(data if damage == "flip" else data[: len(data) // 2])


def in_child(work):
    """Run `work` in a forked process; its exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = work()
        finally:
            os._exit(code)
    return child


@pytest.mark.parametrize("limit", [0, 200, 1500, 6000])
def test_a_full_disk_leaves_what_was_there(saved, clustered, limit):
    before, new = contents(KnowledgeBase.load(saved)), base_of(clustered(50), "new")

    def fill_the_disk():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            new.save(saved)
        except OSError:
            return 7
        return 8

    _, status = os.waitpid(in_child(fill_the_disk), 0)
    assert os.waitstatus_to_exitcode(status) == 7
    assert contents(KnowledgeBase.load(saved)) == before
    new.save(saved)
    assert contents(KnowledgeBase.load(saved)) == contents(new)


@pytest.mark.deep
def test_killed_at_any_moment_it_has_the_old_state_or_the_new(tmp_path, clustered):
    states = {name: base_of(clustered(30, 8), name) for name in ("one", "two")}
    expected = {name: contents(base) for name, base in states.items()}
    folder, chance = tmp_path / "kb", random.Random(1)
    states["one"].save(folder)
    held, seen, wait = "one", set(), 0.01
    for _ in range(KILLS):
        new = "two" if held == "one" else "one"
        child = in_child(lambda new=new: states[new].save(folder) or 0)
        time.sleep(chance.uniform(0, wait))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        found = contents(KnowledgeBase.load(folder))
        done = os.waitstatus_to_exitcode(status) == 0
        assert found == expected[new] or (found == expected[held] and not done)
        seen.add((found == expected[new], done))
        held = new if found == expected[new] else held
        wait *= 0.9 if done else 1.1  # however busy the machine: about half are killed
    assert {(False, False)} < seen  # killed before, and saved, both happened
    states[held].save(folder)
    assert len(list(folder.glob("generation-*"))) == 1
