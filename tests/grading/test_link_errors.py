"""Errors cross the link as what they are, and what breaks its rules is refused."""

import asyncio
import contextlib
import json
import re
import socket
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.check.check import Check
from coursekit.check.error_messages import fault
from coursekit.core.answers_file import Record
from coursekit.core.counting import Counts, Mark, counted_entries
from coursekit.judge import learner_end
from coursekit.judge.codec import Tampered
from coursekit.judge.framing import HEAD, Gone, Wire, weight
from coursekit.judge.judge_end import JudgeEnd
from coursekit.judge.judge_process import There
from coursekit.learn.visible_tests import EMPTY
from session1.llm.errors import NoText


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


def test_the_judges_own_error_is_the_same_when_it_comes_back(linked):
    _, ns = linked("def use(tool): return tool()")
    error = OSError(2, "gone")

    def tool():
        raise error

    with pytest.raises(OSError, match="gone") as raised:
        ns["use"](tool)
    assert raised.value is error


@pytest.mark.parametrize("junk", [b'"' * 3_000_001, b'"' + b"\\" * 3_000_000, b'x"'])
def test_junk_is_weighed_at_once(junk):
    assert weight(junk) >= len(junk)
