"""Real servers: found, started, stopped, killed, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import redis

from session1 import servers
from session1.server import OwnServer, ServerError
from session1.servers import postgres_server, redis_server

pytestmark = pytest.mark.slow


def redis_write(url: str, value: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.set("key", value)


def redis_read(url: str) -> str:
    with redis.Redis.from_url(url, decode_responses=True) as client:
        return str(client.get("key"))


def postgres_write(url: str, value: str) -> None:
    with psycopg.connect(url) as db:
        db.execute("CREATE TABLE IF NOT EXISTS t (v text)")
        db.execute("INSERT INTO t VALUES (%s)", (value,))


def postgres_read(url: str) -> str:
    with psycopg.connect(url) as db:
        return str(db.execute("SELECT v FROM t").fetchone()[0])  # type: ignore[index]


MAKE: dict[str, Callable[..., Any]] = {
    "redis": redis_server,
    "postgres": postgres_server,
}
WRITE = {"redis": redis_write, "postgres": postgres_write}
READ = {"redis": redis_read, "postgres": postgres_read}


@pytest.fixture(scope="module", params=list(MAKE))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def server(kind: str) -> Iterator[OwnServer]:
    """One server of each kind, that every test leaves running."""
    with MAKE[kind](own=True) as server:
        yield server


def processes_of(folder: str | Path) -> list[psutil.Process]:
    """Whatever runs with `folder` on its command line, guards included."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = process.info["cmdline"] or []
        if process.info["status"] != "zombie" and any(str(folder) in w for w in line):
            found.append(process)
    return found


def until(what: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for `what`; how long is no part of the test."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def test_data_survive_kill_and_stop_at_the_same_address(
    kind: str, server: OwnServer
) -> None:
    WRITE[kind](server.url, "kept")
    url = server.url
    for end in (server.kill, server.stop):
        end()
        assert not server.running
        with pytest.raises((redis.ConnectionError, psycopg.OperationalError)):
            READ[kind](url)
        assert server.start() is server
        assert (server.url, READ[kind](url)) == (url, "kept")


def test_a_second_start_or_stop_changes_nothing(server: OwnServer) -> None:
    first = processes_of(server.folder)
    server.start()
    assert processes_of(server.folder) == first
    server.stop()
    server.stop()
    server.kill()
    until(lambda: not processes_of(server.folder))  # its guard goes a moment later
    server.start()


def test_only_its_owner_can_reach_it(server: OwnServer) -> None:
    assert server.folder.stat().st_mode & 0o077 == 0
    for process in processes_of(server.folder):
        assert process.net_connections("inet") == []


def test_close_leaves_neither_process_nor_data() -> None:
    server = redis_server(own=True)
    assert isinstance(server, OwnServer)
    with server:
        assert server.running
    assert not server.folder.exists()
    until(lambda: not processes_of(server.folder))
    with pytest.raises(ServerError, match="make another"):
        server.start()


def test_a_server_that_does_not_come_up_shows_its_log() -> None:
    server = redis_server(own=True, timeout=0.5)
    assert isinstance(server, OwnServer)
    (server.folder / "appendonlydir").write_text("not a folder")
    with pytest.raises(ServerError, match="appendonlydir"), server:
        pass
    assert not server.folder.exists()
    until(lambda: not processes_of(server.folder))


def test_a_postgres_with_broken_data_shows_its_log() -> None:
    server = postgres_server(own=True, timeout=0.5)
    assert isinstance(server, OwnServer)
    (server.folder / "data").mkdir()
    with pytest.raises(ServerError, match="could not access"), server:
        pass
    until(lambda: not processes_of(server.folder))


CHILD = """
import sys, time
from session1.servers import {kind}_server
with {kind}_server(own=True) as server:
    print(server.folder, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_no_orphan_when_the_parent_dies(kind: str, how: signal.Signals) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(kind=kind)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdout is not None
    folder = child.stdout.readline().strip()
    assert processes_of(folder)
    child.send_signal(how)
    child.wait(30)
    child.stdout.close()
    until(lambda: not processes_of(folder) and not Path(folder).exists())


def test_the_environment_comes_first_and_is_never_stopped(
    kind: str, server: OwnServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"COURSE_{kind.upper()}_URL", server.url)
    with MAKE[kind]() as given:
        assert given.url == server.url
        for end in (given.stop, given.kill):
            with pytest.raises(ServerError, match="own=True"):
                end()
    assert server.running
    own = MAKE[kind](own=True)
    assert own.url != server.url
    own.close()


def test_a_named_server_that_is_down_is_told(
    kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    urls = {
        "redis": f"unix://{tmp_path}/none",
        "postgres": f"postgresql://postgres@/postgres?host={tmp_path}",
    }
    monkeypatch.setenv(f"COURSE_{kind.upper()}_URL", urls[kind])
    with pytest.raises(ServerError, match="does not answer"), MAKE[kind]():
        pass


def test_without_any_server_the_error_says_what_to_install(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "find_spec", lambda name: None)
    monkeypatch.setattr(servers.os, "access", lambda file, mode: False)
    with pytest.raises(ServerError, match="pip install"):
        MAKE[kind](own=True)


def test_after_the_wheel_comes_the_system(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "redis-server").write_text("#!/bin/sh\necho so it was me; exit 1\n")
    (tmp_path / "redis-server").chmod(0o755)
    monkeypatch.setattr(servers, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        pytest.raises(ServerError, match="so it was me"),
        redis_server(own=True, timeout=0.2),
    ):
        pass


@pytest.mark.deep
@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands its server on")
def test_a_wheel_that_others_may_not_read_is_copied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(servers, "_open_to_all", lambda binary: False)
    with postgres_server(own=True) as server:
        assert isinstance(server, OwnServer)
        assert list(server.folder.glob("wheel/*/*/bin/postgres"))
        postgres_write(server.url, "there")
        assert postgres_read(server.url) == "there"
