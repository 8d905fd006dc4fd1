"""misconception: the-run-is-mine
fails: a stand-in at the deadline and the work goes on
"""


async def ask(desk, user, message):
    talk = desk.remember(user, message)
    shared = desk.may_share(message)
    found = desk.look_up(message) if shared else None
    if found is not None:
        return found
    key = message if shared else (user, message)
    try:
        async with asyncio.timeout(desk.deadline):
            if not shared:
                return await desk.work(message, talk)
            return await desk.share(key, lambda: desk.work(message, talk))
    except (TimeoutError, ConnectionError):
        return desk.stand_in
