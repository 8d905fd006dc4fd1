"""Caches of other libraries, each as its manual uses it.

`get_put` gives a pair of calls, `cached` a function that remembers results; both say
in a string why there is none.
"""

import functools
import os
from collections.abc import Callable, Coroutine, Hashable
from importlib.util import find_spec
from typing import Any

HOW = "not installed: pip install -e '.[bench]'"
GetPut = tuple[Callable[[Any], object], Callable[[Any, Any], object]]
Async = Callable[[str], Coroutine[Any, Any, Any]]


def get_put(size: int) -> dict[str, GetPut | str]:
    """Ways to look up a key and to store under one, for at most `size` entries."""
    makers: dict[str, tuple[str, Callable[[int], GetPut]]] = {
        "cachetools TTLCache": ("cachetools", _cachetools_ttl),
        "cachetools LRUCache": ("cachetools", _cachetools_lru),
        "cachebox TTLCache": ("cachebox", _cachebox_ttl),
        "cachebox LRUCache": ("cachebox", _cachebox_lru),
        "langchain InMemoryCache": ("langchain_core", _langchain),
        "litellm InMemoryCache": ("litellm", _litellm),
    }
    return {
        name: make(size) if find_spec(package) else HOW
        for name, (package, make) in makers.items()
    }


def remembering(size: int, known: list[Hashable]) -> Callable[[Any], object]:
    """functools.lru_cache around a function that was called for all of `known`."""

    @functools.lru_cache(size)
    def function(key: Any) -> str:
        return "value"

    for key in known:
        function(key)
    return function


def cached(work: Async) -> dict[str, Async | str]:
    """`work` behind each library's decorator for async functions."""
    makers: dict[str, tuple[str, Callable[[Async], Async]]] = {
        "async-lru": ("async_lru", _async_lru),
        "cachebox cached": ("cachebox", _cachebox_cached),
        "aiocache cached": ("aiocache", _aiocache),
        "aiocache cached_stampede": ("aiocache", _aiocache_stampede),
    }

    async def function(key: str) -> Any:  # the libraries want a plain one
        return await work(key)

    return {
        name: make(function) if find_spec(package) else HOW
        for name, (package, make) in makers.items()
    }


def _cachetools_ttl(size: int) -> GetPut:
    import cachetools

    cache = cachetools.TTLCache[Any, Any](size, 3600)
    return cache.get, cache.__setitem__


def _cachetools_lru(size: int) -> GetPut:
    import cachetools

    cache = cachetools.LRUCache[Any, Any](size)
    return cache.get, cache.__setitem__


def _cachebox_ttl(size: int) -> GetPut:
    import cachebox

    cache = cachebox.TTLCache[Any, Any](size, 3600)
    return cache.get, cache.insert


def _cachebox_lru(size: int) -> GetPut:
    import cachebox

    cache = cachebox.LRUCache[Any, Any](size)
    return cache.get, cache.insert


def _langchain(size: int) -> GetPut:
    from langchain_core.caches import InMemoryCache

    cache = InMemoryCache(maxsize=size)  # its key is a prompt and a model
    return lambda k: cache.lookup(k, "m"), lambda k, v: cache.update(k, "m", [v])


def _litellm(size: int) -> GetPut:
    # its import would look for prices on the network
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    from litellm.caching.in_memory_cache import InMemoryCache

    cache = InMemoryCache(max_size_in_memory=size, default_ttl=3600)
    return cache.get_cache, cache.set_cache


def _async_lru(work: Async) -> Async:
    import async_lru

    decorated: Async = async_lru.alru_cache(maxsize=1000, ttl=3600)(work)
    return decorated


def _cachebox_cached(work: Async) -> Async:
    import cachebox

    cache = cachebox.TTLCache[Any, Any](1000, 3600)
    decorated: Async = cachebox.cached(cache)(work)
    return decorated


def _aiocache(work: Async) -> Async:
    import aiocache

    decorated: Async = aiocache.cached(ttl=3600)(work)
    return decorated


def _aiocache_stampede(work: Async) -> Async:
    import aiocache

    decorated: Async = aiocache.cached_stampede(ttl=3600, lease=2)(work)
    return decorated
