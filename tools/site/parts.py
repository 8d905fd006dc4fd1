"""What a tab needs besides the pages: Pyodide and one archive of packages."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.site import bundle, compiled

HERE = Path(__file__).parent
BUILD = bundle.ROOT / "build" / "tab"
CORE = (
    *("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"),
    "package.json",
)
# what a page with a network gets from Pyodide's own distribution
DRAWING = ("numpy", "matplotlib")
FROM = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
PATIENCE = 600  # seconds for a download


class CannotFetch(RuntimeError):
    """Node, Pyodide or a package could not be had; the message says which and why."""


def prepare(build: Path = BUILD, *, online: bool = False) -> Path:
    """Fetch what is missing, write the archive, and return the folder of Pyodide.

    With `online` the tab fetches numpy and matplotlib from Pyodide's distribution.
    """
    build.mkdir(parents=True, exist_ok=True)
    modules = _pyodide(build)
    folder = build / "pyodide"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in CORE:
        shutil.copy(modules / "pyodide" / name, folder)
    theirs = json.loads((modules / "pyodide" / "pyodide-lock.json").read_text())
    lock = folder / "pyodide-lock.json"
    lock.write_text(json.dumps({**theirs, "packages": {}}))  # enough to compile with
    cache = build / "compiled"
    files = bundle.contents()
    files |= compiled.beside(files, folder, cache)
    compiled.library(folder / "python_stdlib.zip", cache)
    packages = {
        bundle.NAME: _entry(bundle.write(folder, files), ["session1", "coursekit"]),
        "micropip": _entry(Path(shutil.copy(_micropip(build), folder)), ["micropip"]),
    }
    if online:
        about = json.loads((folder / "package.json").read_text())
        packages |= distributed(theirs["packages"], about["version"])
    lock.write_text(json.dumps({**theirs, "packages": packages}))
    return folder


def distributed(theirs: dict[str, Any], version: str) -> dict[str, Any]:
    """The packages for drawing, with the addresses they have in the distribution."""
    found: dict[str, Any] = {}
    todo = list(DRAWING)
    while todo:
        name = todo.pop()
        if name not in found:
            entry = theirs[name]
            address = FROM.format(version=version) + entry["file_name"]
            found[name] = {**entry, "file_name": address}
            todo += entry["depends"]
    return found


def _entry(file: Path, imports: list[str]) -> dict[str, Any]:
    """A package as Pyodide's list of packages has it."""
    name, version = (
        file.stem.rsplit("-", 1) if file.suffix == ".zip" else file.name.split("-")[:2]
    )
    return {
        "name": name,
        "version": version,
        "file_name": file.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": imports,
        "depends": [],
        "unvendored_tests": False,
    }


def _pyodide(build: Path) -> Path:
    """The folder of Node's packages, installed as the lock file says."""
    modules = build / "node_modules"
    locked = (HERE / "package-lock.json").read_bytes()
    stamp = modules / ".locked"
    if not stamp.is_file() or stamp.read_bytes() != locked:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, build)
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], build)
        stamp.write_bytes(locked)
    return modules


def _micropip(build: Path) -> Path:
    """The wheel of micropip, which needs a newer Python than the course does."""
    extra = build / "extra"
    stamp, locked = extra / ".locked", (HERE / "tab.lock").read_bytes()
    if not stamp.is_file() or stamp.read_bytes() != locked:
        shutil.rmtree(extra, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        only = ["--python-version", "3.14", "--only-binary", ":all:"]
        wanted = ["--require-hashes", "-r", str(HERE / "tab.lock")]
        _run([*pip, *only, *wanted, "--dest", str(extra)], build)
        stamp.write_bytes(locked)
    (wheel,) = extra.glob("*.whl")
    return wheel


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE
        )
    except FileNotFoundError as error:
        raise CannotFetch(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise CannotFetch(f"{command[0]} took more than {PATIENCE} s") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise CannotFetch(f"{' '.join(command[:3])} failed: {said[-1]}")
