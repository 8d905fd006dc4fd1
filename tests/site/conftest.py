"""The built site; tests are skipped, with the reason, where it cannot be built."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.site import bundle, lite, pages, parts, serve


@pytest.fixture(scope="session")
def pyodide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pyodide's folder, built beside the one of `make site`."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    try:
        return parts.prepare(bundle.ROOT / "build" / "tab_tested")
    except parts.CannotFetch as why:
        pytest.skip(f"Pyodide cannot be had here: {why}")


@pytest.fixture(scope="session")
def address(pyodide: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the whole site, served on this machine."""
    if not lite.PYTHON.is_file():
        pytest.skip("`make site` installs JupyterLite")
    out = tmp_path_factory.mktemp("site")
    lite.build(pyodide, tmp_path_factory.mktemp("lite") / "work", out / "try")
    pages.build(out)
    with serve.server(out) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
