"""misconception: one-case-is-enough
fails: a stand-in at the deadline and the work goes on
hidden_only: the visible deadline is 2.5 s as well
"""


async def ask(desk, user, message):
    """The answer to a message: what is known, else what is worked out in time."""
    talk = desk.remember(user, message)
    shared = desk.may_share(message)
    found = desk.look_up(message) if shared else None
    if found is not None:
        return found
    key = message if shared else (user, message)
    try:
        async with asyncio.timeout(2.5):
            return await desk.share(key, lambda: desk.work(message, talk))
    except (TimeoutError, ConnectionError):
        return desk.stand_in
