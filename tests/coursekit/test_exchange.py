"""The course through nbgrader's exchange: released, fetched, worked in, collected."""

import shutil
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.utils import get_username
from traitlets.config import Config

from coursekit import answer, progress, quiz
from coursekit import tests as visible
from coursekit.author.release import generate
from coursekit.author.verify.subject import files
from coursekit.cli import main
from coursekit.core.course import Course
from coursekit.learn.quiz_widget import Quiz
from tests.coursekit.sample_course import NAME, answered, write_course

pytestmark = pytest.mark.slow

SHIPPED = [f"{NAME}.ipynb", "helper.py", "module.toml"]


def do(step: str, config: Config, **more: str) -> None:
    """One of nbgrader's exchange commands."""
    folder = CourseDirectory(config=config, assignment_id=NAME, **more)
    authenticator = Authenticator(config=config)
    work = getattr(ExchangeFactory(config=config), step)
    work(coursedir=folder, authenticator=authenticator, config=config).start()


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    return Course(write_course(tmp_path / "course"))


@pytest.fixture
def exchange(course: Course, tmp_path: Path) -> Config:
    """The course's config with an exchange of its own, the module released there."""
    generate(course, NAME)
    config = course.config()
    config.Exchange.root = str(tmp_path / "exchange")
    config.Exchange.cache = str(tmp_path / "cache")
    config.Exchange.assignment_dir = str(tmp_path / "home")
    (tmp_path / "home").mkdir()
    do("ReleaseAssignment", config)
    return config


@pytest.mark.parametrize("own", [True, False])
def test_what_is_fetched_is_whole_and_holds_no_key(
    exchange: Config, tmp_path: Path, own: bool
) -> None:
    """With the course's config, and with a learner's, who has none."""
    config = exchange
    if not own:
        config = Config(Exchange=exchange.Exchange)
        config.CourseDirectory.course_id = "default_course"
    do("FetchAssignment", config)
    fetched = files(tmp_path / "home" / NAME)
    assert sorted(fetched) == SHIPPED
    table = tomllib.loads(fetched["module.toml"].decode())
    assert table["public"] is True
    assert len(table["quiz"]) == 2
    assert b"answer =" not in fetched["module.toml"]
    assert b"feedback" not in fetched["module.toml"]


def test_a_fetched_notebook_works_and_comes_back(
    exchange: Config,
    course: Course,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    do("FetchAssignment", exchange)
    home = tmp_path / "home" / NAME
    monkeypatch.chdir(home)
    shown = quiz()
    assert isinstance(shown, Quiz)
    assert len(shown.rows) == 2
    shown.rows[0].choice.index = 1
    answer("q2", "A")
    assert "q2: A recorded." in capsys.readouterr().out
    with visible("quiz") as t:
        assert t.answered()
    assert "Doubling" in progress().summary()
    nbformat.write(answered(quiz="# by widget"), home / f"{NAME}.ipynb")
    do("Submit", exchange)
    do("Collect", exchange)
    student = get_username()
    folder = course.root / "grading" / "submitted" / student / NAME
    came = sorted(files(folder))
    assert set(came) >= {*SHIPPED, "answers.json", "timestamp.txt"}
    monkeypatch.chdir(course.root)
    capsys.readouterr()
    assert main(["grade", "--jobs", "1"]) == 0
    assert f"{student}      8 of 8" in capsys.readouterr().out


def test_module_toml_stays_out_of_everything_else(
    exchange: Config, course: Course
) -> None:
    """The source's has the key; a learner's is not copied to what is given back."""
    assert "module.toml" in course.withheld
    released = course.release(NAME) / "module.toml"
    assert b"answer" not in released.read_bytes()


def test_nbgraders_own_command_ships_no_key(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even when writing the stripped module.toml fails, which nbgrader swallows."""
    from nbgrader.apps import NbGraderAPI

    monkeypatch.chdir(course.root)
    config = course.config()
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    assert api.generate_assignment(NAME)["success"]
    assert sorted(files(course.release(NAME))) == SHIPPED
    (course.source(NAME) / "module.toml").write_text("broken =")
    api.generate_assignment(NAME, force=True)
    assert "module.toml" not in files(course.release(NAME)) or (
        b"public = true" in (course.release(NAME) / "module.toml").read_bytes()
    )


def test_without_questions_the_quiz_is_not_answered(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    (tmp_path / NAME).mkdir()
    monkeypatch.chdir(tmp_path / NAME)
    with visible("quiz") as t:
        assert not t.answered()
    assert not t.passed
    shown = capsys.readouterr().out
    assert "✗ there are questions" in shown
    assert "module.toml" in shown
    assert "✓" not in shown


def test_a_module_that_travels_is_found_by_name_only(
    course: Course, tmp_path: Path
) -> None:
    """A copy of the course elsewhere keeps its own sources back, too."""
    other = tmp_path / "elsewhere"
    shutil.copytree(course.root, other)
    generate(Course(other), NAME)
    assert b"answer =" not in (other / "course" / NAME / "module.toml").read_bytes()
