"""Calls both ways: values, references, errors, and what may not be asked."""

import asyncio
import contextlib
import gc
import inspect
import json
import re
import socket
import threading
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.check.check import Check
from coursekit.check.error_messages import fault
from coursekit.core.answers_file import Record
from coursekit.core.counting import CountedEntry, Counts, Mark, counted_entries
from coursekit.core.plain_data import is_plain
from coursekit.judge import codec, learner_end
from coursekit.judge import judge_end as link_module
from coursekit.judge.codec import ONE_HASH, Tampered, TooMuch, decode, encode
from coursekit.judge.framing import HEAD, LONGEST, Gone, Wire, weight
from coursekit.judge.judge_end import JudgeEnd
from coursekit.judge.judge_loop import AT_WORK
from coursekit.judge.judge_process import There
from coursekit.judge.learner_proxies import ITEMS
from coursekit.judge.mirrored import Handed
from coursekit.learn.visible_tests import EMPTY
from session1.llm.errors import NoText
from tests.grading.ends import both_ends


def test_values_come_back_as_they_were(linked):
    _, ns = linked("def echo(*args, **kwargs): return args, kwargs")
    args, kwargs = ns["echo"](1, [2.5, {"a": (None, ...)}], b=b"x", c={1, 2})
    assert args == (1, [2.5, {"a": (None, ...)}])
    assert kwargs == {"b": b"x", "c": {1, 2}}


def test_an_end_that_fails_is_not_waited_for(monkeypatch):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire = Wire(theirs, learner_end.MOST)
        served = learner_end.LearnerEnd(wire, {}, Record(None))
        monkeypatch.setattr(learner_end, "_link", served)
        monkeypatch.setattr(learner_end, "marshal", SimpleNamespace(loads=None))
        ours.setblocking(False)  # it is there at once, or never
        link = JudgeEnd(ours)
        link.send("answers", 0, 0.0)
        with pytest.raises(TypeError):
            learner_end.serve()
        with pytest.raises(Tampered):
            link._receive()


def test_names_are_looked_up_one_by_one(linked):
    _, ns = linked("x = 1\ndef f(): pass\n")
    assert ns["x"] == 1 and "f" in ns and "g" not in ns
    assert {"x", "f"} <= set(ns) and len(ns) >= 2
    with pytest.raises(KeyError):
        ns["g"]
    assert ns.get("In") is None


def test_an_object_is_used_through_its_handle(linked):
    _, ns = linked(
        "class Box:\n"
        "    def __init__(self, *items): self.items = list(items)\n"
        "    def __len__(self): return len(self.items)\n"
        "    def __iter__(self): return iter(self.items)\n"
        "    def __getitem__(self, i): return self.items[i]\n"
        "    def __setitem__(self, i, v): self.items[i] = v\n"
        "    def __delitem__(self, i): del self.items[i]\n"
        "    def __contains__(self, x): return x in self.items\n"
        "    def __hash__(self): return 7\n"
        "    def __eq__(self, other): return True\n"
        "    def __repr__(self): return f'Box({self.items})'\n"
    )
    box = ns["Box"](1, "a", None)
    assert len(box) == 3 and list(box) == [1, "a", None] and box[1] == "a"
    box[1] = [2]
    del box[2]
    assert [2] in box and box.items == [1, [2]] and repr(box) == "Box([1, [2]])"
    assert bool(box) and not ns["Box"]() and hash(box) == 7
    assert type(box).__name__ == "Box" and not is_plain(box) and not callable(box)
    with pytest.raises(AttributeError):
        _ = box.nothing
    with pytest.raises(TypeError):
        box()


def test_what_claims_to_equal_plain_data_does_not(linked):
    _, ns = linked(
        "class Yes:\n"
        "    def __eq__(self, other): return True\n"
        "    def __hash__(self): return hash(1)\n"
        "yes, also = Yes(), Yes()\n"
    )
    yes = ns["yes"]
    assert yes != 1 and yes not in [1, "a"] and yes not in {1}
    assert yes == ns["also"] and yes is ns["yes"]


def test_iteration_is_bounded_and_lazy(linked):
    _, ns = linked("import itertools\ncount = itertools.count()\n")
    with pytest.raises(ValueError, match="more than"):
        list(ns["count"])
    assert next(iter(ns["count"])) > 99_000


def test_an_argument_that_is_changed_is_changed_here(linked):
    _, ns = linked(
        "def work(items, table, seen):\n"
        "    items.sort(key=lambda e: e.n)\n"
        "    table['inner'].append(1)\n"
        "    seen.add('b')\n"
    )
    one, two = SimpleNamespace(n=1), SimpleNamespace(n=2)
    inner: list = []
    items, table, seen = [two, one], {"inner": inner}, {"a"}
    ns["work"](items, table, seen)
    assert items[0] is one and items[1] is two
    assert table["inner"] is inner == [1] and seen == {"a", "b"}
    untouched = [two, one]
    ns["work"](untouched, table, seen=seen)
    assert untouched == [one, two]


def test_an_entry_comes_back_as_itself_with_its_own_values(linked):
    _, ns = linked("def cheat(e):\n    e.n = 0\n    return [e, e]\n")
    entry = SimpleNamespace(n=5)
    first, second = ns["cheat"](entry)
    assert first is entry is second and entry.n == 5


def test_reads_and_comparisons_are_counted_here(linked):
    _, ns = linked(
        "def work(entries):\n"
        "    return sorted(entries, key=lambda e: e.when)[0]\n"
        "def least(marks): return min(marks), hash(marks[0]) == hash(marks[2])\n"
        "def number(mark): return float(mark)\n"
    )
    counts = Counts()
    entries = [SimpleNamespace(when=w) for w in (3, 1, 2)]
    found = ns["work"](counted_entries(entries, counts))
    assert isinstance(found, CountedEntry) and counts.names["when"] == 3
    assert found.when == 1
    counts = Counts()
    marks = [Mark(n, counts) for n in (2, 1, 2)]
    least, equal = ns["least"](marks)
    assert least is marks[1] and equal is True and counts.comparisons == 2
    with pytest.raises(TypeError):
        ns["number"](marks[0])


def test_a_text_too_long_for_a_frame_is_only_too_long(linked):
    link, ns = linked("def text(sign): return sign * 1_500_000")
    assert [ns["text"](sign) == sign for sign in "é\0😀"] == [False] * 3
    assert len(ns["text"]("é")) == 1_500_000 and not link.broken


def test_objects_may_all_have_one_hash(linked):
    _, ns = linked(
        "class One:\n"
        "    def __hash__(self): return 7\n"
        f"many = {{One() for _ in range({ONE_HASH + 5})}}\n"
        "table = dict.fromkeys(many)\n"
        "def count(items): return len(items)\n"
    )
    many = ns["many"]
    assert len(many) == len(ns["table"]) == ns["count"](many) == ONE_HASH + 5


def test_a_mark_only_sorts():
    counts = Counts()
    assert Mark(1, counts) < Mark(2) and Mark(1) != Mark(2) and Mark(1) == Mark(1)
    assert sorted([Mark(2), Mark(1)])[0] == Mark(1) and counts.comparisons >= 1
    for use in (float, int, lambda m: -m, lambda m: m + 1, lambda m: m < 1):
        with pytest.raises(TypeError):
            use(Mark(1))
    assert Mark(1) != 1 and len({Mark(1), Mark(1)}) == 1


def test_only_public_names_of_a_class_can_be_asked_for(linked):
    class Tool:
        limit: int

        def __init__(self):
            self.limit, self.secret, self._own = 3, 4, 5

        def run(self, n):
            return n * self.limit

    _, ns = linked("def read(tool, name): return getattr(tool, name)")
    assert ns["read"](Tool(), "limit") == 3
    run = ns["read"](Tool(), "run")
    assert run(2) == 6
    for name in ("secret", "_own", "__dict__", "__class__x", "no such name"):
        with pytest.raises(AttributeError):
            ns["read"](Tool(), name)


def test_calls_nest_both_ways_to_a_depth(linked):
    _, ns = linked("def down(n, up): return n if n == 0 else up(n - 1)")

    def up(n):
        return ns["down"](n, up)

    assert ns["down"](15, up) == 0
    with pytest.raises(RecursionError):
        ns["down"](1000, up)
    assert ns["down"](3, up) == 0


def test_errors_keep_their_name_message_and_line(linked):
    _, ns = linked(
        "class Full(ValueError): pass\n"
        "def fail(): raise Full('too much')\n"
        "def leave(): raise SystemExit(3)\n"
        "def stop(): raise StopIteration('x')\n"
        "def key(): return {}['k']\n"
        "def blank(): return ____\n"
        "def unicode(): return b'\\xff'.decode()\n"
        "def odd():\n"
        "    class Odd(Exception):\n"
        "        def __str__(self): raise RuntimeError\n"
        "    raise Odd\n"
    )
    with pytest.raises(ValueError) as full:
        ns["fail"]()
    assert type(full.value).__name__ == "Full"
    assert fault(full.value, ns).where.startswith("at your line 2")
    for name, kind, text in [
        ("leave", Exception, "3"),
        ("stop", RuntimeError, "x"),
        ("key", KeyError, "'k'"),
        ("unicode", ValueError, "'utf-8' codec can't decode"),
        ("odd", Exception, "(its message cannot be shown)"),
    ]:
        with pytest.raises(kind) as error:
            ns[name]()
        assert str(error.value).startswith(text), name
    with pytest.raises(NameError) as error:
        ns["blank"]()
    assert not fault(error.value, ns).attempted


def test_an_error_of_ours_is_caught_as_what_it_is(linked):
    def tool():
        raise KeyError("no such city")

    _, ns = linked(
        "def call(tool):\n"
        "    try: tool()\n"
        "    except KeyError as error: return type(error) is KeyError, str(error)\n"
    )
    assert ns["call"](tool) == (True, "'no such city'")
    _, ns = linked("def call(tool): tool()")
    with pytest.raises(KeyError):
        ns["call"](tool)


def test_a_models_error_is_caught_by_its_name(linked):
    _, ns = linked(
        "from session1.llm import LLMError\n"
        "def ask(model):\n"
        "    try: return model()\n"
        "    except LLMError as error: return str(error)\n"
    )

    def model():
        raise NoText("it said nothing")

    assert ns["ask"](model) == "it said nothing"


def test_what_we_change_changes_there(linked):
    link, ns = linked(
        "kept = [['a'], {'k': [1]}]\n"
        "def get(): return kept\n"
        "def keep(it):\n"
        "    global held\n"
        "    held = it\n"
    )
    got = ns["get"]()
    There(link).change(got, lambda v: (v[0].append("b"), v.append(7), v[1].update(x=2)))
    assert ns["kept"] == got == [["a", "b"], {"k": [1], "x": 2}, 7]
    There(link).change(got[1]["k"], list.clear)
    assert ns["kept"][1]["k"] == []
    There(link).change(ns["kept"][0], list.pop)
    There(link).change(ns["kept"], lambda v: v[0].append("b"))
    ns["keep"](handed := [1])
    There(link).change(handed, lambda v: v.append(2))
    assert ns["held"] == [1, 2]
    inner = ns["get"]()
    There(link).change(inner, lambda v: v.insert(0, v[0]))
    assert ns["kept"][0] == ["a", "b"] == ns["kept"][1]


def test_threads_of_the_learner_can_call_too(linked):
    _, ns = linked(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "def work(tool):\n"
        "    with ThreadPoolExecutor(4) as pool:\n"
        "        return list(pool.map(tool, range(40)))\n"
        "def back(n): return n + 1\n"
    )
    back = ns["back"]
    assert ns["work"](lambda n: back(n) * 2) == [2 * n + 2 for n in range(40)]


def test_a_thread_left_behind_waits_for_its_turn(linked):
    _, ns = linked(
        "import threading\n"
        "found = []\n"
        "def leave(tool):\n"
        "    go = threading.Event()\n"
        "    def late():\n"
        "        go.wait()\n"
        "        found.append(tool(1))\n"
        "    thread = threading.Thread(target=late, daemon=True)\n"
        "    thread.start()\n"
        "    return go.set, thread.join\n"
    )
    go, join = ns["leave"](lambda n: n + 1)
    go()
    join()
    assert ns["found"] == [2]


def test_handles_let_go_of_are_forgotten_there():
    names: dict = {"make": lambda: object()}
    with both_ends(names) as link:
        from coursekit.judge.learner_proxies import LearnerNames

        ns = LearnerNames(link)
        make = ns["make"]
        for _ in range(1000):
            make()
        assert len(link._fars) == 1
        held = [make() for _ in range(3)]
        assert len(set(map(id, held))) == 3


def test_what_is_too_large_crosses_as_a_reference(linked):
    _, ns = linked("big = list(range(300_000))\ncircle = []\ncircle.append(circle)\n")
    assert len(ns["big"]) == 300_000 and not is_plain(ns["big"])
    assert ns["circle"][0] is ns["circle"]


def test_what_is_printed_is_kept_for_the_end(linked):
    link, ns = linked(
        "import sys\ndef f(): print('hello'); print('x', file=sys.stderr)"
    )
    ns["f"]()
    assert link.end_exercise() == "hello\nx\n"
    link.broken = Gone("over")


JUNK = st.binary(max_size=40) | st.recursive(
    st.none()
    | st.integers(-2, 5)
    | st.sampled_from(["=", "!", "a", "lt", "call", "hash", "alone", "n", "f", "o"]),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=12,
).map(lambda tree: json.dumps(tree).encode())


@given(st.lists(JUNK, max_size=5))
@settings(max_examples=150)
def test_whatever_a_learner_sends_the_judge_only_calls_it_tampered(frames):
    import socket

    from coursekit.judge.judge_end import JudgeEnd

    ours, theirs = socket.socketpair()
    with ours, theirs:
        link = JudgeEnd(ours)
        link.pack([print, Mark(1), SimpleNamespace(a=1)])
        theirs.sendall(b"".join(HEAD.pack(len(f)) + f for f in frames))
        theirs.shutdown(socket.SHUT_WR)
        for _ in range(len(frames) + 1):
            try:
                link.ask("get", "x")
            except (Gone, Tampered):
                assert link.broken
            except Exception:
                continue  # an error that the frame spelled
        with pytest.raises((Gone, Tampered)):
            link.ask("get", "x")


def test_a_frame_that_is_too_long_is_tampering():
    import socket

    from coursekit.judge.judge_end import LONGEST, JudgeEnd

    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(HEAD.pack(LONGEST + 1))
        with pytest.raises(Tampered):
            JudgeEnd(ours).ask("get", "x")


def test_an_async_callable_looks_like_one(linked):
    async def tool():
        return 1

    class Model:
        async def __call__(self):
            return 2

    _, ns = linked("import inspect\nis_async = inspect.iscoroutinefunction")
    assert ns["is_async"](tool) is True and ns["is_async"](Model()) is True
    assert ns["is_async"](len) is False
    assert inspect.iscoroutinefunction(tool) and threading.active_count()


LAZY = """
import itertools

class Walker:
    def __init__(self, entries): self.rest = iter(sorted(entries, key=lambda e: e.when))
    def __iter__(self): return self
    def __next__(self): return next(self.rest)

def one(e): return e.when
def generator(es): yield from sorted(es, key=lambda e: e.when)
def nested(es): return {"inside": [generator(es)]}
def mapped(es): return map(one, es)
def filtered(es): return filter(one, es)
def zipped(es): return zip(map(one, es), es)
def counted(es): return enumerate(map(one, es))
def chained(es): return itertools.chain(map(one, es))
def expression(es): return (e.when for e in es)
def walker(es): return Walker(es)
async def later(es): return generator(es)
"""


@pytest.mark.parametrize(
    "name",
    [
        *["generator", "nested", "mapped", "filtered", "zipped", "counted"],
        *["chained", "expression", "walker", "later"],
    ],
)
def test_a_lazy_result_is_taken_whole_before_its_reads_are_counted(linked, name):
    link, ns = linked(LAZY)
    check = Check(EMPTY, ns, place=There(link))
    counts = Counts()
    talk = counted_entries([SimpleNamespace(when=w) for w in (3, 1, 2)], counts)
    found = check.call(ns[name], talk)
    assert counts.names["when"] == 3
    inside = found["inside"][0] if name == "nested" else found
    assert not is_plain(inside) and len(list(inside)) == 3 and list(inside) == []


@pytest.mark.parametrize(
    "use",
    [
        *[
            "list(late)",
            "len(late)",
            "late[0]",
            "late.total",
            "1 in late",
            "bool(late)",
        ],
        *["late()", "repr(late)", "late == other", "hash(late)", "late.contents()"],
    ],
)
def test_what_is_done_after_the_count_is_refused(linked, use):
    _, ns = linked(
        "class Late:\n"
        "    def __init__(self, entries): self.entries, self.done = entries, 0\n"
        "    def work(self, *_):\n"
        "        self.done = sum(e.when for e in self.entries)\n"
        "        return self.done\n"
        "    __len__ = __getitem__ = __contains__ = __bool__ = __call__ = work\n"
        "    __eq__ = __hash__ = contents = work\n"
        "    total = property(work)\n"
        "    def __iter__(self): yield self.work()\n"
        "    def __repr__(self): return str(self.work())\n"
    )
    counts = Counts()
    entries = [SimpleNamespace(when=w) for w in (3, 1, 2)]
    late = ns["Late"](counted_entries(entries, counts))
    assert counts.reads == 0
    with contextlib.suppress(LookupError):
        eval(use, {"late": late, "other": ns["Late"]([])})
    assert late.done == 0 and counts.reads == 0
    counts.reset()
    assert late.contents() == 6 and counts.reads == 3


def test_a_comparison_after_the_count_is_refused(linked):
    _, ns = linked("def least(marks): return min(marks)")
    counts = Counts()
    marks = [Mark(n, counts) for n in (2, 1)]
    assert ns["least"](marks) is marks[1] and counts.comparisons == 1
    with pytest.raises(LookupError, match="after its use was counted"):
        ns["least"](marks)
    assert counts.comparisons == 1


def test_the_error_of_a_lazy_result_comes_in_its_place(linked):
    _, ns = linked("def two():\n    yield 1\n    raise KeyError('gone')\n")
    found = iter(ns["two"]())
    with pytest.raises(KeyError, match="gone"):
        next(found), next(found)


def shown(thing):
    """All that learner code can see of a stand-in, its place in the link left out."""
    kept = ("__code__", "__name__", "__qualname__", "__module__", "__doc__", "__dict__")
    seen = {name: str(getattr(thing, name, "")) for name in kept}
    cells = [c.cell_contents for c in getattr(thing, "__closure__", None) or ()]
    told = [type(c).__name__ if type(c) is not str else c for c in cells]
    at = re.compile(" at 0x[0-9a-f]+")
    return str(
        [at.sub("", s) for s in (*seen.values(), repr(thing), *told, *dir(thing))]
    )


def test_stand_ins_do_not_say_who_they_are(linked):
    def honest(texts, budget=3):
        """The right one."""
        return len(texts[budget])

    class Broken:
        """A wrong one."""

        def __call__(self, texts, budget):
            return 0

    async def slow(texts):
        return 1

    class Quick:
        async def __call__(self, texts):
            return 2

    kept = []
    _, ns = linked("def take(*things): kept.extend(things)", kept=kept)
    waits = slow(1), Quick()(1)
    ns["take"](honest, Broken(), Broken, slow, Quick(), *waits, object())
    texts = [shown(thing) for thing in kept]
    assert len(set(texts[:3])) == len(set(texts[3:5])) == len(set(texts[5:7])) == 1
    for wait in (*waits, *kept[5:7]):
        wait.close()
    said = " ".join(texts).lower()
    for word in ("honest", "broken", "slow", "quick", "right", "wrong", "texts"):
        assert word not in said


@pytest.mark.parametrize("args", ["", "1, 2, 3", "nothing=1"])
def test_errors_of_stand_ins_name_no_function(linked, args):
    class Broken:
        def __call__(self, texts):
            return 0

    def honest(texts):
        return 1

    _, ns = linked(
        "def say(f):\n"
        f"    try: f({args})\n"
        "    except TypeError as error: return str(error), vars(error)\n"
    )
    for version in (honest, Broken()):
        said = str(ns["say"](version))
        assert "function()" in said
        assert not {"honest", "Broken", "__call__", "<locals>"} & set(
            re.split(r"\W", said)
        )
        assert "locals" not in said


ERRORS = """
class Down(Exception):
    def __init__(self, code, cause=None):
        super().__init__(code, "down")
        self.code = code

class Quiet(BaseException): pass
class Named(KeyError): pass
class Group(ExceptionGroup): pass

def raised(error):
    try:
        raise error
    except BaseException as found:
        return found

cause = ValueError("first")
down = Down(3)
down.__cause__, down.__context__ = cause, cause
down.add_note("a note")
errors = [
    down, Quiet(), Named("k"), SystemExit(2), KeyboardInterrupt(), OSError(2, "gone"),
    Group("several", [Down(1), ValueError("x")]), StopIteration(4),
    UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"), SyntaxError("no"), Down(Down(5)),
]

def through(relay, error):
    def tool():
        raise error
    return raised_by(relay, tool) is error

def raised_by(relay, tool):
    try:
        relay(tool)
    except BaseException as found:
        return found

async def waits(relay, error):
    async def tool():
        raise error
    try:
        await relay(tool)
    except BaseException as found:
        return found is error

def described(found):
    parts = [described(e) for e in getattr(found, "exceptions", ())]
    cause = found.__cause__ and described(found.__cause__)
    args = [str(a) for a in found.args[:1]]
    return [type(found).__name__, args, cause, getattr(found, "__notes__", []), parts]

def same_thing(keep, thing): return keep(thing) is thing
class Thing: pass
things = [Thing(), Thing, Down, through, lambda: 1, [].append, Thing().__init__, down]
"""


def relay(tool):
    try:
        return tool()
    except BaseException as error:
        kept = error
    raise kept


def test_a_learners_error_comes_back_as_the_same_object(linked):
    _, ns = linked(ERRORS)
    errors = ns["errors"]
    assert [ns["through"](relay, error) for error in errors] == [True] * len(errors)


def test_so_it_does_where_both_wait(linked):
    link, ns = linked(ERRORS)
    check = Check(EMPTY, ns, place=There(link))

    async def relay(tool):
        task = asyncio.ensure_future(tool())
        return await asyncio.shield(task)

    plain = [e for e in ns["errors"] if type(e).__name__ not in UNLIKE]
    assert len(plain) == 7
    for error in plain:
        assert check.wait(ns["waits"](relay, error)) is True


STREAMS = """
from contextlib import aclosing

async def shout(words):
    async with aclosing(words):
        async for word in words:
            yield word.upper()

class Words:
    async def __aiter__(self):
        for word in "ab":
            yield word
"""


class Said:
    """Words that come one by one; notes what is taken, and whether it was closed."""

    def __init__(self, *words):
        self.words, self.taken, self.closed = list(words), [], False

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.words:
            raise StopAsyncIteration
        self.taken.append(self.words.pop(0))
        if self.taken[-1] == "!":
            raise OSError("gone")
        await asyncio.sleep(1)
        return self.taken[-1]

    async def aclose(self):
        self.closed = True


def test_what_comes_piece_by_piece_does_so_on_the_other_side(linked):
    link, ns = linked(STREAMS)
    check = Check(EMPTY, ns, place=There(link))

    async def heard(said):
        return [word async for word in ns["shout"](said)]

    said = Said("a", "", "b")
    assert check.timed(heard(said)) == (["A", "", "B"], 3.0)
    assert said.closed
    with pytest.raises(OSError, match="gone"):
        check.wait(heard(Said("a", "!")))

    async def generated():
        yield "x"

    assert check.wait(heard(generated())) == ["X"]

    async def own():
        return [word async for word in ns["Words"]()]

    assert check.wait(own()) == ["a", "b"]


def test_a_stream_that_is_left_is_closed_where_it_comes_from(linked):
    link, ns = linked(STREAMS)
    check = Check(EMPTY, ns, place=There(link))
    said = Said("a", "b", "c")

    async def left():
        async with contextlib.aclosing(ns["shout"](said)) as words:
            async for word in words:
                return word

    assert check.wait(left()) == "A"
    assert said.taken == ["a"]
    assert said.closed


UNLIKE = "SystemExit", "KeyboardInterrupt", "StopIteration", "Quiet"


def test_objects_functions_and_types_come_back_as_themselves(linked):
    _, ns = linked(ERRORS)
    for thing in ns["things"]:
        assert ns["same_thing"](lambda value: [value][0], thing)


def test_an_error_of_the_judges_has_its_parts_and_comes_back(linked):
    _, ns = linked(ERRORS)

    def failing():
        try:
            raise LookupError("where", 3) from KeyError("deep")
        except LookupError as error:
            error.add_note("look here")
            raise ExceptionGroup("all", [error, OSError(2, "gone")]) from error

    def described(tool):
        return ns["described"](ns["raised_by"](lambda t: t(), tool))

    deep = ["KeyError", ["deep"], None, [], []]
    one = ["LookupError", ["where"], deep, ["look here"], []]
    two = ["FileNotFoundError", ["2"], None, [], []]
    assert described(failing) == ["ExceptionGroup", ["all"], one, [], [one, two]]


ITERATORS = """
from decimal import Decimal
from fractions import Fraction
import itertools

def numbers():
    yield 1
    yield 2

def raises():
    yield 1
    raise KeyError("gone")

class Steps:
    def __iter__(self): return self
    def __next__(self): raise StopIteration

def made():
    return [numbers(), map(str, [1]), zip([1], [2]), iter([1, 2]), itertools.count(3)]

def firsts(lazy): return list(itertools.islice(lazy, 2))

def given(keep):
    kept = made()
    back = [keep(lazy) for lazy in kept]
    same = [a is b for a, b in zip(kept, back)]
    return same, [firsts(lazy) for lazy in back]

def called(relay):
    back = [relay(lambda: lazy) for lazy in made()]
    return [firsts(lazy) for lazy in back], type(back[0]).__name__

def failing(relay):
    back = relay(raises)
    found = [next(back)]
    try:
        next(back)
    except KeyError as error:
        found.append(str(error))
    return found

def steps(relay):
    one = Steps()
    return relay(lambda: one) is one

def exact(relay):
    numbers = [Fraction(1, 3), Decimal("0.10"), {Decimal(1): [Fraction(2)]}]
    return repr(relay(lambda: numbers)) == repr(numbers)

def summed(total): return total(n for n in range(1000))
"""
FIRSTS = [[1, 2], ["1"], [(1, 2)], [1, 2], [3, 4]]


def test_what_is_lazy_comes_back_as_it_was(linked):
    _, ns = linked(ITERATORS)
    assert ns["given"](lambda lazy: lazy) == ([True] * 5, FIRSTS)
    assert ns["called"](lambda tool: tool()) == (FIRSTS, "generator")
    assert ns["failing"](lambda tool: tool()) == [1, "'gone'"]
    assert ns["steps"](lambda tool: tool()) is True
    assert ns["summed"](sum) == 499_500


def test_exact_numbers_come_back_as_they_were(linked):
    _, ns = linked(ITERATORS)
    assert ns["exact"](lambda tool: tool()) is True


def test_an_argument_that_is_returned_is_taken_whole(linked):
    link, ns = linked(
        "def use(es, keep):\n"
        "    lazy = (e.when for e in es)\n"
        "    keep(lazy)\n"
        "    return lazy\n"
    )
    check, counts = Check(EMPTY, ns, place=There(link)), Counts()
    talk = counted_entries([SimpleNamespace(when=w) for w in (3, 1)], counts)
    found = check.call(ns["use"], talk, lambda lazy: None)
    assert counts.names["when"] == 2 and list(found) == [3, 1]


def test_the_judges_own_error_is_the_same_when_it_comes_back(linked):
    _, ns = linked("def use(tool): return tool()")
    error = OSError(2, "gone")

    def tool():
        raise error

    with pytest.raises(OSError, match="gone") as raised:
        ns["use"](tool)
    assert raised.value is error


FLOODS = """
import asyncio
def texts():
    for _ in range(1000): yield 'x' * 50_000
class Box:
    def __iter__(self):
        while True: yield 'y' * 50_000
    def text(self): return 'z' * 50_000
box = Box()
def flood(take):
    while True: take('x' * 50_000)
def errors(take):
    while True:
        try: take.nothing_of_that_name
        except AttributeError: pass
def methods(take):
    while True: take.method
def reads(take):
    while True: take.read
async def answers(tool): await asyncio.gather(*[tool('x') for _ in range(300)])
def large(): return ['x' * 3_900_000] * 2, ['y' * 3_900_000] * 2
async def many(tool): await asyncio.gather(*[tool(n) for n in range(5_001)])
async def long(tool):
    return await asyncio.gather(*[tool(n * 3_900_000) for n in 'abc'])
"""


class Judges:
    read = 1

    def method(self):
        pass


@pytest.mark.slow
@pytest.mark.parametrize(
    "use",
    [
        *["list(ns['texts']())", "list(ns['box'])", "[ns['box'].text() for _ in FEW]"],
        *["ns['flood'](len)", "ns['errors'](Judges())", "ns['methods'](Judges())"],
        *["ns['reads'](Judges())", "wait(ns['answers'](tool))"],
    ],
)
def test_all_that_an_exercise_hands_over_is_bounded(linked, monkeypatch, use):
    monkeypatch.setattr(link_module, "IN_ALL", 1_000_000)
    link, ns = linked(FLOODS)
    wait = Check(EMPTY, ns, place=There(link)).wait

    async def tool(sign):
        return [sign * 2_000]

    with pytest.raises(TooMuch, match=r"takes [\d.]+ MB of .*[\d,]+ messages.* 1 MB"):
        eval(use, locals() | {"FEW": range(100), "Judges": Judges})
    with pytest.raises(TooMuch):  # whatever comes afterwards
        ns["box"]


def test_large_arguments_and_items_cross_one_by_one(linked):
    _, ns = linked(
        "def use(f): return f('a' * 3_000_000, b='b' * 3_000_000)\n"
        "def texts():\n    for sign in 'abc': yield sign * 3_000_000\n"
    )
    assert ns["use"](lambda a, b: (len(a), len(b))) == (3_000_000, 3_000_000)
    assert [text[0] for text in ns["texts"]()] == ["a", "b", "c"]


def test_what_comes_at_once_is_bounded(linked):
    async def tool(text):
        return await asyncio.sleep(1, text)

    for name, why in (("many", "more than 5,000 calls"), ("long", "more than 8 MB")):
        link, ns = linked(FLOODS)
        check = Check(EMPTY, ns, place=There(link))
        with pytest.raises(TooMuch, match=why):
            check.wait(ns[name](tool))


def test_the_teachers_page_has_the_figures():
    page = (Path(__file__).parents[2] / "docs" / "grading_protection.md").read_text()
    table = page.partition("## The judge")[2]
    for figure in (AT_WORK, ITEMS, codec.NODES, codec.BITS, codec.DIGITS):
        assert f" {figure:,}" in table
    for size in (link_module.IN_ALL, LONGEST, round(codec.BYTES, -6)):
        assert f"| {size // 1_000_000} MB" in table
    assert f"{codec.DEPTH} levels" in table and f"| {link_module.DEEP} |" in table
    assert f"weigh {link_module.KEPT} bytes" in table


def texts(draw):
    return draw(st.text(max_size=30)) * draw(st.sampled_from([1, 1, 50, 3000]))


@pytest.mark.deep
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_frame_weighs_at_least_what_its_values_take(data):
    part = st.recursive(
        st.integers() | st.floats(allow_nan=False) | st.composite(texts)(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.lists(inner, max_size=4).map(tuple)
            | st.dictionaries(st.integers(), inner, max_size=3)
            | st.sets(st.integers(), max_size=5)
        ),
        max_leaves=8,
    )
    tree = ["l", *[encode(data.draw(part), print)] * 200]
    frame = json.dumps(tree).encode()
    decode(json.loads(frame), print)  # what a first call makes and keeps is no part
    gc.collect()
    tracemalloc.start()
    try:
        kept = decode(json.loads(frame), print)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < weight(frame) + 10_000 and len(kept) == 200


@pytest.mark.parametrize("text", ["a,b;[c]", '{"a": 1},', "\\", '"', ":\n"])
def test_what_stands_in_texts_weighs_as_text(text):
    frame = json.dumps(["l", text * 400_000, 1, [2]]).encode()
    assert len(frame) <= weight(frame) < len(frame) + 2_000


@pytest.mark.parametrize("junk", [b'"' * 3_000_001, b'"' + b"\\" * 3_000_000, b'x"'])
def test_junk_is_weighed_at_once(junk):
    assert weight(junk) >= len(junk)


@pytest.mark.parametrize("zone", [None, UTC, timezone(timedelta(hours=-3, minutes=7))])
def test_a_moment_is_read_as_it_is(linked, zone):
    _, ns = linked(
        "def read(entry): return entry.timestamp, repr(type(entry.timestamp))"
    )
    moment, counts = datetime(1969, 12, 31, 23, 59, 1, 5, zone), Counts()
    entry = CountedEntry(SimpleNamespace(timestamp=moment), counts)
    found, kind = ns["read"](entry)
    assert found == moment and found.tzinfo == zone and kind == repr(datetime)
    assert counts.names["timestamp"] == 2


def test_arguments_are_held_on_both_sides_or_on_neither():
    both = Handed(), Handed()
    for handed in both:
        handed.keep_args("far 1", [1, "a", 2.5, None, True])
        handed.keep_args("far 2", [1, [2]])
    with pytest.raises(KeyError):
        both[1].at("args of far 1", 0)
    assert both[1].at("args of far 2", 1) == [2]
