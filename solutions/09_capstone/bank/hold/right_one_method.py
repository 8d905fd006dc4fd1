"""kind by kind"""


class Agent(Desk):
    async def work(self, message, talk):
        match needs(message):
            case ("ticket", what):
                line = await self.world.tool("ticket", what)
                return await self.call("small", f"{line}\n{message}")
            case ("order", number):
                return await self.call("small", f"{await self.order(number)}\n{message}")
        if personal(message):
            return await self.call("small", "\n".join([*talk, message]))
        hard = self.own.is_hard(message)
        answer = await self.call("large" if hard else "small", message)
        self.keep(message, answer)
        return answer

    async def order(self, number):
        if (line := self.results.get(number)) is not None:
            return line

        async def ask_the_tool():
            for left in (1, 0):
                try:
                    line = await self.world.tool("order", number)
                except ConnectionError:
                    if not left:
                        raise
                else:
                    self.results.put(number, line)
                    return line

        return await self.share(("order", number), ask_the_tool)
