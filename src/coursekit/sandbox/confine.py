"""Turn a fork of the trusted process into a place for learner code, for good."""

import contextlib
import errno
import os
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path

from coursekit.sandbox import linux, paths
from coursekit.sandbox.limits import MB, Limits

_SAFE = linux.NOSUID | linux.NODEV
KERNEL_THREADS = 16  # of IPython, of its sockets and output
RESERVED = 2048  # MB that programs map on top
_CORE = 1  # below any dump's size, and at 1 the kernel starts no dump program either
# system calls a notebook never needs:
# each has let programs out of a container, reads what is not theirs, or (memfd, shmget,
# msgget) takes memory that belongs to no process and that no watchdog would see
REFUSED = """
acct add_key bpf chroot clock_adjtime clock_settime delete_module fanotify_init fsconfig
fsmount fsopen fspick finit_module init_module io_uring_enter io_uring_register
io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl memfd_create
memfd_secret mount mount_setattr move_mount msgget name_to_handle_at nfsservctl
open_by_handle_at open_tree perf_event_open personality pivot_root process_madvise
process_vm_readv process_vm_writev ptrace quotactl quotactl_fd reboot request_key
setdomainname sethostname setns settimeofday shmget swapoff swapon syslog umount umount2
unshare userfaultfd uselib vhangup vmsplice
"""
_NAMESPACES = 0x7E020000  # CLONE_NEW*, of clone


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


def call_filter() -> bytes:
    """The seccomp program that refuses calls; empty where libseccomp is missing.

    Unknown calls of newer kernels stay allowed: capabilities are gone anyway, this
    narrows what a fault in the kernel itself could be reached by.
    """
    try:
        import pyseccomp as seccomp

        rules = seccomp.SyscallFilter(seccomp.ALLOW)
    except (ImportError, RuntimeError, OSError):
        return b""
    denied = seccomp.ERRNO(errno.EPERM)
    for name in REFUSED.split():
        _rule(rules, denied, name)
    for flag in (1 << n for n in range(32) if _NAMESPACES >> n & 1):
        _rule(rules, denied, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    # its flags lie in memory where no filter can read them; libc falls back to clone
    _rule(rules, seccomp.ERRNO(errno.ENOSYS), "clone3")
    # a core limit of 1 keeps dumps off the host; lowered to 0 they would go there
    core = seccomp.EQ, resource.RLIMIT_CORE
    _rule(rules, denied, "setrlimit", seccomp.Arg(0, *core))
    own = seccomp.Arg(1, *core), seccomp.Arg(2, seccomp.NE, 0)
    _rule(rules, denied, "prlimit64", *own)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _rule(rules: object, action: int, name: str, *args: object) -> None:
    try:
        rules.add_rule(action, name, *args)  # type: ignore[attr-defined]
    except (RuntimeError, ValueError, OSError):
        return  # this machine has no such call
