"""Replace a folder in one step: made next to it, swapped in when it is whole."""

import contextlib
import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from coursekit.core.course import CourseError

AT_FDCWD, EXCHANGE = -100, 2  # of Linux's renameat2; macOS calls the flag RENAME_SWAP
OLD = "old"  # the folder before, while the new one takes its place in two steps


@contextlib.contextmanager
def made_aside(target: Path) -> Iterator[Path]:
    """A place on the same disk to make the next `target` in, swapped in afterwards.

    When the block raises, is interrupted or killed, `target` stays as it was.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as error:
        raise _unwritable(target.parent, error) from error
    try:
        made = place / target.name
        yield made
        _replace(target, made)
    except OSError as error:
        raise _unwritable(target.parent, error) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _unwritable(folder: Path, error: OSError) -> CourseError:
    """The error of a folder that nothing can be written to."""
    why = error.strerror or type(error).__name__
    return CourseError(
        f"{folder} cannot be written ({why}): allow writing there and make room, "
        "then run this again. Nothing was changed."
    )


def put_back(target: Path) -> None:
    """Undo what a killed run has left: only one run at a time may be there."""
    for place in target.parent.glob(f".{target.name}.*"):
        if not target.exists() and (place / OLD).exists():
            (place / OLD).rename(target)
        shutil.rmtree(place, ignore_errors=True)


def _replace(target: Path, made: Path) -> None:
    """Put `made` where `target` is, which moves to where `made` was."""
    made.chmod(0o755 if made.is_dir() else 0o644)
    if not target.exists():
        made.rename(target)
    elif not _exchange(target, made):
        _in_two_steps(target, made)


def _exchange(one: Path, other: Path) -> bool:
    """Have the system swap two paths at once; False where it cannot."""
    a, b = os.fsencode(one), os.fsencode(other)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return bool(libc.renamex_np(a, b, EXCHANGE) == 0)
        return bool(libc.renameat2(AT_FDCWD, a, AT_FDCWD, b, EXCHANGE) == 0)
    except (AttributeError, OSError, TypeError):  # an old C library, or Windows
        return False


def _in_two_steps(target: Path, made: Path) -> None:
    old = made.with_name(OLD)
    target.rename(old)
    try:
        made.rename(target)
    except BaseException:
        old.rename(target)
        raise
