"""misconception: one-case-is-enough
fails: so many at one host and the others do not wait
"""


async def fetch(requests, connect, per_host, deadline, tries, draw):
    """How each (method, url) ends: `ok` and its `text`, or its `error`."""
    session = await connect()
    hosts = {url.split("/")[0].split(":")[0] for _, url in requests}
    turns = {host: asyncio.Semaphore(per_host) for host in hosts}

    async def once(method, url):
        async with turns[url.split("/")[0].split(":")[0]], asyncio.timeout(deadline):
            return await session.send(method, url)

    async def one(method, url):
        most = tries if method == "GET" else 1
        for n in range(1, most + 1):
            try:
                return {"ok": True, "text": await once(method, url)}
            except Exception as e:
                again = isinstance(e, (ConnectionError, TimeoutError)) and n < most
                if not again:
                    return {"ok": False, "error": type(e).__name__}
            await asyncio.sleep(draw() * 0.5 * 2 ** (n - 1))

    try:
        return await asyncio.gather(*[one(method, url) for method, url in requests])
    finally:
        await session.close()
