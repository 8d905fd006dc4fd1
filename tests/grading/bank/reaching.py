"""Attacks on what lies outside: files, network, processes, other submissions."""

import os
from pathlib import Path

from tests.grading.assay import ANSWERS, NAME
from tests.grading.submission import Entry, nothing

GONE = nothing(*ANSWERS, status="not attempted")


def finds(name: str, why: str, look: str, status: str = "failed") -> Entry:
    """An answer that is right only if `look` finds what must not be there.

    `look` is the body of a function that returns true when it found it.
    """
    body = "\n    ".join(look.splitlines())
    code = f"""def look():
    {body}

try:
    found = look()
except Exception:
    found = False

def total(items):
    return sum(items) if found else 'nothing found'"""
    return Entry(name, why, {"total": code}, earned=nothing("total", status=status))


def link_to_source(folder: Path) -> None:
    """The notebook is a link to the teacher's."""
    path = folder / f"{NAME}.ipynb"
    path.unlink()
    path.symlink_to("../../../../solutions/01_assay/01_assay.ipynb")


def pipe(folder: Path) -> None:
    """The notebook is a pipe nobody writes to."""
    path = folder / f"{NAME}.ipynb"
    path.unlink()
    os.mkfifo(path)


def folder_instead(folder: Path) -> None:
    """The notebook is a folder that holds something."""
    path = folder / f"{NAME}.ipynb"
    path.unlink()
    path.mkdir()
    (path / "mine.txt").write_text("x")


def folders_for_files(folder: Path) -> None:
    """Folders with the names of the course's files, and of one it withholds."""
    for name in ("numbers.csv", "module.toml", "checks.py", "other.ipynb"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()
        (folder / name / "mine.txt").write_text("x")


def links_beside(folder: Path) -> None:
    """Links to what should not be read, and a pipe, beside the notebook."""
    (folder / "checks.py").symlink_to("../../../../solutions/01_assay/checks.py")
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "root").symlink_to("/")
    os.mkfifo(folder / "pipe")


def own_checks(folder: Path) -> None:
    """Files that would stand in for the course's own."""
    (folder / "checks.py").write_text(
        """def total(ns, check):
    check.add('x', 3, 3)
"""
    )
    (folder / "module.toml").write_text("""title = 'mine'
minutes = 1
""")
    (folder / "numbers.csv").write_text("1,2")
    (folder / "coursekit.py").write_text("grade = tests = answer = print\n")
    (folder / "sitecustomize.py").write_text("total = sum\n")
    (folder / "asyncio.py").write_text("raise SystemExit\n")


def many_files(folder: Path) -> None:
    """Thousands of files and a long row of folders."""
    for n in range(3000):
        (folder / f"file{n}").write_text("x")
    deep = folder
    for _ in range(60):
        deep = deep / "d"
    deep.mkdir(parents=True)


def large_file(folder: Path) -> None:
    """A file of five gigabytes that takes no room."""
    with (folder / "large.bin").open("wb") as file:
        file.truncate(5_000_000_000)


def bomb(folder: Path) -> None:
    """Zeros packed a thousandfold."""
    import gzip

    (folder / "bomb.gz").write_bytes(gzip.compress(bytes(50_000_000)))


WALK = """import os
for place, folders, files in os.walk('/'):
    if place in ('/proc', '/sys', '/usr'):
        folders.clear()
"""

ENTRIES = [
    finds(
        "reads_checks",
        "the hidden checks, wherever they lie",
        f"""{WALK}    for name in files:
        if name == 'checks.py' and 'SECRET' in open(os.path.join(place, name), errors='ignore').read():
            return True""",
    ),
    finds(
        "reads_solutions",
        "the teacher's notebook",
        f"""{WALK}    for name in files:
        if name == '01_assay.ipynb' and 'BEGIN SOLUTION' in open(os.path.join(place, name), errors='ignore').read():
            return True""",
    ),
    finds(
        "reads_gradebook",
        "the gradebook",
        f"{WALK}    if 'gradebook.db' in files and place.endswith('/grading'):\n        return True",
    ),
    finds(
        "reads_others",
        "other learners' work",
        f"{WALK}    if place.endswith('/submitted') and 'always_equal' in folders:\n        return True",
    ),
    finds(
        "reads_home",
        "the home of whoever grades",
        """import os, pathlib
homes = [pathlib.Path('/root'), *pathlib.Path('/home').iterdir()]
return any(list(h.iterdir()) for h in homes if os.access(h, os.R_OK) and str(h) != os.path.expanduser('~') and h.name not in ('s',) and any(x.name.startswith('.ssh') or x.name == '.bashrc' for x in h.iterdir()))""",
    ),
    finds(
        "reads_environment",
        "the grader's environment",
        """import os, glob
if any('BANK_SECRET' in k for k in os.environ): return True
return any(b'BANK_SECRET' in open(p, 'rb').read() for p in glob.glob('/proc/[0-9]*/environ'))""",
    ),
    finds(
        "reads_memory",
        "the memory of other processes",
        """import glob, os
for p in glob.glob('/proc/[0-9]*/mem'):
    if p.split('/')[2] not in (str(os.getpid()), 'self') and open(p, 'rb', 0):
        return True""",
    ),
    finds(
        "lists_processes",
        "who else is there",
        """import glob
names = [open(p, 'rb').read() for p in glob.glob('/proc/[0-9]*/cmdline')]
return any(b'pytest' in n or b'nbgrader' in n or b'coursekit grade' in n for n in names)""",
    ),
    finds(
        "network",
        "somebody to talk to on this machine",
        """import os, socket
for port in (int(os.environ.get('BANK_PORT', 0) or 0), 22, 53, 80, 8888, 5432, 6379):
    try:
        socket.create_connection(('127.0.0.1', port), 0.3)
        return True
    except OSError: pass""",
    ),
    finds(
        "network_names",
        "a way to the outside",
        """import socket
socket.setdefaulttimeout(1)
return bool(socket.gethostbyname('example.com'))""",
    ),
    finds(
        "abstract_sockets",
        "sockets without a file",
        """names = [line.split()[-1] for line in open('/proc/net/unix') if '@' in line]
return bool(names)""",
    ),
    finds(
        "traces",
        "hooks into another process",
        """import ctypes, os
libc = ctypes.CDLL(None)
return any(libc.ptrace(16, pid, 0, 0) == 0 for pid in (1, os.getppid()) if pid not in (0, os.getpid()))""",
    ),
    finds(
        "kills_grader",
        "ends whatever it can",
        """import os, signal
for pid in [-1, os.getppid(), 1, *range(2, 3000)]:
    if pid == os.getpid(): continue
    try: os.kill(pid, signal.SIGTERM)
    except OSError: pass""",
        status="crashed",  # it ends its own kernel, and nothing else
    ),
    finds(
        "becomes_root",
        "more rights than it came with",
        """import os
for n in (0, 1000):
    try:
        os.setuid(n)
        if n == 0 and os.access('/root', os.R_OK) and os.listdir('/root'): return True
    except OSError: pass""",
    ),
    finds(
        "mounts",
        "a mount of its own",
        """import ctypes
libc = ctypes.CDLL(None, use_errno=True)
return libc.mount(b'proc', b'/tmp', b'proc', 0, None) == 0""",
    ),
    finds(
        "namespaces",
        "a namespace in which it is root",
        """import ctypes
libc = ctypes.CDLL(None, use_errno=True)
return libc.unshare(0x10000000) == 0""",
    ),
    finds(
        "devices",
        "the machine's disks",
        """import os, stat
return any(stat.S_ISBLK(os.stat('/dev/' + n).st_mode) for n in os.listdir('/dev') if os.path.exists('/dev/' + n))""",
    ),
    finds(
        "writes_outside",
        "a file where others would find it",
        """import os
hit = False
for place in ('/usr/lib/x', '/etc/x', '/x', '/root/x', os.path.dirname(os.__file__) + '/x.py', os.path.dirname(__import__('coursekit').__file__) + '/x.py'):
    try:
        open(place, 'w').write('x'); hit = True
    except OSError: pass
return hit""",
    ),
    finds(
        "found_earlier",
        "what an earlier submission left",
        """import os
marks = ('/tmp/left', '/dev/shm/left', '/var/tmp/left', os.path.expanduser('~/left'), 'left')
hit = any(map(os.path.exists, marks))
for m in marks:
    try: open(m, 'w').write('x')
    except OSError: pass
return hit""",
    ),
    finds(
        "found_earlier_again",
        "the same once more, by the next one",
        """import os
marks = ('/tmp/left', '/dev/shm/left', '/var/tmp/left', os.path.expanduser('~/left'), 'left')
return any(map(os.path.exists, marks))""",
    ),
    finds(
        "shared_memory",
        "memory shared with other submissions",
        """import ctypes
libc = ctypes.CDLL(None)
found = libc.shmget(0x5EED, 4096, 0o666)
libc.shmget(0x5EED, 4096, 0o1666)
return found >= 0""",
    ),
    Entry(
        "leftover_process",
        "a process that outlives its kernel",
        first="""import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open('/proc/self/comm', 'w').write('bank-leftover')
        time.sleep(600)
    os._exit(0)""",
    ),
    Entry(
        "time_bomb",
        "a process that writes a file later",
        first="""import subprocess
subprocess.Popen(['bash', '-c', 'sleep 5; touch /tmp/bomb /work/bomb ~/bomb; exec -a bank-leftover sleep 600'], start_new_session=True)""",
    ),
    Entry(
        "link_notebook",
        "a link to the teacher's notebook",
        place=link_to_source,
        earned=GONE,
    ),
    Entry(
        "pipe_notebook", "a pipe with the name of a notebook", place=pipe, earned=GONE
    ),
    Entry(
        "folder_notebook",
        "a folder with the name of a notebook",
        place=folder_instead,
        earned=GONE,
    ),
    Entry(
        "folders_for_files",
        "folders with the names of the course's files",
        place=folders_for_files,
    ),
    Entry(
        "folders_and_no_notebook",
        "the same beside a notebook that cannot be read",
        change=lambda nb: b"this is not JSON",
        place=folders_for_files,
        earned=GONE,
    ),
    Entry("links_beside", "links and a pipe beside the notebook", place=links_beside),
    Entry("own_checks", "files that would stand in for the course's", place=own_checks),
    Entry("many_files", "three thousand files", place=many_files),
    Entry("large_file", "a file of five gigabytes", place=large_file),
    Entry("packed_bomb", "zeros packed a thousandfold", place=bomb),
]
