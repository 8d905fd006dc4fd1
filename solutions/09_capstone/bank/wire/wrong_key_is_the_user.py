"""misconception: the-run-is-mine
fails: who asks the same meanwhile shares one run
"""


async def ask(desk, user, message):
    """The answer to a message: what is known, else what is worked out in time."""
    talk = desk.remember(user, message)
    shared = desk.may_share(message)
    found = desk.look_up(message) if shared else None
    if found is not None:
        return found
    key = (user, message)
    try:
        async with asyncio.timeout(desk.deadline):
            return await desk.share(key, lambda: desk.work(message, talk))
    except (TimeoutError, ConnectionError):
        return desk.stand_in
