"""The learner's process as the place where learner code runs."""

import copy
from collections.abc import Callable
from typing import Any

from coursekit.check.execution import Place
from coursekit.judge.judge_end import JudgeEnd
from coursekit.judge.judge_loop import Clock, JudgeLoop
from coursekit.judge.mirrored import HELD, containers, is_as


class There(Place):
    """Learner code at the other end of a link."""

    def __init__(self, link: JudgeEnd) -> None:
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
