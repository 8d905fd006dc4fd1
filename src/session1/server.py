"""One server process: it starts, answers, stops, crashes, and never outlives us."""

import abc
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from session1.limits import positive

# The shell turns into the server, so both have one pid. Its grandchild waits for the
# end of the pipe that this process holds, and that also comes with kill -9: then it
# ends the server and removes the folder. A line in the pipe lets the server be.
_LEASH = """
exec 3<&0 </dev/null
( ( read -r _ <&3 || {
        PATH=/usr/bin:/bin
        kill -"$1" $$
        sleep 0.2
        rm -rf "$2" || { sleep 2; rm -rf "$2"; }
    } 2>/dev/null ) & )
shift 2
exec "$@" 3<&-
"""

_RETRY = 3.0  # seconds


class ServerError(RuntimeError):
    """A server could not be found, started or ended."""


class Server:
    """A server of somebody else's, at `url`; it can be used but not stopped.

    `ping` connects to it, and raises OSError when it does not answer.
    """

    def __init__(self, url: str, ping: Callable[[str], object]) -> None:
        self.url = url
        self._ping = ping

    def start(self) -> Self:
        """Make sure that it answers; ServerError if not."""
        try:
            self._ping(self.url)
        except OSError as e:
            raise ServerError(
                f"the server that the environment names does not answer ({e}); start "
                "it, or unset COURSE_REDIS_URL and COURSE_POSTGRES_URL to have one "
                "started here"
            ) from e
        return self

    def stop(self) -> None:
        """ServerError: it is not ours to stop."""
        raise ServerError(
            f"{self.url} was named by the environment, so only whoever started it may "
            "stop it; ask for a server with own=True"
        )

    kill = stop

    def close(self) -> None:
        """Leave it as it is."""

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        self.close()


class OwnServer(Server, abc.ABC):
    """A server of this process: started, stopped, killed, started on its old data."""

    _last = "KILL"  # the signal it gets when this process is gone
    _stop = signal.SIGTERM
    _user: Mapping[str, Any] = {}  # whom it runs as, if not as this process

    def __init__(
        self, url: str, ping: Callable[[str], object], folder: Path, timeout: float
    ) -> None:
        super().__init__(url, ping)
        self.folder = folder
        self.timeout = positive("timeout", timeout)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start it and wait until it answers; ServerError with its log if it does not.

        Nothing happens if it runs. Data of an earlier start are there again.
        """
        begin, spawned = time.monotonic(), self.running
        while not self._answers():
            seconds = time.monotonic() - begin
            # One that ended is tried again for a while: after a kill -9, PostgreSQL
            # refuses to start until the last child of its predecessor has noticed.
            ended = spawned and not self.running
            if seconds > (min(_RETRY, self.timeout) if ended else self.timeout):
                self.kill()
                raise ServerError(
                    f"no server after {seconds:.1f} s; its log ends\n{self.log()}"
                )
            if not self.running:
                self._spawn()
                spawned = True
            time.sleep(0.2 if ended else 0.02)
        return self

    def stop(self) -> None:
        """End it in good order; after `timeout` seconds by force."""
        self._end(self._stop)

    def kill(self) -> None:
        """End it as a crash would, by SIGKILL."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """End it and remove its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self, lines: int = 20) -> str:
        """The last lines of what it wrote."""
        path = self.folder / "log"
        text = path.read_text(errors="replace") if path.exists() else "(no log)"
        return "\n".join(text.splitlines()[-lines:])

    @abc.abstractmethod
    def _command(self) -> list[str]:
        """The program that serves, with its arguments."""

    def _prepare(self) -> None:
        """Prepare the first start."""

    def _answers(self) -> bool:
        if not self.running:
            return False
        try:
            self._ping(self.url)
        except OSError:
            return False
        return True

    def _spawn(self) -> None:
        if not self.folder.is_dir():
            raise ServerError("this server was closed, its data are gone; make another")
        self._let_go()
        self._prepare()
        leash = ["/bin/sh", "-c", _LEASH, "sh", self._last, str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                leash + self._command(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,  # Ctrl-C is for us, we then stop the server
                **self._user,
            )

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(self.timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._let_go()

    def _let_go(self) -> None:
        """Tell the guard of an ended server to go and leave the data."""
        if self._process is not None and self._process.stdin is not None:
            try:
                self._process.stdin.write(b"\n")
                self._process.stdin.close()
            except BrokenPipeError:
                pass  # it never came to start a guard
        self._process = None
