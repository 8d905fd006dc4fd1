"""misconception: all-come-back-together
fails: pauses grow and are drawn by lot
"""


async def fetch(requests, connect, per_host, deadline, tries, draw):
    session = await connect()
    hosts = {}
    async def one(method, url):
        slots = hosts.setdefault(url.split("/")[0], asyncio.Semaphore(per_host))
        async with slots:
            for n in range(tries):
                try:
                    async with asyncio.timeout(deadline):
                        return {"ok": True, "text": await session.send(method, url)}
                except Exception as e:
                    error = type(e).__name__
                    again = method == "GET" and isinstance(e, (ConnectionError, TimeoutError))
                if not again or n == tries - 1:
                    break
                await asyncio.sleep(draw() * 0.5 * 2**n)
        return {"ok": False, "error": error}
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(m, u)) for m, u in requests]
        return [t.result() for t in tasks]
    finally:
        await session.close()
