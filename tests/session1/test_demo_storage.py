"""The demo's storage part: what it promises holds on real messages."""

import pytest

from session1.demo import hot_tiers, storage
from session1.demo.part import Context, Mine

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    return Context(None, None, quick=True, out=out, show_progress=False)


@pytest.fixture(scope="module")
def sections(context):
    return {section.name: section for section in storage.run(context)}


def test_every_promise_holds(sections):
    assert list(sections) == ["retrieval", "tiers", "cleanup", "hot tier", "plot"]
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


def test_the_hot_tier_answers_most_gets_of_prompts(sections):
    found = sections["hot tier"].data
    assert found["no hot tier"]["reads"] == found["no hot tier"]["gets"]
    assert found["ours"]["reads"] == len(storage.messages(60))
    assert {one["wrong"] for one in found.values()} == {0}


def test_a_learners_tier_stands_next_to_ours(context):
    class Stale(hot_tiers.Ours):
        def get(self, id):
            return super().get(id) if id.endswith("0") else None

    yours = Context(
        *(None, None),
        quick=True,
        out=context.out,
        show_progress=False,
        mine=Mine({"storage": Stale}),
    )
    section = hot_tiers.section(yours, storage.messages(5))
    assert list(section.data) == ["no hot tier", "yours", "ours"]
    assert section.data["yours"]["wrong"] > 0
    assert section.failures == ()
