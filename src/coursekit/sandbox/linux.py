"""Calls of Linux that Python 3.11 does not offer: namespaces, mounts, rights.

Only the box itself uses them, before any learner code runs.
"""

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

NEWNS, NEWIPC, NEWUSER = 0x00020000, 0x08000000, 0x10000000
NEWPID, NEWNET = 0x20000000, 0x40000000
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT = 1, 2, 4, 8, 32
BIND, MOVE, REC, PRIVATE = 4096, 8192, 16384, 1 << 18

_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_SECCOMP = 4, 24, 22
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _AMBIENT_CLEAR = 38, 47, 4
_CAPABILITIES = 64  # more than any kernel knows
_UP = 1  # IFF_UP

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def unshare(flags: int) -> None:
    """Leave the namespaces in `flags`, for new ones of our own."""
    _checked(_libc.unshare(flags), f"unshare {flags:#x}")


def mount(
    source: str, target: str, kind: str = "", flags: int = 0, options: str = ""
) -> None:
    """Mount `source` at `target`; OSError says which mount failed."""
    texts = (x.encode() if x else None for x in (source, target, kind))
    result = _libc.mount(*texts, ctypes.c_ulong(flags), options.encode() or None)
    _checked(result, f"mount {kind or source} at {target}")


def bound_rights() -> None:
    """Let no program started from here on get a capability."""
    for number in range(_CAPABILITIES):
        _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)


def drop_rights() -> None:
    """Give up every capability for good."""
    bound_rights()
    _libc.prctl(_PR_CAP_AMBIENT, _AMBIENT_CLEAR, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _checked(_libc.capset(header, nothing), "capset")
    _checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")


def become(uid: int) -> None:
    """Be user `uid` and no other, in no group but its own."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def own_user_namespace(uid: int) -> None:
    """Enter a user namespace of our own, where we are `uid` and nobody else exists.

    Process limits of an ordinary user then count this kernel's processes only.
    """
    user, group = os.geteuid(), os.getegid()
    unshare(NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{uid} {group} 1")


def dumpable(on: bool) -> None:
    """Set whether processes of the same user may read our memory."""
    _checked(_libc.prctl(_PR_SET_DUMPABLE, int(on), 0, 0, 0), "dumpable")


def adopt_orphans() -> None:
    """Adopt descendants whose parent ended."""
    _checked(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "subreaper")


def install_filter(program: bytes) -> None:
    """Refuse system calls by a compiled seccomp program; it cannot be taken back."""
    code = ctypes.create_string_buffer(program, len(program))
    packed = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    _checked(_libc.prctl(_PR_SET_SECCOMP, 2, packed, 0, 0), "seccomp")


def loopback_up() -> None:
    """Let the kernel's processes reach each other by 127.0.0.1, and nothing else."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", _UP)
        fcntl.ioctl(any_socket, 0x8914, request)  # SIOCSIFFLAGS
