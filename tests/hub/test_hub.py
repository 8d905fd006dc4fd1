"""docs/deploying.md, followed on a real JupyterHub: a class of two, one instructor."""

import contextlib
import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest

from session1.servers import postgres_server
from tests.coursekit.sample_course import BANK, NAME, REPO, answered, write_course

pytestmark = [pytest.mark.slow, pytest.mark.deep, pytest.mark.timeout(1200)]

PAGE = (REPO / "docs" / "deploying.md").read_text(encoding="utf-8")
HUB, EVERYONE, DATABASE = re.findall(r"```python\n(.*?)```", PAGE, re.S)
BLOCKS = [b.splitlines() for b in re.findall(r"```sh\n(.*?)```", PAGE, re.S)]
INSTALL, START, HAND_OUT, WORK, GRADE, FETCH, DASK = BLOCKS
BUILT = REPO / "build"
PORTS = ("8000", "8081", "8001", "10101")
PEOPLE = ("teacher", "ada", "bob")
PATIENCE = 120  # seconds for a server to answer on a busy machine
ROSTER = "student_id,first_name,last_name,email\nada,Ada,Lovelace,\nbob,Bob,Roe,\n"
TOKEN = "a-token-that-only-this-test-has-0123456789"
# the page signs people in by the machine's accounts, which a test cannot make
ELSE = {
    '"pam"': '"dummy"',
    '"localprocess"': '"simple"',
}
HELPER = f"""
c.Spawner.args = ["--allow-root"]
c.SimpleLocalProcessSpawner.home_dir_template = str(HERE.parent / "{{username}}")
c.JupyterHub.services.append({{"name": "tester", "api_token": "{TOKEN}"}})
c.JupyterHub.load_roles.append({{
    "name": "tester", "services": ["tester"],
    "scopes": ["read:hub", "admin:users", "tokens", "admin:servers", "access:servers"],
}})
"""


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """Skip with the reason where `make hub-env` has not run."""
    if not (BUILT / "hub_env" / ".ready").exists():
        pytest.skip("`make hub-env` installs the JupyterHub that this needs")


def free_ports(count: int) -> list[str]:
    """Ports that nothing listens on."""
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [str(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


@dataclass
class Class:
    """A hub that runs on a small course, and the people in it."""

    course: Path
    homes: Path
    url: str
    terminals: dict[str, dict[str, str]] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the hub's API."""
        return fetch(f"{self.url}/hub/api{path}", TOKEN, method, body)

    def do(self, who: str, command: str, ok: bool = True) -> str:
        """Run a command of the page as one of them; what it says."""
        command = command.replace("02_memory", NAME)
        home = self.homes / who
        done = subprocess.run(
            command.split(),
            cwd=self.course if who == "teacher" else home,
            env=self.terminals[who],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        said = done.stdout + done.stderr
        assert (done.returncode == 0) is ok, f"{who}: {command}\n{said}"
        return said

    def come_in(self, who: str) -> None:
        """Begin to start someone's JupyterLab."""
        with contextlib.suppress(urllib.error.HTTPError):  # a teacher is known already
            self.ask("POST", f"/users/{who}")
        self.ask("POST", f"/users/{who}/server")

    def open_terminal(self, who: str) -> None:
        """Wait for their JupyterLab, and take the environment that it runs in."""
        end = time.monotonic() + PATIENCE
        while not self.ask("GET", f"/users/{who}")["servers"].get("", {}).get("ready"):
            assert time.monotonic() < end, f"the JupyterLab of {who} did not start"
            time.sleep(0.5)
        self.terminals[who] = of_server(who, self.homes)


def of_server(who: str, homes: Path) -> dict[str, str]:
    """The environment of someone's JupyterLab, as the kernel of this machine has it."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "environ").read_bytes().decode()
        except OSError:
            continue
        found = dict(x.split("=", 1) for x in text.split("\0") if "=" in x)
        if found.get("HOME") == str(homes / who) and "JUPYTERHUB_API_TOKEN" in found:
            return found
    pytest.fail(f"no JupyterLab of {who} runs")


def fetch(url: str, token: str, method: str = "GET", body: Any = None) -> Any:
    """The JSON, or the text, that an address answers with."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"token {token}"}
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read().decode()
    return json.loads(text) if text[:1] in ("{", "[") else text


def put_ports(text: str, ports: dict[str, str]) -> str:
    """The page's text with ports that are free here."""
    for old, new in ports.items():
        text = text.replace(f"127.0.0.1:{old}", f"127.0.0.1:{new}")
    return text


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """The page's hub on a small course; its sign-in and ports are the test's."""
    root = tmp_path_factory.mktemp("hub")
    course = write_course(root / "course")
    (course / "roster.csv").write_text(ROSTER)
    (course / "src").symlink_to(REPO / "src")
    build = course / "build"
    build.mkdir()
    for part in ("hub_proxy", "ngshare_env"):
        (build / part).symlink_to(BUILT / part)
    own = build / "hub_env"  # its etc/ is this course's
    own.mkdir()
    (own / "bin").symlink_to(BUILT / "hub_env" / "bin")
    ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    text = put_ports(HUB, ports)
    for old, new in ELSE.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (course / "jupyterhub_config.py").write_text(text + HELPER)
    # the page puts this into the hub's environment, which is not the test's own
    for who in PEOPLE:
        found = root / who / ".jupyter"
        found.mkdir(parents=True)
        (found / "nbgrader_config.py").write_text(put_ports(EVERYONE, ports))
    log = (root / "hub.log").open("w")
    env = {**os.environ, "HOME": str(root), "USER": "root"}
    process = subprocess.Popen(
        START[0].split(),
        cwd=course,
        env={k: v for k, v in env.items() if not k.startswith("JUPYTER")},
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    made = Class(course, root, f"http://127.0.0.1:{ports['8000']}")
    try:
        wait(made, process, root / "hub.log")
        for who in PEOPLE:
            made.come_in(who)
        for who in PEOPLE:
            made.open_terminal(who)
        wait_for(f"http://127.0.0.1:{ports['10101']}/services/ngshare/healthz")
        yield made
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def wait(hub: Class, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return when the hub answers; fail with its last words when it ends."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            hub.ask("GET", "/info")
        except OSError:
            time.sleep(0.5)
        else:
            return
    pytest.fail("the hub did not start:\n" + log.read_text()[-3000:])


def wait_for(url: str) -> None:
    """Return when something answers there, whatever it says."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"nothing answers at {url}")


def test_a_class_of_two_from_release_to_feedback(hub: Class) -> None:
    for command in HAND_OUT:
        hub.do("teacher", command)
    listing, get, hand_in = WORK
    right = BANK["double/right_add.py"]
    for who, text in (("ada", right), ("bob", "def double(n):\n    return 7\n")):
        assert NAME in hub.do(who, listing)
        hub.do(who, get)
        path = hub.homes / who / NAME / f"{NAME}.ipynb"
        assert "result_of_doubling" not in path.read_text("utf-8")
        nbformat.write(answered(double=text), path)
        hub.do(who, hand_in)
    collect, grade, *give_back = GRADE
    hub.do("teacher", collect)
    said = hub.do("teacher", grade)
    scores = {x.split()[1]: x.split()[2] for x in said.splitlines() if NAME in x[:12]}
    assert set(scores) == {"ada", "bob"}
    assert float(scores["ada"]) > float(scores["bob"])
    for command in give_back:
        hub.do("teacher", command)
    for who in ("ada", "bob"):
        hub.do(who, FETCH[0])
        (page,) = (hub.homes / who / NAME / "feedback").rglob("*.html")
        assert scores[who] in page.read_text("utf-8")


def test_a_learner_has_a_jupyterlab(hub: Class) -> None:
    assert "jupyter-config-data" in fetch(f"{hub.url}/user/ada/lab", TOKEN)


def test_the_gradebook_on_postgresql_and_grading_on_dask(hub: Class) -> None:
    grade = DASK[-1].replace("02_memory", NAME)
    port, *_ = free_ports(1)
    config = hub.course / "nbgrader_config.py"
    plain = config.read_text()
    with postgres_server(own=True) as server:
        url = server.url.replace("postgresql://", "postgresql+psycopg://")
        named = re.sub(r'"(postgresql.*?)"', repr(url), DATABASE)
        assert url in named
        config.write_text(plain + named)
        hub.do("teacher", f"coursekit release {NAME}")
        workers = []
        try:
            for command in DASK[:-1]:
                process = subprocess.Popen(
                    command.replace("8786", port).split(),
                    cwd=hub.course,
                    env=hub.terminals["teacher"],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                workers.append(process)
            said = hub.do("teacher", grade.replace("8786", port))
        finally:
            for process in reversed(workers):
                process.terminate()
                process.wait(30)
            config.write_text(plain)
    assert "2 graded" in said
