"""Code that takes all it can get: each costs its own exercise at most."""

from tests.grading.assay import ANSWERS
from tests.grading.submission import Entry, nothing

TOTAL = ANSWERS["total"]

ENTRIES = [
    Entry(
        "memory",
        "memory without end",
        {
            "total": """def total(items):
    hold = []
    while True:
        hold.append(b'x' * 50_000_000)"""
        },
        earned=nothing("total", status="crashed"),
    ),
    Entry(
        "memory_mapped",
        "memory without end, by mapping",
        {
            "total": """import mmap
def total(items):
    hold = []
    while True:
        m = mmap.mmap(-1, 100_000_000)
        m.write(b'x' * 100_000_000)
        hold.append(m)"""
        },
        earned=nothing("total", status="crashed"),
    ),
    Entry(
        "memory_children",
        "memory without end, spread over children",
        {
            "total": """import os, time
def total(items):
    for _ in range(40):
        if os.fork() == 0:
            hold = bytearray(200_000_000)
            for i in range(0, len(hold), 4096): hold[i] = 1
            time.sleep(100); os._exit(0)
    time.sleep(100)"""
        },
        earned=nothing("total", status="crashed"),
    ),
    Entry(
        "fork_bomb",
        "children without end",
        {
            "total": """import os
def total(items):
    while True:
        try: os.fork()
        except OSError: pass"""
        },
        earned=nothing("total", status="timed out"),
    ),
    Entry(
        "threads",
        "threads without end",
        {
            "total": """import threading, time
def total(items):
    while True:
        threading.Thread(target=time.sleep, args=(100,), daemon=True).start()"""
        },
        # the others are graded again without it
        earned=nothing("total", status="crashed"),
    ),
    Entry(
        "disk",
        "a disk filled",
        {
            "total": f"""try:
    with open('big', 'wb') as f:
        for _ in range(3000): f.write(bytes(1_000_000))
except OSError as e:
    print(e)
{TOTAL}"""
        },
    ),
    Entry(
        "shared_disk",
        "shared memory filled",
        {
            "total": f"""try:
    with open('/dev/shm/big', 'wb') as f:
        for _ in range(3000): f.write(bytes(1_000_000))
except OSError as e:
    print(e)
{TOTAL}"""
        },
    ),
    Entry(
        "many_inodes",
        "a hundred thousand files",
        {
            "total": f"""try:
    for n in range(100_000): open(f'/tmp/{{n}}', 'w').close()
except OSError as e:
    print(e)
{TOTAL}"""
        },
    ),
    Entry(
        "output",
        "a flood of text",
        {"total": f"for _ in range(60): print('x' * 100_000)\n{TOTAL}"},
    ),
    Entry(
        "output_when_called",
        "a flood of text while it is graded",
        {
            "total": """def total(items):
    for _ in range(60): print('x' * 100_000)
    return sum(items)"""
        },
    ),
    Entry(
        "display_flood",
        "a flood of pictures",
        {
            "total": f"""for _ in range(200):
    display({{'image/png': 'A' * 100_000, 'text/plain': 'x'}}, raw=True)
{TOTAL}"""
        },
    ),
    Entry(
        "raw_output",
        "a flood past Python's streams",
        {
            "total": f"""import os
for _ in range(10): os.write(1, b'x' * 100_000); os.write(2, b'x' * 100_000)
{TOTAL}"""
        },
    ),
    Entry(
        "open_files",
        "files opened without end",
        {
            "total": f"""hold = []
try:
    while True: hold.append(open('/dev/null'))
except OSError as e:
    print(len(hold))
    hold.clear()
{TOTAL}"""
        },
    ),
    Entry(
        "callback_storm",
        "a test that calls without end",
        {"catch": "def check_total(total):\n    while True: total([1])"},
        earned=nothing("catch", status="timed out"),
    ),
    Entry(
        "mutual_recursion",
        "calls that call back without end",
        {
            "catch": """def check_total(total):
    class Deep(list):
        pass
    check_total(total)"""
        },
        earned=nothing("catch"),
    ),
    Entry(
        "hash_trap",
        "a value whose hash takes for ever",
        {
            "limit": """class Trap:
    def __hash__(self):
        while True: pass
    __eq__ = __len__ = __bool__ = __repr__ = __hash__
limit = Trap()"""
        },
        earned=nothing("limit", status="timed out"),
    ),
    Entry(
        "regex_trap",
        "a regular expression that never ends",
        {
            "total": """import re
def total(items):
    re.match('(a+)+b', 'a' * 50)"""
        },
        earned=nothing("total", status="timed out"),
    ),
]
