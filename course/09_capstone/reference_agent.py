"""The agent to be compared with. Write yours first: this gives it all away."""

from agents import Desk
from world import needs, personal


class Reference(Desk):
    """The agent that earns 100 points."""

    async def work(self, message: str, talk: list[str]) -> str:
        """From a tool, from the talk or from what the model knows."""
        tool, private = needs(message), personal(message)
        before = [await self.look(*tool)] if tool else talk if private else []
        model = "large" if self.own.is_hard(message) else "small"
        answer: str = await self.call(model, "\n".join([*before, message]))
        if not tool and not private:
            self.keep(message, answer)
        return answer

    async def look(self, name: str, given: str) -> str:
        """What a tool says; reads are shared, kept for a while, and tried twice."""
        if name == "ticket":
            return await self.world.tool(name, given)

        async def read() -> str:
            found: str | None = self.results.get(given)
            if found is None:
                try:
                    found = await self.world.tool(name, given)
                except ConnectionError:
                    found = await self.world.tool(name, given)
                self.results.put(given, found)
            return found

        return await self.share((name, given), read)
