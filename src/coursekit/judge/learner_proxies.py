"""Handles on the learner's objects, for checks to use as if they were here."""

from collections.abc import Coroutine, Iterator, Mapping
from functools import lru_cache
from typing import Any

from coursekit.judge.channel import Channel
from coursekit.judge.judge_loop import running

TAKE = 64  # items of an iteration fetched at a time
ITEMS = 100_000  # items of one iteration
LONG = 200  # characters of a learner's own `repr`


class LearnerProxy:
    """A handle on an object in the learner's process."""

    __slots__ = ("__weakref__", "_far_link", "_far_number", "_far_seen")

    def __init__(self, link: Channel, number: int) -> None:
        self._far_link, self._far_number, self._far_seen = link, number, 0

    def __del__(self) -> None:
        self._far_link.drop(self._far_number, self._far_seen)

    def _far_ask(self, op: str, *args: Any) -> Any:
        link = self._far_link
        return link.ask(op, self._far_number, *(link.pack(a) for a in args))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._far_link.ask("attr", self._far_number, name)

    def __len__(self) -> int:
        return _typed(self._far_ask("len"), int)

    def __bool__(self) -> bool:
        return _typed(self._far_ask("bool"), bool)

    def __hash__(self) -> int:
        return _typed(self._far_ask("hash"), int)

    def __eq__(self, other: object) -> bool:
        # what claims to equal plain data is not asked
        if not isinstance(other, LearnerProxy):
            return False
        return self is other or _typed(self._far_ask("eq", other), bool)

    def __contains__(self, item: object) -> bool:
        return _typed(self._far_ask("in", item), bool)

    def __getitem__(self, key: Any) -> Any:
        return self._far_ask("item", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._far_ask("set", key, value)

    def __delitem__(self, key: Any) -> None:
        self._far_ask("del", key)

    def __iter__(self) -> Iterator[Any]:
        walk = self._far_ask("iter")
        for _ in range(ITEMS // TAKE):
            items = self._far_link.ask("take", walk._far_number, TAKE)
            if isinstance(items, LearnerProxy):  # too large to cross together
                items = [items[n] for n in range(min(len(items), TAKE))]
            yield from _typed(items, list)
            if len(items) < TAKE:
                return
        raise ValueError(f"more than {ITEMS:,} items")

    def __repr__(self) -> str:
        try:
            return _typed(self._far_ask("repr"), str)[:LONG]
        except Exception:
            return f"<{type(self).__name__}>"

    def __copy__(self) -> "LearnerProxy":
        return self

    def __deepcopy__(self, memo: Any) -> "LearnerProxy":
        return self


class _Called(LearnerProxy):
    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._far_link.call(self._far_number, args, kwargs)


class _Awaited(LearnerProxy, Coroutine[Any, Any, Any]):
    """Runs in the learner's process, in step with the judge's loop."""

    __slots__ = ("_far_run",)

    def __init__(self, link: Channel, number: int) -> None:
        super().__init__(link, number)
        self._far_run: Coroutine[Any, Any, Any] | None = None

    def _far_inner(self) -> Coroutine[Any, Any, Any]:
        if self._far_run is None:
            self._far_run = self._far_wait()
        return self._far_run

    async def _far_wait(self) -> Any:
        loop = running()
        if loop is None:
            raise RuntimeError("wait for learner code with check.wait or check.timed")
        return await loop.learner(self._far_link, self._far_number)

    def __await__(self) -> Any:
        return self._far_wait().__await__()  # a task may be awaited again

    def send(self, value: Any) -> Any:
        return self._far_inner().send(value)

    def throw(self, *error: Any) -> Any:
        return self._far_inner().throw(*error)

    def close(self) -> None:
        self._far_inner().close()


class _Streamed(LearnerProxy):
    __slots__ = ()

    def __aiter__(self) -> Any:
        return self._far_ask("aiter")

    async def __anext__(self) -> Any:
        found = _typed(await self._far_ask("anext"), list)
        if not found:
            raise StopAsyncIteration
        return found[0]


@lru_cache(maxsize=256)
def far_class(
    name: str, awaited: bool, called: bool, streamed: bool
) -> type[LearnerProxy]:
    """A class of handles of that name, with the uses the learner's object has."""
    kinds: dict[type[LearnerProxy], bool]
    kinds = {_Awaited: awaited, _Called: called, _Streamed: streamed}
    bases = tuple(base for base, used in kinds.items() if used)
    return type(name or "object", bases or (LearnerProxy,), {"__slots__": ()})


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected, {type(value).__name__} came")
    return value


class LearnerNames(Mapping[str, Any]):
    """The learner's names, each fetched when it is asked for."""

    def __init__(self, link: Channel) -> None:
        self._link = link

    def __contains__(self, name: object) -> bool:
        return self._link.ask("has", name) is True

    def __getitem__(self, name: str) -> Any:
        return self._link.ask("get", name)

    def __iter__(self) -> Iterator[str]:
        names = self._link.ask("names")
        return iter([n for n in names if type(n) is str] if type(names) is list else [])

    def __len__(self) -> int:
        return sum(1 for _ in self)
