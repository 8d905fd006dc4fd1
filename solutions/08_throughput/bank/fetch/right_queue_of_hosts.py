"""a window a host, tries by recursion, a session that closes itself"""

from contextlib import asynccontextmanager


@asynccontextmanager
async def opened(connect):
    session = await connect()
    try:
        yield session
    finally:
        await session.close()


async def fetch(requests, connect, per_host, deadline, tries, draw):
    results = [None] * len(requests)
    slots = {}
    for _, url in requests:
        slots.setdefault(url.partition("/")[0], asyncio.Semaphore(per_host))

    async with opened(connect) as session:

        async def attempt(method, url, n=0):
            try:
                async with slots[url.partition("/")[0]]:
                    text = await asyncio.wait_for(session.send(method, url), deadline)
                return {"ok": True, "text": text}
            except Exception as problem:
                passes = isinstance(problem, (ConnectionError, TimeoutError))
                if method != "GET" or not passes or n + 1 == tries:
                    return {"ok": False, "error": type(problem).__name__}
            await asyncio.sleep(0.5 * draw() * (2**n))
            return await attempt(method, url, n + 1)

        async def place(i):
            results[i] = await attempt(*requests[i])

        async with asyncio.TaskGroup() as group:
            for i in range(len(requests)):
                group.create_task(place(i))
    return results
