"""nothing is opened for nothing, and the pause stands before the try"""

from collections import defaultdict


async def fetch(requests, connect, per_host, deadline, tries, draw):
    if not requests:
        return []
    turns = defaultdict(lambda: asyncio.Semaphore(per_host))
    session = await connect()

    async def one(method, url):
        host, error = url.split("/", 1)[0], None
        for n in range(tries):
            if n:
                await asyncio.sleep(draw() * 2 ** (n - 2))
            try:
                async with turns[host]:
                    async with asyncio.timeout(deadline):
                        return {"ok": True, "text": await session.send(method, url)}
            except (ConnectionError, TimeoutError) as e:
                error = type(e).__name__
            except Exception as e:
                return {"ok": False, "error": type(e).__name__}
            if method != "GET":
                break
        return {"ok": False, "error": error}

    tasks = [asyncio.create_task(one(*request)) for request in requests]
    try:
        return [await task for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await session.close()
