"""One submission's judge: a process of its own that runs the checks."""

import contextlib
import copy
import dataclasses
import json
import os
import resource
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from coursekit.check.execution import Place
from coursekit.check.hidden_checks import run_check
from coursekit.check.learner_names import Printed
from coursekit.core import answers_file
from coursekit.core.module import CATALOGUE, Module, load
from coursekit.core.report import Criterion, Report
from coursekit.judge.codec import Tampered, TooMuch
from coursekit.judge.framing import Gone
from coursekit.judge.judge_end import JudgeEnd
from coursekit.judge.judge_loop import Clock, JudgeLoop
from coursekit.judge.learner_proxies import LearnerNames
from coursekit.judge.mirrored import HELD, containers, is_as

MEMORY = 4 << 30  # bytes of address space
LONG = 2_000  # characters of a text in a report
PATIENCE = 20.0  # seconds for a kernel to begin serving: no learner code runs then
LOST = {
    "crashed": "Python itself ended while this ran: look for os._exit, exit, "
    "very deep recursion or memory that grows without bound.",
    "tampered": "The grader's link to your notebook was changed: leave it alone.",
    "timed out": "It ran longer than {seconds:g} s: look for a loop that never ends.",
}


def lost(module: Module, exercise: str, status: str, seconds: float = 0) -> Report:
    """The report on an exercise that was not graded to its end."""
    found = module.exercise(exercise)
    note = LOST[status].format(seconds=seconds)
    return Report.of(found.id, found.points, status=status, note=note)


class Judge:
    """Serves the worker at the other end of `control`, a JSON line a request."""

    def __init__(self, control: socket.socket, module: Path, place: Path) -> None:
        self.control, self.place = control, place
        self.answers = _settle(module, place)
        self.module = load(module)
        self.listener: socket.socket | None = None
        self.link: JudgeEnd | None = None

    def work(self) -> None:
        """Serve until the worker hangs up."""
        self.say(ready=os.getpid())
        lines = self.control.makefile("rb")
        while True:
            if self.listener is not None and self._arrives():
                self._accept()
                continue
            line = lines.readline()
            if not line:
                return
            self._do(json.loads(line))

    def _arrives(self) -> bool:
        """Whether a learner's process comes before the worker's next request."""
        assert self.listener is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.control, selectors.EVENT_READ)
            selector.register(self.listener, selectors.EVENT_READ)
            return self.listener in [key.fileobj for key, _ in selector.select()]

    def say(self, **message: Any) -> None:
        """Send a message to the worker."""
        self.control.sendall(json.dumps(message).encode() + b"\n")

    def _do(self, request: dict[str, Any]) -> None:
        if "listen" in request:
            self.listen(Path(request["listen"]))
            self.say(listening=True)
        elif "grade" in request:
            self.grade(request["grade"], request["seconds"], request["seed"])

    def listen(self, path: Path) -> None:
        """Wait for one learner's process at `path`; an earlier one is let go."""
        if self.link is not None:
            self.link.wire.close()
            self.link = None
        if self.listener is not None:
            self.listener.close()
        path.unlink(missing_ok=True)
        self.path, self.listener = path, socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        path.chmod(0o666)
        self.listener.listen(1)

    def _accept(self) -> None:
        assert self.listener is not None
        sock, _ = self.listener.accept()
        self.listener.close()
        self.listener = None
        with contextlib.suppress(OSError):
            self.path.unlink()
        self.link = JudgeEnd(sock, peer_pid(sock))

    def grade(self, exercise: str, seconds: float, seed: str) -> None:
        """Grade an exercise and send its report; after a break this process ends."""

        # a kernel that does not answer at all was tampered with, if it had the time
        status = "tampered" if seconds >= PATIENCE else "timed out"

        def late(_number: int, _frame: FrameType | None) -> None:
            self._tell(lost(self.module, exercise, status, seconds), ended=True)
            self._leave()

        def reached() -> None:
            nonlocal status
            status = "timed out"
            signal.setitimer(signal.ITIMER_REAL, seconds)

        signal.signal(signal.SIGALRM, late)
        signal.setitimer(signal.ITIMER_REAL, min(seconds, PATIENCE))
        try:
            if self.listener is not None:
                self._accept()
            report = self._graded(exercise, self.link, seed, reached)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        ended = self.link is None or self.link.broken is not None
        self._tell(report, ended)
        if ended:
            self._leave()

    def _graded(
        self,
        exercise: str,
        link: JudgeEnd | None,
        seed: str,
        reached: Callable[[], None],
    ) -> Report:
        if link is None:
            return lost(self.module, exercise, "crashed")
        begun = False
        try:
            self._fetch_answers(link)
            begun = True
            reached()
            report = _checked(self.module, exercise, link, seed)
            printed = link.end_exercise()
            if not link.broken:
                printed = cut(report.printed + printed)
                return dataclasses.replace(report, printed=printed)
        except (Gone, Tampered):
            pass
        if begun and isinstance(link.broken, TooMuch):
            found = self.module.exercise(exercise)
            return Report.of(found.id, found.points, note=str(link.broken))
        # before the check no learner code runs: its cell has broken the link
        crashed = begun and isinstance(link.broken, Gone)
        status = "crashed" if crashed else "tampered"
        return lost(self.module, exercise, status)

    def _fetch_answers(self, link: JudgeEnd) -> None:
        """The learner's answers.json, as untrusted text."""
        text = link.own("answers")
        if type(text) is str:
            self.answers.write_text(text, encoding="utf-8", errors="replace")
        else:
            self.answers.unlink(missing_ok=True)

    def _tell(self, report: Report, ended: bool) -> None:
        short = dataclasses.replace(report, criteria=tuple(map(brief, report.criteria)))
        self.say(report=short.to_json(), printed=report.printed, ended=ended)

    def _leave(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)
        os._exit(0)


def _checked(module: Module, exercise: str, link: JudgeEnd, seed: str) -> Report:
    """The check's report; one that says so when the check itself is broken."""
    try:
        return run_check(module, exercise, LearnerNames(link), There(link), seed)
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        note = f"this could not be graded ({why}): tell your teacher"
        found = module.exercise(exercise)
        return Report(found.id, 0.0, found.points, "crashed", note=note)


def brief(criterion: Criterion) -> Criterion:
    """Shorten the texts of a criterion to what a report keeps."""
    texts = dataclasses.asdict(criterion)
    long: dict[str, Any] = {
        name: f"{text[: LONG - 1]}…"
        for name, text in texts.items()
        if type(text) is str and len(text) > LONG
    }
    return dataclasses.replace(criterion, **long)


def _settle(module: Path, place: Path) -> Path:
    """Work in a private folder that looks like a course; returns its answers file."""
    home = place / module.name
    home.mkdir(parents=True)
    (place / "solutions").mkdir()
    (place / "solutions" / module.name).symlink_to(module)
    if (module.parent / CATALOGUE).exists():
        (place / "solutions" / CATALOGUE).symlink_to(module.parent / CATALOGUE)
    os.environ["COURSEKIT_ROOT"] = str(place)
    os.chdir(home)
    sys.path.insert(0, str(module))
    sys.dont_write_bytecode = True
    return home / answers_file.FILE


def cut(printed: str) -> str:
    """Cut printed text to the length that a report shows."""
    made = Printed()
    made.out.write(printed)
    return made.text()


def peer_pid(sock: socket.socket) -> int:
    """The process at the other end of a Unix socket; 0 where that cannot be told."""
    if hasattr(socket, "SO_PEERCRED"):
        return int.from_bytes(
            sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)[:4],
            sys.byteorder,
        )
    if sys.platform == "darwin":
        return int.from_bytes(sock.getsockopt(0, 2, 4), sys.byteorder)  # LOCAL_PEERPID
    return 0


def run(control: socket.socket, module: str, place: Path) -> None:
    """Run the judge until it exits; never returns."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        Judge(control, Path(module), place).work()
    except BaseException as error:
        with contextlib.suppress(OSError):
            said = f"{type(error).__name__}: {error}"
            control.sendall(json.dumps({"error": said}).encode() + b"\n")
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os._exit(0)


class There(Place):
    """Learner code at the other end of a link."""

    def __init__(self, link: JudgeEnd) -> None:
        self.link = link

    def new_loop(self) -> Clock:
        """A loop on which learner code and checks share one virtual clock."""
        return JudgeLoop(self.link)

    def change(self, value: Any, work: Callable[[Any], Any]) -> None:
        """Do `work(value)` here, and the same to what the learner's side has of it."""
        held = [(c, copy.copy(c)) for c in containers([value])]
        work(value)
        for each, before in held:
            place = self.link.handed.place(each)
            if place is None or is_as(each, before):
                continue
            parts = [x for p in each.items() for x in p] if type(each) is dict else each
            self.link.request("refill", place, [self._part(part) for part in parts])

    def seen(self, value: Any) -> Any:
        """Refresh a container from the learner's side."""
        place = self.link.handed.place(value)
        return value if place is None else self.link.ask("seen", place)

    def _part(self, value: Any) -> Any:
        """A part of a changed container: one that both sides have stays that one."""
        place = self.link.handed.place(value) if isinstance(value, HELD) else None
        return self.link.pack(value) if place is None else ["k", *place]
