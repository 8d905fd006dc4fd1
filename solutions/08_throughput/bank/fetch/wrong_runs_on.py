"""misconception: given-back-at-the-end
fails: the session is closed when somebody gives up
"""


async def fetch(requests, connect, per_host, deadline, tries, draw):
    session = await connect()
    slots = {}
    async def attempt(method, url):
        host = url.split("/")[0]
        async with slots.setdefault(host, asyncio.Semaphore(per_host)):
            async with asyncio.timeout(deadline):
                return await session.send(method, url)
    async def one(method, url):
        times = tries if method == "GET" else 1
        for n in range(times):
            try:
                return {"ok": True, "text": await attempt(method, url)}
            except (ConnectionError, TimeoutError) as e:
                error = e
            except Exception as e:
                error = e
                break
            if n < times - 1:
                await asyncio.sleep(draw() * 0.5 * 2**n)
        return {"ok": False, "error": type(error).__name__}
    try:
        tasks = [asyncio.create_task(one(m, u)) for m, u in requests]
        return [await t for t in tasks]
    finally:
        await session.close()
