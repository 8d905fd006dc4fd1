"""`coursekit new`: write the form of a module, an exercise or a question."""

import argparse
import contextlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.core.course import CourseError, find_course
from session1.extras import need

if TYPE_CHECKING:
    from coursekit.author.new import Files

HELP = "write a new module, exercise or question, with blanks for you to fill in"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add one subcommand for each thing that can be made."""
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    module = kinds.add_parser("module", help="a module: new module 10_topic")
    module.add_argument("name", help="two digits and a word: 10_topic")
    exercise = kinds.add_parser("exercise", help="an exercise of a module")
    exercise.add_argument("name", help="02_memory.first_words")
    exercise.add_argument("--kind", required=True, help="such as write, fix or trace")
    exercise.add_argument("--title", default="", help="also the heading of its section")
    exercise.add_argument("--objective", default="", help="an id of module.toml")
    exercise.add_argument("--points", type=float, default=2)
    exercise.add_argument("--difficulty", type=int, default=2, help="1 to 5")
    exercise.add_argument("--minutes", type=float, default=3)
    exercise.add_argument("--core", action="store_true", help="on the ★ path")
    question = kinds.add_parser("question", help="a quiz question of a module")
    question.add_argument("name", help="02_memory")
    question.add_argument("--quiz", default="", help="which one (default: the last)")
    question.add_argument("--objective", default="", help="an id of module.toml")
    question.add_argument(
        "--earlier", action="store_true", help="about an earlier module"
    )


def run(args: argparse.Namespace) -> int:
    """Write the files; 0 when all are written."""
    need("nbgrader", "teach")
    from coursekit.author import new

    course = find_course()
    how = {k: v for k, v in vars(args).items() if k not in ("command", "what", "run")}
    make: dict[str, Callable[..., Files]] = {
        "module": new.new_module,
        "exercise": new.new_exercise,
        "question": new.new_question,
    }
    files = make[args.what](course, **how)
    write(files)
    for path in files:
        print(f"wrote {path.relative_to(course.root)}")
    module = next(iter(files)).relative_to(course.root).parts[1]
    print(f"next: coursekit verify --module {module}   # lists the blanks to fill in")
    print("If the notebook is open in JupyterLab, reload it from disk now.")
    return 0


def write(files: Mapping[Path, str]) -> None:
    """Write all files; when that fails or is interrupted, all are as before."""
    before = {path: path.read_bytes() if path.exists() else None for path in files}
    aside = {path: path.with_name(f".{path.name}.new") for path in files}
    folders: list[Path] = []
    replaced: list[Path] = []
    try:
        for path, text in files.items():
            folders += _missing(path.parent)
            path.parent.mkdir(parents=True, exist_ok=True)
            old = before[path]
            ends = "\r\n" if old and b"\r\n" in old else "\n"
            aside[path].write_bytes(text.replace("\n", ends).encode())
            if old is not None:
                shutil.copymode(path, aside[path])
        for path in files:
            replaced.append(path)
            aside[path].replace(path)
    except BaseException as error:
        for path in replaced:
            _put_back(path, before[path])
        for path in aside.values():
            path.unlink(missing_ok=True)
        for folder in reversed(folders):
            with contextlib.suppress(OSError):  # someone put a file there
                folder.rmdir()
        if isinstance(error, OSError):
            why = error.strerror or type(error).__name__
            raise CourseError(
                f"{error.filename} cannot be written ({why}): allow writing there "
                "and make room. Nothing was changed."
            ) from error
        raise


def _missing(folder: Path) -> list[Path]:
    """The folders on the way to `folder` that have to be made, outermost first."""
    return [p for p in (*reversed(folder.parents), folder) if not p.exists()]


def _put_back(path: Path, old: bytes | None) -> None:
    if old is None:
        path.unlink(missing_ok=True)
    elif path.read_bytes() != old:
        path.write_bytes(old)
