"""misconception: all-come-back-together
fails: pauses grow and are drawn by lot
"""


async def fetch(requests, connect, per_host, deadline, tries, draw):
    session = await connect()
    hosts = {}
    async def one(method, url):
        host = url.partition("/")[0]
        slots = hosts.setdefault(host, asyncio.Semaphore(per_host))
        for n in range(tries if method == "GET" else 1):
            try:
                async with slots:
                    try:
                        async with asyncio.timeout(deadline):
                            return {"ok": True, "text": await session.send(method, url)}
                    except (ConnectionError, TimeoutError) as e:
                        error = e
                        if method == "GET" and n + 1 < tries:
                            await asyncio.sleep(draw() * 0.5 * 2**n)
            except ArithmeticError:
                pass
            except Exception as e:
                error = e
                break
        return {"ok": False, "error": type(error).__name__}
    tasks = [asyncio.ensure_future(one(m, u)) for m, u in requests]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for t in tasks: t.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await session.close()
