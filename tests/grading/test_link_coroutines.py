"""Calls, coroutines, streams and threads across the link, in their turn."""

import asyncio
import contextlib
import inspect
import threading

import pytest

from coursekit.check.check import Check
from coursekit.judge import judge_end as link_module
from coursekit.judge.codec import TooMuch
from coursekit.judge.judge_process import There
from coursekit.learn.visible_tests import EMPTY


def test_calls_nest_both_ways_to_a_depth(linked):
    _, ns = linked("def down(n, up): return n if n == 0 else up(n - 1)")

    def up(n):
        return ns["down"](n, up)

    assert ns["down"](15, up) == 0
    with pytest.raises(RecursionError):
        ns["down"](1000, up)
    assert ns["down"](3, up) == 0


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


FLOODS = """
import asyncio
def texts():
    for _ in range(1000): yield 'x' * 50_000
y = 'y' * 50_000  # one for all: a hundred thousand are walked over
class Box:
    def __iter__(self):
        while True: yield y
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


def test_what_comes_at_once_is_bounded(linked):
    async def tool(text):
        return await asyncio.sleep(1, text)

    for name, why in (("many", "more than 5,000 calls"), ("long", "more than 8 MB")):
        link, ns = linked(FLOODS)
        check = Check(EMPTY, ns, place=There(link))
        with pytest.raises(TooMuch, match=why):
            check.wait(ns[name](tool))
