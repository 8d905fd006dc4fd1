"""Dict and wait."""

async def ask_all(tools):
    """The answers of all tools, in the order of the tools."""
    place = {asyncio.ensure_future(tool()): i for i, tool in enumerate(tools)}
    if place:
        await asyncio.wait(place)
    return [task.result() for task in sorted(place, key=place.get)]
