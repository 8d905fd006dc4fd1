"""TTLCache: bound, expiry, order of eviction, clocks that jump."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.caching.ttl import TTLCache
from tests.session1.conftest import Clock


def test_serves_until_the_ttl_and_not_at_it(clock: Clock) -> None:
    cache = TTLCache[str, int](10, 60, clock=clock)
    cache.put("a", 1)
    clock.now = 59.999
    assert cache.get("a") == 1
    assert "a" in cache
    clock.now = 60
    assert "a" not in cache
    assert cache.get("a", "gone") == "gone"
    assert (len(cache), cache.expired, cache.evicted) == (0, 1, 0)


def test_a_hit_does_not_prolong_life(clock: Clock) -> None:
    cache = TTLCache[str, int](10, 60, clock=clock)
    cache.put("a", 1)
    clock.now = 50
    cache.get("a")
    clock.now = 61
    assert cache.get("a") is None


def test_the_least_recently_used_leaves_first(clock: Clock) -> None:
    left = []
    cache = TTLCache[str, int](
        2, clock=clock, on_evict=lambda k, v: left.append((k, v))
    )
    cache.put("a", 1)
    cache.put("b", 2)
    cache.get("a")
    cache.put("c", 3)
    assert left == [("b", 2)]
    assert sorted(cache) == ["a", "c"]
    assert cache.evicted == 1


def test_replacing_a_key_in_a_full_cache_evicts_nothing(clock: Clock) -> None:
    cache = TTLCache[str, int](1, clock=clock)
    cache.put("a", 1)
    cache.put("a", 2)
    assert (cache.get("a"), cache.evicted) == (2, 0)


def test_none_and_false_are_values_and_keys(clock: Clock) -> None:
    cache = TTLCache[object, object](3, clock=clock)
    cache.put("a", None)
    cache.put(None, False)
    assert cache.get("a", "missing") is None
    assert cache.get(None, "missing") is False


def test_pop_and_clear_are_silent(clock: Clock) -> None:
    left = []
    cache = TTLCache[str, int](3, clock=clock, on_evict=lambda k, v: left.append(k))
    cache.put("a", 1)
    cache.put("b", 2)
    assert (cache.pop("a"), cache.pop("a", 9)) == (1, 9)
    cache.clear()
    assert (len(cache), left) == (0, [])


@pytest.mark.parametrize("jump", [-1e6, -1.0, 1e6])
def test_a_clock_that_jumps_costs_a_miss_and_never_a_stale_answer(
    clock: Clock, jump: float
) -> None:
    clock.now = 100.0
    cache = TTLCache[str, int](10, 60, clock=clock)
    cache.put("a", 1)
    clock.now += jump
    assert cache.get("a") is None
    cache.put("a", 2)
    assert cache.get("a") == 2


def test_the_dead_do_not_pile_up(clock: Clock) -> None:
    cache = TTLCache[int, int](10**6, 10, clock=clock)
    for i in range(20_000):
        clock.now += 0.01
        cache.put(i, i)
        cache.get(i - 500)
    assert len(cache) <= 2_000  # a thousand are fresh, and as many may linger


@pytest.mark.parametrize("bad", [{"maxsize": 0}, {"ttl": 0}, {"ttl": float("nan")}])
def test_refuses_a_bound_that_holds_nothing(bad: dict) -> None:
    with pytest.raises(ValueError, match=r"maxsize|ttl"):
        TTLCache(**bad)


steps = st.one_of(
    st.tuples(st.just("put"), st.integers(0, 8)),
    st.tuples(st.just("get"), st.integers(0, 8)),
    st.tuples(st.just("pop"), st.integers(0, 8)),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 3.0, 11.0])),
)


@given(st.lists(steps, max_size=60), st.integers(1, 5))
def test_serves_only_what_was_put_last_and_accounts_for_all(
    script: list, maxsize: int
) -> None:
    """Whatever happens: fresh and latest or nothing; entries = put - left - taken."""
    clock, held = Clock(), dict[int, tuple[float, int]]()
    cache = TTLCache[int, int](
        maxsize, 10, clock=clock, on_evict=lambda key, value: held.pop(key)
    )
    for n, (step, x) in enumerate(script):
        if step == "wait":
            clock.now += x
        elif step == "put":
            cache.put(x, n)
            held[x] = (clock.now, n)
            assert cache.get(x) == n
        elif step == "pop":
            taken = cache.pop(x)
            assert taken == held.pop(x, (0.0, None))[1]
        else:
            born, value = held.get(x, (0.0, None))
            assert cache.get(x) == (value if clock.now - born < 10 else None)
        assert set(cache) == set(held)
        assert len(cache) == len(held) <= maxsize
