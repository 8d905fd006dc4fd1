"""The trusted process in the box: everything imported, no learner code, forks kernels.

Started as `python -m coursekit.sandbox.zygote FD MODE`; FD is a socket to the
grader. A request is one JSON message with two file descriptors: a socket for the new
kernel's life and an archive of the submission's files.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coursekit.sandbox import confine, linux, paths
from coursekit.sandbox.limits import Limits

SIZE = 1 << 16  # longest request
# what the course's notebooks import, the judge's half in the kernel with it
WARM = """
ipywidgets numpy matplotlib.pyplot matplotlib_inline.backend_inline asyncio tarfile
coursekit.author.doctor coursekit.check.error_messages coursekit.check.grader
coursekit.check.parsons coursekit.check.quiz coursekit.judge.learner_end
coursekit.learn.growth_plot coursekit.learn.hints coursekit.learn.lab
coursekit.learn.predictions coursekit.learn.progress coursekit.learn.quiz_widget
coursekit.learn.visible_tests
session1.base_agent session1.virtual_time
session1.memory_optimized_agent session1.optimized_tools session1.fast_response_agent
session1.replay:sample_talks
"""


class Zygote:
    """Serves requests for kernels until the grader closes its end."""

    def __init__(self, grader: socket.socket, *, warm: bool, private: bool) -> None:
        self.grader, self.warm, self.private = grader, warm, private
        self.filter = confine.call_filter()

    def hello(self) -> None:
        """Say what is possible in this box."""
        refused = told(_refused)
        said = {"nested": not refused, "why": refused, "filter": bool(self.filter)}
        self.grader.send(json.dumps(said).encode())

    def run(self) -> None:
        """Import, say hello, fork a kernel for each request."""
        gc.disable()  # imports make hardly any garbage
        from coursekit.sandbox import kernel_app, shared  # noqa: F401  import IPython

        if self.warm:
            import_all(WARM.split())
            import_all(told(_rehearsal).split())
            shared.tables()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        self.hello()
        gc.collect()
        gc.enable()
        gc.freeze()  # the imported stays shared between all kernels
        while self._serve():
            pass

    def _serve(self) -> bool:
        data, fds, _flags, _from = socket.recv_fds(self.grader, SIZE, 2)
        if not data:
            return False
        if not (child := os.fork()):
            self._child(json.loads(data), fds)
        for fd in fds:
            os.close(fd)
        os.waitpid(child, 0)
        return True

    def _child(self, request: dict[str, Any], fds: list[int]) -> None:
        """New namespaces, then the first process in them; this one ends at once."""
        life = socket.socket(fileno=fds[0])
        try:
            self.grader.close()
            # nobody reads what was stderr: writing to it would fail
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            if self.warm:
                confine.new_namespaces()
            if not os.fork():
                _First(request, life, fds[1], self.filter, self.warm, self.private)()
        except BaseException:
            report(life)
        finally:
            os._exit(0)


def import_all(names: list[str]) -> None:
    """Import what is installed; `module:function` is also called, to fill its cache."""
    for name in names:
        with contextlib.suppress(Exception):
            module, _, function = name.partition(":")
            made = importlib.import_module(module)
            if function:
                getattr(made, function)()


def told(question: Callable[[], str]) -> str:
    """The answer of a fork of this process, which ends with it."""
    reader, writer = os.pipe()
    if not (child := os.fork()):
        try:
            os.write(writer, question().encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


def _rehearsal() -> str:
    from coursekit.sandbox import kernel_app

    with tempfile.TemporaryDirectory() as folder:
        return " ".join(kernel_app.rehearse(Path(folder)))


def _refused() -> str:
    """Why namespaces cannot be nested here; empty when they can."""
    try:
        confine.new_namespaces()
        linux.mount("none", "/tmp", "tmpfs", 0, "size=4k")
    except OSError as error:
        return str(error)
    return ""


class _First:
    """The first process of a kernel's namespace: prepares, waits, cleans up."""

    def __init__(
        self,
        request: dict[str, Any],
        life: socket.socket,
        archive: int,
        filter: bytes,
        nested: bool,
        private: bool,
    ) -> None:
        self.request, self.life, self.archive = request, life, archive
        self.filter, self.nested, self.private = filter, nested, private
        self.limits = Limits(**request["limits"])

    def __call__(self) -> None:
        try:
            self._prepare()
            ours, theirs = socket.socketpair()
            if not (kernel := os.fork()):
                ours.close()
                self._kernel(theirs)
            theirs.close()
            ours.recv(1)  # its sockets are bound
            self._close_shared()
            linux.drop_rights()
            ours.send(b"b")
            ours.close()
            self._wait(kernel)
        except BaseException:
            report(self.life)
        finally:
            os._exit(0)

    def _prepare(self) -> None:
        linux.dumpable(False)
        self.life.send(b'{"first": true}')
        uid = self.request["uid"]
        if self.nested:
            linux.loopback_up()
            confine.own_files(self.request["folder"], self.limits, uid)
        else:
            linux.adopt_orphans()
            confine.make_folders(uid)

    def _close_shared(self) -> None:
        try:
            confine.close_shared(self.request["folder"])
        except OSError:
            if self.nested:
                raise  # in a cold box the watchdog measures the folder instead

    def _kernel(self, first: socket.socket) -> None:
        from coursekit.sandbox import kernel_app

        def bound() -> None:
            """Let the first process close the shared folder; then go on."""
            with first:
                first.send(b"b")
                first.recv(1)

        try:
            private = self.private and self.nested
            confine.give_up_rights(
                self.request["uid"], self.limits, self.filter, private
            )
            work = {"work": paths.WORK}
            kernel_app.run(self.request | work, self.life, self.archive, bound)
        except BaseException:
            report(self.life)
        finally:
            os._exit(1)

    def _wait(self, kernel: int) -> None:
        """Reap what ends; the namespace ends with the kernel, or with the grader."""
        import select

        ended = os.pidfd_open(kernel)
        while True:
            sources: list[Any] = [ended, self.life]
            ready, _, _ = select.select(sources, [], [], 0.5)
            if self.life in ready and not self.life.recv(1):
                return
            with contextlib.suppress(ChildProcessError):
                while (found := os.wait3(os.WNOHANG))[0]:
                    if found[0] == kernel:
                        code = os.waitstatus_to_exitcode(found[1])
                        last = {"code": code, "memory": found[2].ru_maxrss // 1024}
                        self.life.send(json.dumps(last).encode())
                        return


def report(life: socket.socket) -> None:
    """Tell the grader why a kernel could not start."""
    with contextlib.suppress(OSError):
        life.send(json.dumps({"failed": traceback.format_exc()[-4000:]}).encode())


def main() -> None:
    """Serve on the socket whose number is the first argument."""
    linux.dumpable(False)
    grader = socket.socket(fileno=int(sys.argv[1]))
    mode = sys.argv[2:]
    zygote = Zygote(grader, warm="warm" in mode, private="private" in mode)
    if "look" in mode:
        zygote.hello()
    else:
        zygote.run()


if __name__ == "__main__":
    main()
