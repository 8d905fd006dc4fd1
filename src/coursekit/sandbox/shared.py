"""State that all cells of a kernel share, compared before and after each cell."""

import builtins
import operator
import resource
import sys
import threading
from collections.abc import Callable, Iterator
from decimal import getcontext
from functools import cache
from os import environ, getcwd, scandir
from socket import getdefaulttimeout
from types import ModuleType
from typing import Any

from coursekit.core.answers_file import FILE

# what runs cells and serves the judge: put back, since no answer has a use for another
OURS = {"IPython", "ipykernel", "jupyter_client", "tornado", "zmq"}
OURS |= {"coursekit", "json", "marshal", "struct"}
# whose classes are watched as well
DEEP = OURS | {"asyncio", "contextlib", "io", "logging", "socket", "threading"}
HOOKS = OURS | {"matplotlib", "matplotlib_inline"}  # who may run code with each cell
ANEW = ("builtins.input", "getpass.getpass")  # bound by the kernel for each cell
LIMITS = (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_STACK)
LONG = 60  # characters of a name in a reply
# more that cells must leave as it is: what it is called, and how to look at it
FIGURES: dict[str, Callable[[], Any]] = {}


class Table:
    """The functions, classes and modules that a module, class or object has."""

    def __init__(self, owner: Any, name: str) -> None:
        self.owner, self.name = owner, name
        self.ours = name.partition(".")[0] in OURS
        self.take()

    def take(self) -> None:
        """Take the present state as the reference."""
        self.values = list(vars(self.owner).values())
        found = vars(self.owner).items()
        self.kept = {k: v for k, v in found if _is_code(v) and self._stays(k)}

    def _stays(self, name: str) -> bool:
        return f"{self.name}.{name}" not in ANEW

    def differs(self) -> bool:
        """Whether anything was bound again, which seldom means a change."""
        now = vars(self.owner).values()
        same = len(now) == len(self.values) and all(map(operator.is_, now, self.values))
        return not same

    def changed(self) -> str:
        """A name that means something else now; ours are put back."""
        if not self.differs():
            return ""
        now = vars(self.owner)
        names = [name for name, old in self.kept.items() if now.get(name) is not old]
        for name in names if self.ours else ():
            setattr(self.owner, name, self.kept[name])
        if self.ours and isinstance(self.owner, type):
            names += _uncovered(self.owner, set(now) - self.kept.keys())
        self.take()
        return f"{self.name}.{names[0]}" if names else ""


def _is_code(value: Any) -> bool:
    return callable(value) or isinstance(value, ModuleType | classmethod | staticmethod)


def _uncovered(owner: Any, names: set[str]) -> list[str]:
    """Of names that are new in an object those that hid a method, now taken away."""
    above = super(owner, owner) if isinstance(owner, type) else type(owner)
    hiding = [name for name in names if callable(getattr(above, name, None))]
    for name in hiding:
        delattr(owner, name)
    return hiding


@cache
def tables() -> list[Table]:
    """Tables of the loaded modules: made once, before kernels are forked."""
    found = []
    for name, module in list(sys.modules.items()):
        top = name.partition(".")[0]
        if top in OURS or top in sys.stdlib_module_names:
            found.append(Table(module, name))
        if top in DEEP:
            found += [
                Table(value, f"{name}.{value.__qualname__}")
                for value in list(vars(module).values())
                if isinstance(value, type) and value.__module__ == name
            ]
    return found


class Shared:
    """State that the cells of one kernel share."""

    def __init__(self, shell: Any) -> None:
        self.shell, self.modules = shell, [*map(_module, tables())]
        kernel, payloads = shell.kernel, shell.payload_manager
        self.objects = shell, kernel, kernel.session, shell.events, payloads
        self.own = [set(vars(each)) for each in self.objects]
        for table in filter(Table.differs, tables()):  # the kernel came up meanwhile
            table.take()
        self.given = [e.name for e in scandir() if e.name != FILE]
        self.before()

    def before(self) -> None:
        """Record the state that a cell finds."""
        self.names, self.found = dict(self.shell.user_ns), self._figures()
        self.serving = _or_none(self._serving)

    def usable(self) -> bool:
        """Whether the kernel can still answer.

        For that it needs its own threads and sockets, and Python as it was.
        """
        return _sound() and bool(_or_none(self._serving) == self.serving)

    def _serving(self) -> list[Any]:
        """The parts that receive and send messages."""
        kernel = self.shell.kernel
        streams = kernel.shell_stream, kernel.control_stream
        callbacks = [(each.closed(), each._recv_callback) for each in streams]
        return [
            *callbacks,
            dict(kernel.shell_handlers),
            kernel.iopub_thread.socket.closed,
        ]

    def changed(self) -> str:
        """Name one thing that the cell changed; empty when there is none."""
        found = [table.changed() for table in tables()]
        for each, own in zip(self.objects, self.own, strict=True):
            found += _uncovered(each, vars(each).keys() - own)
        now = self._figures()
        found += [name for name, was in self.found.items() if now.get(name) != was]
        found += _or_none(self._unhooked) or ()
        return next(filter(None, (*found, *self._rebound())), "")[:LONG]

    def _unhooked(self) -> list[str]:
        """Events of IPython whose callbacks of others were taken away.

        Of those, one that ends the kernel would cost the cell that comes next.
        """
        found = []
        for event, hooks in self.shell.events.callbacks.items():
            kept = [f for f in hooks if _top(f) in HOOKS]
            if kept != hooks:
                hooks[:] = kept
                found.append(f"get_ipython().events {event}")
        return found

    def _rebound(self) -> Iterator[str]:
        """Names that are gone, or no longer mean what was imported."""
        now = self.shell.user_ns
        for name, old in self.names.items():
            theirs = getattr(old, "__module__", "") != "__main__" and _is_code(old)
            gone = name not in now and not name.startswith("_")
            if gone or (theirs and now.get(name) is not old):
                yield name
        yield from (now.keys() - self.names.keys()) & vars(builtins).keys()

    def _figures(self) -> dict[str, Any]:
        """Settings and the like, by what they are called."""
        shell = self.shell
        context = getcontext()
        return {
            "the current folder": _or_none(getcwd),
            "a file of the course": _or_none(self._files),
            "sys.path": [*sys.path],
            "sys.meta_path": [*sys.meta_path],
            "sys.modules": [*map(sys.modules.get, self.modules)],
            "sys.setrecursionlimit": sys.getrecursionlimit(),
            "sys.settrace": sys.gettrace(),
            "sys.setprofile": sys.getprofile(),
            "threading.settrace": threading.gettrace(),
            "os.environ": {name: environ.get(name) for name in ("HOME", "PATH", "TZ")},
            "socket.setdefaulttimeout": getdefaulttimeout(),
            "resource.setrlimit": [*map(resource.getrlimit, LIMITS)],
            "decimal.getcontext": (context.prec, context.rounding),
            "ast_transformers": [*shell.ast_transformers],
            "input_transformers_post": [*shell.input_transformers_post],
            "input_transformers_cleanup": [*shell.input_transformers_cleanup],
            "user_ns": id(shell.user_ns),
            **{name: look() for name, look in FIGURES.items()},
        }

    def _files(self) -> list[Any]:
        """The course's files, as far as a look at their entries tells."""
        now = {e.name: e.stat() for e in scandir()}
        return [(now[n].st_size, now[n].st_mtime_ns) for n in self.given if n in now]


def _top(function: Any) -> str:
    return str(getattr(function, "__module__", "")).partition(".")[0]


def _module(table: Table) -> str:
    return table.name if isinstance(table.owner, ModuleType) else ""


def _sound() -> bool:
    """Whether what all of Python's own code calls does what it should."""
    try:
        told = len("ab"), isinstance(1, int), isinstance(1, str)
        return told == (2, True, False) and sys.modules.get("sys") is sys
    except Exception:
        return False


def _or_none(look: Any) -> Any:
    """Return what is found, or None where learner code left nothing to look at."""
    try:
        return look()
    except Exception:
        return None
