"""The demo's last part: the table of key figures, filled in."""

from collections import Counter
from types import SimpleNamespace

import pytest

from session1.demo import PARTS, kpi
from session1.load.figures import Load
from session1.monitoring.kpi import KPIS

pytestmark = pytest.mark.slow

CONTEXT = SimpleNamespace(quick=True, progress=lambda items, *_: items)


@pytest.fixture
def with_ends(monkeypatch, tmp_path):
    """The sections of a run in which our requests ended so."""

    def sections(**ends):
        def played(plan, processes):
            mine = {"exact": 100} if plan.agent == "naive" else ends
            return Load([0.01] * 100, Counter(mine), span_s=1.0, seconds=1.0)

        monkeypatch.setattr(kpi, "played", played)
        context = SimpleNamespace(**vars(CONTEXT), out=tmp_path)
        return {section.name: section for section in kpi.run(context)}

    return sections


def test_the_demo_ends_with_the_table_of_this_machine(tmp_path, monkeypatch):
    assert list(PARTS)[-1] == "kpi"
    monkeypatch.setattr(kpi, "RATE", 300)
    context = SimpleNamespace(**vars(CONTEXT), out=tmp_path)
    *_, ends, plot, last = kpi.run(context)
    assert (ends.name, plot.name, last.name) == ("ends", "plot", "kpi")
    assert list(last.data) == [row.key for row in KPIS]
    assert all(row["value"] is not None for row in last.data.values())
    assert ends.failures == last.failures == ()
    assert all(row.label in last.text for row in KPIS)


def test_lost_and_wrong_requests_are_told(with_ends):
    assert with_ends(exact=100)["ends"].failures == ()
    assert with_ends(exact=99)["ends"].failures == ("a request was lost",)
    wrong = with_ends(exact=99, wrong=1)["ends"].failures
    assert wrong == ("ours gave wrong answers or errors",)
