"""What learner code sees and can do in the box: real attempts from a real kernel."""

import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from coursekit.sandbox.box import Box

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
LIST = "import os\nfor path in {paths!r}:\n    print(path, os.path.exists(path))"
TRY = """
import ctypes, os, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def refused(result):
    print('refused' if result < 0 else 'DONE', os.strerror(ctypes.get_errno()))
"""


def seen(inside, *paths: object) -> list[str]:
    """Those of `paths` that exist inside."""
    said = inside.say(LIST.format(paths=[str(path) for path in paths]))
    return [line.split()[0] for line in said.splitlines() if line.endswith("True")]


def test_it_has_the_submission_files_and_nothing_else(inside) -> None:
    said = inside.say("for r, d, f in sorted(os.walk('.')): print(r, sorted(f))")
    if "NameError" in said:
        said = inside.say("import os\nfor r, d, f in os.walk('.'): print(r, sorted(f))")
    assert said.splitlines() == [". ['data.csv']", "./sub ['more.txt']"]


def test_nothing_of_the_course_that_is_hidden_is_there(inside) -> None:
    hidden = [ROOT / x for x in ("solutions", "tests", "grading", ".git", "course")]
    assert seen(inside, *hidden, ROOT / "pyproject.toml", "/course/solutions") == []
    assert seen(inside, "/course/coursekit", "/course/session1") != []
    found = inside.say(
        "import subprocess\n"
        "print(subprocess.run(['find', '/', '-xdev', '-name', 'checks.py', '-path', "
        "'*solutions*'], capture_output=True, text=True).stdout)"
    )
    assert found == ""


def test_nothing_of_the_host_is_there(inside, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("secret")
    own = [tmp_path, Path.home() / ".ssh", Path.home() / ".bashrc", "/etc/shadow"]
    places = ["/etc/passwd", "/var/log", "/run/user", "/boot", "/srv", "/mnt", "/media"]
    assert seen(inside, *own, *places, "/proc/1/root/etc/shadow") == []


def test_no_file_can_be_written_outside_its_own_folders(inside) -> None:
    targets = [sys.prefix, "/usr", "/etc", "/", "/course", "/course/coursekit"]
    targets += ["/dev", "/spare", "/home", "/root", "/work", "/proc/sys/kernel"]
    said = inside.say(
        f"import os\nfor folder in {targets!r}:\n"
        "    try:\n"
        "        open(folder + '/written', 'w').close(); print('WRITTEN', folder)\n"
        "    except OSError as error: pass\n"
        "for folder in ('.', '/tmp', os.environ['HOME'], '/dev/shm'):\n"
        "    open(folder + '/written', 'w').close(); os.remove(folder + '/written')\n"
        "print('done')"
    )
    assert said == "done"


def test_the_folder_shared_with_the_grader_cannot_be_filled(inside, box: Box) -> None:
    said = inside.say(f"open('{inside.kernel.folder}/x', 'w').write('x')")
    if box.warm:
        assert "OSError" in said or "PermissionError" in said
    assert not (inside.kernel.folder / "x").exists() or not box.warm


def test_the_environment_is_its_own(inside, monkeypatch: pytest.MonkeyPatch) -> None:
    names = set(inside.say("print(' '.join(os.environ))").split())
    assert "USER" in names
    leaked = {
        n for n in os.environ if n.startswith(("COURSE_", "PYTEST", "SSH", "PIP"))
    }
    assert not names & leaked
    assert inside.say("print(os.environ['HOME'])") == "/learner/home"


def test_no_network(inside) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    addresses = [("127.0.0.1", port), ("1.1.1.1", 53), ("8.8.8.8", 80)]
    with server:
        said = inside.say(
            "import socket\n"
            f"for where in {addresses!r}:\n"
            "    try: socket.create_connection(where, 2); print('CONNECTED', where)\n"
            "    except OSError: pass\n"
            "print([name for _, name in socket.if_nameindex()])"
        )
    assert said == "['lo']"


def test_hosts_abstract_sockets_are_out_of_reach(inside) -> None:
    name = f"\0coursekit-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        code = f"import socket\nsocket.socket(socket.AF_UNIX).connect({name!r})"
        assert "Error" in inside.say(code)


def test_no_other_process_is_seen_or_signalled(inside, box: Box) -> None:
    seen = inside.say(
        "print([p for p in os.listdir('/proc') if p.isdigit() "
        "and b'sandbox' not in open(f'/proc/{p}/cmdline', 'rb').read() "
        "and b'bwrap' not in open(f'/proc/{p}/comm', 'rb').read()])"
    )
    assert seen == "[]"
    said = inside.say(
        f"import signal\nfor pid in ({os.getpid()}, {inside.kernel.pid}, 1):\n"
        "    if pid == os.getpid(): continue\n"
        "    try: os.kill(pid, 0 if pid == 1 else signal.SIGKILL); print('SENT', pid)\n"
        "    except OSError: pass\n"
        "print('alive')"
    )
    assert said.endswith("alive") and f"SENT {os.getpid()}" not in said
    if os.geteuid() == 0 and box.warm:
        assert said == "alive"


def test_it_is_nobody_and_stays_so(inside) -> None:
    status = inside.say("print(open('/proc/self/status').read())")
    rights = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert {rights[f"Cap{x}"] for x in ("Inh", "Prm", "Eff", "Amb")} == {"0" * 16}
    assert rights["NoNewPrivs"] == "1" and rights["Seccomp"] == "2"
    assert "Error: [Errno" in inside.say("os.setuid(12345)")
    if os.geteuid() == 0:
        assert inside.say("print(os.getuid() > 60000, os.getgroups())") == "True []"


def test_set_user_id_programs_give_nothing(inside) -> None:
    said = inside.say(
        "import subprocess, glob\n"
        "su = [p for p in ('/usr/bin/su', '/bin/su', '/usr/bin/mount') "
        "if os.path.exists(p)]\n"
        "print(subprocess.run([su[0], '-c', 'id -u'] if 'su' in su[0][-2:] else "
        "['mount', '-t', 'tmpfs', 'x', '/tmp'], capture_output=True, text=True, "
        "stdin=subprocess.DEVNULL, timeout=20).returncode if su else 1)"
    )
    assert said != "0"


FORBIDDEN = {
    "mount": "refused(libc.mount(b'x', b'/tmp', b'tmpfs', 0, None))",
    "unmount": "refused(libc.umount2(b'/proc', 2))",
    "user namespace": "refused(libc.unshare(0x10000000))",
    "process namespace": "refused(libc.unshare(0x20000000))",
    "cloned namespace": "refused(libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0))",
    "trace the first process": "refused(libc.ptrace(16, 1, 0, 0))",
    "join a namespace": "refused(libc.setns(os.open('/proc/self/ns/net', 0), 0))",
    "change root": "refused(libc.chroot(b'/tmp'))",
    "host name": "refused(libc.sethostname(b'mine', 4))",
    "keys": "refused(libc.syscall(250, 0, -4, 1))",
    "bpf": "refused(libc.syscall(321, 0, 0, 0))",
    "memory outside its processes": "refused(libc.memfd_create(b'x', 0))",
    "shared memory of System V": "refused(libc.shmget(0, 1 << 20, 0o1600))",
    "raise a limit": "import resource as r\n"
    "try: r.setrlimit(r.RLIMIT_NPROC, (9999, 9999))"
    "\nexcept (ValueError, OSError): refused(-1)",
    "core dumps": "import resource as r\ntry: r.setrlimit(r.RLIMIT_CORE, (0, 0))"
    "\nexcept (ValueError, OSError): refused(-1)",
    "a device": "refused(libc.mknod(b'/tmp/disk', 0o60666, os.makedev(8, 0)))",
    "clock": "refused(libc.clock_settime(0, bytes(16)))",
    "raw socket": "try: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3)"
    "\nexcept OSError: refused(-1)",
    "memory of the first process": "try: open('/proc/1/mem', 'rb')"
    "\nexcept OSError: refused(-1)",
    "files of the first process": "try: os.listdir('/proc/1/root')"
    "\nexcept OSError: refused(-1)",
}
FIRST = {"memory of the first process", "files of the first process"}
X86 = {"cloned namespace", "keys", "bpf"}  # by the number of the call


@pytest.mark.parametrize("what", FORBIDDEN)
def test_calls_that_lead_out_are_refused(inside, box: Box, what: str) -> None:
    if what in FIRST and os.geteuid() and not box.warm:
        pytest.skip("one user of a cold box; its first process can do no more than us")
    if what in X86 and os.uname().machine != "x86_64":
        pytest.skip("the number of this call differs here")
    assert inside.say(TRY + FORBIDDEN[what]).startswith("refused")


def test_kernels_do_not_see_each_other(inside, box: Box, start: Callable) -> None:
    other = start(box=box)
    other.say(
        "open('/tmp/left', 'w').write('x'); open('/dev/shm/left', 'w').write('x')"
    )
    other.say(
        "import socket\ntcp = socket.create_server(('127.0.0.1', 45001))\n"
        "local = socket.socket(socket.AF_UNIX); local.bind('\\0left'); local.listen()"
    )
    folder = other.kernel.folder
    assert seen(inside, "/tmp/left", "/dev/shm/left", folder, folder / "i-1") == []
    said = inside.say(
        "import socket\n"
        "for kind, where in ((socket.AF_INET, ('127.0.0.1', 45001)), "
        "(socket.AF_UNIX, '\\0left')):\n"
        "    try: socket.socket(kind).connect(where); print('CONNECTED')\n"
        "    except OSError: pass\n"
        "print(os.path.exists('/dev/pts/0'))"
    )
    assert said == "False"


def test_a_server_of_its_own_on_loopback_works(inside) -> None:
    said = inside.say(
        "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n"
        "client = socket.create_connection(server.getsockname())\n"
        "server.accept()[0].send(b'hello'); print(client.recv(5).decode())"
    )
    assert said == "hello"


def test_it_may_connect_to_a_socket_in_the_shared_folder(inside) -> None:
    path = inside.kernel.folder / "judge"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        path.chmod(0o666)
        server.listen(1)
        server.settimeout(20)
        told: list[bytes] = []
        peer: list[int] = []

        def serve() -> None:
            with server.accept()[0] as link:
                size = 12
                raw = link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
                peer.append(int.from_bytes(raw[:4], "little"))
                told.append(link.recv(5))

        thread = threading.Thread(target=serve)
        thread.start()
        inside.say(
            "import socket\nwith socket.socket(socket.AF_UNIX) as link:\n"
            f"    link.connect({str(path)!r}); link.send(b'hello')"
        )
        thread.join()
    assert (told, peer) == ([b"hello"], [inside.kernel.pid])


def test_ordinary_work_is_not_hindered(inside) -> None:
    said = inside.say(
        "import subprocess, threading, multiprocessing, sqlite3, tempfile\n"
        "import concurrent.futures as cf\n"
        "print(subprocess.run(['echo', 'a'], capture_output=True, text=True).stdout)\n"
        "for kind in cf.ThreadPoolExecutor, cf.ProcessPoolExecutor:\n"
        "    with kind(2) as pool: print(sum(pool.map(abs, range(-4, 1))))\n"
        "print(sqlite3.connect('x.db').execute('select 1').fetchone())\n"
        "with tempfile.TemporaryDirectory() as folder: print(folder[:5])"
    )
    assert said.split() == ["a", "10", "10", "(1,)", "/lear"]


def test_what_is_readable_below_tmp_leaves_tmp_private(
    start: Callable, tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "known").write_text("x")
    with Box(readable=[tmp_path]) as box:
        one, two = start(box=box), start(box=box)
        one.say("open('/tmp/left', 'w').write('x')")
        known = str(tmp_path / "known")
        assert seen(two, "/tmp/left", known) == [known]
