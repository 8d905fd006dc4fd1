"""Attacks on what crosses: calls, clocks, meters, messages of the kernel, file names."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.grading.assay import ANSWERS
from tests.grading.submission import Entry, Notebook, cell, nothing

TOTAL = ANSWERS["total"]
WRONG = "def total(items):\n    return 'wrong'"
FAILED = nothing("total")
TAMPERED = nothing("total", status="tampered")
SLOW = """async def ask(tool, names):
    found = {{}}
    for n in names:
        if n not in found:
            found[n] = {0}
    return [found[n] for n in names]"""
LARGE = "display({'image/png': 'A' * 9_000_000, 'text/plain': 'x'}, raw=True)"
# some hundred times the work there is, and little enough to be done in time
PAIRS = "any(a + b == target for i, a in enumerate(numbers[:900]) for b in numbers[:i])"
OUTSIDE = """import threading
def outside(waited):
    found = []
    def drive():
        try: waited.send(None)
        except StopIteration as end: found.append(end.value)
    thread = threading.Thread(target=drive)
    thread.start(); thread.join()
    return found[0]
"""


def patched(name: str, why: str, code: str, status: str = "failed") -> Entry:
    """A wrong answer below a change to the learner's end of the link."""
    earned = nothing("total", status=status)
    answers = {
        "total": f"from coursekit.judge import learner_end, learner_ops\n{code}\n{WRONG}"
    }
    return Entry(name, why, answers, earned=earned)


def sends(name: str, why: str, kind: str, content: Any, **more: Any) -> Entry:
    """A right answer, and a message of a kind that no kernel sends."""
    code = f"""kernel = get_ipython().kernel
kernel.session.send(kernel.iopub_socket, {kind!r}, {content!r}, parent=kernel.get_parent('shell'), ident=b'x')
{TOTAL}"""
    return Entry(name, why, {"total": code}, **more)


def holds(name: bytes, content: bytes = b"x") -> Callable[[Path], None]:
    """A file of this name beside the notebook."""

    def place(folder: Path) -> None:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(content)

    return place


def long_link(folder: Path) -> None:
    """A link whose name is as long as names can be."""
    (folder / ("\N{GRINNING FACE}" * 63)).symlink_to("/etc/passwd")


def odd_language(notebook: Notebook) -> Notebook:
    """Marks of the whole notebook that name other programs."""
    spec = {"name": "../../bin/sh", "argv": ["sh", "-c", "id"], "language": "bash"}
    notebook["metadata"] = {
        "kernelspec": spec | {"display_name": "\ud800"},
        "language_info": {"name": "../x", "pygments_lexer": "../../x", "version": 7},
        "widgets": {"application/vnd.jupyter.widget-state+json": [1]},
        "coursekit": {"refused": {"why": 1}},
        "celltoolbar": None,
    }
    cell(notebook, "total")["attachments"] = {"a.png": {"image/png": 7}}
    return notebook


def one_id(notebook: Notebook) -> Notebook:
    """Cells of the learner's own that carry the ids of given ones."""
    own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    made = [
        {**own, "id": name, "source": f"total = sum = max = print\nname = {name!r}"}
        for name in ("setup", "test-total", "head", "test-limit")
    ]
    return {**notebook, "cells": [*made, *notebook["cells"]]}


ENTRIES = [
    Entry(
        "wrong_arguments",
        "a tool that is tried in another way first",
        {
            "ask": """async def ask(tool, names):
    async def one(name):
        try:
            return await tool(name, timeout=5)
        except TypeError:
            return await tool(name)
    found = dict(zip(set(names), await asyncio.gather(*map(one, set(names)))))
    return [found[n] for n in names]"""
        },
    ),
    Entry(
        "waits_outside",
        "tools awaited on a thread, where no clock is read",
        {"ask": OUTSIDE + SLOW.format("outside(tool(n))")},
        earned={"ask": (2.8, "partial")},
    ),
    Entry(
        "waits_before",
        "tools awaited before the clock starts",
        {
            "ask": f"""{OUTSIDE}def ask(tool, names):
    found = {{n: outside(tool(n)) for n in dict.fromkeys(names)}}
    async def give(): return [found[n] for n in names]
    return give()"""
        },
        earned={"ask": (2.8, "partial")},
    ),
    Entry(
        "waits_without_loop",
        "the link made to forget the loop it serves",
        {
            "ask": f"""from coursekit.judge import learner_end
def outside(waited):
    here = learner_end._link.here
    loop = here.loop
    del here.loop
    try: waited.send(None)
    except StopIteration as end: return end.value
    finally: here.loop = loop
{SLOW.format("outside(tool(n))")}"""
        },
        earned={"ask": (2.8, "partial")},
    ),
    Entry(
        "turns_forged",
        "a loop that says its next timer is due at once, or is no number",
        {
            "ask": f"""from coursekit.judge.learner_loop import LearnerLoop
turn = LearnerLoop.turn
def lies(self, *args):
    events, ready, due, threads, left, made = turn(self, *args)
    return [events, ready, None, 0, 0, -1]
LearnerLoop.turn = lies
{SLOW.format("await tool(n)")}"""
        },
        earned={"ask": (2.8, "partial")},
    ),
    Entry(
        "works_elsewhere",
        "the work done by a process that has left its parents",
        {
            "pair": f"""import json, os, socket
ours, theirs = socket.socketpair()
if os.fork() == 0:
    if os.fork() == 0:
        os.setsid()
        with theirs.makefile('rwb') as file:
            for line in file:
                numbers, target = json.loads(line)
                file.write(json.dumps({PAIRS}).encode() + b'\\n'); file.flush()
    os._exit(0)
os.wait()
link = ours.makefile('rwb')
def has_pair(numbers, target):
    link.write(json.dumps([numbers, target]).encode() + b'\\n'); link.flush()
    return json.loads(link.readline())"""
        },
    ),
    Entry(
        "works_in_passing",
        "the work done by a new process for each call, which nobody waits for",
        {
            "pair": f"""import os
def has_pair(numbers, target):
    out, into = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            os.write(into, b'1' if {PAIRS} else b'0')
        os._exit(0)
    os.wait()
    try: return os.read(out, 1) == b'1'
    finally: os.close(out); os.close(into)"""
        },
    ),
    Entry(
        "asks_for_all",
        "every attribute of everything the judge ever handed over",
        {
            "ask": """from coursekit.judge import learner_end, framing
async def ask(tool, names):
    link = learner_end._link
    for number in range(30):
        for name in ('word', 'calls', 'answer', '__self__', '__globals__', '_entry'):
            frame = framing.ONE.pack(framing.READ, number) + name.encode()
            for work in (lambda: link.ask(['attr', number, name]), lambda: link.counted(frame)):
                try: found = work()
                except Exception: continue
                if isinstance(found, str): return [f'{n} {found}' for n in names]
    return []"""
        },
        earned=nothing("ask", status="tampered"),
    ),
    Entry(
        "answers_ahead",
        "answers to questions that were not asked yet",
        {
            "total": """import json
from coursekit.judge import learner_end
def total(items):
    for n in range(200):
        learner_end._link.wire.send(json.dumps(['=', n, [sum(items), []]]).encode())
    return 'wrong'"""
        },
        earned=TAMPERED,
    ),
    Entry(
        "keeps_the_tool",
        "a thread that goes on calling what an earlier exercise handed over",
        {
            "ask": ANSWERS["ask"].replace(
                "names):", "names, kept=[]):\n    kept += [tool]", 1
            ),
            "pair": f"""import threading, time
def later():
    while True:
        try: ask.__defaults__[0][0]('x').send(None)
        except BaseException: pass
        time.sleep(0.001)
threading.Thread(target=later, daemon=True).start()
{ANSWERS["pair"]}""",
        },
    ),
    patched(
        "equal_at_the_link",
        "the link says that all is equal, there, and three long",
        """do = learner_ops.DO
do['eq'] = do['in'] = do['bool'] = lambda *a: True
do['len'] = do['hash'] = lambda *a: 3""",
    ),
    patched(
        "answers_fail",
        "an error where the record is asked for",
        "learner_ops.DO['answers'] = lambda link: 1 / 0",
        status="tampered",
    ),
    Entry(
        "answers_deep",
        "a record nested without end",
        {
            "total": f"""from coursekit.judge import learner_ops
learner_ops.DO['answers'] = lambda link: '[' * 900_000
{TOTAL}"""
        },
        earned=nothing("quiz", status="not attempted"),
    ),
    Entry(
        "no_loop",
        "so few files that no event loop can be made",
        {
            "total": f"""import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
{TOTAL}"""
        },
    ),
    Entry(
        "updates_display",
        "a picture shown again and again in one place",
        {"total": TOTAL},
        after={
            "total": "shown = display('1', display_id=True)\nfor n in range(9): shown.update(n)"
        },
    ),
    patched(
        "hangs_up",
        "the link closed",
        "learner_end._link.wire.close()",
        status="tampered",
    ),
    patched(
        "writes_nonsense",
        "every message the same one",
        "import json\njson.dumps = lambda *a, **k: '[\"=\", 1, 6]'",
    ),
    patched(
        "serves_nobody",
        "a kernel that answers for what it never ran",
        """kernel = get_ipython().kernel
async def done(stream, ident, parent):
    kernel.session.send(stream, 'execute_reply', {'status': 'ok', 'execution_count': 1}, parent=parent, ident=ident)
kernel.shell_handlers['execute_request'] = done""",
        status="crashed",
    ),
    Entry(
        "one_hash",
        "a hundred thousand numbers and more with one hash",
        {
            "limit": """from coursekit.judge import learner_end
pack = learner_end.LearnerEnd.pack
many = ['s', *[hex(k * (2**61 - 1)) for k in range(1 << 20, (1 << 20) + 150_000)]]
many[1:] = [['i', n] for n in many[1:]]
learner_end.LearnerEnd.pack = lambda self, value: many if value == 'many' else pack(self, value)
limit = 'many'"""
        },
        earned=nothing("limit", status="failed"),
    ),
    Entry(
        "odd_numbers",
        "no number, one without end, one that cannot be written, and one of a subclass",
        {
            "total": "def total(items):\n    return 10**6000 if items else float('inf')",
            "tally": """class Tally:
    sum = float('nan')
    def add(self, n): return float('nan')""",
            "limit": "limit = type('Int', (int,), {})(42)",
        },
        earned=nothing("total", "tally", "limit"),
    ),
    Entry(
        "poses_as_int",
        "an object that says it is a number, and a function that gives by and by",
        {
            "total": "def total(items):\n    yield sum(items)",
            "limit": """class Pose:
    __class__ = int
    __eq__ = lambda self, other: True
    __hash__ = __int__ = __index__ = lambda self: 42
limit = Pose()""",
        },
        earned=nothing("total", "limit"),
    ),
    Entry(
        "errors_in_groups",
        "errors in groups, in long rows, and one whose text takes for ever",
        {
            "total": "def total(items):\n    raise BaseExceptionGroup('x', [SystemExit(1), KeyboardInterrupt()])",
            "tally": """class Tally:
    def add(self, n):
        error = None
        for _ in range(100_000):
            (made := ValueError('x')).__cause__, error = error, made
        raise error""",
            "limit": "class limit: pass\nclass Slow(Exception):\n    def __str__(self):\n        while True: pass",
            "catch": "def check_total(total): raise Slow",
        },
        earned={
            **nothing("total", "tally", "limit"),
            **nothing("catch", status="timed out"),
        },
    ),
    Entry(
        "halves_of_letters",
        "half a surrogate pair, printed, shown and raised",
        {
            "total": r"""import json
def total(items):
    print('\ud800 \udfff')
    return sum(items)
get_ipython().kernel.session.pack = lambda obj: json.dumps(obj, default=str).encode()
print('a \ud800 b')
display({'text/plain': '\udc80', 'text/html': '\ud800'}, raw=True)
raise ValueError('\ud800')"""
        },
    ),
    Entry(
        "deep_output",
        "outputs nested hundreds of levels deep",
        {
            "total": f"""for depth in (100, 300, 450, 900):
    value = 1
    for _ in range(depth): value = [value]
    display({{'application/json': value, 'text/plain': 'x'}}, raw=True)
{TOTAL}"""
        },
    ),
    sends(
        "odd_stream",
        "text that is a number",
        "stream",
        {"name": "stdout", "text": 5},
        earned=TAMPERED,
    ),
    sends(
        "odd_error",
        "an error of wrong types",
        "error",
        {"ename": 1, "evalue": [2], "traceback": None},
        earned=TAMPERED,
    ),
    sends(
        "odd_display",
        "pictures that are numbers",
        "display_data",
        {"data": {"text/plain": {"a": 1}, "image/png": 5}, "metadata": {"x": 1}},
    ),
    sends(
        "odd_count",
        "a cell with a number of a wrong type",
        "execute_input",
        {"execution_count": [[["x"]]], "code": 5},
    ),
    sends("odd_state", "a state that is none", "status", {"execution_state": ["idle"]}),
    sends(
        "odd_kind",
        "a message of an unknown kind",
        "nonsense",
        {"a": 1},
    ),
    Entry(
        "first_process",
        "the files, memory and folders of the first process",
        {
            "total": """import ctypes, os
def look():
    for work in (lambda: os.listdir('/proc/1/fd'), lambda: open('/proc/1/maps').read(), lambda: open('/proc/1/environ').read(), lambda: os.listdir('/proc/1/root'), lambda: os.readlink('/proc/1/exe'), lambda: open('/proc/1/mem', 'rb').read(1)):
        try:
            if work(): return True
        except OSError: pass
    libc = ctypes.CDLL(None, use_errno=True)
    handle = libc.syscall(434, 1, 0)  # pidfd_open, pidfd_getfd
    return handle >= 0 and any(libc.syscall(438, handle, n, 0) >= 0 for n in range(20))
found = look()
def total(items):
    return sum(items) if found else 'nothing found'"""
        },
        earned=FAILED,
    ),
    Entry(
        "stops_itself",
        "a child that holds its parent up",
        {
            "total": f"""import os, signal, time
if os.fork() == 0:
    time.sleep(0.2)
    os.kill(os.getppid(), signal.SIGSTOP)
    os._exit(0)
time.sleep(2)
{TOTAL}"""
        },
        earned=nothing("total", status="timed out"),
    ),
    Entry(
        "closes_all",
        "every open file closed",
        {"total": f"import os\nos.closerange(3, 500)\n{WRONG}"},
        earned=nothing("total", status="crashed"),
    ),
    Entry(
        "fork_goes_on",
        "a copy of the kernel that goes on beside it",
        {
            "total": f"import os\nif os.fork() == 0:\n    import time; time.sleep(600)\n{TOTAL}"
        },
    ),
    Entry(
        "bash_in_the_background",
        "programs started by magics and left running",
        first="%%bash --bg\nexec -a bank-leftover sleep 600",
        after={"total": "!(exec -a bank-leftover sleep 600) >/dev/null 2>&1 &"},
    ),
    Entry(
        "runs_a_file",
        "the answer written to a file and run",
        {"total": f"Path('mine.py').write_text({TOTAL!r})\n%run mine.py"},
    ),
    Entry(
        "debugger",
        "a debugger that waits for somebody",
        {
            "total": "%pdb on\ndef total(items):\n    breakpoint()\n    return sum(items)"
        },
        after={"total": "1 / 0"},
    ),
    Entry(
        "scripts_shown",
        "HTML and pictures with scripts, for whoever reads the feedback",
        after={
            "total": """bad = '<script>alert(1)</script><img src=x onerror=alert(2)>'
for kind in ('text/html', 'text/markdown', 'image/svg+xml', 'application/javascript', 'text/latex', 'image/png'):
    display({kind: bad, 'text/plain': bad}, metadata={kind: {'width': bad}}, raw=True)"""
        },
    ),
    Entry(
        "large_output",
        "pictures larger than a message may be",
        {"total": f"{TOTAL}\n{LARGE}"},
        after={"total": LARGE, "tally": "1 / 0"},
    ),
    Entry("odd_language", "marks that name other programs", change=odd_language),
    Entry("one_id", "cells of its own with the ids of given ones", change=one_id),
    Entry(
        "name_no_text", "a file whose name is no text", place=holds(b"bad\xff\xfe.txt")
    ),
    Entry("name_of_control", "a name with control codes", place=holds(b"a\nb\x1b[2J")),
    Entry("name_long", "a link with the longest name", place=long_link),
    *[
        Entry(f"record_{name}", why, place=holds(b"answers.json", content))
        for name, why, content in [
            ("deep", "a record nested without end", b"[" * 100_000),
            ("list", "a record that is a list", b"[1, 2]"),
            ("bytes", "a record that is no text", b"\xff\xfe\x00"),
            ("odd", "a record of wrong types", b'{"quiz": {"q1": NaN, "q2": 1e999}}'),
            (
                "long",
                "a number of a million digits",
                b'{"quiz": ' + b"9" * 10**6 + b"}",
            ),
        ]
    ],
    Entry(
        "time_far",
        "handed in long before or after there were calendars",
        place=holds(b"timestamp.txt", b"99999999999-01-01 00:00 +9999"),
    ),
]
