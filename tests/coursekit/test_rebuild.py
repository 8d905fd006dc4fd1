"""Answers that lost their ids or stand in each other's cells are found nevertheless."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from nbformat.v4 import new_notebook

from coursekit.core.notebook import Cell
from coursekit.core.rebuild import RebuiltNotebook, by_place, defined, rebuild
from tests.coursekit.sample_course import (
    HALVE,
    QUIZ,
    solution,
    source_notebook,
    text,
)
from tests.coursekit.test_notebook import answers, handed_in

TWICE = "def double(n):\n    return n + n"
HALF = "def halve(n):\n    return n / 2"


def bare(cells: list[Cell]) -> list[Cell]:
    """The cells as programs save them that drop all ids."""
    return [Cell(c.kind, c.text) for c in cells]


def graded(cells: list[Cell]) -> RebuiltNotebook:
    """The notebook that is graded."""
    return rebuild(source_notebook(), cells)


def test_without_any_id_answers_are_found_by_their_place() -> None:
    rebuilt = graded(bare(handed_in(double=TWICE, halve=HALF)))
    assert answers(rebuilt) == {"double": TWICE, "halve": HALF, "quiz": QUIZ}
    assert rebuilt.problems == {}
    assert set(rebuilt.notes.values()) == {"Its cell lost its id: found by its place."}
    assert len(rebuilt.notebook.cells) == len(source_notebook().cells)


def test_cells_that_were_added_are_not_taken_for_answers() -> None:
    cells = bare(handed_in(double=TWICE, halve=HALF))
    more = [
        Cell("code", "x = 1"),
        Cell("markdown", "def double"),
        Cell("code", "x + 1"),
    ]
    at = next(i for i, c in enumerate(cells) if c.text == TWICE)
    cells[at + 1 : at + 1] = more
    cells[at:at] = more
    rebuilt = graded(cells)
    assert answers(rebuilt) == {"double": TWICE, "halve": HALF, "quiz": QUIZ}
    assert len(rebuilt.notebook.cells) == len(source_notebook().cells) + 4


def test_an_answer_that_is_not_there_is_missing() -> None:
    cells = bare([c for c in handed_in() if c.id != "double"])
    at = next(i for i, c in enumerate(cells) if c.text == HALVE)
    cells[at:at] = [Cell("code", "twice = 2"), Cell("code", " ")]
    assert "double" in graded(cells).problems
    assert "halve" not in graded(cells).problems


def test_an_answer_far_from_its_place_is_missing() -> None:
    cells = bare(handed_in(double=TWICE))
    at = next(i for i, c in enumerate(cells) if c.text == TWICE)
    cells.append(cells.pop(at))
    assert "double" in graded(cells).problems


def test_ids_that_are_there_stay() -> None:
    cells = handed_in(double="x = 1")
    assert by_place(source_notebook(), cells) == cells
    nothing = [Cell("code", TWICE), Cell("code", HALF)]
    assert by_place(source_notebook(), nothing) == nothing


def swapped_texts(cells: list[Cell]) -> list[Cell]:
    """Each answer typed into the other's cell."""
    texts = {"double": HALF, "halve": TWICE}
    return [replace(c, text=texts.get(c.id, c.text)) for c in cells]


def swapped_ids(cells: list[Cell]) -> list[Cell]:
    """Each answer's mark changed for the other's."""
    ids = {"double": "halve", "halve": "double"}
    return [replace(c, grade_id=ids.get(c.grade_id, c.grade_id)) for c in cells]


@pytest.mark.parametrize("change", [swapped_texts, swapped_ids])
def test_answers_in_each_others_cells_go_where_they_belong(
    change: Callable[[list[Cell]], list[Cell]],
) -> None:
    rebuilt = graded(change(handed_in(double=TWICE, halve=HALF)))
    assert answers(rebuilt) == {"double": TWICE, "halve": HALF, "quiz": QUIZ}
    assert rebuilt.notes == {
        "double": "Its answer stood in the cell of halve.",
        "halve": "Its answer stood in the cell of double.",
    }


@pytest.mark.parametrize(
    "texts",
    [
        {"double": HALF, "halve": "halve = None"},
        {"double": HALF, "halve": f"{TWICE}\n{HALF}"},
        {"double": f"{HALF}\n{TWICE}", "halve": TWICE},
        {"double": HALF, "halve": "x = 1"},
        {"double": "", "halve": TWICE},
        {"double": "x = double(2)", "halve": "y = halve == 2"},
    ],
)
def test_answers_that_may_be_meant_as_they_stand_stay(texts: dict[str, str]) -> None:
    rebuilt = graded(handed_in(**texts))
    assert answers(rebuilt) == {**texts, "quiz": QUIZ}
    assert not rebuilt.notes


def test_three_in_a_ring_go_where_they_belong() -> None:
    names = ["one", "two", "three"]
    source = new_notebook(cells=[text("# Three", "head")])
    for name in names:
        source.cells.append(solution(name, f"class {name}: ...\nshared = 1"))
    rightly = {n: f"async def {n}(): ...\nshared = 2" for n in names}
    ring = dict(zip(names, [*names[1:], names[0]], strict=True))
    cells = [Cell("code", rightly[ring[n]], n) for n in names]
    assert answers(rebuild(source, cells)) == rightly


@pytest.mark.parametrize(
    "code, names",
    [
        ("a = b, *c = 1, 2", "abc"),
        ("x: int = 1\ny += 1\ndef z(): w = 1", "xyz"),
        ("for a in b:\n    c = [d for d in e]\nwith f() as g: pass", "acg"),
        ("import a.b, c as d\nfrom e import f as g, h", "adgh"),
        ("%time x = 1\n!ls\ny = await z()", "y"),
        ("if (a := 1): pass\nlambda: (b := 2)", "a"),
        ("a = 1\ndef b(:\nasync def c(): d = 1\n  e = 2\nf == 3", "abc"),
        ("a = 1\n" + "(" * 100_000, "a"),
        ("a = " + "-" * 100_000 + "1", "a"),
        ("a = '\\q'\0", "a"),
    ],
)
def test_names_that_a_cell_defines(code: str, names: str) -> None:
    assert defined(code) == set(names)


def test_what_others_use_is_noted_where_a_learner_defines_it_anew() -> None:
    mine = handed_in(double=f"{TWICE}\ntwo = 3", halve=f"import helper\n{HALF}")
    more = Cell("code", "two = double = 1\nx = 2")
    mine += [more, Cell("code", "from helper import two\ny = 3")]
    rebuilt = graded(mine)
    cells = rebuilt.notebook.cells
    found = {cells[i].source: names for i, names in rebuilt.redefined.items()}
    assert found == {f"{TWICE}\ntwo = 3": "two", more.text: "double, two"}
