"""The learner's process as the place where learner code runs."""

import copy
import json
import marshal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from coursekit.grading.codec import encode
from coursekit.grading.far import Far
from coursekit.grading.held import HELD, call, containers, is_as
from coursekit.grading.link import Link
from coursekit.grading.lockstep import Clock, JudgeLoop
from coursekit.grading.meter import cpu_seconds, pin
from coursekit.place import Place


class There(Place):
    """Learner code at the other end of a link."""

    def __init__(self, link: Link) -> None:
        self.link = link

    def new_loop(self) -> Clock:
        """A loop on which learner code and checks share one virtual clock."""
        return JudgeLoop(self.link)

    def change(self, value: Any, work: Callable[[Any], Any]) -> None:
        """Do `work(value)` here, and the same to what the learner's side has of it."""
        held = [(c, copy.copy(c)) for c in containers([value])]
        work(value)
        for each, before in held:
            place = self.link.handed.place(each)
            if place is None or is_as(each, before):
                continue
            parts = [x for p in each.items() for x in p] if type(each) is dict else each
            self.link.request("refill", place, [self._part(part) for part in parts])

    def seen(self, value: Any) -> Any:
        """Read a container again from the learner's side."""
        place = self.link.handed.place(value)
        return value if place is None else self.link.ask("seen", place)

    def _part(self, value: Any) -> Any:
        """A part of a changed container: one that both sides have stays that one."""
        place = self.link.handed.place(value) if isinstance(value, HELD) else None
        return self.link.pack(value) if place is None else ["k", *place]

    def metering(self) -> AbstractContextManager[None]:
        """Keep both processes on one core."""
        return pin(self.link.peer)

    def cpu(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, float]:
        """Metered from outside: all that the learner's processes use for the call."""
        if not isinstance(fn, Far):
            return self.cpu_here(fn, args)
        before = cpu_seconds(self.link.peer)
        value = fn(*args)
        return value, cpu_seconds(self.link.peer) - before

    def cpu_here(
        self, fn: Callable[..., Any], args: tuple[Any, ...]
    ) -> tuple[Any, float]:
        """The same for code of our own, with all that a call over the link costs."""
        sent = marshal.dumps(self.link.pack(list(args)), 2)
        began = time.process_time()
        tree = marshal.loads(sent)
        there = tree[0] if type(tree) is tuple else self.link.unpack(tree)
        value, _ = call(fn, there, {})
        json.dumps(encode(value, lambda other: ["f", type(other).__name__]))
        return value, time.process_time() - began
