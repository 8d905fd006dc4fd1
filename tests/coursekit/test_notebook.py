"""Notebooks as they come: unreadable, old, duplicated, deleted, deadly."""

import json
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell
from nbgrader.utils import compute_checksum

from coursekit.core import notebook as notebooks
from coursekit.core.course import CourseError
from coursekit.core.notebook import Cell, as_it_came, read_cells
from coursekit.core.rebuild import RebuiltNotebook, rebuild
from tests.coursekit.sample_course import answered, source_notebook

COURSE = Path(__file__).parents[2] / "course"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
CELLS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "cell_type": JSON,
            "source": JSON,
            "id": JSON,
            "metadata": JSON | st.fixed_dictionaries({"nbgrader": JSON}),
        },
    )
    | JSON
)

# a loaded machine is slow, not wrong
SLOW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def write(path: Path, content: bytes | str | object) -> Path:
    """A file `a.ipynb` with this content, JSON unless it is bytes or text."""
    if isinstance(content, str):
        content = content.encode()
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    (path / "a.ipynb").write_bytes(content)
    return path / "a.ipynb"


def handed_in(**texts: str) -> list[Cell]:
    """The cells of the sample with these answers."""
    return [
        notebooks._cell(dict(c))
        for c in json.loads(json.dumps(answered(**texts).cells))
    ]


def answers(rebuilt: RebuiltNotebook) -> dict[str, str]:
    """Text of the answer cells of a rebuilt notebook."""
    cells = [c for c in rebuilt.notebook.cells if notebooks.is_solution(c)]
    return {c.metadata.nbgrader.grade_id: c.source for c in cells}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "print('hello')",
        '{"cells": [{"cell_type": "code", "sour',
        "[" * 100_000,
        "null",
        "[]",
        '{"metadata": {}}',
        '{"cells": "none"}',
        '{"worksheets": 3}',
        b"\xff\xfe\x00",
    ],
    ids=[
        "empty",
        "code",
        "cut",
        "deep",
        "null",
        "list",
        "lacks",
        "text",
        "v3",
        "bytes",
    ],
)
def test_unusable_file_is_an_error_that_says_what_to_do(
    tmp_path: Path, content: bytes | str
) -> None:
    with pytest.raises(CourseError, match="fresh copy"):
        read_cells(write(tmp_path, content))


def test_missing_file_folder_and_oversized_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CourseError, match="check the name"):
        read_cells(tmp_path / "nowhere.ipynb")
    with pytest.raises(CourseError, match="check the name"):
        read_cells(tmp_path)
    monkeypatch.setattr(notebooks, "MAX_BYTES", 100)
    with pytest.raises(CourseError, match="Clear Outputs of All Cells"):
        read_cells(write(tmp_path, {"cells": ["x" * 100]}))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_any_utf_and_line_ends(tmp_path: Path, encoding: str) -> None:
    cell = {"cell_type": "code", "source": ["ä = 1\r\n", "b = 2"]}
    text = json.dumps({"cells": [cell]}, ensure_ascii=False)
    (found,) = read_cells(write(tmp_path, text.encode(encoding)))
    assert found == Cell("code", "ä = 1\nb = 2")


def test_text_of_the_old_windows_code_page_is_read(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "source": "# caf\u00e9"}
    text = json.dumps({"cells": [cell]}, ensure_ascii=False)
    (found,) = read_cells(write(tmp_path, text.encode("cp1252")))
    assert found == Cell("code", "# caf\u00e9")


@pytest.mark.parametrize("count", [notebooks.MAX_CELLS + 1, notebooks.MAX_PARTS + 1])
def test_too_many_cells_or_parts_are_refused(tmp_path: Path, count: int) -> None:
    content = '{"cells": [' + "{}," * (count - 1) + "{}]}"
    with pytest.raises(CourseError, match=r"too many parts|more than"):
        read_cells(write(tmp_path, content))


def test_a_number_without_end_costs_nothing(tmp_path: Path) -> None:
    content = '{"cells": [{"cell_type": "code", "source": "x"}], "n": ' + "9" * 9999
    assert read_cells(write(tmp_path, content + "}")) == [Cell("code", "x")]


def test_notebook_of_version_3(tmp_path: Path) -> None:
    meta = {"nbgrader": {"grade_id": "double"}}
    cell = {"cell_type": "code", "input": "x = 1", "metadata": meta}
    (found,) = read_cells(write(tmp_path, {"worksheets": [{"cells": [cell]}]}))
    assert found == Cell("code", "x = 1", "double")


@SLOW
@given(JSON | st.fixed_dictionaries({"cells": CELLS}))
def test_any_json_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: object
) -> None:
    try:
        cells = read_cells(write(tmp_path_factory.getbasetemp(), content))
    except CourseError:
        return
    rebuilt = rebuild(source_notebook(), cells)
    assert set(answers(rebuilt)) == {"double", "halve", "quiz"}
    nbformat.validate(rebuilt.notebook)
    nbformat.writes(rebuilt.notebook).encode()


def test_answers_are_put_in_and_nothing_else() -> None:
    cells = [
        Cell(
            c.kind, "hacked = 1" if "test_" in c.grade_id else c.text, c.grade_id, c.id
        )
        for c in handed_in(double="double = 2")
    ]
    cells[1] = Cell("code", "two = 'edited demo cell'", "", cells[1].id)
    rebuilt = rebuild(source_notebook(), reversed(cells))
    assert answers(rebuilt)["double"] == "double = 2"
    assert not rebuilt.problems
    texts = [c.source for c in rebuilt.notebook.cells]
    assert not [t for t in texts if "hacked" in t or "edited" in t]
    assert [c.id for c in rebuilt.notebook.cells] == [
        c.id for c in source_notebook().cells
    ]


def test_of_duplicated_answers_the_last_counts() -> None:
    rebuilt = rebuild(
        source_notebook(), [*handed_in(), Cell("code", "double = 'last'", "double")]
    )
    assert answers(rebuilt)["double"] == "double = 'last'"
    assert "the last one was graded" in rebuilt.notes["double"]
    assert not rebuilt.problems


def test_a_cell_split_in_two_still_runs_as_a_whole() -> None:
    first, second = "def part():\n    return 2", "def double(n):\n    return part() * n"
    cells = handed_in()
    at = next(i for i, c in enumerate(cells) if c.grade_id == "double")
    cells[at : at + 1] = [Cell("code", t, "double") for t in (first, second)]
    sources = [c.source for c in rebuild(source_notebook(), cells).notebook.cells]
    assert sources[sources.index(second) - 1] == first


def test_an_answer_whose_metadata_is_lost_is_found_by_its_cell() -> None:
    cells = [Cell(c.kind, c.text, "", c.id) for c in handed_in(double="double = 7")]
    rebuilt = rebuild(source_notebook(), cells)
    assert answers(rebuilt)["double"] == "double = 7"
    assert not rebuilt.problems
    assert len(rebuilt.notebook.cells) == len(source_notebook().cells)


def test_an_answer_from_colab_is_found_by_the_id_in_its_metadata() -> None:
    cells = json.loads(json.dumps(answered(double="double = 7").cells))
    for cell in cells:
        cell["metadata"] = {"id": cell.pop("id"), "colab": {"base_uri": "x"}}
    rebuilt = rebuild(source_notebook(), map(notebooks._cell, cells))
    assert answers(rebuilt)["double"] == "double = 7"
    assert not rebuilt.problems
    assert len(rebuilt.notebook.cells) == len(source_notebook().cells)


def test_of_two_answers_the_one_that_still_is_code_counts() -> None:
    cells = [*handed_in(double="double = 7"), Cell("markdown", "a copy", "double")]
    rebuilt = rebuild(source_notebook(), cells)
    assert answers(rebuilt)["double"] == "double = 7"
    assert not rebuilt.problems


def test_deleted_and_retyped_answers_cost_only_themselves() -> None:
    cells = [c for c in handed_in() if c.grade_id != "double"]
    cells = [
        Cell("markdown", c.text, c.grade_id) if c.grade_id == "halve" else c
        for c in cells
    ]
    rebuilt = rebuild(source_notebook(), cells)
    assert rebuilt.problems["double"][0] == "not attempted"
    assert rebuilt.problems["halve"][0] == "tampered"
    assert "turn it back into a code cell" in rebuilt.problems["halve"][1]
    assert set(rebuilt.problems) == {"double", "halve"}


def test_added_helper_cells_stay_where_they_were() -> None:
    cells = handed_in()
    place = next(i for i, c in enumerate(cells) if c.grade_id == "double")
    cells.insert(place, Cell("code", "helper = 3", id="mine"))
    cells.insert(0, Cell("code", "first = 1"))
    cells.insert(0, Cell("markdown", "a note"))
    texts = [c.source for c in rebuild(source_notebook(), cells).notebook.cells]
    assert texts[0] == "first = 1"
    assert texts[texts.index("helper = 3") + 1].startswith("def double")
    assert "a note" not in texts


LESSON = nbformat.from_dict(
    {
        "cells": [
            *source_notebook().cells[:5],
            new_code_cell("progress()", id="progress", metadata={"tags": ["shown"]}),
            *source_notebook().cells[5:7],
            new_code_cell("import math", id="math"),
            *source_notebook().cells[7:],
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)


def lesson(ids: bool) -> list[Cell]:
    """The cells of a lesson as handed in, in a format with or without ids."""
    cells = [notebooks._cell(c) for c in LESSON.cells]
    return cells if ids else [replace(c, id="") for c in cells]


def run_in_order(cells: list[Cell]) -> list[str]:
    """What runs: the grade_id of a graded cell, the text of any other."""
    found = [c for c in rebuild(LESSON, cells).notebook.cells if c.cell_type == "code"]
    return [notebooks.grader(c).get("grade_id") or c.source for c in found]


IN_ORDER = run_in_order(lesson(ids=True))


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("copied", ["progress()", "import math", "from helper import"])
@pytest.mark.parametrize("before", ["double", "test_halve", "quiz"])
def test_a_copy_of_a_given_cell_moves_no_added_cell(
    ids: bool, copied: str, before: str
) -> None:
    cells = lesson(ids)
    text = next(c.source for c in LESSON.cells if c.source.startswith(copied))
    at = next(i for i, c in enumerate(cells) if c.grade_id == before)
    cells[at:at] = [Cell("code", text), Cell("code", "helper = 3")]
    found = run_in_order(cells)
    assert found[found.index("helper = 3") + 1] == before
    assert [t for t in found if t not in (text, "helper = 3")] == [
        t for t in IN_ORDER if t != text
    ]
    assert found.count(text) == 2


def test_a_copy_of_a_cell_that_is_only_shown_is_only_shown() -> None:
    cells = [Cell("code", "progress()"), *lesson(ids=True)]
    assert rebuild(LESSON, cells).notebook.cells[0].metadata.tags == ["shown"]


def test_without_ids_given_cells_are_found_by_their_text() -> None:
    cells = lesson(ids=False)
    assert run_in_order(cells) == IN_ORDER
    assert run_in_order(cells[::-1]) == IN_ORDER
    double = next(c for c in cells if c.grade_id == "double")
    moved = [c for c in cells if c != double]
    assert run_in_order([*moved, double]) == IN_ORDER
    assert run_in_order([*moved[:9], double, *moved[9:]]) == IN_ORDER
    gone = [c for c in cells if not c.text.startswith(("progress", "import math"))]
    assert run_in_order(gone) == IN_ORDER


def test_a_given_cell_put_elsewhere_with_a_new_id_takes_nothing_along() -> None:
    cells = [c for c in lesson(ids=True) if c.text != "import math"]
    at = next(i for i, c in enumerate(cells) if c.grade_id == "double")
    cells[at:at] = [Cell("code", "import math", id="new"), Cell("code", "helper = 3")]
    expected = list(IN_ORDER)
    expected.insert(expected.index("double"), "helper = 3")
    assert run_in_order(cells) == expected


def test_every_released_answer_is_as_it_came_until_it_is_changed() -> None:
    seen = 0
    for path in COURSE.glob("*/*.ipynb"):
        for cell in read_cells(path):
            if cell.checksum and as_it_came(cell):
                seen += 1
                assert not as_it_came(replace(cell, text=cell.text + " "))
    answers = [
        cell["metadata"]["nbgrader"]
        for path in COURSE.glob("*/*.ipynb")
        for cell in json.loads(path.read_text())["cells"]
        if cell["cell_type"] == "code"  # for a text see `Exercise.written`
        and cell["metadata"].get("nbgrader", {}).get("solution")
    ]
    assert seen == len(answers) > 20


def test_the_checksum_is_nbgraders() -> None:
    marks = {"grade": False, "grade_id": "é_1", "solution": True, "locked": False}
    shipped = new_code_cell("x = 'ö'\n", metadata={"nbgrader": marks})
    cell = Cell("code", shipped.source, "é_1", checksum=compute_checksum(shipped))
    assert as_it_came(cell)
