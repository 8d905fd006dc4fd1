"""misconception: one-by-one-is-safe
fails: free slots are used at once
"""

async def side_by_side(calls, limit):
    answers = []
    for call in calls:
        try:
            answers.append({"success": True, "result": await call()})
        except (Exception, asyncio.CancelledError) as error:
            answers.append({"success": False, "error": str(error)})
    return answers
