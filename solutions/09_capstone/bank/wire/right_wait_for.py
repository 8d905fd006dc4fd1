"""wait_for, and two branches"""


async def ask(desk, user, message):
    talk = desk.remember(user, message)

    async def work():
        return await desk.work(message, talk)

    if desk.may_share(message):
        known = desk.look_up(message)
        if known:
            return known
        run = desk.share(("all", message), work)
    else:
        run = desk.share(("one", user, message), work)
    try:
        return await asyncio.wait_for(run, desk.deadline)
    except (asyncio.TimeoutError, ConnectionError):
        return desk.stand_in
