"""Two loops in step are as one: programs of waits, gathers and cancellations."""

import asyncio
import itertools
import linecache
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.check.check import Check
from coursekit.core.module import Exercise
from coursekit.judge import judge_loop
from coursekit.judge.judge_process import There
from coursekit.judge.learner_proxies import LearnerNames
from session1 import virtual_time
from session1.virtual_time import now
from tests.grading.bank import crossing
from tests.grading.ends import both_ends

# A program is a list: what to do, then its parts. Each wait has a length of its own,
# so that no two things happen at one moment and the order is not left to chance.
WAITS = itertools.count(1)


def unlike(seconds):
    return round(seconds + (next(WAITS) * 0.618034 % 1) / 10, 4)


SECONDS = st.integers(0, 5).map(unlike)
PROGRAMS = st.recursive(
    SECONDS.map(lambda s: ["sleep", s]) | st.just(["fail"]) | st.just(["tick"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: ["seq", *parts]),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: ["gather", *parts]),
        inner.map(lambda part: ["over", part]),
        st.tuples(SECONDS, inner).map(lambda p: ["timeout", *p]),
        st.tuples(SECONDS, inner).map(lambda p: ["wait_for", *p]),
        st.tuples(SECONDS, inner).map(lambda p: ["cancel", *p]),
        st.tuples(SECONDS, inner).map(lambda p: ["shield", *p]),
        st.tuples(SECONDS, inner).map(lambda p: ["cleanup", *p]),
        inner.map(lambda part: ["suppress", part]),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: ["group", *parts]),
    ),
    max_leaves=8,
)
RUN = '''
import asyncio

async def run(program, over, now):
    """What a program does and when, as data; `over` runs a part on the other side."""
    do, *parts = program
    again = lambda part: run(part, over, now)
    try:
        if do == "sleep":
            await asyncio.sleep(parts[0])
        elif do == "tick":
            await asyncio.sleep(0)
        elif do == "fail":
            raise ValueError("on purpose")
        elif do == "over":
            return ["over", now(), await over(parts[0])]
        elif do == "seq":
            return [do, now(), [await again(part) for part in parts]]
        elif do == "gather":
            found = await asyncio.gather(*map(again, parts), return_exceptions=True)
            return [do, now(), [x if type(x) is list else repr(x) for x in found]]
        elif do == "group":
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(again(part)) for part in parts]
            return [do, now(), [task.result() for task in tasks]]
        elif do == "timeout":
            async with asyncio.timeout(parts[0]):
                return [do, now(), await again(parts[1])]
        elif do == "wait_for":
            return [do, now(), await asyncio.wait_for(again(parts[1]), parts[0])]
        elif do == "cancel":
            task = asyncio.ensure_future(again(parts[1]))
            await asyncio.sleep(parts[0])
            task.cancel()
            return [do, now(), await task]
        elif do == "shield":
            task = asyncio.ensure_future(again(parts[1]))
            try:
                await asyncio.wait_for(asyncio.shield(task), parts[0])
            except TimeoutError:
                return ["late", now(), await task]
        elif do == "cleanup":
            try:
                return [do, now(), await again(parts[1])]
            finally:
                await asyncio.sleep(parts[0])
        elif do == "suppress":
            try:
                return [do, now(), await again(parts[0])]
            except asyncio.CancelledError:
                return ["suppressed", now()]
    except (ValueError, TimeoutError, ExceptionGroup) as error:
        return [do, now(), type(error).__name__]
    return [do, now()]
'''
HERE: dict = {}
exec(RUN, HERE)


def outcome(work, new_loop):
    async def main():
        try:
            async with asyncio.timeout(10_000):
                return await work()
        except asyncio.CancelledError:
            return "cancelled"

    done = virtual_time.run(main, new_loop=new_loop)
    return done.value, done.seconds


def alone(program):
    async def over(part):
        return await HERE["run"](part, over, now)

    return outcome(lambda: over(program), virtual_time.VirtualLoop)


def in_step(program):
    names = {"now": now}
    exec(RUN, names)
    with both_ends(names) as link:
        far = LearnerNames(link)["run"]

        async def over(part):  # the learner's side asks for this side
            return await HERE["run"](part, back, now)

        async def back(part):
            return await far(part, over, now)

        return outcome(lambda: back(program), There(link).new_loop)


@given(PROGRAMS)
@settings(max_examples=120)
def test_two_loops_in_step_do_what_one_does(program):
    assert in_step(program) == alone(program)


@dataclass
class Desk:
    """An async tool that says how many are at work."""

    busy: int = 0
    peak: int = 0
    left: list[str] = field(default_factory=list)

    async def tool(self, seconds):
        self.busy += 1
        self.peak = max(self.peak, self.busy)
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            await asyncio.sleep(1)
            self.left.append(f"cleaned up at {now():g}")
            raise
        finally:
            self.busy -= 1
        return seconds


def wait(link, work):
    return outcome(work, There(link).new_loop)


def test_many_calls_at_once_take_as_long_as_the_longest(linked):
    link, ns = linked(
        "import asyncio\n"
        "async def ask(tool, waits):\n"
        "    return await asyncio.gather(*map(tool, waits))\n"
    )
    desk, waits = Desk(), [i / 10 for i in range(50)]
    found = wait(link, lambda: ns["ask"](desk.tool, waits))
    assert found == (waits, 4.9) and desk.peak == 50


def test_cancelling_learner_code_lets_both_sides_clean_up(linked):
    link, ns = linked(
        "import asyncio\n"
        "said = []\n"
        "async def ask(tool):\n"
        "    try: await tool(10)\n"
        "    finally:\n"
        "        await asyncio.sleep(2)\n"
        "        said.append('there')\n"
    )
    desk = Desk()

    async def main():
        task = asyncio.create_task(ns["ask"](desk.tool))
        await asyncio.sleep(5)
        task.cancel()
        return (await asyncio.gather(task, return_exceptions=True))[0]

    error, seconds = wait(link, main)
    assert isinstance(error, asyncio.CancelledError) and seconds == 8
    assert desk.left == ["cleaned up at 6"] and ns["said"] == ["there"]


def test_what_still_runs_at_the_end_is_cancelled_and_cleans_up(linked):
    link, ns = linked(
        "import asyncio\n"
        "said, tasks = [], []\n"
        "async def forever():\n"
        "    try: await asyncio.sleep(1e9)\n"
        "    finally:\n"
        "        await asyncio.sleep(3)\n"
        "        said.append('bye')\n"
        "async def start():\n"
        "    tasks.append(asyncio.create_task(forever()))\n"
        "    await asyncio.sleep(0)\n"
    )
    assert wait(link, lambda: ns["start"]()) == (None, 0)
    assert ns["said"] == ["bye"]


def test_a_plain_function_finds_the_running_loop(linked):
    link, ns = linked(
        "import asyncio\n"
        "def time(): return asyncio.get_running_loop().time()\n"
        "async def slow(): await asyncio.sleep(3); return time()\n"
        "def start(): return asyncio.ensure_future(slow())\n"
    )

    async def main():
        await asyncio.sleep(1)
        task = ns["start"]()
        await asyncio.sleep(1)
        return ns["time"](), await task, ns["time"](), await task

    assert wait(link, main) == ((2.0, 4.0, 4.0, 4.0), 4)


def test_threads_are_waited_for(linked):
    link, ns = linked(
        "import asyncio, time\n"
        "async def work():\n"
        "    found = await asyncio.to_thread(lambda: time.sleep(0.02) or 'done')\n"
        "    return found, asyncio.get_running_loop().time()\n"
    )
    assert wait(link, lambda: ns["work"]()) == (("done", 0.0), 0)


def test_a_loop_of_the_learners_own_can_ask_too(linked):
    _, ns = linked("import asyncio\ndef work(tool): return asyncio.run(tool(5))\n")
    assert ns["work"](Desk().tool) == 5


OUTSIDE = (
    crossing.OUTSIDE
    + """
async def inside(tool): return [outside(tool(1)), await tool(2), outside(tool(3))]

def before(tool):
    found = [outside(tool(1)), outside(tool(2))]
    async def give(): return found
    return give()
"""
)


def test_wrong_arguments_for_what_is_awaited_are_the_callers_error(linked):
    link, ns = linked(
        "async def wrong(tool): return await tool(1, 2)\n"
        "async def caught(tool):\n"
        "    try: return await tool(1, least=2)\n"
        "    except TypeError: return await tool(3)\n"
    )
    with pytest.raises(TypeError, match="positional arguments"):
        wait(link, lambda: ns["wrong"](Desk().tool))
    assert wait(link, lambda: ns["caught"](Desk().tool)) == (3, 3)


def test_what_is_waited_for_outside_the_loop_takes_its_time(linked):
    link, ns = linked(OUTSIDE)
    desk = Desk()
    assert wait(link, lambda: ns["inside"](desk.tool)) == ([1, 2, 3], 6)
    waited = ns["before"](desk.tool)  # its time has passed before any is taken
    assert wait(link, lambda: waited) == ([1, 2], 3)
    assert wait(link, lambda: ns["inside"](desk.tool)) == ([1, 2, 3], 6)


def test_what_never_comes_ends_in_a_timeout(linked):
    link, ns = linked(
        "import asyncio\n"
        "async def never(): await asyncio.get_running_loop().create_future()\n"
        "async def twice(tool): return await tool(1) + await tool(2)\n"
    )
    with pytest.raises(TimeoutError):
        wait(link, lambda: ns["never"]())
    assert wait(link, lambda: ns["twice"](Desk().tool)) == (3, 3)


def test_errors_that_end_a_task_come_as_ordinary_ones(linked):
    link, ns = linked(
        "async def leave(): raise SystemExit(1)\n"
        "async def fail(): raise LookupError('gone')\n"
    )
    for name, text in [("leave", "1"), ("fail", "gone")]:
        with pytest.raises(Exception, match=text):
            wait(link, lambda name=name: ns[name]())


def test_outside_of_a_check_nothing_waits(linked):
    _, ns = linked(
        "class Later:\n"
        "    def __await__(self): yield\n"
        "def f(): return Later()\n"  # a coroutine would warn that nothing awaits it
    )

    async def main():
        await ns["f"]()

    with pytest.raises(RuntimeError, match=r"check\.wait"):
        asyncio.run(main())


NEVER = """
import asyncio

async def locked(tool):
    one = asyncio.Semaphore(1)
    await one.acquire()
    await one.acquire()  # again

async def unset(tool):
    async def first():
        await asyncio.Event().wait()
    async def second():
        await tool(1)
        await asyncio.Future()
    await asyncio.gather(first(), second())

async def polls(tool):
    while True:
        await asyncio.sleep(0)

async def polls_the_tool(tool):
    while True:
        await tool(0)

async def sleeps(tool):
    while True:
        await asyncio.sleep(60)

async def tidies(tool):
    try:
        await asyncio.Event().wait()  # tidily
    finally:
        await asyncio.sleep(5)

async def ends(tool):
    for _ in range(1_000):
        await asyncio.sleep(0)
    return [await tool(1) for _ in range(100)]
"""
LINES = NEVER.splitlines()
POLLS, WAITS_FOR_EVER = "tasks poll while no time passes", "nothing is left to wake one"


@pytest.fixture
def never(monkeypatch):
    """Checks of what never ends, here and at the other end of a link."""
    monkeypatch.setattr(judge_loop, "TURNS", 5_000)
    monkeypatch.setattr(virtual_time, "TURNS", 5_000)
    cell = len(NEVER), None, NEVER.splitlines(keepends=True), "<never>"
    monkeypatch.setitem(linecache.cache, "<never>", cell)
    names = {"__name__": "learner"}
    exec(compile(NEVER, "<never>", "exec"), names)

    async def tool(seconds):
        await asyncio.sleep(seconds)
        return seconds

    def found(place, names, name):
        check = Check(Exercise("x", "", "", "", 1), names, place=place)
        with check.part("it ends", 1):
            check.equal("it ends", 1, check.call(names[name], tool), [1] * 100)
        return check.criteria[0]

    with both_ends(names) as link:
        yield lambda name: (
            found(None, names, name),
            found(There(link), LearnerNames(link), name),
        )
        assert not link.broken


@pytest.mark.parametrize(
    ("name", "why", "lines"),
    [
        ("locked", WAITS_FOR_EVER, ["await one.acquire()  # again"]),
        (
            "unset",
            WAITS_FOR_EVER,
            ["await asyncio.Event().wait()", "await asyncio.Future()"],
        ),
        ("polls", POLLS, ["await asyncio.sleep(0)"]),
        ("polls_the_tool", POLLS, ["await tool(0)"]),
        ("sleeps", "tasks still wait after 86,400 s", ["await asyncio.sleep(60)"]),
        ("tidies", WAITS_FOR_EVER, ["await asyncio.Event().wait()  # tidily"]),
    ],
)
def test_what_never_ends_is_shown_with_its_lines(never, name, why, lines):
    for found in never(name):
        assert not found.points and why in found.got and found.look
        for line in lines:
            number = 1 + next(i for i, text in enumerate(LINES) if line in text)
            assert f"at your line {number}: {line}" in found.got
    assert all(found.full for found in never("ends")), "the next one goes well"
