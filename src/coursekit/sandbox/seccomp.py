"""The system calls a notebook never needs, refused by a compiled seccomp program."""

import errno
import tempfile

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
_CORE = 4  # RLIMIT_CORE


def compiled() -> bytes:
    """The filter as a program for the kernel; empty where libseccomp is missing.

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
    _rule(rules, denied, "setrlimit", seccomp.Arg(0, seccomp.EQ, _CORE))
    own = seccomp.Arg(1, seccomp.EQ, _CORE), seccomp.Arg(2, seccomp.NE, 0)
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
