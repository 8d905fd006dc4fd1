"""Router: who is asked, in what order, at what cost, and what if they fail."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session1 import virtual_time
from session1.llm import LLMError, Message, Reply, SimulatedLLM
from session1.llm.models import table
from session1.llm.router import NoModel, Router
from session1.llm.speed import Speed

STEADY = Speed(start_s=1.0, prompt_token_s=0.0, token_s=0.1, spread=0.0)
HARD = "Prove that it holds."
NAMES = ("small", "medium", "large", "reasoner")


class Client(SimulatedLLM):
    """Answers, or does as told: "dies", "breaks" or "stops" after a piece, "hangs"."""

    def __init__(self, mood="well"):
        super().__init__(speed=STEADY)
        self.mood = mood
        self.asked = 0

    async def stream(self, prompt, **options):
        self.asked += 1
        if self.mood == "dies":
            raise LLMError("died")
        if self.mood == "hangs":
            await asyncio.sleep(1e6)
        async for piece in super().stream(prompt, **options):
            yield piece
            if self.mood == "breaks":
                raise LLMError("broke")
            if self.mood == "stops":
                return


class Says(Client):
    """Says these pieces, and nothing else."""

    def __init__(self, *pieces):
        super().__init__()
        self.pieces = pieces

    async def stream(self, prompt, on_end, **options):
        self.asked += 1
        for piece in self.pieces:
            yield piece
        on_end(Reply("".join(self.pieces), "it", 1, len(self.pieces)))


@pytest.mark.parametrize("pieces", [(), ("",), ("", " ", "\n")])
def test_who_says_nothing_is_followed_by_the_next_and_asked_again(pieces):
    llm = Router({"small": Says(*pieces), "large": Says(" ", "", "Hel", "lo")})

    async def pieces_of():
        return [piece async for piece in llm.stream("Hi!")]

    for _ in range(5):
        assert virtual_time.run(pieces_of).value == [" Hel", "lo"]
    assert asked(llm) == {"small": 5, "large": 5}
    alone = Router({"small": Says(*pieces)})
    for _ in range(5):
        with pytest.raises(NoModel, match="the model said nothing: ask again"):
            generate(alone)


def test_a_single_client_goes_by_the_name_of_its_model():
    client = SimulatedLLM()
    prices = table().naming([client.model])
    assert Router(client, prices).clients == {client.model: client}
    with pytest.raises(TypeError, match=r"clients by name, such as .*, not a list"):
        Router([client])


def router(moods=None, names=NAMES, **options):
    moods = moods or {}
    clients = {name: Client(moods.get(name, "well")) for name in names}
    return Router(clients, clock=virtual_time.now, **options)


def asked(llm):
    return {name: client.asked for name, client in llm.clients.items() if client.asked}


def generate(llm, prompt="Hi!", **options):
    return virtual_time.run(lambda: llm.generate(prompt, **options)).value


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("Hi!", "small"),
        ("Explain how tea is made.", "medium"),
        ("Design a policy for visitors.", "large"),
        (HARD, "reasoner"),
    ],
)
def test_the_cheapest_that_is_good_enough_answers(prompt, name):
    llm = router()
    reply = generate(llm, prompt)
    assert (reply.model, asked(llm)) == (name, {name: 1})
    assert reply.text == f"You said: {prompt}"


def test_the_kind_may_be_told():
    assert generate(router(), complexity="complex").model == "large"
    with pytest.raises(ValueError, match="no complexity 'hard'"):
        generate(router(), complexity="hard")


def test_a_route_tells_whom_and_why_and_asks_nobody():
    llm = router(floor=0.7)
    route = llm.route("Explain how tea is made.")
    names = [candidate.model.name for candidate in route.candidates]
    assert names == ["medium", "large", "reasoner"]
    assert route.verdict.reasons == ("asks for an explanation",)
    assert "the floor 0.7" in route.passed_over["small"]
    assert asked(llm) == {}


def test_after_a_failure_the_dearer_ones_then_the_weaker_ones_by_quality():
    llm = router({"medium": "dies", "large": "dies", "reasoner": "dies"})
    assert generate(llm, "Explain it.").model == "small"
    assert asked(llm) == dict.fromkeys(NAMES, 1)
    llm = router({"large": "dies", "reasoner": "dies"})
    assert generate(llm, complexity="complex").model == "medium"


def test_when_none_answers_the_error_lists_them_all():
    llm = router(dict.fromkeys(NAMES, "dies"), floor=0.7)
    with pytest.raises(NoModel, match="Ask again later") as error:
        generate(llm)
    assert list(error.value.tried) == list(NAMES)
    assert "floor" in error.value.tried["small"]
    assert error.value.tried["large"] == "died"
    assert isinstance(error.value, LLMError)


def test_a_model_that_gives_no_piece_in_time_is_left():
    llm = router({"small": "hangs"}, timeout=2.0)
    timed = virtual_time.run(lambda: llm.generate("Hi!"))
    assert timed.value.model == "medium"
    assert 3 < timed.seconds < 4
    assert llm.clients["small"].usage.in_flight == 0


def test_a_stream_that_just_stops_is_a_failure_and_says_why():
    llm = router({"small": "stops"})

    async def main():
        for _ in range(3):
            with pytest.raises(LLMError, match="ended without a whole answer"):
                await llm.generate("Hi!")
        return await llm.generate("Hi!")

    assert virtual_time.run(main).value.model == "medium"


def test_an_answer_that_broke_off_is_no_answer_and_nobody_else_is_asked():
    llm = router({"small": "breaks"})

    async def main():
        got = []
        with pytest.raises(LLMError, match="small broke off after 1 pieces"):
            async for piece in llm.stream("Hi!"):
                got.append(piece)
        return got

    assert virtual_time.run(main).value == ["You"]
    assert asked(llm) == {"small": 1}
    account = llm.ledger.accounts["small"]
    assert (account.calls, account.failed, account.completion_tokens) == (0, 1, 1)
    assert account.dollars > 0


def test_a_breaker_spares_a_model_that_fails_and_tries_it_again():
    llm = router({"small": "dies"}, failures=2, rest=30.0)
    small = llm.clients["small"]

    async def main():
        for _ in range(5):
            await llm.generate("Hi!")
        assert (small.asked, llm.breakers["small"].state) == (2, "open")
        await asyncio.sleep(30)
        await llm.generate("Hi!")
        assert small.asked == 3, "one probe"
        small.mood = "well"
        await asyncio.sleep(30)
        return [(await llm.generate("Hi!")).model for _ in range(2)]

    assert virtual_time.run(main).value == ["small", "small"]
    assert llm.get_cost_stats()["breakers"]["small"] == "closed"


def test_while_all_are_left_alone_the_error_says_for_how_long():
    llm = router({"small": "dies"}, names=("small",), failures=1, rest=30.0)

    async def main():
        with pytest.raises(NoModel, match="died"):
            await llm.generate("Hi!")
        await asyncio.sleep(10)
        with pytest.raises(NoModel, match="for 20 s more"):
            await llm.generate("Hi!")

    virtual_time.run(main)
    assert llm.ledger.left == float("inf")


def test_a_caller_who_leaves_frees_the_probe_and_pays_for_what_came():
    llm = router({"small": "dies"}, names=("small",), failures=1, rest=5.0)
    small = llm.clients["small"]

    async def main():
        with pytest.raises(NoModel):
            await llm.generate("Hi!")
        small.mood = "well"
        await asyncio.sleep(5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.05):
                await llm.generate("Hi!")
        return (await llm.generate("Hi!")).text

    assert virtual_time.run(main).value == "You said: Hi!"
    account = llm.ledger.accounts["small"]
    assert (account.calls, account.failed) == (1, 2)


def test_a_mistake_of_the_caller_is_no_failure_of_a_model():
    llm = router(failures=1)
    for bad in ([], [Message("user", "x"), "y"]):
        with pytest.raises((TypeError, ValueError)):
            generate(llm, bad)
    assert {b.state for b in llm.breakers.values()} == {"closed"}


def test_prompts_that_do_not_fit_go_to_a_model_with_room():
    llm = router()
    reply = generate(llm, "rain " * 20_000, complexity="simple", max_tokens=1)
    assert reply.model == "medium"
    with pytest.raises(NoModel, match="it has 16,000"):
        generate(router(names=("small",)), "rain " * 20_000)


def test_no_call_and_no_day_costs_more_than_its_limit():
    llm = router(max_cost=0.001)
    assert generate(llm, HARD).model != "reasoner"
    assert "a call's limit is $0.001" in llm.route(HARD).passed_over["reasoner"]
    poor = router(budget=0.0)
    with pytest.raises(NoModel, match=r"\$0.000000 is left"):
        generate(poor)


def test_costs_add_up():
    llm = router()
    replies = [generate(llm, p) for p in ("Hi!", "Hi!", HARD)]
    stats = llm.get_cost_stats()
    prices = table().models
    assert stats["dollars"] == pytest.approx(
        sum(prices[reply.model].cost_of(reply) for reply in replies)
    )
    assert stats["models"]["small"]["calls"] == 2
    tokens = sum(r.prompt_tokens for r in replies if r.model == "small")
    assert stats["models"]["small"]["prompt_tokens"] == tokens


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"floor": 2}, "between 0 and 1"),
        ({"max_cost": float("nan")}, "max_cost"),
        ({"timeout": 0}, "timeout"),
        ({"names": ()}, "at least one client"),
        ({"names": ("small", "gpt-5")}, "no price for gpt-5"),
    ],
)
def test_bad_settings_are_refused(options, hint):
    with pytest.raises(ValueError, match=hint):
        router(**options)


ASKS = st.lists(
    st.tuples(
        st.sampled_from(["Hi!", "Explain it.", "Design a policy.", HARD]),
        st.fixed_dictionaries(
            dict.fromkeys(NAMES, st.sampled_from(["well", "dies", "breaks", "hangs"]))
        ),
        st.floats(0.1, 60) | st.none(),
    ),
    max_size=8,
)


@settings(max_examples=60)
@given(ASKS, st.sampled_from([float("inf"), 0.004]))
def test_every_request_ends_with_an_answer_or_a_reason(asks, budget):
    llm = router(timeout=5.0, failures=2, rest=20.0, budget=budget)

    async def ask(prompt, moods, patience):
        for name, mood in moods.items():
            llm.clients[name].mood = mood
        try:
            async with asyncio.timeout(patience):
                return (await llm.generate(prompt)).text == f"You said: {prompt}"
        except NoModel as e:
            return set(e.tried) == set(NAMES)
        except LLMError as e:
            return "broke off" in str(e)
        except TimeoutError:
            return patience is not None

    async def main():
        return [await ask(*one) for one in asks]

    assert all(virtual_time.run(main).value)
    assert llm.ledger.spent <= budget
    assert llm.ledger.left == pytest.approx(budget - llm.ledger.spent), "all let go"
    assert all(c.usage.in_flight == 0 for c in llm.clients.values())


@pytest.mark.model
def test_the_real_model_costs_no_more_than_was_set_aside(model):
    llm = Router({"small": model, "large": model})
    talk = [Message("system", "Be brief."), Message("user", "Name a colour.")]

    async def main():
        for prompt in ("Name a colour.", talk):
            (candidate, *_) = llm.route(prompt, max_tokens=3).candidates
            before = llm.ledger.spent
            reply = await llm.generate(prompt, max_tokens=3)
            assert reply.prompt_tokens <= candidate.tokens
            assert 0 < llm.ledger.spent - before <= candidate.dollars

    asyncio.run(main())
