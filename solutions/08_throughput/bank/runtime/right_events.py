"""a dict for each job, an event instead of a future"""


class Runtime:
    def __init__(self, make, parts, most=4, room=16, timeout=60):
        self.parts, self.most, self.room = parts, most, room
        self.pool = parts.Pool(make, most, most, timeout)
        self.line = None

    async def start(self):
        await self.pool.warm_up()
        self.line = self.parts.Line(self.serve, workers=self.most, room=self.room)

    async def serve(self, job):
        async def work(agent):
            return await agent.process_message(job["message"])

        try:
            job["text"] = await self.pool.run(work)
        except Exception as error:
            job["error"] = error
        finally:
            job["done"].set()

    def job(self, message):
        return {"message": message, "done": asyncio.Event()}

    async def told(self, job):
        await job["done"].wait()
        if "error" in job:
            raise job["error"]
        return job["text"]

    async def ask(self, message):
        job = self.job(message)
        if self.line.offer(job):
            return await self.told(job)
        raise RuntimeError("no room")

    async def ask_all(self, messages):
        tasks = []
        for message in messages:
            job = self.job(message)
            await self.line.submit(job)
            tasks.append(asyncio.create_task(self.told(job)))
        return [await task for task in tasks]

    async def stop(self):
        await self.line.close()
