"""Name the files found where a notebook is missing, and say what to do."""

import itertools
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coursekit.core.course import Course, CourseError
from coursekit.core.notebook import MAX_BYTES, Cell, cells_of, parse
from coursekit.grading.atomic_files import read_file, shown
from coursekit.grading.whose import whose

ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
EXPORTS = (".html", ".htm", ".pdf", ".docx", ".odt", ".md", ".tex", ".webarchive")
OWN = "answers.json", "timestamp", "module.toml"  # how other files' names begin
MOST, LONG = 1000, 200  # files looked at, characters of a name


@dataclass(frozen=True)
class Other:
    """A file that may be meant; `cells` where it is a notebook."""

    name: str  # relative to the folder of the notebook
    path: Path
    cells: list[Cell] | None

    @property
    def kind(self) -> int:
        """Notebooks first, then archives, exports and the rest."""
        ends = self.name.lower()
        if self.cells is not None:
            return 0
        return 1 if ends.endswith(ARCHIVES) else 2 if ends.endswith(EXPORTS) else 3

    def as_shown(self, wanted: str) -> str:
        """Its name as printed; in escapes where it looks like the wanted one."""
        same = unicodedata.normalize("NFC", self.path.name).strip() == wanted
        return (ascii(self.name) if same and self.path.name != wanted else "") or (
            shown(self.name)[:LONG]
        )


def others(notebook: Path, course: Course | None = None) -> list[Other]:
    """The files beside a notebook that the course did not hand out, likely ones first.

    Without a course the notebooks, archives and exports among them.
    """
    source = course.source(notebook.stem) if course else None
    found = [
        _other(path, notebook)
        for path in itertools.islice(_walk(notebook.parent), MOST)
        if path != notebook
        and not path.name.lower().startswith(OWN)
        and not (source and (source / path.relative_to(notebook.parent)).exists())
    ]
    kept = [o for o in found if course or o.kind < 3]
    return sorted(kept, key=lambda o: (o.kind, o.name.count(os.sep), o.name))


def _walk(folder: Path) -> Iterator[Path]:
    for home, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__")))
        yield from (Path(home, name) for name in sorted(names) if not _hidden(name))


def _hidden(name: str) -> bool:
    """Files that systems leave; a notebook that begins with a dot may be meant."""
    return name.startswith("._") or (
        name.startswith(".") and not name.lower().endswith(".ipynb")
    )


def _other(path: Path, notebook: Path) -> Other:
    return Other(os.path.relpath(path, notebook.parent), path, _cells(path))


def _cells(path: Path) -> list[Cell] | None:
    """The cells of a notebook whatever its name; none of one that is damaged."""
    if path.name.lower().endswith((*ARCHIVES, *EXPORTS)):
        return None
    try:
        data = read_file(path, MAX_BYTES)
        if "ipynb" in path.name.lower() or b'"cells"' in data:
            return cells_of(parse(data, path), path)
    except CourseError:
        return [] if path.suffix == ".ipynb" else None
    return None


def missing(notebook: Path, course: Course | None = None) -> str:
    """Say that a notebook is missing, what is there instead, and what to do."""
    module = notebook.stem
    said = f"{notebook.name} cannot be opened: it is not there"
    found = others(notebook, course)
    if not any(o.kind == 0 for o in found):
        found = _around(notebook, course) or found
    if not found:
        return f"{said}. Hand it in, in the folder {module}."
    same = [o for o in found if o.kind == found[0].kind][:3]
    names = " and ".join(o.as_shown(notebook.name) for o in same)
    do = _do(same[0], notebook, course)
    if len(same) == 1:
        return f"{said}, but {names} is{do}, then hand in again."
    return f"{said}, but {names} are: of the one that is meant{do.lstrip(',')}."


def _around(notebook: Path, course: Course | None) -> list[Other]:
    """Notebooks in the student's own folder, or in one of no module beside this one."""
    home = notebook.parent.parent
    modules = course.modules if course else [notebook.parent.name]
    try:
        beside = sorted(p for p in home.iterdir() if not _hidden(p.name))
    except OSError:
        return []
    files = [p for p in beside if p.is_file()]
    folders = (p for p in beside if p.is_dir() and not p.is_symlink())
    for folder in folders:
        if folder.name not in modules and not folder.name.startswith("__"):
            files += itertools.islice(_walk(folder), MOST)
    return [o for p in files[:MOST] if (o := _other(p, notebook)).cells]


def _do(other: Other, notebook: Path, course: Course | None) -> str:
    """Advise what to do with a file, worded to continue the sentence."""
    module = notebook.stem
    if other.kind:
        what = {
            1: ": unpack it here",
            2: ", which is an export: hand in the notebook itself",
            3: ", which is not a notebook: hand in the notebook itself",
        }
        return what[other.kind]
    its = whose(course, module, other.cells or []) if course else module
    if its != module:
        return f", the notebook of {its}: move it to the folder {its}"
    rename = "" if other.path.name == notebook.name else " and give it that name"
    if other.name.startswith(os.pardir):
        where = "too high" if other.name.count(os.sep) == 1 else "in another folder"
        return f", {where}: move it into {module}{rename}"
    if os.sep in other.name:
        return f", too deep: move it up{rename}"
    return ": give it that name"
