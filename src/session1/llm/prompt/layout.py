"""Prompts laid out so that a model's prompt cache knows their beginning again.

A model need not read again what a prompt shares with the start of an earlier one, so
what never changes goes first and what changes with every call last.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from session1.llm.client import Message, Prompt, as_messages

Changes = Literal["never", "sometimes", "always"]
_ORDER: tuple[Changes, ...] = ("never", "sometimes", "always")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the prompt; `text` is None where each call gives it."""

    name: str
    changes: Changes
    text: str | None = None


@dataclass(frozen=True, slots=True)
class PromptLayout:
    """Pieces of a prompt by how often they change, whatever order they were named in.

    `PromptLayout().fixed("rules", text).varying("question").build(question="Why?")`
    """

    parts: tuple[Part, ...] = ()

    def fixed(self, name: str, text: str) -> "PromptLayout":
        """With one more piece that is always the same."""
        return self._with(Part(name, "never", text))

    def varying(
        self, name: str, changes: Literal["sometimes", "always"] = "always"
    ) -> "PromptLayout":
        """With one more piece, given to `build`: "sometimes" goes before "always"."""
        return self._with(Part(name, changes))

    def build(self, history: Sequence[Message] = (), /, **texts: str) -> list[Message]:
        """A system message of what is fixed, then `history`, then a user message.

        What changes sometimes ends the system message; what always does is the user's.
        A piece given as "" is left out; one that is not given is a ValueError.
        """
        wanted = {part.name for part in self.parts if part.text is None}
        if wrong := sorted(wanted ^ set(texts)):
            which = ", ".join(wrong)
            takes = ", ".join(sorted(wanted)) or "nothing"
            raise ValueError(f"not given or not known: {which}; this takes {takes}")
        ordered = sorted(self.parts, key=lambda part: _ORDER.index(part.changes))
        system, user = list[str](), list[str]()
        for part in ordered:
            text = texts[part.name] if part.text is None else part.text
            if text:
                (user if part.changes == "always" else system).append(text)
        first = [Message("system", "\n\n".join(system))] if system else []
        last = [Message("user", "\n\n".join(user))] if user else []
        return [*first, *history, *last]

    def _with(self, part: Part) -> "PromptLayout":
        if any(part.name == other.name for other in self.parts):
            raise ValueError(
                f"there is a piece {part.name!r} already: name it otherwise"
            )
        return PromptLayout((*self.parts, part))


def shared_tokens(
    new: Prompt, previous: Prompt, count_tokens: Callable[[str], int]
) -> int:
    """Tokens at the start of `new` that are those of `previous`: to be read no more.

    Of the messages' own text; a chat template adds a few around each message, and a
    token that lies across the first difference is not counted.
    """
    total = 0
    for one, other in zip(as_messages(new), as_messages(previous), strict=False):
        if one == other:
            total += count_tokens(one.content)
            continue
        if one.role == other.role:
            same = _common(one.content, other.content)
            total += max(count_tokens(same) - 1, 0)
        break
    return total


def _common(one: str, other: str) -> str:
    """Return the common beginning of both."""
    pairs = enumerate(zip(one, other, strict=False))
    end = next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
    return one[:end]
