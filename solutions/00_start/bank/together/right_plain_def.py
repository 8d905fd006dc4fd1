"""A plain function hands out the gather: whoever awaits it gets the answers."""


def ask_all(tools):
    return asyncio.gather(*[tool() for tool in tools])
