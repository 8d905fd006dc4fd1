"""The same submissions through nbgrader as it comes, otter-grader, and ours."""

import json
import os
import shutil
import subprocess
import sys
from itertools import cycle
from pathlib import Path

import nbformat

from coursekit.author.verify.bank import bank
from coursekit.author.verify.subject import Subject
from coursekit.core.course import Course
from coursekit.core.notebook import grader, is_solution

TOP = Path(__file__).parents[2]
PLAIN = """
import pathlib

c = get_config()
c.CourseDirectory.root = str(pathlib.Path(__file__).parent)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.ignore = ["checks.py", "bank", "module.toml", ".*", "__pycache__"]
c.CourseDirectory.db_url = f"sqlite:///{pathlib.Path(__file__).parent / 'book.db'}"
"""
OTTER_TEST = """OK_FORMAT = True
test = {{
    "name": "{name}",
    "points": {points},
    "suites": [{{
        "type": "doctest", "scored": True, "setup": "", "teardown": "",
        "cases": [{{
            "hidden": False, "locked": False,
            "code": ">>> from pathlib import Path\\n"
                    ">>> from coursekit.check.hidden_checks import run_check\\n"
                    ">>> from coursekit.core.module import load\\n"
                    ">>> module = load(Path('{folder}'))\\n"
                    ">>> run_check(module, '{name}', globals()).score\\n{points}",
        }}],
    }}],
}}
"""


def classroom(root: Path, module: str, count: int) -> Course:
    """A course of one module with `count` submissions, right and wrong ones mixed."""
    shutil.copy(TOP / "nbgrader_config.py", root)
    shutil.copytree(TOP / "solutions" / module, root / "solutions" / module)
    shutil.copy(TOP / "solutions" / "misconceptions.toml", root / "solutions")
    course = Course(root)
    shutil.copytree(TOP / "course" / module, course.release(module))
    subject = Subject(course, module)
    tries = {
        e.id: cycle([subject.solutions[e.id].source, *(s.text for s in found)])
        for e in subject.module.exercises
        if (found := bank(subject, e.id)) or e.id in subject.solutions
    }
    for number in range(count):
        folder = root / "grading" / "submitted" / f"learner{number:02}" / module
        shutil.copytree(course.release(module), folder)
        path = folder / f"{module}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        for cell in filter(is_solution, notebook.cells):
            cell.source = next(tries[grader(cell)["grade_id"]])
        nbformat.write(notebook, path)
    return course


def ours(course: Course, module: str, jobs: int) -> list[str]:
    """The command that grades a module with so many workers."""
    run(command("coursekit", "release", module), course)  # makes the gradebook
    return command("coursekit", "grade", module, "--jobs", str(jobs))


def plain(course: Course, module: str) -> list[str]:
    """The command of nbgrader as it comes, its own settings in place of ours."""
    (course.root / "nbgrader_config.py").write_text(PLAIN)
    run(command("nbgrader", "generate_assignment", module, "--force"), course)
    return command("nbgrader", "autograde", module, "--force")


def otter(course: Course, module: str) -> list[list[str]]:
    """The commands of otter-grader: it takes one submission at a time."""
    tests = course.root / "tests"
    tests.mkdir()
    for e in Subject(course, module).module.exercises:
        folder, points = course.source(module), float(e.points)
        text = OTTER_TEST.format(name=e.id, points=points, folder=folder)
        (tests / f"{e.id}.py").write_text(text)
    bundle = course.root / "autograder.zip"
    files = [p.name for p in course.release(module).iterdir() if p.suffix != ".ipynb"]
    options = ["--no-config", "--no-requirements", "--no-environment"]
    words = command("otter", "generate", "-t", str(tests), "-o", str(bundle))
    run([*words, *options, *files], course, course.release(module))
    found = sorted((course.root / "grading" / "submitted").glob(f"*/{module}/*.ipynb"))
    place = str(course.root / "otter")
    Path(place).mkdir()
    return [
        command("otter", "run", "-a", str(bundle), "-o", place, "--no-logo", str(p))
        for p in found
    ]


def command(name: str, *arguments: str) -> list[str]:
    """A program of this environment."""
    return [str(Path(sys.executable).parent / name), *arguments]


def run(words: list[str], course: Course, folder: Path | None = None) -> str:
    """Run a command in the course; what it printed. RuntimeError if it failed."""
    env = {**os.environ, "COURSEKIT_ROOT": str(course.root), "MPLBACKEND": "agg"}
    done = subprocess.run(
        words, cwd=folder or course.root, env=env, capture_output=True, text=True
    )
    if done.returncode:
        tail = (done.stdout + done.stderr)[-2000:]
        raise RuntimeError(f"{' '.join(words)} failed: {tail}")
    return done.stdout


def parts(course: Course) -> dict[str, float]:
    """Seconds a submission by part, from the records our grader keeps."""
    records = [
        json.loads(path.read_text())
        for path in (course.root / "grading" / "audit").rglob("*.json")
    ]
    total: dict[str, float] = {}
    for record in records:
        for part, seconds in record.get("seconds", {}).items():
            total[part] = total.get(part, 0.0) + seconds / len(records)
    return total
