"""A real JupyterLab on a copy of the course, and a real Chromium looking at it."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
]
START = 120  # seconds that a server may take on a busy machine
WAIT = 30  # seconds for anything that should show on the page
# what JupyterLab says of a saved widget whose cell has not run again yet
FOREIGN = "widget model not found"

OPENED = """path => {
  const shown = window.jupyterapp?.shell.currentWidget;
  return shown?.context?.path === path && shown.sessionContext;
}"""
READY = """async () => {
  const {shell} = window.jupyterapp;
  shell.collapseLeft();
  shell.collapseRight();
  await shell.currentWidget.sessionContext.ready;
}"""
CLOSE = """async () => {
  const app = window.jupyterapp;
  await app.commands.execute("docmanager:save");
  await app.shell.currentWidget.sessionContext.shutdown();
}"""
RUN = """async id => {
  const app = window.jupyterapp, nb = app.shell.currentWidget.content;
  const i = nb.widgets.findIndex(cell => cell.model.id === id);
  if (i < 0) throw new Error(`there is no cell ${id}`);
  nb.activeCellIndex = i;
  await nb.scrollToItem(i);
  await app.commands.execute("notebook:run-cell");
  nb.widgets[i].node.id = id;  // so that a test can name it
}"""
WRITE = """async ([id, code]) => {
  const app = window.jupyterapp, nb = app.shell.currentWidget.content;
  nb.activeCellIndex = nb.widgets.findIndex(cell => cell.model.id === id);
  await app.commands.execute("notebook:insert-cell-below");
  nb.activeCell.model.sharedModel.setSource(code);
  return nb.activeCell.model.id;
}"""


@dataclass(frozen=True)
class Server:
    """A running JupyterLab and the folder that it serves."""

    url: str
    token: str
    course: Path


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path; without one the test is skipped, or fails where required."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    why = f"no browser found (looked for {', '.join(BROWSERS)}): install Chromium"
    if os.environ.get("COURSE_BROWSER") == "required":
        pytest.fail(f"{why}, for COURSE_BROWSER=required")
    pytest.skip(why)


@pytest.fixture(scope="session")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab with a home of its own, on a copy of the course beside its key."""
    course = tmp_path_factory.mktemp("copy")
    for part in ("course", "solutions"):
        ignored = shutil.ignore_patterns("answers.json*", ".*", "__pycache__")
        shutil.copytree(ROOT / part, course / part, ignore=ignored)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    with serving(course / "course", tmp_path_factory.mktemp("home")) as served:
        yield served


@contextmanager
def serving(folder: Path, home: Path) -> Iterator[Server]:
    """JupyterLab on `folder`, for the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    _ask_nothing(home)
    process = _lab(folder, home, port, token)
    try:
        _wait(process, f"127.0.0.1:{port}")
        yield Server(f"http://127.0.0.1:{port}", token, folder)
    finally:
        _end(process)


def _ask_nothing(home: Path) -> None:
    """Answer JupyterLab's question about news in advance: it covers the page."""
    folder = home / "lab/user-settings/@jupyterlab/apputils-extension"
    folder.mkdir(parents=True)
    (folder / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')


def _lab(folder: Path, home: Path, port: int, token: str) -> "subprocess.Popen[str]":
    """Start JupyterLab with the Python that runs the tests; kernels inherit it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "XDG"))}
    kept.pop("COURSEKIT_ROOT", None)
    paths = {"HOME": home, "JUPYTER_CONFIG_DIR": home, "JUPYTER_DATA_DIR": home}
    env = {
        **kept,
        **{name: str(path) for name, path in paths.items()},
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "PYTHONPATH": str(ROOT / "src"),
        "JUPYTER_CONFIG_PATH": str(ROOT / "src/coursekit/jupyter"),  # as `make lab`
        "JUPYTER_TOKEN": token,  # in the environment: arguments are seen by everyone
    }
    options = [
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    return subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        cwd=folder,
        env=env,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _wait(process: "subprocess.Popen[str]", sign: str) -> None:
    """Return when the server says where it is; fail with its words when it ends."""
    up, said = threading.Event(), []

    def read() -> None:
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:  # to the end, so that the pipe never fills
                said.append(line)
                if sign in line:
                    up.set()
        up.set()

    threading.Thread(target=read, daemon=True).start()
    if not up.wait(START) or process.poll() is not None:
        pytest.fail("JupyterLab did not start:\n" + "".join(said[-20:]))


def _end(process: "subprocess.Popen[str]") -> None:
    """Ask the server to end itself and its kernels; insist after a while."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()  # its kernels notice that it is gone, and end
        process.wait()


@dataclass
class Notebook:
    """A notebook open in JupyterLab."""

    page: Any
    server: Server
    module: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where the learner's files are."""
        return self.server.course / self.module

    def watch(self) -> None:
        """Note every request that leaves the machine and every error."""
        self.page.on("request", lambda r: self._requested(r.url))
        self.page.on("websocket", lambda w: self._requested(w.url))
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.on("console", self._said)

    def _requested(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.outside.append(url)

    def _said(self, message: Any) -> None:
        if message.type == "error" and FOREIGN not in message.text:
            self.errors.append(f"{message.text} {message.location.get('url', '')}")

    def open(self) -> None:
        """Open the notebook and wait until its kernel can be used."""
        path = f"{self.module}/{self.module}.ipynb"
        # a workspace of its own: another one's tabs would be opened again, too
        lab = f"{self.server.url}/lab/workspaces/{self.module}"
        self.page.goto(f"{lab}/tree/{path}?token={self.server.token}")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.page.wait_for_function(OPENED, arg=path)
        self.page.evaluate(READY)

    def reopen(self) -> None:
        """Save, end the kernel, and open the notebook again with a new one."""
        self.page.evaluate(CLOSE)
        self.open()

    def run(self, cell: str) -> Any:
        """Run a cell to its end; the locator of the cell."""
        self.page.evaluate(RUN, cell)
        return self.page.locator(f'[id="{cell}"]')

    def write(self, below: str, code: str) -> Any:
        """Write code into a new cell below another and run it; its locator."""
        return self.run(self.page.evaluate(WRITE, [below, code]))


@pytest.fixture(scope="module")
def window(chromium: str) -> Iterator[Any]:
    """A browser for a file's tests: JupyterLab's scripts are read and compiled once."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            yield browser.new_context(viewport={"width": 1120, "height": 1000})
        finally:
            browser.close()


@contextmanager
def opening(window: Any, server: Server, module: str) -> Iterator[Notebook]:
    """A released notebook in JupyterLab, its first cell run, for the block."""
    page = window.new_page()
    page.set_default_timeout(WAIT * 1000)
    made = Notebook(page, server, module)
    made.watch()
    made.open()
    made.run("setup")
    yield made
    page.close()


@pytest.fixture(scope="module")
def opened(window: Any, server: Server) -> Iterator[Notebook]:
    """The released 02_memory in JupyterLab, its first cell run."""
    with opening(window, server, "02_memory") as made:
        yield made


@pytest.fixture
def notebook(opened: Notebook) -> Iterator[Notebook]:
    """The same, watched: nothing leaves the machine, nothing goes wrong unseen."""
    yield opened
    assert opened.outside == []
    assert opened.errors == []
