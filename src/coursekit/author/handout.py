"""Make the learners' copy of the course: what they need, and no answers."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from coursekit.author.finding import first_of
from coursekit.author.release import faults_of, generate
from coursekit.author.sources import faults
from coursekit.author.swap import made_aside
from coursekit.core.course import RELEASE, Course, CourseError

PARTS = (
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "LICENSE-text"),
    *("Makefile", "demo_runner.py", "environment.yml", "nbgrader_config.py"),
    *("pyproject.toml", "requirements.lock", "requirements-all.lock"),
    *("requirements-bench.lock", "benchmarks", "docs", "src"),
    *("Dockerfile", "Dockerfile.dockerignore", "binder"),
)
# what lies in these folders but does not belong to them; .git is a dot file
MADE = (".*", "__pycache__", "*.pyc", "*.egg-info", "answers.json*", "*.db", "*.ipynb")


def hand_out(course: Course, target: Path) -> Path:
    """Write the learners' copy to a new folder, or to a file that ends in `.zip`.

    The modules are released afresh for it, so no try of the instructor's is in it.
    CourseError leaves nothing behind.
    """
    target = target.expanduser().resolve()
    _must_be_free(course, target)
    for name in course.modules:
        if found := faults(course, name):
            raise first_of(found)
    with made_aside(target) as made:
        zipped = target.suffix.lower() == ".zip"
        copy = made.with_name("copy") / target.stem if zipped else made
        _fill(course, copy)
        if zipped:
            packed = str(made.with_name("packed"))
            name = shutil.make_archive(packed, "zip", copy.parent, copy.name)
            Path(name).rename(made)
    return target


def _must_be_free(course: Course, target: Path) -> None:
    """CourseError where something is, or where the copy would lie in the course."""
    other = "name a new folder or .zip file outside of the course."
    if target == course.root or course.root in target.parents:
        raise CourseError(f"{target} lies in the course itself: {other}")
    if target.is_file():
        raise CourseError(f"{target} is there already: delete it, or {other}")
    if target.is_dir() and (target.suffix == ".zip" or any(target.iterdir())):
        raise CourseError(f"{target} is a folder with something in it: {other}")
    if blocked := next((p for p in target.parents if p.is_file()), None):
        raise CourseError(f"{blocked} is a file, no folder: {other}")


def _fill(course: Course, copy: Path) -> None:
    copy.mkdir(parents=True)
    for name in PARTS:
        part = course.root / name
        if part.is_dir():
            shutil.copytree(part, copy / name, ignore=_left_out)
        elif part.is_file():
            shutil.copy(part, copy / name)
    for page in sorted((course.root / RELEASE).glob("*.md")):
        (copy / RELEASE).mkdir(exist_ok=True)
        shutil.copy(page, copy / RELEASE / page.name)
    for name in course.modules:
        made = generate(course, name, copy / RELEASE)
        if found := faults_of(course, name, made):
            raise first_of(found)


def _left_out(folder: str, names: Iterable[str]) -> set[str]:
    """Names not copied: generated files, and links, which may lead anywhere."""
    found = list(names)
    links = {name for name in found if Path(folder, name).is_symlink()}
    return shutil.ignore_patterns(*MADE)(folder, found) | links
