"""Does everything work on this machine? One line a question, and what to do if not."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from coursekit.core import render, tab

COURSE = "agent-performance-course"
EXTRA = {"extra": "course"}
OLDEST = (3, 11)
SANDBOX = "submissions would be graded in a sandbox"
SETUP = "run `make setup` in a terminal, then open the notebook with `make lab`"
WIDGETS = "labextensions/@jupyter-widgets/jupyterlab-manager"
WAIT = 600.0  # virtual seconds
PATIENCE = 5.0  # real seconds in which they must pass


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing looked at: fine when `do` is empty; the course runs without `extra`."""

    what: str
    do: str = ""
    extra: bool = False

    @property
    def mark(self) -> str:
        """✓ fine, · missing but not needed, ✗ to be put right."""
        return "✓" if not self.do else "·" if self.extra else "✗"

    @property
    def text(self) -> str:
        """The thing looked at, and the next step where one is needed."""
        return f"{self.what}: {self.do}." if self.do else self.what


class Checkup:
    """The findings; in a notebook they show as a list."""

    def __init__(self, findings: list[Symptom]) -> None:
        self.findings = findings

    @property
    def well(self) -> bool:
        """Whether nothing that the course needs is missing."""
        return not any(f.mark == "✗" for f in self.findings)

    @property
    def verdict(self) -> str:
        """The last line."""
        wrong = sum(f.mark == "✗" for f in self.findings)
        if wrong:
            return f"{wrong} to put right, marked ✗; then restart and run this again."
        return "Everything the course needs works here."

    def __repr__(self) -> str:
        lines = [f"{f.mark} {f.text}" for f in self.findings]
        return "\n".join([*lines, self.verdict])

    def _repr_mimebundle_(self, **_kinds: Any) -> dict[str, Any]:
        rows = "".join(render.row(f.mark, f.text) for f in self.findings)
        body = rows + render.row("", self.verdict)
        mark = "✓" if self.well else "✗"
        return render.bundle(repr(self), render.boxed("Your machine", body, mark))


def checkup(folder: Path | None = None) -> Checkup:
    """Look at this machine; answers would be saved in `folder` (the current one)."""
    return Checkup(list(_findings(folder or Path.cwd())))


def _findings(folder: Path) -> Iterator[Symptom]:
    yield _probe("Python is 3.11 or newer", _python)
    if tab.HERE:
        yield _probe("ten minutes of virtual time pass at once", _virtual_time)
        yield _probe("your answers can be saved beside the notebook", _written, folder)
        return
    yield _probe("the course's packages are installed", _packages)
    yield _probe("vector search (hnswlib) loads, no compiler needed", _hnswlib)
    yield _probe("ten minutes of virtual time pass at once", _virtual_time)
    yield _probe("widgets are installed in Jupyter", _widgets)
    yield _probe("your answers can be saved beside the notebook", _saving, folder)
    yield _probe(SANDBOX, _sandbox, extra=True)
    yield _probe("the file of a model that runs here", _model, extra=True)


def _probe(
    what: str, look: Callable[..., str | Symptom], *args: Any, extra: bool = False
) -> Symptom:
    """The finding of one look; a look that fails itself is a finding too."""
    try:
        found = look(*args)
        return Symptom(what, found, extra) if isinstance(found, str) else found
    except Exception as error:
        why = f"{type(error).__name__}: {error}".rstrip(". ")
        return Symptom(what, f"{why}; {SETUP}", extra)


def _python(version: tuple[int, ...] = sys.version_info[:2]) -> str:
    found = ".".join(map(str, version))
    newer = "install a newer one, then `make clean setup`"
    return "" if version >= OLDEST else f"this is {found}; {newer}"


def _packages(distribution: str = COURSE) -> str:
    from packaging.requirements import Requirement

    try:
        needed = metadata.requires(distribution) or []
    except metadata.PackageNotFoundError:
        return f"this Python ({sys.executable}) is not the course's own; {SETUP}"
    wanted = map(Requirement, needed)
    # of the extras, the one that is the course
    basic = [r for r in wanted if not r.marker or r.marker.evaluate(EXTRA)]
    lacking = [str(r) for r in basic if not _installed(r.name, r.specifier)]
    return f"{', '.join(lacking)} missing or of another version; {SETUP}" * bool(
        lacking
    )


def _installed(name: str, versions: Any) -> bool:
    try:
        return bool(versions.contains(metadata.version(name), prereleases=True))
    except metadata.PackageNotFoundError:
        return False


def _hnswlib(module: str = "hnswlib") -> str:
    # in a process of its own: one built for another processor ends the process
    command = [sys.executable, "-c", f"import {module}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode == 0:
        return ""
    said = (done.stderr.strip().splitlines() or ["it ended Python"])[-1]
    return f"{said}; run `make clean setup` in a terminal, which builds it here"


def _virtual_time(clock: Callable[[], float] = time.monotonic) -> str:
    from session1 import virtual_time

    start = clock()
    passed = virtual_time.run(asyncio.sleep, WAIT).seconds
    if passed == WAIT and clock() - start < PATIENCE:
        return ""
    return f"{passed:g} s passed in {clock() - start:.0f} s; {SETUP}"


def _widgets() -> str:
    import ipywidgets  # noqa: F401
    from jupyter_core.paths import jupyter_path

    homes = [*jupyter_path(), str(Path(sys.prefix) / "share" / "jupyter")]
    if any((Path(home) / WIDGETS).is_dir() for home in homes):
        return ""
    return f"JupyterLab lacks their half; {SETUP}"


def _saving(folder: Path) -> str:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        why = error.strerror or type(error).__name__
        return (
            f"{folder} cannot be written ({why}); copy the course to a folder of yours"
        )


def _written(folder: Path) -> str:
    """As `_saving`, but with a name: a tab's files have to have one."""
    file = folder / ".checkup"
    file.write_text("")
    file.unlink()
    return ""


def _sandbox() -> Symptom:
    from coursekit.sandbox.choose import protection

    found = protection()
    if found.boxed:
        return Symptom(f"{SANDBOX} ({found})", extra=True)
    return Symptom(SANDBOX, str(found).rstrip("."), extra=True)


def _model() -> str:
    from session1.llm.errors import ModelMissing
    from session1.llm.model_file import find

    try:
        find()
    except ModelMissing as error:
        first = str(error).split(". ")[0]
        return (
            f"{first}; `make model` fetches it (93 MB), a simulated model stands "
            "in till then"
        )
    return ""
