"""Where a course keeps its folders, and the error that tells users what to do."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONFIG = "nbgrader_config.py"
SOURCE = "solutions"
RELEASE = "course"


class CourseError(ValueError):
    """Something the user can put right; the message says how."""


@dataclass(frozen=True)
class Course:
    """The folder that holds `nbgrader_config.py`."""

    root: Path

    @property
    def modules(self) -> list[str]:
        """Names of the modules that have a source notebook, in order."""
        return _modules_in(self.root / SOURCE)

    @property
    def released(self) -> list[str]:
        """Names of the modules that learners have, in order."""
        return _modules_in(self.root / RELEASE)

    def source(self, module: str) -> Path:
        """Folder that instructors edit."""
        return self.root / SOURCE / module

    def release(self, module: str) -> Path:
        """Folder that learners open."""
        return self.root / RELEASE / module

    def config(self) -> Any:
        """The settings of `nbgrader_config.py`, as a traitlets Config."""
        from traitlets.config import PyFileConfigLoader

        return PyFileConfigLoader(CONFIG, path=str(self.root)).load_config()

    @property
    def withheld(self) -> list[str]:
        """File patterns that are never copied to a learner or a submission."""
        return [*self.config().CourseDirectory.ignore, "module.toml"]

    def named(self, module: str) -> str:
        """The module's name; the number alone or the part after it will do too."""
        return _named(module, self.modules, self.root / SOURCE)

    def learners(self, module: str) -> str:
        """The name of a module that learners have, found in the same way."""
        return _named(module, self.released, self.root / RELEASE)


def _modules_in(folder: Path) -> list[str]:
    found = folder.glob("*/*.ipynb")
    return sorted(p.stem for p in found if p.stem == p.parent.name)


def _named(module: str, modules: list[str], folder: Path) -> str:
    names = [n for n in modules if module in (n, *n.split("_", 1))]
    if len(names) != 1:
        known = ", ".join(modules) or f"none in {folder}"
        raise CourseError(f"There is no module {module!r}. Modules: {known}.")
    return names[0]


def find_course(start: Path | None = None) -> Course:
    """The course around `start` (the current folder), or COURSEKIT_ROOT's."""
    named = os.environ.get("COURSEKIT_ROOT")
    start = Path(named) if named else (start or Path.cwd())
    folders = [start] if named else [start, *start.resolve().parents]
    for folder in folders:
        if (folder / CONFIG).is_file():
            return Course(folder.resolve())
    raise CourseError(
        f"No {CONFIG} in {start}{'' if named else ' or above it'}: run this inside "
        "the course's folder, or set COURSEKIT_ROOT to it."
    )
