"""a task that goes on by itself"""


async def ask(desk, user, message):
    before = desk.remember(user, message)
    who = None if desk.may_share(message) else user
    if who is None and (answer := desk.look_up(message)) is not None:
        return answer
    task = asyncio.ensure_future(
        desk.share((who, message), lambda: desk.work(message, before))
    )
    done, _ = await asyncio.wait({task}, timeout=desk.deadline)
    if not done:
        return desk.stand_in
    try:
        return task.result()
    except (TimeoutError, ConnectionError):
        return desk.stand_in
