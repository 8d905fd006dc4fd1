"""misconception: empty-is-missing
fails: what reads is tried again and nothing else
"""


async def fetch(requests, connect, per_host, deadline, tries, draw):
    session = await connect()
    hosts = {}

    async def one(method, url):
        slots = hosts.setdefault(url.split("/")[0], asyncio.Semaphore(per_host))
        for n in range(tries):
            try:
                async with slots:
                    async with asyncio.timeout(deadline):
                        text = await session.send(method, url)
                        if text: return {"ok": True, "text": text}
                        error, again = "Empty", True
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
