"""a task group and a pause that doubles"""


async def fetch(requests, connect, per_host, deadline, tries, draw):
    from collections import defaultdict
    slots = defaultdict(lambda: asyncio.Semaphore(per_host))
    session = await connect()
    async def once(method, url):
        async with slots[url.split("/", 1)[0]], asyncio.timeout(deadline):
            return await session.send(method, url)
    async def one(method, url):
        left = tries if method == "GET" else 1
        pause = 0.5
        while True:
            left -= 1
            try:
                return dict(ok=True, text=await once(method, url))
            except Exception as error:
                if not left or not isinstance(error, (ConnectionError, TimeoutError)):
                    return dict(ok=False, error=type(error).__name__)
            await asyncio.sleep(draw() * pause)
            pause *= 2
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(*r)) for r in requests]
        return [t.result() for t in tasks]
    finally:
        await session.close()
