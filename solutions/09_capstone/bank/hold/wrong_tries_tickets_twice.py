"""misconception: retry-anything
fails: wrong answers, model calls, missed around the outage
"""


class Agent(Desk):
    """The whole agent: a desk that works answers out."""

    async def work(self, message, talk):
        """From a tool, from the talk, or from what the model knows."""
        tool, own = needs(message), personal(message)
        notes = [await self.read(*tool)] if tool else talk if own else []
        model = "large" if self.own.is_hard(message) else "small"
        answer = await self.call(model, "\n".join([*notes, message]))
        if not tool and not own:
            self.keep(message, answer)
        return answer

    async def read(self, name, given):
        """A tool's line; what only reads is kept, shared and tried twice."""
        return await self.share((name, given), lambda: self.fresh(name, given))

    async def fresh(self, name, given):
        """What was read lately, else what the tool says now."""
        line = self.results.get((name, given))
        if line is None:
            try:
                line = await self.world.tool(name, given)
            except ConnectionError:
                line = await self.world.tool(name, given)
            self.results.put((name, given), line)
        return line
