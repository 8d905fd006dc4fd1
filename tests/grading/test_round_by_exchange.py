"""A whole round through nbgrader's exchange: handed out, in, graded and given back."""

import json
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import get_username
from traitlets.config import Config

from coursekit.core.course import Course
from tests.coursekit.sample_course import BANK, NAME, answered
from tests.coursekit.test_exchange import do
from tests.grading.classroom import Out, graded
from tests.grading.test_gradebook_says import api_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("quick"),
    # nbgrader leaves the timestamp of feedback open
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
BOOK = f"{NAME}.ipynb"


@pytest.fixture
def exchange(course: Course, tmp_path: Path) -> Config:
    """The config with an exchange and a learner's home of their own."""
    config = course.config()
    config.Exchange.root = str(tmp_path / "exchange")
    config.Exchange.cache = str(tmp_path / "cache")
    config.Exchange.assignment_dir = str(tmp_path / "home")
    (tmp_path / "home").mkdir()
    do("ReleaseAssignment", config)
    do("FetchAssignment", config)
    return config


def test_feedback_comes_back_by_each_hand_in(
    course: Course, exchange: Config, tmp_path: Path, capsys: Out
) -> None:
    me, mine = get_username(), tmp_path / "home" / NAME
    nbformat.write(answered(double=BANK["double/wrong_sign.py"]), mine / BOOK)
    do("Submit", exchange)
    do("Collect", exchange)
    assert graded(capsys)["by"][me]["score"] == 7
    assert api_of(course).generate_feedback(NAME)["success"]
    do("ReleaseFeedback", exchange)
    do("FetchFeedback", exchange)
    pages = sorted((mine / "feedback").rglob("*.html"))
    assert ["double" in p.read_text(encoding="utf-8") for p in pages] == [True]
    nbformat.write(answered(), mine / BOOK)
    do("Submit", exchange)
    exchange.ExchangeCollect.update = True
    do("Collect", exchange)
    found = graded(capsys)
    assert found["by"][me]["changes"] == {"double": [3, 4]}
    assert found["old_feedback"] == {NAME: [me]}
    assert not found["remarks"], "fetched feedback is no work of the learner's"
    assert api_of(course).generate_feedback(NAME, force=True)["success"]
    do("ReleaseFeedback", exchange)
    do("FetchFeedback", exchange)
    assert len(sorted((mine / "feedback").rglob("*.html"))) == 2


def test_what_else_lies_in_a_learners_folder_travels_or_is_told(
    course: Course, exchange: Config, tmp_path: Path, capsys: Out
) -> None:
    me, mine = get_username(), tmp_path / "home" / NAME
    nbformat.write(answered(quiz=""), mine / BOOK)
    (mine / "answers.json").write_text(json.dumps({"quiz": {"q1": "B", "q2": "A"}}))
    (mine / "notes").mkdir()
    (mine / "notes" / "plan é.txt").write_text("x")
    (mine / ".ipynb_checkpoints").mkdir()
    (mine / ".ipynb_checkpoints" / BOOK).write_text("{}")
    nbformat.write(answered(double="x = 1"), mine / f"{NAME}-Copy1.ipynb")
    do("Submit", exchange)
    do("Collect", exchange)
    got = course.root / "grading" / "submitted" / me / NAME
    assert (got / "timestamp.txt").is_file() and (got / "answers.json").is_file()
    found = graded(capsys)
    assert found["by"][me]["score"] == 8
    (line,) = found["remarks"][f"{me}/{NAME}"]
    assert line.startswith(f"{NAME}-Copy1.ipynb has other answers (double, quiz)")


def test_a_notebook_handed_in_under_another_name_is_told(
    course: Course, exchange: Config, tmp_path: Path, capsys: Out
) -> None:
    me, mine = get_username(), tmp_path / "home" / NAME
    (mine / BOOK).unlink()
    nbformat.write(answered(), mine / "mine.ipynb")
    do("Submit", exchange)
    do("Collect", exchange)
    row = graded(capsys)["by"][me]
    assert "but mine.ipynb is: give it that name" in row["problem"]
