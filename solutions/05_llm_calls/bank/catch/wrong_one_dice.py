"""misconception: dice-repeat
fails: catches one that keeps an answer at temperature 1
"""


async def check_client(make):
    """Raise AssertionError if the clients that `make` makes break a promise."""
    calls = []

    async def llm(request):
        calls.append(request)
        await asyncio.sleep(1)
        said = request["messages"][-1]["content"]
        if said == "fail" and len(calls) == 1:
            raise ConnectionError("gone")
        whole = said != "cut" or len(calls) > 1
        return {"text": f"answer {len(calls)}", "whole": whole}

    def client():
        calls.clear()
        return make(llm)

    ask = client()
    one = await ask(asked("Why?", "Be brief."))
    assert one != await ask(asked("Why?", "Rhyme.")), "system message"

    ask = client()
    await ask(asked("Why?"))
    await ask(asked("Why?", temperature=1))
    assert len(calls) == 2, "dice asked once"

    ask = client()
    with suppress(ConnectionError):
        await ask(asked("fail"))
    try:
        await ask(asked("fail"))
    except ConnectionError:
        raise AssertionError("a kept error") from None

    ask = client()
    await ask(asked("cut"))
    await ask(asked("cut"))
    assert len(calls) == 2, "a kept stump"

    ask = client()
    await asyncio.gather(ask(asked("Why?")), ask(asked("Why?")))
    assert len(calls) == 1, "two at once"
