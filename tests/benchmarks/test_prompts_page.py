"""Page `prompts`: what it counts is right, and it does without the model."""

from typing import Any

import pytest

from benchmarks import model_runs, topic_shots
from benchmarks.page import Case, Row
from benchmarks.pages import prompts
from benchmarks.peers import kept_answers
from session1.data.prompts import prompts as labelled
from session1.llm import ModelMissing, model_file

pytestmark = pytest.mark.slow


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> Any:
    def missing() -> None:
        raise ModelMissing("fetch it")

    monkeypatch.setattr(model_file, "find", missing)
    model_runs.is_there.cache_clear()
    yield
    model_runs.is_there.cache_clear()


@pytest.mark.usefixtures("no_model")
def test_without_the_model_the_rest_is_measured(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [make() for make in prompts.cases(quick=True)]
    assert "its cases are left out: fetch it" in capsys.readouterr().err
    done = {row.case: row for row in rows if isinstance(row, Row)}
    assert set(done) == {
        "dollars, routed",
        "good enough, routed",
        "batch over four simulated slots",
    }
    assert all(g.reached(list(done.values()))[1] for g in goals_of(done))
    assert done["good enough, routed"].peers["by the true label"] == 100
    assert done["dollars, routed"].peers["always the cheapest"] < 0.1


def goals_of(done: dict[str, Row]) -> list[Any]:
    return [goal for goal in prompts.GOALS if goal.case in done]


def test_a_hit_asks_no_model_and_a_missing_peer_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept_answers, "find_spec", lambda name: None)
    case = prompts.hit(200)
    assert isinstance(case, Case)
    case.ours.call()
    assert case.peers == {"langchain InMemoryCache": kept_answers.HOW}


def test_no_question_is_among_its_own_examples() -> None:
    pool, asked = topic_shots.pool_and_asked(24)
    assert (len(pool), len(asked)) == (28, 24)
    known = {example.question for example in pool}
    assert not known & {example.question for example in asked}


@pytest.mark.model
def test_rows_of_the_real_model_are_those_of_the_goals(model: Any) -> None:
    rows = [
        prompts.prefix(60, 1),
        prompts.terse(0),
        prompts.kept(2, 1),
        prompts.first_piece(4, 1),
        prompts.talk(2),
    ]
    assert {row.case for row in rows} <= {goal.case for goal in prompts.GOALS}
    assert rows[1].ours > 50
    assert all(row.ours > 0 for row in rows)


def test_the_prompts_are_sixteen_of_each_kind() -> None:
    kinds = [p.complexity for p in labelled()]
    assert {kinds.count(kind) for kind in kinds} == {16}
    assert len({p.prompt for p in labelled()}) == 64
