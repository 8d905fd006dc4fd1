"""looks at texts as well as at calls"""


async def check_client(make):
    said = []

    async def llm(request):
        said.append(request["messages"])
        await asyncio.sleep(len(said))
        if len(said) == 5:
            raise LLMError("down")
        return {"text": f"{len(said)}", "whole": len(said) not in (2,)}

    ask = make(llm)
    pair = await asyncio.gather(ask(asked("x", "s")), ask(asked("x", "s")))
    assert pair == ["1", "1"], pair
    assert await ask(asked("x", "t")) == "2"
    assert await ask(asked("x", "t")) == "3", "a cut-off answer was kept"
    assert await ask(asked("d", temperature=1)) == "4"
    try:
        await ask(asked("e"))
    except LLMError:
        assert len(said) == 5
    try:
        assert await ask(asked("e")) == "6"
    except LLMError:
        assert False, "the error was kept"
    assert await ask(asked("d", temperature=1)) == "7", "a throw of dice was kept"
