"""misconception: expected-by-running
fails: quiet for right trackers and loud for a broken one, catches a tracker that swallows an error, catches a tracker that records no call that fails, catches a tracker that records no call that is cancelled, catches a tracker that has one start for all calls, catches a tracker that counts a call again when one inside it is done
"""

async def check_tracker(tracked):
    rows = []

    def record(name, seconds, ok):
        rows.append((round(seconds, 6), ok))

    async def wait(seconds, error=None):
        await asyncio.sleep(seconds)
        if error:
            raise error

    call = tracked(record, now)(wait)

    await call(3, ValueError("no"))
