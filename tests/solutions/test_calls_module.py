"""The figures that 05_llm_calls states, its labs and its parts, against session1."""

import re
import shutil
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest

from coursekit.core.course import Course
from coursekit.core.module import load
from coursekit.core.notebook import read_cells
from coursekit.learn.lab import Lab
from coursekit.learn.learner_builds import mine
from session1 import virtual_time
from session1.demo.call_runs import CLIENTS, TERSE, WORDY, talked
from session1.llm import Message, SimulatedLLM
from session1.llm.client import Reply
from session1.llm.models import table
from session1.llm.prompt import saved
from session1.llm.request import request
from session1.llm.speed import MEASURED

FOLDER = Path(__file__).parents[2] / "solutions" / "05_llm_calls"


@pytest.fixture(scope="module")
def cells() -> dict[str, str]:
    return {cell.id: cell.text for cell in read_cells(FOLDER / "05_llm_calls.ipynb")}


def test_the_claims_figures(files: Any, cells: dict[str, str]) -> None:
    count, lab = SimulatedLLM().count_tokens, files.prompt_lab
    found = [lab.template_tokens(template) for template in (WORDY, TERSE)]
    assert found == [61, 16]
    assert saved(WORDY, TERSE, count) > 0.7
    assert "74 % fewer" in cells["ex-claim"]
    assert round(100 * (1 - found[1] / found[0])) == 74
    large = table().models["large"]
    call = lab.took(1061, 200)
    assert call.seconds == pytest.approx(MEASURED.total_s(1061, 200))
    assert call.dollars == pytest.approx(large.cost(1061, 200))
    assert f"{MEASURED.first_token_s(1061):.1f} s" in cells["title"]
    assert f"{100 * large.cost(1061, 0):.2f} cents" in cells["title"]
    assert f"{100 * large.cost(0, 200):.2f} cents" in cells["title"]


def test_the_prompt_lab_says_what_it_draws(files: Any) -> None:
    lab = files.prompt_lab.prompt_lab(data=0)
    assert "terse saves 74 % fewer tokens, 8 % fewer seconds" in lab.summary()
    assert bytes(lab.image.value).startswith(b"\x89PNG")
    before = bytes(lab.image.value)
    lab.set(data=1000, terse_answer=20, known=80)
    assert bytes(lab.image.value) != before
    shares = re.findall(r"(\d+) % fewer (?:seconds|dollars)", lab.summary())
    assert min(map(int, shares)) >= 50  # so the claim can be made to come true


def test_the_routing_lab_says_what_it_draws(files: Any) -> None:
    routing = files.routing
    lab = routing.routing_lab(words=11, cues=1)
    found = routing.routed(
        routing.by_settings({"words": 11, "cues": 1}), routing.cases()
    )
    assert f"{found.large} of 64 go to the large model" in lab.summary()
    assert f"{found.wrong} answers wrong" in lab.summary()
    assert f"{found.calls:.2f} dollars for a thousand calls" in lab.summary()
    assert bytes(lab.image.value).startswith(b"\x89PNG")
    assert lab.set(words=40, cues=5).summary() != ""
    assert "0 of 64 go to the large model, 32 answers wrong" in lab.summary()


@pytest.mark.parametrize("which", ["prompt_lab", "routing_lab"])
def test_a_lab_is_drawn_in_time(files: Any, which: str) -> None:
    kind = files.prompt_lab if which == "prompt_lab" else files.routing
    lab: Lab = getattr(kind, which)()
    name = next(iter(lab.controls))
    low, step = lab.controls[name].min, lab.controls[name].step
    times = []
    for i in range(1, 8):
        began = time.process_time()
        lab.set(**{name: low + i * step})
        times.append(time.process_time() - began)
    assert sorted(times)[len(times) // 2] < 0.1


def test_what_the_texts_say_of_routing(files: Any, cells: dict[str, str]) -> None:
    routing = files.routing
    every = [
        routing.routed(
            routing.by_settings({"words": w, "cues": c}), routing.cases()
        ).total
        for w in range(1, 41)
        for c in range(1, 6)
    ]
    assert round(min(every), 2) == 6.43
    given = routing.routed(
        routing.by_settings({"words": 20, "cues": 3}), routing.cases()
    )
    said = re.search(
        r"(\d+) questions go to the large model, (\d+) answers are wrong, and a "
        r"thousand questions cost (\d+) dollars",
        cells["ex-route"],
    )
    assert said
    found = [given.large, given.wrong, round(given.total)]
    assert [int(figure) for figure in said.groups()] == found


def test_the_key_tells_requests_apart_as_session1_does(
    files: Any,
) -> None:
    key, asks = files.parts.cache_key, files.asks
    known = [r for r in asks.morning() if not set(r) - PLAIN]
    assert len(known) > 8
    theirs = [_session1_key(r) for r in known]
    ours = [key(r) for r in known]
    for i in range(len(known)):
        for j in range(i):
            assert (ours[i] == ours[j]) == (theirs[i] == theirs[j]), known[i]
    assert [key(r) for r in asks.unrepeatable()] == [None] * 4


PLAIN = {"model", "messages", "max_tokens", "temperature", "seed", "user", "stream"}


def _session1_key(asked: dict[str, Any]) -> str | None:
    messages = [Message(m["role"], m["content"]) for m in asked["messages"]]
    settings = asked["max_tokens"], asked["temperature"], asked.get("seed")
    return request(asked["model"], messages, *settings).key


def test_the_reference_relay_on_a_model_of_session1(
    files: Any,
) -> None:
    relay = files.parts.relay

    async def scene() -> tuple[list[str], Reply]:
        llm, ended = SimulatedLLM(), list[Reply]()
        async for _ in llm.stream("Why?", on_end=ended.append):
            pass
        return [piece async for piece in relay(SimulatedLLM(), "Why?")], ended[0]

    pieces, reply = virtual_time.run(scene).value
    assert "".join(pieces) == reply.text and len(pieces) > 1


def test_quiz_figures(files: Any) -> None:
    asked = {question.id: question for question in load(FOLDER).quiz}
    large = table().models["large"]
    # q1: half of 600 written tokens cost as much as 1,200 that are read
    assert large.cost(0, 300) == pytest.approx(large.cost(1200, 0))
    assert "1,200" in asked["q1"].option(asked["q1"].answer).feedback


@pytest.mark.parametrize("router", ["", "def is_hard(prompt):\n    return False"])
def test_the_client_takes_part_in_the_demo(tmp_path: Path, router: str) -> None:
    module = FOLDER.name
    ignored = shutil.ignore_patterns("bank", "__pycache__")
    for place in ("solutions", "course"):
        shutil.copytree(FOLDER, tmp_path / place / module, ignore=ignored)
    path = tmp_path / "course" / module / f"{module}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if router and cell.metadata.get("nbgrader", {}).get("grade_id") == "router":
            cell.source = router
    nbformat.write(notebook, path)
    found = mine(Course(tmp_path))
    assert found.notes == ()
    ours, yours = [
        virtual_time.run(talked, make, 12).value
        for make in (CLIENTS["ours"], found.makers["calls"])
    ]
    assert yours["whole"] == yours["asked"] == 24
    assert yours["model_calls"] == ours["model_calls"] == 12
    assert (yours["good_enough"] == 24) == (not router)
    assert yours["first_word_s"] < 0.1
