"""A conversation laid out for a model, so that only the end of the prompt grows.

    notes: the best of what lies further back ─ the latest turns, word for word

A model need not read again what a prompt shares with the start of an earlier one. Here
that is everything up to the last turn: only when the budget is used up are the oldest
turns left to the notes, and then enough of them to last for a while. Turns are messages
of their own, and notes are quoted line by line, so nothing in them passes for a turn.
"""

import json
from collections import deque
from dataclasses import dataclass

from session1.llm.client import Message
from session1.memory.bounded import BoundedMemory
from session1.memory.context import GAP, choose, notice

HEAD = "Notes from earlier in this conversation, quoted:"
SEEN = Message("assistant", "Noted.")  # chat templates want the roles to take turns
UNANSWERED = "[not answered]"


@dataclass(slots=True)
class Turn:
    """A message, its answer once there is one, and their positions in memory."""

    message: str
    positions: list[int]
    answer: str = ""

    @property
    def size(self) -> int:
        """Characters that it takes."""
        return len(self.message) + len(self.answer or UNANSWERED)


class Dialogue:
    """The latest turns, and notes from `memory`, within `budget` characters.

    Turns are held on top of what is in memory: at most twice the budget.
    """

    def __init__(self, memory: BoundedMemory, budget: int) -> None:
        self._memory = memory
        self._budget = budget
        self._turns: deque[Turn] = deque()
        self._notes = ""
        self._noticed = 0  # entries of memory that are in turns or had their chance

    def begin(self, message: str, position: int) -> Turn:
        """A turn that is not answered yet; its message is at `position` in memory."""
        turn = Turn(message, [])
        self._turns.append(turn)
        self._place(turn, position)
        self._trim(turn)
        return turn

    def end(self, turn: Turn, answer: str, position: int | None) -> None:
        """The answer of a turn, and its position if it could be remembered."""
        turn.answer = answer.strip() and answer
        if position is not None:
            self._place(turn, position)
        self._trim(turn)

    def messages(self) -> list[Message]:
        """Notes, then turns, by roles that alternate."""
        if self._noticed != self._memory.added or self._size > self._budget:
            self._cut()
        shown = [Message("user", f"{HEAD}\n{self._notes}"), SEEN] * bool(self._notes)
        for turn in self._turns:
            shown.append(Message("user", turn.message))
            shown.append(Message("assistant", turn.answer or UNANSWERED))
        return shown

    @property
    def _size(self) -> int:
        return len(self._notes) + sum(turn.size for turn in self._turns)

    def _place(self, turn: Turn, position: int) -> None:
        turn.positions.append(position)
        if position == self._noticed:  # else something that is in no turn came before
            self._noticed += 1

    def _trim(self, newest: Turn) -> None:
        """Hold no more than two budgets, whatever is said."""
        if newest.size > self._budget and newest in self._turns:
            self._turns.remove(newest)
            self._noticed = -1
        elif self._size > self._budget:
            self._cut()

    def _cut(self) -> None:
        """Leave the older turns to the notes, and room for some more turns."""
        budget, turns = self._budget, deque[Turn]()
        left = budget // 4
        while self._turns and (turn := self._turns.pop()).size <= left:
            turns.appendleft(turn)
            left -= turn.size
        self._turns = turns
        taken = sum(turn.size for turn in turns)
        self._notes = self._noted(budget - taken - (budget // 4 if turns else 0))
        self._noticed = self._memory.added

    def _noted(self, budget: int) -> str:
        """The best of what no turn shows, quoted, oldest first; how much is missing."""
        shown = {p for turn in self._turns for p in turn.positions}
        rest = (
            (position, json.dumps(text, ensure_ascii=False))
            for position, text in self._memory.ranked()
            if position not in shown
        )
        total = len(self._memory)
        room = len(HEAD) + len(notice(total, total)) + 2 * GAP
        picked, _ = choose(rest, max(0, budget - room))
        if not picked:
            return ""
        lines = [text for _, text in sorted(picked)]
        missing = total - len(picked) - len(shown)
        # at the end: it is what changes most
        return "\n".join([*lines, notice(missing, total)] if missing > 0 else lines)
