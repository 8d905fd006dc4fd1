"""A learner starts in a tab of Firefox: the same steps as in Chromium."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.site.firefox import firefox, opened  # noqa: F401
from tests.site.test_tab import ANSWER, READY, RUN, SAVED

pytestmark = [pytest.mark.deep, pytest.mark.browser, pytest.mark.timeout(1800)]
PATIENCE = 600  # seconds for all of it, on a machine that is busy with something else
OPEN = (
    "() => document.querySelector('.jp-NotebookPanel') !== null && !!window.jupyterapp"
)
HREF = """() => [...document.querySelectorAll("a")]
  .find(link => link.textContent.includes("start here")).href"""
CHOOSE = """() => {
  document.querySelectorAll("#quiz-widget input[type=radio]")[1].click();
}"""
SHOWN = "text => document.querySelector('#quiz-widget').innerText.includes(text)"


async def start(path: str, address: str, profile: Path) -> dict[str, Any]:
    """Open the page, answer an exercise and a question; what was said and asked."""
    async with asyncio.timeout(PATIENCE), opened(path, profile) as tab:
        await tab.go(address)
        began = time.monotonic()
        await tab.go(await tab.call(HREF))
        await tab.until(OPEN)
        await tab.call(READY)
        said = {
            cell: await tab.call(RUN, [cell, code])
            for cell, code in [
                ("setup", ""),
                ("checkup", ""),
                ("together", ANSWER),
                ("test-together", ""),
            ]
        }
        seconds = time.monotonic() - began
        await tab.call(RUN, ["quiz-widget", ""])
        await tab.call(CHOOSE)
        await tab.until(SHOWN, "B recorded")
        answers = json.loads(await tab.call(SAVED, "00_start/answers.json"))
        return {
            "said": said,
            "seconds": seconds,
            "answers": answers,
            "asked": tab.asked,
        }


def test_a_learner_starts_in_a_tab_of_firefox(
    firefox: str,  # noqa: F811
    address: str,
    tmp_path: Path,
    record_property: Any,
) -> None:
    found = asyncio.run(start(firefox, address, tmp_path / "profile"))
    record_property("seconds_to_first_checked_answer", found["seconds"])
    said = found["said"]
    assert "You work in a browser tab" in said["setup"]
    assert "Everything the course needs works here" in said["checkup"]
    assert "All 4 tests passed" in said["test-together"]
    assert found["answers"]["quiz"]["q1"]
    own = (address, "data:", "blob:", "about:", "resource:", "chrome:")
    assert [url for url in found["asked"] if not url.startswith(own)] == []
    print(f"first checked answer after {found['seconds']:.0f} s")
