"""Attacks on the interpreter: patches, hooks and the link to the judge."""

from tests.grading.submission import Entry, nothing

WRONG = "def total(items):\n    return 'wrong'"
FAILED = nothing("total")
SLOW = """async def ask(tool, names):
    found = {}
    for n in names:
        if n not in found:
            found[n] = await tool(n)
    return [found[n] for n in names]"""


def patched(name: str, why: str, code: str, status: str = "failed") -> Entry:
    """A wrong answer and a patch that would make it right."""
    earned = nothing("total", status=status)
    return Entry(name, why, {"total": f"{code}\n{WRONG}"}, earned=earned)


ENTRIES = [
    patched(
        "builtins",
        "builtins that say yes",
        """import builtins
builtins.sum = lambda *a: 'wrong'
builtins.isinstance = lambda *a: True
builtins.type = lambda *a: int
builtins.abs = lambda *a: 0
builtins.__import__ = (lambda old: lambda *a, **k: old(*a, **k))(builtins.__import__)""",
        status="crashed",
    ),
    patched(
        "check_modules",
        "the library's own checks patched",
        """import coursekit.check.check, coursekit.core.plain_data, coursekit.core.report, coursekit.check.hidden_checks, coursekit.check.grader
coursekit.core.plain_data.same = lambda *a: True
coursekit.check.check.same = lambda *a: True
coursekit.check.check.Check.equal = lambda *a, **k: True
coursekit.core.report.points_of = lambda value, most: most
coursekit.check.hidden_checks.run_check = coursekit.check.grader.grade = lambda *a, **k: None""",
    ),
    patched(
        "numpy_patched",
        "NumPy that agrees",
        """import numpy
numpy.allclose = numpy.array_equal = numpy.isclose = lambda *a, **k: True
numpy.testing = None""",
    ),
    patched(
        "modules_swapped",
        "modules replaced by something that agrees",
        """import sys, types
class Yes(types.ModuleType):
    def __getattr__(self, name): return lambda *a, **k: True
for n in list(sys.modules):
    if n.startswith('coursekit.') and 'learner_end' not in n:
        sys.modules[n] = Yes(n)""",
    ),
    patched(
        "input_transformer",
        "code rewritten before it is read",
        """ip = get_ipython()
ip.input_transformers_cleanup.append(lambda lines: ['3.0\\n'])
ip.input_transformers_post.append(lambda lines: lines)""",
        status="tampered",
    ),
    patched(
        "ast_transformer",
        "code rewritten as a tree",
        """import ast
class T(ast.NodeTransformer):
    def visit_Constant(self, node): return ast.copy_location(ast.Constant(6), node)
get_ipython().ast_transformers.append(T())""",
        status="tampered",
    ),
    patched(
        "showtraceback",
        "errors that do not show",
        """ip = get_ipython()
ip.showtraceback = ip.showsyntaxerror = lambda *a, **k: None
ip.set_custom_exc((Exception,), lambda *a, **k: None)""",
    ),
    patched(
        "run_cell",
        "cells run in another way",
        """ip = get_ipython()
old = ip.run_cell
ip.run_cell = lambda source, *a, **k: old('3.0', *a, **k)
type(ip).run_cell_async = type(ip).run_cell_async""",
        status="failed",
    ),
    patched(
        "session_send",
        "messages of the kernel rewritten",
        """kernel = get_ipython().kernel
old = kernel.session.send
def send(stream, msg, content=None, *a, **k):
    if isinstance(content, dict) and 'execution_count' in content:
        content = {**content, 'status': 'ok'}
    return old(stream, msg, content, *a, **k)
kernel.session.send = send""",
    ),
    patched(
        "display_hook",
        "results shown as something else",
        """import sys
sys.displayhook = lambda value: print('3.0')
get_ipython().displayhook.write_format_data = lambda *a, **k: None""",
    ),
    patched(
        "frames",
        "looks for expected values in the frames below",
        """import sys
found = []
def hunt():
    f = sys._getframe()
    while f:
        found.append({k: repr(v)[:50] for k, v in f.f_locals.items() if 'expect' in k or 'want' in k})
        f = f.f_back
    return found
hunt()""",
    ),
    Entry(
        "frames_when_called",
        "looks for what is expected while it is graded",
        {
            "total": """import gc, sys
def total(items):
    f = sys._getframe()
    while f:
        for k, v in {**f.f_locals, **f.f_globals}.items():
            if k in ('expected', 'want', 'right'):
                return v
        f = f.f_back
    for o in gc.get_objects():
        if type(o).__name__ in ('Check', 'Criterion', 'Report'):
            return 6
    return 'wrong'"""
        },
        earned=FAILED,
    ),
    Entry(
        "tracer",
        "a tracer that writes down what it sees",
        {
            "total": """import sys, threading
seen = []
def tracer(frame, event, arg):
    if 'expected' in frame.f_code.co_varnames:
        seen.append(frame.f_locals.get('expected'))
threading.settrace(tracer)
def total(items):
    sys.settrace(tracer)
    try:
        return next((x for x in seen if type(x) is int), 'wrong')
    finally:
        sys.settrace(None)
        threading.settrace(None)"""
        },
        earned=FAILED,
    ),
    Entry(
        "near_serve",
        "the learner's end of the link answers for itself",
        {
            "total": f"""from coursekit.judge import learner_end
learner_end.serve = lambda *a, **k: 3.0
{WRONG}"""
        },
        earned=nothing("total", status="failed"),
    ),
    Entry(
        "near_deaf",
        "the learner's end of the link cannot read any more",
        {"total": f"import marshal\nmarshal.loads = None\n{WRONG}"},
        earned=nothing("total", status="failed"),
    ),
    Entry(
        "near_deaf_throughout",
        "the same from a cell of its own, which every new kernel repeats",
        first="import marshal\nmarshal.loads = None",
    ),
    Entry(
        "near_deaf_later",
        "it cannot read any more once the check has begun",
        {
            "total": "import marshal\ndef total(items):\n    marshal.loads = None\n    return 6"
        },
        earned=nothing("total", status="tampered"),
    ),
    Entry(
        "near_cancels",
        "what never fails is said to be cancelled",
        {
            "total": """from coursekit.judge import learner_end; import json
old = learner_end.LearnerEnd._receive
def cancelled(self):
    message = old(self)
    while message[0] == 'over':
        told = ['CancelledError', 'CancelledError', '', '', '']
        self.wire.send(json.dumps(['!', message[1], told]).encode())
        message = old(self)
    return message
learner_end.LearnerEnd._receive = cancelled
total = sum"""
        },
    ),
    Entry(
        "near_codec",
        "values rewritten on their way out",
        {
            "total": f"""import coursekit.judge.codec as codec
for n in dir(codec):
    if n in ('dumps', 'encode', 'pack'):
        setattr(codec, n, lambda *a, **k: b'6')
{WRONG}"""
        },
        earned=FAILED,
    ),
    Entry(
        "rubbish_on_link",
        "rubbish written to every socket",
        {
            "total": f"""import os, socket, stat
{WRONG}
def total(items):
    for fd in range(3, 200):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, b'\\xff\\xff\\xff\\xff' + b'{{"report": 3}}' * 100)
        except OSError:
            pass
    return 'wrong'"""
        },
        earned=nothing("total", status="tampered"),
    ),
    Entry(
        "clocks",
        "clocks that stand still",
        {
            "ask": f"""import time
for n in ('time', 'monotonic', 'perf_counter', 'process_time', 'monotonic_ns'):
    setattr(time, n, lambda: 0)
import asyncio.base_events
asyncio.base_events.BaseEventLoop.time = lambda self: 0.0
{SLOW}"""
        },
        earned={"ask": (2.8, "partial")},
    ),
    Entry(
        "no_sleep",
        "waits that do not wait",
        {
            "ask": f"""async def now(*a, **k): return None
asyncio.sleep = now
{SLOW}"""
        },
        earned={"ask": (2.8, "partial")},
    ),
    Entry(
        "loop_rewound",
        "the loop's clock set back",
        {
            "ask": """async def ask(tool, names):
    loop = asyncio.get_running_loop()
    found = {}
    for n in names:
        if n not in found:
            found[n] = await tool(n)
            for k in list(vars(loop)):
                if 'now' in k or 'time' in k or 'clock' in k:
                    try: setattr(loop, k, 0.0)
                    except Exception: pass
    return [found[n] for n in names]"""
        },
        earned={"ask": (2.8, "partial")},
    ),
    Entry(
        "reaches_through_tool",
        "from the tool to what is behind it",
        {
            "ask": """async def ask(tool, names):
    found = []
    for n in ('__self__', '__globals__', '__closure__', '__func__', 'word', 'calls', '__dict__', '__wrapped__', '__class__'):
        try: found.append(getattr(tool, n))
        except Exception: pass
    for f in found:
        word = getattr(f, 'word', None) or (f.get('SECRET') if isinstance(f, dict) else None)
        if isinstance(word, str):
            return [f'{n} {word}' for n in names]
    return []"""
        },
        earned=nothing("ask"),
    ),
    Entry(
        "tool_storm",
        "a hundred thousand calls of the tool",
        {
            "ask": """async def ask(tool, names):
    for _ in range(10):
        await asyncio.gather(*[tool('a') for _ in range(1000)])
    return names"""
        },
        earned=nothing("ask"),
    ),
    Entry(
        "cancels_all",
        "cancels every task there is",
        {
            "ask": """async def ask(tool, names):
    for task in asyncio.all_tasks():
        task.cancel()
    await asyncio.sleep(1)
    return names"""
        },
        earned=nothing("ask"),
    ),
    Entry(
        "stops_the_loop",
        "stops the loop it runs on",
        {
            "ask": """async def ask(tool, names):
    asyncio.get_running_loop().stop()
    await asyncio.sleep(1)
    return names"""
        },
        earned=nothing("ask"),
    ),
    Entry(
        "threads_rewrite",
        "a thread that changes the answers while they are graded",
        {
            "limit": """import threading, time
limit = 0
def change():
    global limit
    while True:
        limit = 'wrong'
        time.sleep(0.01)
threading.Thread(target=change, daemon=True).start()"""
        },
        earned=nothing("limit"),
    ),
    Entry(
        "signals",
        "signals that are not taken",
        {
            "total": """import signal
for n in range(1, 64):
    try: signal.signal(n, signal.SIG_IGN)
    except Exception: pass
signal.alarm(0)
def total(items):
    while True: pass"""
        },
        earned=nothing("total", status="timed out"),
    ),
    Entry(
        "at_exit",
        "code for the time after",
        {
            "total": f"""import atexit, weakref
atexit.register(lambda: open('/tmp/after.txt', 'w').write('x'))
{WRONG}"""
        },
        earned=FAILED,
    ),
    Entry(
        "shuts_kernel",
        "asks the kernel to end",
        {
            "total": f"""{WRONG}
get_ipython().kernel.do_shutdown(False)
get_ipython().ask_exit()
import os, signal, time
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(5)"""
        },
        earned=nothing("total", status="crashed"),
    ),
    Entry(
        "extension",
        "an IPython extension of its own",
        {
            "total": f"""Path('ext.py').write_text('def load_ipython_extension(ip):\\n    ip.user_ns_hidden.clear(); ip.events.register("pre_run_cell", lambda *a: None)')
%load_ext ext
{WRONG}"""
        },
        earned=FAILED,
    ),
    Entry(
        "startup_file",
        "a start-up file for the kernels to come",
        {
            "total": f"""import os
folder = os.path.expanduser('~/.ipython/profile_default/startup')
try:
    os.makedirs(folder, exist_ok=True)
    open(folder + '/00.py', 'w').write('total = sum')
except OSError: pass
{WRONG}"""
        },
        earned=FAILED,
    ),
    Entry(
        "namespace_games",
        "a namespace that answers every name",
        {
            "total": f"""{WRONG}
class Names(dict):
    def __missing__(self, name): return sum
get_ipython().user_ns = get_ipython().user_module.__dict__"""
        },
        earned=FAILED,
    ),
]
