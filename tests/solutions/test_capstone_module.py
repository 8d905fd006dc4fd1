"""09_capstone: its day, its table, its lab, the figures in its text, and its parts."""

import ast
import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from coursekit.core.module import load
from coursekit.core.notebook import read_cells

pytestmark = pytest.mark.slow

NAME = "09_capstone"
FOLDER = Path(__file__).parents[2] / "solutions" / NAME
OURS = tuple(
    path.stem for path in FOLDER.glob("*.py") if path.stem not in ("checks", "parts")
)


def text_of(cell: str) -> str:
    cells = read_cells(FOLDER / f"{NAME}.ipynb")
    return next(c.text for c in cells if c.id == cell)


@pytest.fixture(scope="module")
def solved(files: SimpleNamespace) -> dict[str, Any]:
    """The names that the notebook's own answers define."""
    names = dict(vars(files.start_09))
    for cell in ("recover", "wire", "hold"):
        exec(text_of(cell), names)
    return names


def test_the_figures_of_the_title_are_played(files: SimpleNamespace) -> None:
    naive, ours = files.scoring.bounds(files.day.SHOWN)
    count = len(files.day.build().arrivals)
    title = text_of("title")
    half = [float(x) for x in re.findall(r"after ([\d.]+) s", title)]
    assert half == [round(x["p50"], 1) for x in (naive, ours)]
    # of the naive agent it is a prediction
    told = [(int(a), int(b)) for a, b in re.findall(r"(\d+) of (\d+)", title)]
    assert told == [(round(count * ours["right"] / 100), count)]


def test_a_seed_is_a_day_and_days_are_alike(files: SimpleNamespace) -> None:
    build = files.day.build
    assert build(9) == build(9) != build(10)
    for seed in (9, 1414, 2718):
        trace = build(seed)
        times = [one.at for one in trace.arrivals]
        assert times == sorted(times) and 280 <= len(times) <= 400
        kinds = {one.kind for one in trace.arrivals}
        assert kinds == set(files.at_the_desk.WHAT)
        assert not files.world.personal(" ".join(trace.known))


@pytest.mark.parametrize("seed", [9, 1414, 2718, 577, 1618, 31])
def test_the_reference_is_never_wrong_and_far_from_naive(
    files: SimpleNamespace, seed: int
) -> None:
    naive, ours = files.scoring.bounds(seed)
    assert ours["wrong"] == 0 < 8 < naive["wrong"]
    assert naive["right"] < 60 < 90 < ours["right"]
    assert files.scoring.score(ours, seed) == 100
    assert files.scoring.score(naive, seed) == 0


def test_points_add_up_to_a_hundred(files: SimpleNamespace) -> None:
    assert sum(row.points for row in files.scoring.ROWS) == 100


def test_nothing_is_quicker_than_to_say_nothing(files: SimpleNamespace) -> None:
    class Mute(files.agents.Desk):  # type: ignore[misc,name-defined]
        async def ask(self, user: str, message: str) -> str:
            return str(self.stand_in)

    found = files.firsts.composed(Mute, files.day.build(9)).figures()
    assert files.scoring.score(found, 9) == 0


def test_what_an_agent_does_not_tell_is_found(files: SimpleNamespace) -> None:
    class Silent(files.reference_agent.Reference):  # type: ignore[misc,name-defined]
        def held(self) -> dict[str, Any]:
            return {}

    found = files.firsts.composed(Silent, files.day.build(9))
    assert found.untold and found.figures()["bytes"] == float("inf")
    assert files.scoring.shares(found.figures(), 9)["bytes"] == 0


def test_an_entry_of_the_board_is_its_score(
    files: SimpleNamespace, solved: dict[str, Any]
) -> None:
    entry = files.board.replay({"Agent": solved["Agent"], "ask": solved["ask"]})
    assert entry["score"] == 100 and entry["own"] == ["Agent", "ask"]
    assert entry == files.board.replay(dict(solved)) | {"own": ["Agent", "ask"]}
    honours: dict[str, Any] = dict(solved)
    exec((FOLDER / "bank/hold/right_honours.py").read_text("utf-8"), honours)
    best = files.board.replay({"Agent": honours["Agent"]})
    assert best["score"] > files.scoring.HONOURS
    assert list(best["rows"]) == [row.label for row in files.scoring.ROWS]


def test_each_first_composition_is_out_of_band_somewhere(
    files: SimpleNamespace,
) -> None:
    for name in files.compositions.SYSTEMS:
        figures = files.compositions.of(name).figures()
        share = files.scoring.share
        out = [
            row.key
            for row in files.scoring.ROWS
            if share(row, figures, 9) < files.scoring.BAND
        ]
        assert out


def test_the_examples_in_the_text_are_played(files: SimpleNamespace) -> None:
    figures = files.firsts.composed(files.firsts.Lonely, files.day.build()).figures()
    told = re.search(
        r"E has (\d+) model calls and a P95 of ([\d.]+) s", text_of("diagnose-intro")
    )
    assert told and int(told[1]) == figures["calls"]
    assert float(told[2]) == round(figures["p95"], 1)
    lab, text = files.cockpit_lab, text_of("one-change-intro")
    found = {}
    for name in ("shared_run", "tool_cache"):
        found[name] = files.scoring.score(lab.day_without((name,))[1], 9, 1.0)
    assert f"loses {100 - found['shared_run']:.1f} points" in text
    assert f"it loses {100 - found['tool_cache']:.0f}," in text
    more = figures["calls"] - files.scoring.bounds(9)[1]["calls"]
    assert f"makes {more:.0f} calls more" in text


@pytest.mark.parametrize("seed", [9, 1414])
def test_one_change_gains_most_by_far(files: SimpleNamespace, seed: int) -> None:
    gained = files.compositions.gained
    gains = {gained(change, seed): change for change in files.compositions.CHANGES}
    first, second = sorted(gains, reverse=True)[:2]
    assert gains[first] == "let tool results age" and first > 1.3 * second
    assert min(gains) < 0  # sharing makes it worse while nobody gives up


def test_the_figures_of_hints_are_played(files: SimpleNamespace) -> None:
    counts = files.compositions.of("A").counts
    module = load(FOLDER)
    assert f"large model {counts['large calls']:.0f} times" in str(module)


def test_the_lab_puts_the_day_into_words(files: SimpleNamespace) -> None:
    lab = files.cockpit_lab.cockpit_lab()
    assert "100.0 points; out of band: no row" in lab.summary()
    lab.set(gate=1, until=60.0)
    assert "off: gate\nuntil second 60" in lab.summary()
    assert "wrong answers" in lab.summary()
    assert bytes(lab.image.value).startswith(b"\x89PNG")


def test_the_lab_draws_while_a_slider_moves(files: SimpleNamespace) -> None:
    lab, took = files.cockpit_lab.cockpit_lab(), list[float]()
    for second in range(100, 107):
        begin = time.process_time()
        lab.set(until=float(second))
        took.append(time.process_time() - begin)
    assert sorted(took)[len(took) // 2] < 0.1


def test_parts_stand_here_as_in_their_own_modules(files: SimpleNamespace) -> None:
    def source(path: Path, name: str) -> str:
        text = path.read_text("utf-8")
        found = [n for n in ast.parse(text).body if getattr(n, "name", "") == name]
        return ast.unparse(found[0])

    for exercise, name in files.parts.PARTS.items():
        module, dot, _ = exercise.partition(".")
        if dot:
            theirs = source(FOLDER.parent / module / "parts.py", name)
            assert source(FOLDER / "pieces.py", name) == theirs


def test_no_other_module_has_these_files() -> None:
    """A check imports them by name."""
    for folder in FOLDER.parent.glob("[0-9]*"):
        if folder != FOLDER:
            names = {path.stem for path in folder.glob("*.py")}
            shared = {"board", "mine", "parts", "checks"}
            assert not names & (set(OURS) - shared), folder.name
