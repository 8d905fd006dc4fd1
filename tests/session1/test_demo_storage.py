"""The demo's storage part: what it promises holds on real messages."""

from types import SimpleNamespace

import pytest

from session1.demo import storage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    return SimpleNamespace(quick=True, progress=lambda items, *_: items, out=out)


@pytest.fixture(scope="module")
def sections(context):
    return {section.name: section for section in storage.run(context)}


def test_every_promise_holds(sections):
    assert list(sections) == ["retrieval", "tiers", "cleanup", "plot"]
    assert all(section.failures == () for section in sections.values())


def test_nothing_is_lost_between_the_tiers(sections):
    looks = sections["tiers"].data["looks"].values()
    on_disk = {s["warm_tier"]["records"] + s["cold_tier"]["records"] for s in looks}
    assert on_disk == {len(storage.messages(60))}


def test_the_plans_are_shown(sections):
    assert "search by the index of agent_id" in sections["retrieval"].text
    assert "search by the index of timestamp: 100 of" in sections["retrieval"].text


def test_cleanup_takes_the_old_half_and_then_the_rest(sections):
    data = sections["cleanup"].data
    count = len(storage.messages(60))
    assert data["by_time"]["removed"] == count // 2
    assert data["by_age"]["expired"] == count - count // 2
    assert data["left"] == 0


def test_a_broken_store_is_told(monkeypatch, context):
    monkeypatch.setattr(storage.MemoryManager, "verify", lambda self: ["a file lies"])
    failed = [f for section in storage.run(context) for f in section.failures]
    assert failed == ["files are not what the ledger says"]
