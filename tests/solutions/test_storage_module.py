"""The figures, tables and labs of 06_storage, against SQLite and session1."""

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coursekit.check.check import Check
from coursekit.core.course import Course
from coursekit.core.module import Module, load
from coursekit.core.notebook import read_cells
from coursekit.learn.learner_builds import mine
from coursekit.learn.own_parts import load as load_file
from session1.demo import hot_tiers, storage

FOLDER = Path(__file__).parents[2] / "solutions" / "06_storage"


@pytest.fixture(scope="module")
def module() -> Module:
    return load(FOLDER)


@pytest.fixture(scope="module")
def answers() -> dict[str, str]:
    """The solutions' answer cells."""
    return {c.grade_id: c.text for c in read_cells(FOLDER / "06_storage.ipynb")}


@pytest.mark.parametrize(
    "exercise", ["plan", "find", "projection", "promote", "cleanup"]
)
def test_the_reference_parts_earn_all_points(
    exercise: str, module: Module, files: Any
) -> None:
    _ = files.scenes
    names = vars(load_file(FOLDER / "parts.py"))
    asked = module.exercise(exercise)
    check = Check(asked, names)
    getattr(load_file(FOLDER / "checks.py"), exercise)(names, check)
    assert sum(c.points for c in check.criteria) == asked.points


def test_records_are_where_the_key_says(files: Any, answers: dict[str, str]) -> None:
    names: dict[str, str] = {}
    exec(answers["aged"], names)
    scenes = files.scenes
    early, late = map(scenes.where, scenes.LOOKS)
    assert [early[tier] for tier in ("hot", "warm", "cold")] == [
        names[tier] for tier in ("hot", "warm", "cold")
    ]
    assert late["gone"] == names["gone"]


def test_steps_are_the_same_on_every_run(files: Any) -> None:
    table = files.message_table
    by_user = "CREATE INDEX i ON messages (user)"
    for index in (None, by_user):
        assert table.cost(index, 500, 4) == table.cost(index, 500, 4)


def test_one_index_stays_flat_and_the_others_grow(
    files: Any,
) -> None:
    table = files.message_table

    def growth(index: str | None) -> float:
        large, small = (table.cost(index, n).total for n in (4_000, 500))
        return float(large / small)

    assert growth(table.SERVES_ALL) < 1.5
    for columns in ("user", "at, user"):
        assert growth(f"CREATE INDEX i ON messages ({columns})") > 5
    assert growth(None) > 7


def test_the_title_shows_what_the_code_counts(
    files: Any,
) -> None:
    table = files.message_table
    scan, best = (table.cost(index, 8_000) for index in (None, table.SERVES_ALL))
    # other versions of SQLite take a few steps more or less
    assert scan.steps["latest"] == pytest.approx(51_319, rel=0.2)
    assert best.steps["latest"] == pytest.approx(65, rel=0.3)


@pytest.mark.parametrize(
    "text",
    [
        "DROP TABLE messages",
        "SELECT 1",
        "PRAGMA page_count",
        "ATTACH 'elsewhere.db' AS b",
        "CREATE TABLE other (a)",
        "CREATE INDEX i ON messages (user); DROP TABLE messages",
        "CREATE INDEX i ON sqlite_master (name)",
        "CREATE INDEX i ON messages (printf('%.*c', 100000000, 'x'))",
        "EXPLAIN CREATE INDEX i ON messages (user)",
        "CREATE INDEX i ON messages (user" + " " * 500 + ")",
        "",
        None,
    ],
)
def test_an_answer_makes_an_index_and_does_nothing_else(
    text: object, files: Any
) -> None:
    table = files.message_table
    db = table.table(50)
    with pytest.raises(ValueError):
        table.add_index(db, text)
    assert db.execute("SELECT count(*) FROM messages").fetchone() == (50,)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM messages",
        "INSERT INTO messages (user) VALUES ('x')",
        "PRAGMA page_count",
        "SELECT load_extension('x')",
        "SELECT zeroblob(1000000000)",
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
        "SELECT count(*) FROM n",
        "SELECT count(*) FROM messages a, messages b, messages c, messages d",
        "SELECT 1 FROM messages a, messages b",
        "SELECT " + "||".join(["data"] * 300) + " FROM messages",
        7,
    ],
)
def test_a_desk_answers_short_selects_only(sql: object, files: Any) -> None:
    rows = [(i, "ada", i, "user", "word " * 20) for i in range(200)]
    desk = files.message_table.Desk(rows)
    with pytest.raises(ValueError):
        desk.query(sql)
    assert (desk.queries, desk.rows, desk.bytes) == (0, 0, 0)


def test_one_order_of_the_five_steps_survives_every_power_cut(
    files: Any,
) -> None:
    scenes = files.scenes
    steps: dict[str, Callable[[Any], None]] = {
        "write": lambda disk: disk.write("a.new", "the new text"),
        "flush": lambda disk: disk.flush("a.new"),
        "rename": lambda disk: disk.rename("a.new", "a"),
        "flush folder": lambda disk: disk.flush_folder(),
        "acknowledge": lambda disk: None,
    }

    def safe(order: tuple[str, ...]) -> bool:
        def save(disk: Any, name: str, text: str, acknowledge: Any) -> None:
            for step in order:
                steps[step](disk)
                if step == "acknowledge":
                    acknowledge()

        try:
            return not any(scenes.verdict(scenes.cuts(save)).values())
        except FileNotFoundError:
            return False

    assert [o for o in itertools.permutations(steps) if safe(o)] == [tuple(steps)]


def test_the_tier_lab_shows_what_redis_costs(
    files: Any,
) -> None:
    lab = files.tier_lab.tier_lab()
    before, picture = lab.summary(), lab.image.value
    lab.set(size=0)
    assert lab.summary() != before
    assert lab.image.value != picture
    assert "hot 0 %" in lab.summary()
    for size, ttl, warm in itertools.product((0, 200, 1_000), (1, 120), (1, 16)):
        day = files.tier_lab.run(size, ttl, warm)
        mean = {x: files.tier_lab.mean(day.times(x)) for x in files.tier_lab.FRONTS}
        assert mean["Redis in front"] > 4 * mean["nothing in front"]
        assert sum(day.held.values()) >= files.tier_lab.IDS


def test_a_larger_hot_tier_answers_more(files: Any) -> None:
    lab = files.tier_lab
    shares = [lab.run(size, 60, 4).share("hot") for size in (0, 20, 100, 1_000)]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert lab.run(1_000, 120, 4).share("hot") > lab.run(1_000, 1, 4).share("hot")


def test_the_ladder_says_where_redis_is_missing(
    files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ladder = files.ladder

    def missing(**_: object) -> None:
        raise ladder.ServerError("no Redis or Valkey server was found: install it")

    monkeypatch.setattr(ladder, "redis_server", missing)
    found, note = ladder.measured(rounds=1)
    assert found["Redis"] == ladder.STORED["Redis"]
    assert "another machine" in note
    assert found["dict"] < found["SQLite"]


def test_a_solved_notebook_gives_the_demo_a_hot_tier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    wanted = shutil.ignore_patterns("bank", "__pycache__", "answers.json")
    for place in ("solutions", "course"):
        there = FOLDER.parents[1] / place / FOLDER.name
        shutil.copytree(there, tmp_path / place / FOLDER.name, ignore=wanted)
    course = Course(tmp_path)
    assert "not solved yet: plan, find" in mine(course).notes[0]
    shutil.copy(FOLDER / "06_storage.ipynb", course.release(FOLDER.name))
    found = mine(course)
    assert found.notes == ()
    records = storage.messages(5)
    replay = hot_tiers.replay(found.makers["storage"], records)
    assert (replay.reads, replay.wrong) == (len(records), 0)
