"""misconception: known-needs-no-note
fails: what is known is given at once and remembered
"""


async def ask(desk, user, message):
    shared = desk.may_share(message)
    found = desk.look_up(message) if shared else None
    if found is not None:
        return found
    talk = desk.remember(user, message)
    key = message if shared else (user, message)
    try:
        async with asyncio.timeout(desk.deadline):
            return await desk.share(key, lambda: desk.work(message, talk))
    except (TimeoutError, ConnectionError):
        return desk.stand_in
