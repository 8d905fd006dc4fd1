"""Kernels in the box, driven over their real sockets."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty

import pytest
from jupyter_client import BlockingKernelClient

from coursekit.sandbox.box import Box, Unavailable
from coursekit.sandbox.kernel import Kernel
from coursekit.sandbox.limits import Limits

# in a script that has a `box`: the `folder` and the sockets of a kernel to start
SOCKETS = """
names = ("shell", "iopub", "stdin", "control", "hb")
folder = box.new_folder()
where = {f"{n}_port": i for i, n in enumerate(names, 1)}
where |= {"transport": "ipc", "ip": str(folder / "i"), "key": "k"}
where |= {"signature_scheme": "hmac-sha256"}
"""
REQUIRED = os.environ.get("COURSE_SANDBOX") == "required"


class Session:
    """A kernel and a client of it: `say` runs code and returns what it printed."""

    def __init__(
        self, box: Box, limits: Limits | None = None, files: Path | None = None
    ):
        folder = box.new_folder()
        names = ("shell", "iopub", "stdin", "control", "hb")
        ports = {f"{name}_port": i for i, name in enumerate(names, 1)}
        where = {"transport": "ipc", "ip": str(folder / "i"), "key": "secret"}
        where |= {"signature_scheme": "hmac-sha256", **ports}
        self.kernel: Kernel = box.start(where, files, limits=limits, folder=folder)
        self.client = BlockingKernelClient()
        self.client.load_connection_info({**where, "key": b"secret"})
        self.client.start_channels()
        self.say("pass")

    def say(self, code: str) -> str:
        """Output, then `Name: message` of an error; `gone: why` when it ended."""
        return self.hear(self.client.execute(code))

    def hear(self, asked: str) -> str:
        """What the request of that name printed, up to its end."""
        parts: list[str] = []
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=0.2)
            except Empty:
                if self.kernel.poll() is not None:
                    return f"gone: {self.kernel.why}"
                continue
            content = message["content"]
            if message["parent_header"].get("msg_id") != asked:
                continue
            if message["msg_type"] == "stream":
                parts.append(content["text"])
            elif message["msg_type"] == "error":
                parts.append(f"{content['ename']}: {content['evalue']}")
            elif content.get("execution_state") == "idle":
                return "".join(parts).strip()

    def close(self) -> None:
        self.client.stop_channels()
        self.kernel.close()


def make_box(warm: bool) -> Box:
    """A box, or a skipped test where none can be had and none is required."""
    try:
        box = Box(warm=warm)
    except Unavailable as error:
        if REQUIRED:
            raise
        pytest.skip(f"no sandbox here: {error}")
    if warm and box.why_cold:
        box.close()
        if REQUIRED:
            pytest.fail(f"no warm sandbox here: {box.why_cold}")
        pytest.skip(f"no warm sandbox here: {box.why_cold}")
    return box


@pytest.fixture(scope="session")
def session_of() -> type[Session]:
    """`session_of(box, limits)` for tests that close it themselves."""
    return Session


@pytest.fixture(scope="session")
def warm_box() -> Iterator[Box]:
    """For what does not depend on the kind of box."""
    found = make_box(warm=True)
    yield found
    found.close()


@pytest.fixture(scope="session")
def cold_box() -> Iterator[Box]:
    """Boxes of their own, as where namespaces cannot be nested."""
    found = make_box(warm=False)
    yield found
    found.close()


@pytest.fixture(scope="session", params=["warm", "cold"])
def box(request: pytest.FixtureRequest) -> Box:
    """Every escape is tried from a fork of the warm box and from a box of its own."""
    return request.getfixturevalue(f"{request.param}_box")


@pytest.fixture(scope="session")
def inside(box: Box, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A kernel that several harmless looks share."""
    files = tmp_path_factory.mktemp("submission")
    (files / "data.csv").write_text("a,b\n1,2\n")
    (files / "own.ipynb").write_text("{}")
    (files / "secret").symlink_to("/etc/shadow")
    (files / "sub").mkdir()
    (files / "sub" / "more.txt").write_text("more")
    os.mkfifo(files / "pipe")
    session = Session(box, files=files)
    yield session
    session.close()


@pytest.fixture
def start(warm_box: Box) -> Iterator[Callable[..., Session]]:
    """`start(limits)`: a kernel of its own for what may end it."""
    sessions: list[Session] = []

    def begin(limits: Limits | None = None, box: Box = warm_box) -> Session:
        sessions.append(Session(box, limits))
        return sessions[-1]

    yield begin
    for session in sessions:
        session.close()


if not sys.platform.startswith("linux"):
    collect_ignore = ["test_escapes.py", "test_limits.py", "test_life.py"]
