"""Files of the grading folder: replaced in one step, locked by one grader."""

import contextlib
import json
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coursekit.core.answers_file import write
from coursekit.core.course import CourseError
from coursekit.core.notebook import SMALLER

try:
    import fcntl
except ImportError:  # not on Windows, where graders are not kept apart
    fcntl = None  # type: ignore[assignment]

LOCK = "grader.lock"


def write_json(path: Path, data: Any, indent: int | None = None) -> None:
    """Replace a file in one step: after a crash it has the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data, ensure_ascii=False, indent=indent, sort_keys=True)
    write(path, text)


def put(path: Path, data: bytes) -> None:
    """Write a file unless one is there already, or stands where its folder would."""
    with contextlib.suppress(FileExistsError, NotADirectoryError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)


def shown(name: str) -> str:
    """A name as it can be printed."""
    text = name.encode("utf-8", "replace").decode()
    return text if text.isprintable() else ascii(text)


def read_file(path: Path, most: int) -> bytes:
    """The bytes of a plain file, up to `most`; CourseError for anything else."""
    try:
        # a link is not followed, a pipe not waited for, whoever put it there just now
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        why = f"{path.name} cannot be opened ({error.strerror}): check the name."
        raise CourseError(why) from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise CourseError(f"{path.name} is no plain file: hand in the file itself.")
        with os.fdopen(os.dup(handle), "rb") as file:
            data = file.read(most + 1)
    finally:
        os.close(handle)
    if len(data) > most:
        raise CourseError(
            f"{path.name} is larger than {_size(most)}: {SMALLER.format(path.name)}."
        )
    return data


def _size(count: int) -> str:
    return f"{count / 1_000_000:g} MB"


def read_json(path: Path) -> dict[str, Any]:
    """Read one of our JSON files; empty when it is missing or damaged."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@contextlib.contextmanager
def only_grader(folder: Path) -> Iterator[None]:
    """Lock `folder` for this grader alone; CourseError when another one writes there.

    The lock is the system's: it goes with the process, however that ends.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        why = f"{folder} cannot be written ({error.strerror}): allow writing there."
        raise CourseError(why) from error
    with os.fdopen(handle, "r+", encoding="utf-8") as file:
        try:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            who = file.read(200).strip() or "another process"
            raise CourseError(
                f"{who} is grading this course. Wait until it is done, or end it; "
                "then run this again: what is graded by then is not graded twice."
            ) from error
        file.truncate()
        file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        file.flush()
        yield
