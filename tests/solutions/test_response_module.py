"""The figures that 04_response states, and its labs, against session1."""

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from coursekit.core.module import Module, load
from coursekit.core.notebook import read_cells
from coursekit.learn.own_parts import collect
from session1 import virtual_time
from session1.data.pairs import further_pairs, pairs
from session1.demo import response
from session1.demo.answer_runs import AGENTS, Make, live
from session1.monitoring.histogram import nearest_rank
from session1.questions import day

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[2] / "solutions" / "04_response"


@pytest.fixture(scope="module")
def labs() -> Iterator[tuple[ModuleType, ModuleType]]:
    sys.path.insert(0, str(FOLDER))
    yield importlib.import_module("cache_lab"), importlib.import_module("response_lab")
    sys.path.remove(str(FOLDER))


@pytest.fixture(scope="module")
def module() -> Module:
    return load(FOLDER)


@pytest.fixture(scope="module")
def solved(labs: tuple[ModuleType, ModuleType]) -> dict[str, Any]:
    """What the solutions' cells define, for the parts and the agent."""
    names: dict[str, Any] = {}
    cells = {cell.id: cell.text for cell in read_cells(FOLDER / "04_response.ipynb")}
    given = (
        "naive-similar",
        "naive-responder",
        "percentile-code",
        "show-words",
        "show-starts",
    )
    exec("from start_04 import *", names)
    for name in given:
        exec(
            cells[name]
            .partition("\n\n\n_ = run")[0]
            .partition("\n\n\nnaive_similar(")[0],
            names,
        )
    for name in ("fallback", "late", "retarget", "similar", "gate"):
        exec(cells[name], names)
    exec(cells["own"].replace("parts()", "None"), names)
    exec(cells["agent"], names)
    return names


@pytest.fixture(scope="module")
def yours(module: Module, solved: dict[str, Any]) -> Iterator[Make]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coursekit.check.parsons.find", lambda: module)
        parts = ("fallback", "late", "similar", "gate", "retarget")
        own, whose = collect(module, solved, parts)
    assert all(whose.values())
    yield load_file("mine").build(solved, own)


def load_file(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"{name}_04", FOLDER / f"{name}.py")
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize("count", [400, 1_000])
def test_the_agent_of_the_solutions_beats_naive_in_the_demo(
    yours: Make, count: int
) -> None:
    """Row by row of the demo's table, with and without `--quick`."""
    asked = day(count, 250, 0.6)
    makers = {"naive": AGENTS["naive"], "yours": yours, "ours": AGENTS["ours"]}
    naive, mine, ours = (
        virtual_time.run(live, make, asked, 1.0).value.figures()
        for make in makers.values()
    )
    for more in ("right", "exact", "fuzzy", "at_once", "in_half_a_second", "in_time"):
        assert mine[more] > naive[more], more
        assert mine[more] >= 0.9 * ours[more], more
    for less in ("calls_each", "stand_ins", "wrong"):
        assert mine[less] < naive[less], less
    for equal in ("p50", "p99"):
        assert mine[equal] == pytest.approx(naive[equal], abs=1e-6), equal
    assert set(response.DAY) <= naive.keys()
    assert mine["wrong"] == 0 and naive["stand_ins"] > 1.8 * mine["stand_ins"]


def test_the_gate_serves_nothing_wrong_on_pairs_it_was_not_made_with(
    solved: dict[str, Any],
) -> None:
    path = Path(__file__).parents[1] / "session1"
    gate = solved["same_question"]
    others = [
        line.split(" | ")
        for line in (path / "opposites.txt").read_text("utf-8").splitlines()
        if " | " in line
    ]
    rows = (path / "signs_and_mentions.tsv").read_text("utf-8").splitlines()
    signs = [row.split("\t") for row in rows if not row.startswith("#")]
    others += [row[3:5] for row in signs if row[1] == "different"]
    others += [
        [pair.first, pair.second] for pair in pairs() + further_pairs() if not pair.same
    ]
    assert len(others) > 900
    assert not [(one, other) for one, other in others if gate(one, other)]


def test_what_the_text_says_of_the_gate(
    labs: tuple[ModuleType, ModuleType],
    solved: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    def gated(message: str, kept: list[str]) -> str | None:
        safe = [other for other in kept if solved["same_question"](message, other)]
        found: str | None = solved["similar"](message, safe)
        return found

    finders = {"yours": gated, "ours": labs[0].reference_finder}
    labs[0].compare_on_pairs(finders)
    cells = {cell.id: cell.text for cell in read_cells(FOLDER / "04_response.ipynb")}
    found = re.findall(r"(\d+) right, 0 wrong", capsys.readouterr().out)
    said = re.search(r"serves (\d+) of these (\d+), you (\d+)", cells["gate-price"])
    assert said and [said[3], said[1]] == found
    assert int(said[2]) == sum(pair.same for pair in pairs())


def test_the_reference_parts_pass_for_the_solutions(solved: dict[str, Any]) -> None:
    ours = load_file("parts")
    assert solved["FALLBACK"] == ours.FALLBACK
    for message, kept in [
        ("is it safe?", ["Is it not safe?", "Is it safe?"]),
        ("take 5 a day now", ["take 6 a day now", "take 5 a day"]),
        ("hello", []),
    ]:
        assert ours.similar(message, kept) == solved["similar"](message, kept)
    log = [("hit", 0.0)] * 50 + [("model", 0.5 + n / 100) for n in range(40)]
    for target in (0.6, 1.0, 2.0):
        wanted = solved["retarget"](target, log)
        assert ours.retarget(target, log) == pytest.approx(wanted, rel=0.005)


def test_each_guard_alone_agrees_with_the_gate(
    labs: tuple[ModuleType, ModuleType],
) -> None:
    lab = labs[0]
    for pair in pairs() + further_pairs():
        one, other = pair.first, pair.second
        stops = [guard for guard in lab.GUARDS if not lab.passes(guard, one, other)]
        assert (stops or ["same"])[0] == lab.judge(one, other).reason


def test_an_ordinary_day_has_few_wrong_answers_and_the_reference_none(
    labs: tuple[ModuleType, ModuleType],
    solved: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    lab = labs[0]
    lab.show_ordinary_day(solved["naive_similar"])
    lab.show_ordinary_day(lab.reference_finder)
    few, none = re.findall(r"(\d+) of them wrongly", capsys.readouterr().out)
    assert 0 < int(few) < 20 and none == "0"


def right_option(module: Module, name: str) -> str:
    (question,) = [q for q in module.quiz if q.id == name]
    return question.option(question.answer).text


def test_the_score_asked_for_in_q12_is_the_highest(module: Module) -> None:
    (question,) = [q for q in module.quiz if q.id == "q12"]
    scores = {}
    for letter in question.letters:
        said = re.findall(r"\d\.?\d*", question.option(letter).text)
        importance, recency = map(float, said)
        scores[letter] = 0.7 * importance + 0.3 * recency
    assert max(scores, key=lambda letter: scores[letter]) == question.answer


def test_the_percentile_asked_for_in_q2(module: Module) -> None:
    times = [0.1] * 9 + [5.0]
    assert right_option(module, "q2").startswith("0.1 s")
    assert times[nearest_rank(90, 10) - 1] == 0.1
    assert times[nearest_rank(95, 10) - 1] == 5.0


def test_the_percentiles_traced_by_hand() -> None:
    times = sorted([420, 180, 90, 2000, 510, 350, 270, 760, 130, 640])
    found = [times[nearest_rank(p, 10) - 1] for p in (50, 90, 95)]
    assert found == [350, 760, 2000]
    assert times[int(10 * 0.9)] == 2000


@pytest.mark.parametrize(("threshold", "guards"), [(0.7, 0), (0.5, 3), (0.5, 9)])
def test_lab_and_check_count_alike(
    labs: tuple[ModuleType, ModuleType],
    threshold: float,
    guards: int,
) -> None:
    path = FOLDER / "checks.py"
    spec = importlib.util.spec_from_file_location("checks_04_response", path)
    assert spec and spec.loader
    checks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(checks)
    found = labs[0].served(threshold, guards)
    counted = checks._served(threshold, guards)
    assert (found.right, found.wrong, pytest.approx(found.judged)) == counted


def test_guards_let_a_lower_threshold_bring_hits_without_wrong_answers(
    labs: tuple[ModuleType, ModuleType],
) -> None:
    served = labs[0].served
    naive, tuned, stated = served(0.7), served(0.5, 9), served(0.7, 9)
    assert naive.wrong > naive.right
    assert tuned.wrong == stated.wrong == 0
    assert tuned.right > stated.right


def test_the_last_two_guards_stop_what_seven_let_through(
    labs: tuple[ModuleType, ModuleType], capsys: pytest.CaptureFixture[str]
) -> None:
    served, different = labs[0].served, [p for p in further_pairs() if not p.same]
    wrong = [served(0.7, guards, later=True).wrong for guards in (7, 8, 9)]
    signs = sum(pair.kind == "sign" for pair in different)
    assert wrong == [len(different), len(different) - signs, 0]
    assert served(0.7, 7).wrong == 0, "on the pairs that the seven were made with"
    seven, nine = (served(0.7, k, later=True).right for k in (7, 9))
    assert seven == nine, "no right answer is lost"
    labs[0].show_guard("sign")
    assert "8 guards: 0 of" in capsys.readouterr().out


@pytest.mark.parametrize("finder", [0, 1, 2])
def test_the_cache_lab_tells_every_count(
    labs: tuple[ModuleType, ModuleType], finder: int
) -> None:
    lab = labs[0].cache_lab(threshold=0.6, guards=9, finder=finder)
    here = labs[0].served(0.6, 9, finder)
    assert f"{here.right} are served and {here.missed} missed" in lab.summary()
    assert f"{here.wrong} wrong answers" in lab.summary()
    assert bytes(lab.image.value).startswith(b"\x89PNG")


def test_the_latency_lab_steps_into_the_spiral_and_out_of_it(
    labs: tuple[ModuleType, ModuleType],
) -> None:
    lab = labs[1].latency_lab(step=40)
    assert "58 of 58" in lab.summary()
    lab.set(by_hits=0)
    late = re.search(r"stand-in: (\d+) of 58", lab.summary())
    assert late and int(late[1]) <= 4


def test_an_unsolved_exercise_shows_nothing_and_raises_nothing(
    labs: tuple[ModuleType, ModuleType], capsys: pytest.CaptureFixture[str]
) -> None:
    def unsolved(*args: object) -> float:
        raise NotImplementedError

    labs[0].compare_on_pairs({"yours": unsolved})
    labs[1].show_rounds(unsolved)
    assert capsys.readouterr().out.count("nothing to show yet") == 2


def test_the_cache_lab_takes_its_finder_by_name(
    labs: tuple[ModuleType, ModuleType],
) -> None:
    by_name = labs[0].cache_lab(finder="embeddings").summary()
    assert by_name == labs[0].cache_lab(finder=2).summary()
    with pytest.raises(ValueError, match="finder takes exact, words, embeddings"):
        labs[0].cache_lab(finder="meaning")


@pytest.mark.parametrize(
    ("name", "value", "look"),
    [
        ("p50", 0.35, "in milliseconds"),
        ("p50", 385, "nearest rank is always one of the times"),
        ("p95", 640, "of the sorted times, the shortest first"),
        ("p90", 9, "that is the rank: which time stands there?"),
        ("p90", 2000, "90 × 10 / 100 is 9: nothing to round"),
        ("p50", 350, ""),
    ],
)
def test_a_wrong_percentile_is_told_where_to_look(
    labs: tuple[ModuleType, ModuleType], name: str, value: float, look: str
) -> None:
    assert labs[1].time_look(name, value) == look
