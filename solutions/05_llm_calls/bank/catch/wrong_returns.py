"""misconception: assert-nothing
fails: quiet for right clients and loud for a broken one, catches one that leaves the system message out of its key, catches one that keeps an answer at temperature 1, catches one that keeps an error, catches one that keeps an answer that was cut off, catches one that runs the model for each of two at once
"""


async def check_client(make):
    calls = []

    async def llm(request):
        calls.append(request)
        return {"text": "answer", "whole": True}

    ask = make(llm)
    await asyncio.gather(ask(asked("Why?")), ask(asked("Why?")))
    return len(calls) == 1
