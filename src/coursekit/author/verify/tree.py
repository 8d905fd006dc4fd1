"""Rules about which files may lie where."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from coursekit.author.finding import Finding
from coursekit.author.verify.subject import Subject
from coursekit.core.course import RELEASE, SOURCE

MADE = ("__pycache__", ".ipynb_checkpoints", ".virtual_documents", ".DS_Store")
DATA = (".csv", ".json", ".png", ".svg", ".txt")


def no_stray_files_in_sources(subject: Subject) -> Iterator[Finding]:
    """A module's folder holds what a module has, and nothing else."""
    exercises = {e.id for e in subject.module.exercises}
    text = "\n".join(c.source for c in subject.notebook.cells)
    for path in sorted(subject.folder.rglob("*")):
        parts = path.relative_to(subject.folder).parts
        if path.is_file() and not set(parts) & set(MADE):
            if _belongs(parts, exercises, subject.name, text):
                continue
            yield Finding(
                path.relative_to(subject.course.root).as_posix(),
                "does not belong to the module",
                "delete it, name it in the notebook, or rename it "
                "(bank/EXERCISE/right_….py, wrong_….py)",
            )


def _belongs(parts: tuple[str, ...], exercises: set[str], name: str, text: str) -> bool:
    last = Path(parts[-1])
    if parts[0] == "bank":
        if parts[1:] == ("survivors.toml",):  # read by `coursekit mutants`
            return True
        named = last.suffix == ".py" and last.name.startswith(("right_", "wrong_"))
        return len(parts) == 3 and parts[1] in exercises and named
    if len(parts) == 1 and (last.suffix == ".py" or last.name == "module.toml"):
        return True
    used = last.suffix in DATA and last.name != "answers.json" and last.name in text
    return parts == (f"{name}.ipynb",) or used


def no_stray_modules(subjects: Sequence[Subject]) -> Iterator[Finding]:
    """solutions/ and course/ hold modules; every folder in course/ has its source."""
    course = subjects[0].course
    for place in (SOURCE, RELEASE):
        folder = course.root / place
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            known = path.name in course.modules if path.is_dir() else _top(path)
            if not known and path.name not in MADE:
                yield Finding(
                    f"{place}/{path.name}",
                    "belongs to no module",
                    f"delete it, or write {SOURCE}/{path.stem}/{path.stem}.ipynb",
                )


def _top(path: Path) -> bool:
    return path.suffix == ".md" or path.name == "misconceptions.toml"


RULES = (no_stray_files_in_sources,)
COURSE_RULES = (no_stray_modules,)
