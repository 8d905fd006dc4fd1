"""misconception: joined-is-apart
fails: what is personal is shared with nobody
"""


async def ask(desk, user, message):
    talk = desk.remember(user, message)
    shared = desk.may_share(message)
    found = desk.look_up(message) if shared else None
    if found is not None:
        return found
    key = message if shared else f"{user} {message}"
    try:
        async with asyncio.timeout(desk.deadline):
            return await desk.share(key, lambda: desk.work(message, talk))
    except (TimeoutError, ConnectionError):
        return desk.stand_in
