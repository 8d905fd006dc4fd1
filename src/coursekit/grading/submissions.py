"""Find the submissions, and the folders that are none, with the reason."""

import os
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from coursekit.core.course import Course, CourseError
from coursekit.grading.intake import MAX_NAME, Submission, shown

FORBIDDEN = frozenset('/\\*?[]{}:"<>|')


@dataclass
class Found:
    """The submissions there are, the folders that are none, with the reason.

    Besides, the students from whom there is nothing, and those whose page of
    feedback is older than their grade, by module.
    """

    submissions: list[Submission] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    old_feedback: dict[str, list[str]] = field(default_factory=dict)


def submitted(course: Course, modules: list[str], student: str = "") -> Found:
    """The submissions to these modules, of one student or of all."""
    found = Found()
    for folder in students(course):
        if student and composed(folder.name) != composed(student):
            continue
        if folder.name in course.modules:
            name = f"grading/submitted/NAME/{folder.name}"
            found.refused[folder.name] = f"it is a module: students come first, {name}"
            continue
        if why := why_no_student(folder):
            found.refused[shown(folder.name)] = why
            continue
        try:
            names = [entry.name for entry in folder.iterdir()]
        except OSError as error:
            found.refused[folder.name] = f"it cannot be read ({error.strerror})"
            continue
        own = [m for m in modules if m in names]
        found.submissions += [Submission(folder.name, m, folder / m) for m in own]
        lacks = [m for m in modules if m not in names]
        stray = [n for n in names if n not in course.modules and n[0] not in "._"]
        if lacks and stray:
            found.refused[folder.name] = _misplaced(folder.name, lacks, stray)
        elif not own:
            found.missing.append(folder.name)
    return found


def students(course: Course) -> list[Path]:
    """The entries where students' folders belong, in order."""
    home = course.root / str(course.config().CourseDirectory.submitted_directory)
    try:
        found = sorted(home.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        why = f"{home} cannot be read ({error.strerror}): allow reading it."
        raise CourseError(why) from error
    # .DS_Store and its like are what systems leave, not learners
    return [f for f in found if not (f.name.startswith(".") and _plain(f))]


def composed(name: str) -> str:
    """A name with its accents written one way: macOS writes them another."""
    return unicodedata.normalize("NFC", name)


def _misplaced(student: str, lacks: list[str], stray: list[str]) -> str:
    """Why what lies in a student's folder is not graded, and where it belongs."""
    stray.sort(key=lambda n: (not n.endswith(".ipynb"), n))
    names = ", ".join(shown(n)[:MAX_NAME] for n in stray[:3])
    more = f" and {len(stray) - 3} more" if len(stray) > 3 else ""
    module = lacks[0] if len(lacks) == 1 else "MODULE"
    return (
        f"it has no folder {' or '.join(lacks)}, but {names}{more}: "
        f"what was handed in belongs in {student}/{module}"
    )


def why_no_student(folder: Path) -> str:
    """Why a folder's name cannot be a student's id, empty when it can."""
    name = folder.name
    if folder.is_symlink() or not folder.is_dir():
        return "it is not a folder" if not folder.is_symlink() else "it is a link"
    if not 0 < len(name) <= MAX_NAME or len(os.fsencode(name)) > 2 * MAX_NAME:
        return f"its name is longer than {MAX_NAME} characters, {2 * MAX_NAME} bytes"
    if name.startswith(".") or name != name.strip():
        return "its name begins with a dot, or begins or ends with a space"
    if FORBIDDEN & set(name) or not name.isprintable():
        return "its name has characters that an id cannot have"
    return ""


def _plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
