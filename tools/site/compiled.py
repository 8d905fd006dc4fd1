"""Compile Python files for the tab, which starts sooner without that work."""

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

COMPILE = Path(__file__).with_name("compile.mjs")
TAG = "cpython-314"
# large, and seldom or never imported
SELDOM = (
    *("encodings/", "pygments/lexers/"),
    *("sqlalchemy/dialects/", "sqlalchemy/testing/"),
)


def beside(files: Mapping[str, bytes], pyodide: Path, cache: Path) -> dict[str, bytes]:
    """The compiled forms of Python files, named as Python looks for them."""
    found = compile_files(files, pyodide, cache)
    return {_cached(name): data for name, data in found.items()}


def library(archive: Path, cache: Path) -> None:
    """Put compiled forms into the archive of the standard library."""
    with zipfile.ZipFile(archive) as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    found = compile_files(files, archive.parent, cache)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, data in sorted(files.items()):
            whole.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
            if name in found:
                info = zipfile.ZipInfo(f"{name}c")  # in archives there is no cache
                whole.writestr(info, found[name], zipfile.ZIP_DEFLATED)


def compile_files(
    files: Mapping[str, bytes], pyodide: Path, cache: Path
) -> dict[str, bytes]:
    """The compiled form of each Python file; `cache` keeps those made before."""
    cache.mkdir(parents=True, exist_ok=True)
    keys = {
        name: hashlib.sha256(name.encode() + b"\0" + data).hexdigest()
        for name, data in files.items()
        if name.endswith(".py") and not name.startswith(SELDOM)
    }
    missing = {k: n for n, k in keys.items() if not (cache / f"{k}.pyc").is_file()}
    if missing:
        for key, name in missing.items():
            (cache / f"{key}.py").write_bytes(files[name])
        (cache / "names.json").write_text(json.dumps(missing))
        command = ["node", str(COMPILE), str(pyodide), str(cache)]
        subprocess.run(command, check=True, capture_output=True, timeout=900)
        for key in missing:
            (cache / f"{key}.py").unlink()
    found = {name: (cache / f"{key}.pyc").read_bytes() for name, key in keys.items()}
    return {name: data for name, data in found.items() if data}


def _cached(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.parent / "__pycache__" / f"{path.stem}.{TAG}.pyc")
