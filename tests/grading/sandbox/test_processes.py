"""What a kernel holds is looked at closely only when that may matter."""

import pytest

from coursekit.sandbox import processes


@pytest.mark.parametrize(
    "resident, shared_once, more, walks",
    [(40, 40, False, 0), (60, 60, False, 1), (120, 90, False, 1), (120, 101, True, 1)],
)
def test_pages_are_walked_only_near_the_limit(
    monkeypatch, resident, shared_once, more, walks
):
    walked = []
    monkeypatch.setattr(processes, "_resident", lambda pid: resident // 2)
    monkeypatch.setattr(
        processes, "memory", lambda pids: walked.append(1) or shared_once
    )
    assert processes.hold_more(iter([1, 2]), 100) is more
    assert len(walked) == walks
