"""JupyterLite with the course in it: notebooks that run in the visitor's browser."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tools.site import bundle

PYTHON = bundle.ROOT / "build" / "site_env" / "bin" / "python"  # of `make site`
# no news from elsewhere, and no question about them
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
EXTENSIONS = ("@jupyterlite/pyodide-kernel-extension", "@jupyter-widgets")
KERNEL = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
LEFT = shutil.ignore_patterns("answers.json*", ".*", "__pycache__", "kept")


def settings(packages: list[str]) -> dict[str, Any]:
    """The settings of JupyterLite, which asks no other host for packages."""
    kernel = {
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"packages": packages},
    }
    config = {
        "appName": "Fast, small and steady agents",
        "exposeAppInBrowser": True,
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
    }
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": config}


def build(pyodide: Path, work: Path, out: Path) -> None:
    """Write JupyterLite into `out`; `work` is a folder for what goes into it.

    The tab's Python starts with all packages that Pyodide's folder lists.
    """
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(pyodide, work / "static" / "pyodide")
    files = work / "files"
    shutil.copytree(bundle.ROOT / "course", files, ignore=LEFT)
    for path in files.glob("*/*.ipynb"):
        notebook = json.loads(path.read_text("utf-8"))
        notebook["metadata"]["kernelspec"] = KERNEL  # any other asks which to take
        path.write_text(json.dumps(notebook, indent=1), "utf-8")
    listed = json.loads((pyodide / "pyodide-lock.json").read_text())["packages"]
    (work / "jupyter-lite.json").write_text(json.dumps(settings(list(listed))))
    (work / "overrides.json").write_text(json.dumps(QUIET))
    command = [str(PYTHON), "-m", "jupyterlite_core", "build"]
    folders = ["--lite-dir", ".", "--contents", "files", "--output-dir", str(out)]
    small = ["--no-sourcemaps", "--apps", "lab", "--no-unused-shared-packages"]
    done = subprocess.run(
        [*command, *folders, *small], cwd=work, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"JupyterLite could not be built:\n{done.stderr[-3000:]}")
    _keep_extensions(out)


def _keep_extensions(out: Path) -> None:
    """Leave out the extensions that need a server."""
    path = out / "jupyter-lite.json"
    data = json.loads(path.read_text())
    config = data["jupyter-config-data"]
    kept: list[Any] = []
    gone: list[Any] = []
    for one in config.get("federated_extensions", []):
        (kept if one["name"].startswith(EXTENSIONS) else gone).append(one)
    config["federated_extensions"] = kept
    path.write_text(json.dumps(data, indent=1))
    for one in gone:
        shutil.rmtree(out / "extensions" / one["name"], ignore_errors=True)
