"""Compositions with one part out of place: each is the reference but for that.

Every one of them was written by somebody who tested its parts one by one.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, ClassVar

from agents import SETTINGS
from day import Trace
from pieces import reference
from reference_agent import Reference
from scoring import Played, played
from world import World, needs, personal


class Everything(Reference):
    """Shows the model a user's whole talk, whatever is asked."""

    settings: ClassVar[dict[str, float]] = {**SETTINGS, "room": 20_000}

    async def work(self, message: str, talk: list[str]) -> str:
        """From all that was ever said."""
        tool, model = needs(message), "large" if self.own.is_hard(message) else "small"
        told = [await self.look(*tool)] if tool else []
        answer = await self.call(model, "\n".join([*talk, *told, message]))
        if not tool and not personal(message):
            self.keep(message, answer)
        return answer


class Hopeful(Reference):
    """Never leaves a model alone, and waits for it as long as it takes."""

    settings: ClassVar[dict[str, float]] = {
        **SETTINGS,
        **{"failures": 10_000, "give_up": 60.0, "deadline": 11.0, "wait": 60.0},
    }


class Lonely(Reference):
    """Works out every answer alone, whoever else is at the same one."""

    async def share(self, key: Any, work: Callable[[], Any]) -> Any:
        """Share with nobody."""
        return await work()


class Ungated(Reference):
    """Serves the nearest question's answer, without a gate."""

    def look_up(self, message: str) -> str | None:
        """Whatever is near will do."""
        for other in self.near.search(message, 1):
            return self.answers.get(other)
        return None


class Public(Reference):
    """Keeps what it tells one user, and tells it to the next."""

    def may_share(self, message: str) -> bool:
        """What is no ticket, may."""
        return not message.startswith("Open")

    async def work(self, message: str, talk: list[str]) -> str:
        """Keep what no tool said."""
        answer = await super().work(message, talk)
        if not needs(message):
            self.keep(message, answer)
        return answer


class Stale(Reference):
    """Keeps what a tool said as long as what a model knows."""

    settings: ClassVar[dict[str, float]] = {**SETTINGS, "tool_ttl": 600.0}


class Apologetic(Reference):
    """Keeps the stand-in as if it were the answer."""

    async def ask(self, user: str, message: str) -> str:
        """Answer, and keep what was answered."""
        answer = await super().ask(user, message)
        if self.may_share(message) and not message.startswith("Where"):
            self.keep(message, answer)
        return answer


class Careful(Reference):
    """Sends every question to the large model, to be sure."""

    async def call(self, model: str, prompt: str) -> str:
        """Ask the best."""
        return await super().call("large", prompt)


class Thrifty(Reference):
    """Sends every question to the small model, to save."""

    async def call(self, model: str, prompt: str) -> str:
        """Ask the cheapest."""
        return await super().call("small", prompt)


class Forgetful(Reference):
    """Leaves what matters to the newest: no room for a name behind a long log."""

    def remember(self, user: str, message: str) -> list[str]:
        """The last message, whatever it was."""
        earlier = self.talks.get(user) or []
        self.talks.put(user, [[message, 0.3, 1]])
        return [text for text, *_ in earlier]


def composed(kind: Callable[..., Any], trace: Trace) -> Played:
    """What came of a trace with a composition of the reference's parts."""
    own = reference()
    return played(lambda world: kind(world, own), trace)


def maker(kind: Callable[..., Any], own: SimpleNamespace) -> Callable[[World], Any]:
    """What `play` takes: an agent of a kind, made of these parts."""
    return lambda world: kind(world, own)
