"""Write several files, or leave all as they are."""

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from coursekit.core.course import CourseError


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
