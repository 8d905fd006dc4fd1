"""Choose the protection on this machine, and say why; make the box where possible."""

import atexit
import os
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

from coursekit.sandbox.box import Box, Unavailable
from coursekit.sandbox.unsandboxed import Plain
from session1.llm.model_file import cache_folder

ALLOWED_BY = "COURSEKIT_UNPROTECTED"  # set to 1: grade without the box if need be
PAGE = "docs/grading_protection.md"
EXPOSED = (
    "learner code runs with your rights: it can read and change your files, the "
    "gradebook and other submissions, use the network and forge its score"
)


@dataclass(frozen=True, slots=True)
class Protection:
    """How learner code is confined: `level` is warm, cold or none, `why` the reason."""

    level: str
    why: str = ""
    filter: bool = False

    @property
    def boxed(self) -> bool:
        """Whether learner code is kept from the machine and its files."""
        return self.level != "none"

    def __str__(self) -> str:
        if not self.boxed:
            return f"NOT PROTECTED, {EXPOSED}. No sandbox here: {self.why}. See {PAGE}."
        kind = "a new sandbox each time" if self.level == "cold" else "warm sandbox"
        notes = [f"slower ({self.why})"] * bool(self.why)
        notes += ["without a filter of system calls: libseccomp is missing"] * (
            not self.filter
        )
        return "; ".join([f"bubblewrap, {kind}", *notes])


def protection() -> Protection:
    """Find out what would confine learner code here, without waiting for a warm box."""
    try:
        with Box(warm=False) as box:
            level = "cold" if box.why_cold else "warm"
            return Protection(level, box.why_cold, box.filter)
    except Unavailable as error:
        return Protection("none", str(error).strip(". "))


def allow_unprotected(allow: bool = True) -> None:
    """Whether kernels may start without a box where none can be had."""
    os.environ[ALLOWED_BY] = "1" if allow else ""


def launcher() -> Box | Plain:
    """What starts kernels in this process; Unavailable when only unprotected ones
    could start and nobody allowed that."""
    try:
        return boxed()
    except Unavailable as error:
        if not os.environ.get(ALLOWED_BY):
            raise Unavailable(
                f"No sandbox on this machine: {error}. Without one {EXPOSED}. Use a "
                f"Linux machine with bubblewrap, or, for code you trust, say "
                f"--unprotected (or set {ALLOWED_BY}=1)."
            ) from error
        return _plain()


_making = threading.RLock()
_owner = 0
_found: Box | Unavailable | None = None
_second_best: Plain | None = None


def boxed() -> Box:
    """This process's own warm box, started when first asked for, tried once."""
    global _found
    with _making:
        _forget_other_processes()
        if _found is None:
            try:
                cache = cache_folder()  # models: without them a lesson shows less
                readable = [cache] if cache.is_dir() else []
                _found = Box(readable=readable, env={"SESSION1_CACHE": str(cache)})
                atexit.register(_found.close)
            except Unavailable as error:
                _found = error
        if isinstance(_found, Unavailable):
            raise Unavailable(str(_found))
        return _found


def _plain() -> Plain:
    global _second_best
    with _making:
        _forget_other_processes()
        if _second_best is None:
            _second_best = Plain()
            atexit.register(_second_best.close)
        return _second_best


def _forget_other_processes() -> None:
    """A fork must not share its parent's box: it starts its own."""
    global _owner, _found, _second_best
    if _owner != os.getpid():
        _owner, _found, _second_best = os.getpid(), None, None


def remove(folder: Path) -> None:
    """Delete a kernel's folder."""
    shutil.rmtree(folder, ignore_errors=True)
