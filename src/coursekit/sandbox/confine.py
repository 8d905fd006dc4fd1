"""Turn a fork of the trusted process into a place for learner code, for good."""

import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path

from coursekit.sandbox import linux, paths
from coursekit.sandbox.limits import MB, Limits

_SAFE = linux.NOSUID | linux.NODEV
KERNEL_THREADS = 16  # of IPython, of its sockets and output
RESERVED = 2048  # MB that programs map on top
_CORE = 1  # below any dump's size, and at 1 the kernel starts no dump program either


def new_namespaces() -> None:
    """Leave the box's processes, mounts, shared memory and network; the next child
    is the first process of the new namespace."""
    linux.unshare(linux.NEWNS | linux.NEWPID | linux.NEWIPC | linux.NEWNET)


def own_files(folder: str, limits: Limits, uid: int) -> None:
    """Mount a fresh file system for one kernel, with its own shared folder only."""
    linux.mount("none", "/", flags=linux.REC | linux.PRIVATE)
    linux.mount(folder, paths.SPARE, flags=linux.BIND)
    siblings = str(Path(folder).parent)
    _learner(limits, uid, siblings)
    linux.mount("proc", "/proc", "proc", _SAFE | linux.NOEXEC)
    options = "newinstance,ptmxmode=0666,mode=0620"
    linux.mount("devpts", "/dev/pts", "devpts", linux.NOSUID | linux.NOEXEC, options)
    Path(folder).mkdir(parents=True, exist_ok=True)
    linux.mount("none", siblings, "tmpfs", _SAFE, "size=64k,mode=0755")
    Path(folder).mkdir()
    linux.mount(paths.SPARE, folder, flags=linux.MOVE)
    flags = linux.REMOUNT | linux.RDONLY | _SAFE
    linux.mount("none", siblings, flags=flags)


def _learner(limits: Limits, uid: int, siblings: str) -> None:
    size = f"size={limits.disk * MB},nr_inodes={limits.files},mode=0755"
    linux.mount("none", paths.LEARNER, "tmpfs", _SAFE, size)
    make_folders(uid)
    for own, usual in ((paths.TMP, "/tmp"), (paths.SHM, "/dev/shm")):
        _cover(usual, own, siblings)


def make_folders(uid: int) -> None:
    """Make the learner's folders in an empty file system."""
    for path in (paths.WORK, paths.HOME, paths.TMP, paths.SHM):
        Path(path).mkdir(exist_ok=True)
        Path(path).chmod(0o1777 if path in (paths.TMP, paths.SHM) else 0o700)
        if uid != os.geteuid():
            os.chown(path, uid, uid)


def _cover(folder: str, own: str, siblings: str) -> None:
    """Put the kernel's own folder there; what is mounted below shows in it again."""
    mounts = Path("/proc/self/mounts").read_text().splitlines()
    points = [line.split()[1] for line in mounts]
    below = [p for p in points if p.startswith(f"{folder}/") and p != siblings]
    kept = {point: os.open(point, os.O_PATH) for point in below}
    linux.mount(own, folder, flags=linux.BIND)
    for point, handle in kept.items():
        _make_passable(Path(point))
        linux.mount(f"/proc/self/fd/{handle}", point, flags=linux.BIND)
        os.close(handle)


def _make_passable(path: Path) -> None:
    for folder in (*reversed(path.parents), path):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o755)


def close_shared(folder: str) -> None:
    """From now on nothing can be written to the folder shared with the host."""
    flags = linux.REMOUNT | linux.BIND | linux.RDONLY | _SAFE | linux.NOEXEC
    linux.mount("none", folder, flags=flags)


def give_up_rights(uid: int, limits: Limits, filter: bytes, private: bool) -> None:
    """Become an ordinary user within limits, if `private` in a user namespace."""
    _be_killed_first()
    if private:
        linux.own_user_namespace(paths.USER)
    elif uid != os.geteuid():
        linux.bound_rights()
        linux.become(uid)
    # after that: a user namespace hands the process limit down to all its siblings
    for which, most in _resources(limits):
        resource.setrlimit(which, (most, most))
    linux.drop_rights()
    linux.dumpable(True)  # tools such as psutil may look at their own process
    if filter:
        linux.install_filter(filter)


def _resources(limits: Limits) -> Iterator[tuple[int, int]]:
    # programs map far more than they use (a kernel that prints without end maps 3 GB
    # and holds 0.7): the watchdog's measure is the limit, this the last line
    mapped = int(Path("/proc/self/statm").read_text().split()[0])
    most = (2 * limits.memory + RESERVED) * MB + mapped * resource.getpagesize()
    yield resource.RLIMIT_AS, most
    yield resource.RLIMIT_NPROC, limits.processes + KERNEL_THREADS
    yield resource.RLIMIT_FSIZE, limits.file * MB
    yield resource.RLIMIT_NOFILE, limits.open_files
    yield resource.RLIMIT_CORE, _CORE
    yield resource.RLIMIT_MEMLOCK, MB
    yield resource.RLIMIT_MSGQUEUE, 0


def _be_killed_first() -> None:
    """When the machine runs out of memory, this goes before anything of the grader."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
