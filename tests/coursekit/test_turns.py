"""Right and wrong versions come in turns by which counting calls gains nothing."""

import asyncio
import inspect

import pytest

from coursekit.check.check import Check
from coursekit.check.shuffled_trials import RIGHT, WRONG, verdicts
from coursekit.learn.visible_tests import EMPTY

RIGHTS, WRONGS = ("r1", "r2"), {"a": "wrong a", "b": "wrong b"}
ONE = Check(EMPTY, {}, seed="13")


def test_honest_test_is_told_apart():
    alarm, said = verdicts(
        ONE, lambda v: "AssertionError" if v == "wrong a" else "", RIGHTS, WRONGS
    )
    assert (alarm, said) == ("", {"a": "AssertionError", "b": ""})


def test_false_alarm_at_any_turn_is_one():
    seen = []

    def once(version):
        seen.append(version)
        return "AssertionError" if seen.count("r2") == RIGHT else ""

    assert verdicts(ONE, once, RIGHTS, {})[0] == "AssertionError"


def test_bug_must_be_caught_each_time():
    seen = []

    def first_only(version):
        seen.append(version)
        again = seen.count(version) > 1
        return "" if version in RIGHTS or again else "AssertionError"

    assert verdicts(ONE, first_only, RIGHTS, WRONGS) == ("", {"a": "", "b": ""})
    assert sorted(map(seen.count, WRONGS.values())) == [WRONG, WRONG]


def test_another_error_is_what_counts():
    answers = iter(["AssertionError", "TypeError", "AssertionError"])
    _, said = verdicts(ONE, lambda v: next(answers), (), {"a": "wrong a"})
    assert said == {"a": "TypeError"}


def order(seed):
    seen = []
    wrongs = {name: f"wrong {name}" for name in "abcd"}
    verdicts(
        Check(EMPTY, {}, seed=seed), lambda v: seen.append(v) or "", RIGHTS, wrongs
    )
    return seen


def test_an_order_is_one_submissions_own():
    orders = [order(f"submission {n}") for n in range(300)]
    assert orders[:9] == [order(f"submission {n}") for n in range(9)]
    assert len(set(map(tuple, orders))) == 300


@pytest.mark.parametrize("loud_first", [True, False])
def test_counting_calls_gains_nothing(loud_first):
    """A test that is loud for the first or the last calls, whatever it is given."""
    for versions in map(order, map(str, range(100))):
        places = range(len(versions))
        for quiet in places:
            assert not paid(versions, {i for i in places if (i < quiet) == loud_first})


def paid(versions, loud):
    """Whether a test that is loud at these places would catch anything."""
    places = {v: {i for i, x in enumerate(versions) if x == v} for v in set(versions)}
    quiet = not any(places[right] & loud for right in RIGHTS)
    return quiet and any(at <= loud for v, at in places.items() if v not in RIGHTS)


def test_what_an_earlier_order_showed_gains_nothing():
    orders = [order(str(n)) for n in range(30)]
    loud = [{i for i, v in enumerate(o) if v not in RIGHTS} for o in orders]
    assert all(paid(o, at) for o, at in zip(orders, loud, strict=True))
    assert not any(
        paid(a, loud[j]) for i, a in enumerate(orders) for j in {*range(30)} - {i}
    )


def shown(function):
    """All that a function says of itself."""
    code = function.__code__
    return (
        *(function.__name__, function.__qualname__, function.__module__),
        *(function.__doc__, function.__dict__, function.__defaults__),
        *(function.__annotations__, str(inspect.signature(function)), code),
        repr(function).split(" at ")[0],
    )


def test_versions_look_alike_and_none_is_seen_twice():
    def honest(texts, budget=3):
        """The right one."""
        return texts

    class Wrong:
        def __call__(self, texts):
            return None

    seen = []
    verdicts(ONE, lambda v: seen.append(v) or "", (honest,), {"a": Wrong()})
    assert len({id(v) for v in seen}) == RIGHT + WRONG
    assert len({str(shown(v)) for v in seen}) == 1
    assert sorted(v([1]) is None for v in seen) == [False] * RIGHT + [True] * WRONG


def test_an_async_version_stays_one():
    async def version(x):
        return x + 1

    seen = []
    verdicts(ONE, lambda v: seen.append(v) or "", (version,), {})
    assert all(map(inspect.iscoroutinefunction, seen))
    assert asyncio.run(seen[0](1)) == 2


def test_what_comes_first_is_nothing_to_compare_with():
    """However many versions it takes to be wrong, it gets most of them wrong."""
    orders = [order(f"submission {n}") for n in range(400)]
    ahead = [next(i for i, v in enumerate(o) if v in RIGHTS) for o in orders]
    assert set(ahead) == {1, 2, 3, 4}
    assert max(map(ahead.count, range(1, 5))) < 150, "no number is a good guess"
    assert all(len(set(o[:n])) == n for o, n in zip(orders, ahead, strict=True))
    assert all(o[-1] in RIGHTS for o in orders)


@pytest.mark.parametrize("place", range(12))
def test_a_version_taken_for_the_right_one_seldom_pays(place):
    """Loud up to a turn, then for all that behave otherwise than that turn's one."""
    caught = 0
    for versions in (order(f"submission {n}") for n in range(300)):
        seen = ["right" if v in RIGHTS else v for v in versions]
        loud = [i < place or v != seen[place] for i, v in enumerate(seen)]
        caught += loud == [v != "right" for v in seen]
    assert caught < 100
    assert place or not caught
