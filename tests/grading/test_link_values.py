"""What crosses the link comes back as it was, and is counted on the judge's side."""

import gc
import json
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.check.check import Check
from coursekit.core.counting import CountedEntry, Counts, Mark, counted_entries
from coursekit.core.plain_data import is_plain
from coursekit.judge import codec
from coursekit.judge import judge_end as link_module
from coursekit.judge.codec import ONE_HASH, decode, encode
from coursekit.judge.framing import LONGEST, Gone, weight
from coursekit.judge.judge_loop import AT_WORK
from coursekit.judge.judge_process import There
from coursekit.judge.learner_proxies import ITEMS
from coursekit.judge.mirrored import Handed
from coursekit.learn.visible_tests import EMPTY
from tests.grading.ends import both_ends


def test_values_come_back_as_they_were(linked):
    _, ns = linked("def echo(*args, **kwargs): return args, kwargs")
    args, kwargs = ns["echo"](1, [2.5, {"a": (None, ...)}], b=b"x", c={1, 2})
    assert args == (1, [2.5, {"a": (None, ...)}])
    assert kwargs == {"b": b"x", "c": {1, 2}}


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


def test_large_arguments_and_items_cross_one_by_one(linked):
    _, ns = linked(
        "def use(f): return f('a' * 3_000_000, b='b' * 3_000_000)\n"
        "def texts():\n    for sign in 'abc': yield sign * 3_000_000\n"
    )
    assert ns["use"](lambda a, b: (len(a), len(b))) == (3_000_000, 3_000_000)
    assert [text[0] for text in ns["texts"]()] == ["a", "b", "c"]


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
