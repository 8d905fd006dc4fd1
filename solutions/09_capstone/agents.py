"""The desk that every agent here is made from, and the naive agent."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from types import SimpleNamespace
from typing import Any, ClassVar

from world import Index, World, embed, importance, needs, personal, tokens

SETTINGS = {
    "deadline": 5.0,  # seconds until a user gets a stand-in
    "give_up": 6.0,  # seconds that one call of a model may take
    "wait": 8.0,  # seconds that a call may wait for its turn
    "failures": 3,  # in a row, until a model is left alone
    "rest": 8.0,  # seconds that it is left alone
    "room": 220,  # tokens of a user's talk that are kept
    "users": 8,  # whose talks are in memory; the others' are on the disk
    "answers": 200,  # that are kept
    "ttl": 600.0,  # seconds that an answer is fresh
    "tool_ttl": 10.0,  # and what a tool returned
}
AT_ONCE = {"small": 8, "large": 3}  # calls of a model, each


class Desk:
    """What an agent is made of: your parts, joined. Only `work` is missing."""

    settings: ClassVar[dict[str, float]] = SETTINGS

    def __init__(self, world: World, own: SimpleNamespace, **settings: float) -> None:
        chosen = self.chosen = {**type(self).settings, **settings}
        self.world, self.own = world, own
        self.stand_in = world.stand_in
        self.deadline, self.give_up = chosen["deadline"], chosen["give_up"]
        self.flights: dict[Hashable, Any] = {}
        self.answers = own.Fresh(chosen["answers"], chosen["ttl"], world.now)
        self.results = own.Fresh(50, chosen["tool_ttl"], world.now)
        self.near = own.Notes(embed, Index())
        self.talks = own.TwoTier(world.disk, world.now, chosen["users"], 600)
        self.breakers = {
            name: own.Breaker(chosen["failures"], chosen["rest"], world.now)
            for name in AT_ONCE
        }
        self.pools = {
            name: own.Pool(partial(self._client, name), most, timeout=chosen["wait"])
            for name, most in AT_ONCE.items()
        }

    async def _client(self, model: str) -> Callable[[str], Awaitable[str]]:
        return partial(self.world.ask, model)

    async def ask(self, user: str, message: str) -> str:
        """The answer to a user's message, in time."""
        return await self.own.ask(self, user, message)

    async def work(self, message: str, talk: list[str]) -> str:
        """Find an answer that is not known yet."""
        raise NotImplementedError

    async def call(self, model: str, prompt: str) -> str:
        """What a model says; TimeoutError or ConnectionError where it says nothing."""
        return await self.own.call(self, model, prompt)

    def may_share(self, message: str) -> bool:
        """Whether one answer serves all who ask this: nothing personal, no effect."""
        return not personal(message) and (needs(message) or ["order"])[0] != "ticket"

    def remember(self, user: str, message: str) -> list[str]:
        """Note what a user says; returns what they said before, as far as it is kept.

        What matters stays, then the newest, in so many tokens (02). The talks of users
        who are away are on the disk (06).
        """
        earlier = [tuple(item) for item in self.talks.get(user) or []]
        said = (message, importance(message), tokens(message))
        kept = self.own.keep([*earlier, said], int(self.chosen["room"]))
        self.talks.put(user, [list(item) for item in kept])
        return [text for text, *_ in earlier]

    def look_up(self, message: str) -> str | None:
        """An answer that is kept: to this question (03), or to one that asks the same.

        What is near (07) is served only behind the gate (04).
        """
        for other in [message, *self.near.search(message, 3)]:
            if other == message or self.own.same_question(message, other):
                found = self.answers.get(other)
                if found is not None:
                    return found
        return None

    def keep(self, message: str, answer: str) -> None:
        """Keep an answer for whoever asks the same."""
        self.answers.put(message, answer)
        self.near.put(message, message)

    async def share(self, key: Hashable, work: Callable[[], Awaitable[str]]) -> str:
        """What `work` gives; who comes with the same key meanwhile shares it (03)."""
        return await self.own.once(self.flights, key, work)

    def held(self) -> dict[str, Any]:
        """All that is in memory, as plain data."""
        kept = {text: self.answers.get(text) for text in self.near.texts}
        talks = {user: self.world.disk.get(user) for user in self.talks.hot_ids()}
        return {"answers": kept, "talks": talks}


class Naive:
    """The agent that most people compose first: nothing kept, nothing shared."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.history: list[str] = []

    async def ask(self, user: str, message: str) -> str:
        """Ask the large model with all that was said lately, by anybody."""
        lines = self.history[-40:]
        self.history.append(message)
        try:
            async with asyncio.timeout(11):
                if tool := needs(message):
                    lines = [*lines, await self.look(*tool)]
                answer = await self.world.ask("large", "\n".join([*lines, message]))
        except TimeoutError:
            return self.world.stand_in
        self.history.append(answer)
        return answer

    async def look(self, name: str, given: str) -> str:
        """Up to three tries, whatever the tool does."""
        for _ in range(2):
            try:
                return await self.world.tool(name, given)
            except ConnectionError:
                continue
        return await self.world.tool(name, given)

    def held(self) -> dict[str, Any]:
        """All that is in memory."""
        return {"history": self.history}
