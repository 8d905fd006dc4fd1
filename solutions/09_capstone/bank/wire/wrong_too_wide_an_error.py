"""misconception: exception-catches-all
fails: trouble becomes a stand-in and a bug does not
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
            return await desk.share(key, lambda: desk.work(message, talk))
    except OSError:
        return desk.stand_in
