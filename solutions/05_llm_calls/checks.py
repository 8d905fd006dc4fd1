"""How the exercises of 05_llm_calls are graded. Tokens, dollars, calls; no clocks."""

import asyncio
import copy
import random
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from coursekit.check.check import Check
from coursekit.check.error_messages import fault
from coursekit.check.parsons import assemble
from coursekit.check.shuffled_trials import verdicts
from coursekit.core.plain_data import native, number
from coursekit.learn.own_parts import load
from session1.llm import LLMError

asks, clients, layouts, reference, routing, streams = (
    load(Path(__file__).with_name(f"{name}.py"))
    for name in ("asks", "clients", "layouts", "parts", "routing", "streams")
)
asked, backwards, without = asks.asked, asks.backwards, asks.without

Names = Mapping[str, Any]
Request = dict[str, Any]


def _cause(*causes: tuple[Any, str]) -> str:
    """Say of the first cause that holds where to look; empty when none does."""
    return next((look for holds, look in causes if holds), "")


def claim(ns: Names, check: Check) -> None:
    """1 point for any guess that was recorded."""
    check.predicted("claim", 1)


NO_WRONG = "no request gets the answer to another one"
REPEATS = "repeats are served and requests stay as they are"
NO_KEY = "no key for what may come out otherwise"


def _pairs_apart() -> Iterator[tuple[str, Request, Request]]:
    """Requests with different answers, and the place where they differ."""
    one = asked("And in Rome?", "Be brief.")
    yield "the text", one, asked("and in Rome?", "Be brief.")
    yield "the text", one, asked("And in Rome? ", "Be brief.")
    yield "the text", one, asked("And in  Rome?", "Be brief.")
    yield "the system message", one, asked("And in Rome?", "be brief.")
    yield "the text", asked("Wie heißt er?"), asked("Wie heit er?")
    yield "the text", asked("naïve?", "Be brief."), asked("nave?", "Be brief.")
    yield "the model", one, one | {"model": "medium"}
    for name, values in {
        "max_tokens": (8, 16),
        "temperature": (0, 0.5),
        "top_p": (0.1, 0.2),
        "stop": (["."], ["!"]),
        "tools": ([asks.WEATHER], [asks.MAIL]),
        "tool_choice": ("none", "auto"),
        "response_format": ({"type": "json_object"}, {"type": "text"}),
        "logit_bias": ({"50256": -100}, {"50257": -100}),
        "reasoning_effort": ("low", "high"),
        "stream_options": ({"include_usage": True}, {"include_usage": False}),
        "user_location": ("Rome", "Bonn"),
        "metadata": ({"day": "1"}, {"day": "2"}),
        "n": (1, 2),
        "timeout": (1, 9),
    }.items():
        first, second = ({name: value, "seed": 3} for value in values)
        yield name, one | first, one | second
        if name != "temperature":
            yield name, one | {"seed": 3}, one | second
    yield "seed", one | {"seed": 0}, one | {"seed": 1}
    seeded = one | {"seed": 3}
    yield "a field of 0", without(seeded, "temperature"), seeded
    kinds = [{"type": kind} for kind in ("string", "integer")]
    for name in asks.INDIFFERENT:
        tools = [[{"type": "function", "function": {name: kind}}] for kind in kinds]
        yield "inside", one | {"tools": tools[0]}, one | {"tools": tools[1]}
    named = [{"role": "user", "name": name, "content": "hi"} for name in ("ada", "bob")]
    yield "inside", one | {"messages": named[:1]}, one | {"messages": named[1:]}
    yield "seed", one | {"temperature": 1, "seed": 0}, one | {"seed": 0}
    # texts that run into each other when they are joined
    two = [{"role": "user", "content": text} for text in ("hi", "there")]
    yield (
        "the messages",
        one | {"messages": two},
        one | {"messages": [{"role": "user", "content": "hi\nuser: there"}]},
    )
    kinds_of = [[{"role": "assistant", "content": said}] for said in (None, "None")]
    yield "a kind", *(one | {"messages": each} for each in kinds_of)
    yield "a kind", *(one | {"seed": seed} for seed in (1, "1"))
    yield "the messages", asked("bc", "a"), asked("c", "ab")
    yield "the model", asked("8b:hi", model="qwen"), asked("hi", model="qwen:8b")
    yield "the model", asked("hi", model="a b"), asked("b hi", model="a")
    talk = [{"role": "user", "content": text} for text in ("a", "b")]
    yield "their order", one | {"messages": talk}, one | {"messages": talk[::-1]}
    for name, both in {"tools": [asks.WEATHER, asks.MAIL], "stop": [".", "!"]}.items():
        yield "their order", one | {name: both}, one | {name: both[::-1]}
    said = [talk[0], {"role": "assistant", "content": "b"}]
    yield "the roles", one | {"messages": talk}, one | {"messages": said}
    longer = [talk[0], talk[0], talk[1]]
    yield "the history", one | {"messages": talk}, one | {"messages": longer}


def _pairs_alike() -> Iterator[tuple[str, Request, Request]]:
    """Requests that get one answer, and what differs between them."""
    one = asked("And in Rome?", "Be brief.", tools=[asks.WEATHER])
    yield "nothing", one, copy.deepcopy(one)
    yield "the order of fields", one, backwards(one)
    deep = [backwards(m) for m in one["messages"]]
    yield "the order of fields inside", one, one | {"messages": deep}
    yield "user", one, one | {"user": "ada"}
    yield "user", one | {"user": "ada"}, one | {"user": "bob"}
    yield "stream", one | {"stream": True}, one | {"stream": False}
    yield "stream", one | {"stream": True}, one
    dice = one | {"temperature": 0.9, "seed": 0}
    yield "nothing, at a seed of 0", dice, copy.deepcopy(dice)
    for seed in (-1, 0.5):
        dice = one | {"temperature": 0.9, "seed": seed}
        yield f"nothing, at a seed of {seed}", dice, copy.deepcopy(dice)
    dice = without(one, "temperature") | {"seed": 7}
    yield "user, at a seed of 7", dice, dice | {"user": "ada"}
    yield (
        "nothing, at temperature 0.0",
        one | {"temperature": 0.0},
        one | {"temperature": 0.0},
    )


def key(ns: Names, check: Check) -> None:
    """4 points: no wrong answer (2), repeats served (1), no key for dice (1).

    Repeats count once no answer is wrong, and a key that serves fewer than half of
    them is of no use: it gets nothing for its lack of wrong answers.
    """
    fn = ns["cache_key"]
    apart, alike = list(_pairs_apart()), list(_pairs_alike())

    changed = list[Request]()

    def key_of(request: Request) -> Any:
        given = copy.deepcopy(request)
        found = check.call(fn, given)
        if check.seen(given) != request:
            changed.append(request)
        return found

    look = "a request may lack any field; a key is text, or a tuple: what a dict takes"
    with check.part(NO_WRONG, 3, look):
        mixed = [(n, a, b) for n, a, b in apart if _one_key(key_of, a, b)]
        split = [(n, a, b) for n, a, b in alike if not _one_key(key_of, a, b)]
        morning = asks.played(key_of, [*asks.morning(), *asks.look_alikes()])
        wrong = len(mixed) + len(morning.wrong)
        useful = len(split) <= len(alike) / 2
        name, one, other = (mixed or [("", *(morning.wrong or [({}, {})])[0])])[0]
        check.true(
            NO_WRONG,
            2,
            not wrong and useful,
            given=asks.differ(one, other) if wrong else "",
            got=f"one key for both, and {wrong} wrong answers in all"
            if wrong
            else "a cache that serves next to nothing",
            expected="two keys" if wrong else "at least half of the repeats served",
            look=_cause(
                (
                    wrong and name in ("the model", "the messages", ""),
                    "joined texts run into each other: `json.dumps` keeps parts apart",
                ),
                (
                    name == "the text",
                    "another letter or space may be another question",
                ),
                (
                    name == "a field of 0",
                    "0 is a value: keep such a field, it is not missing",
                ),
                (
                    name == "a kind",
                    '`None` and `"None"` are two values, 1 and `"1"` as well',
                ),
                (
                    name == "inside",
                    "only a request's own `stream` and `user` go: keep what is inside",
                ),
                (
                    name == "their order",
                    "sort the names of fields, not what stands in a list",
                ),
                (wrong, "a field you never heard of may change the answer: keep all"),
                (True, "equal requests need equal keys"),
            ),
            misconception="joined-is-apart"
            if name in ("the model", "the messages")
            else "prompt-is-the-key",
        )
        name, one, other = (split or [("", {}, {})])[0]
        missed = split or morning.missed
        check.true(
            REPEATS,
            1,
            not wrong and not missed and not changed,
            given=_cause(
                (wrong, ""),
                (missed, f"two requests that differ in {name}"),
                (changed, f"a request with {', '.join((changed or [{}])[0])}"),
            ),
            got=_cause(
                (wrong, "counted once no answer is wrong"),
                (missed, "two keys, or none"),
                (changed, "the request was changed"),
            ),
            expected="one key" if wrong or missed else "the request as it was",
            look=_cause(
                (wrong, "fix the wrong answers first"),
                (not missed, "make a new dict of what goes into the key"),
                ("seed of 0" in name, "0 is a seed: ask whether it `is None`"),
                (
                    "nothing, at a seed" in name,
                    "any number is a seed: ask whether it `is None`",
                ),
                ("order" in name, "`sort_keys=True` sorts at every depth"),
                (name, "leave `stream` and `user` out of the key"),
            ),
            misconception=_cause(
                ("seed of 0" in name, "empty-is-missing"),
                (wrong or missed, "every-difference-counts"),
                (changed, "changes-what-it-was-given"),
            ),
        )
    with check.part(NO_KEY, 1, look):
        dice = asked("A joke!", "Be funny.")
        rolls = [dice | {"temperature": t} for t in (0.01, 1e-6, 1, 1.7)]
        rolls += [without(dice, "temperature"), rolls[0] | {"seed": None}]
        kept = [roll for roll in rolls if key_of(roll) is not None]
        none = any(key_of(r) is None for r in (dice, dice | {"seed": 5}))
        roll = (kept or [dice])[0]
        check.true(
            NO_KEY,
            1,
            not kept and not none,
            given=asks.no_seed(roll) if kept else "temperature 0",
            got="a key" if kept else "None",
            expected="None" if kept else "a key: this answer comes again",
            look=_cause(
                ("temperature" not in roll, "a server takes temperature 1 then"),
                (
                    "seed" in roll,
                    '`request.get("seed")` is None there: that is no seed',
                ),
                (kept, "return None where `temperature` is not 0 and there is no seed"),
                (True, "None is for answers that may come out otherwise only"),
            ),
            misconception="dice-repeat" if kept else "never-keep",
        )


def _one_key(key_of: Any, one: Request, other: Request) -> bool:
    """Whether both get one and the same key, which is no number."""
    a, b = key_of(one), key_of(other)
    if isinstance(a, int):
        raise TypeError("a key is text: `hash(…)` is another number in each process")
    return a is not None and b is not None and len({a, b}) == 1


def hit_rate(ns: Names, check: Check) -> None:
    """3 points, one for each count."""
    for name, right, look, believes in [
        (
            "lru_hits",
            3,
            "write down which two letters are held after each question",
            {"first-in-is-least-used": 2},
        ),
        (
            "ttl_hits",
            2,
            "write the second of its storing beside each letter",
            {"reading-renews": 4, "off-by-one": 3},
        ),
        (
            "never",
            4,
            "count the letters that come for the first time",
            {"misses-are-alike": 7},
        ),
    ]:
        with check.part(name, 1):
            got = ns[name]
            check.equal(name, 1, got, right, look=look, believes=believes)


WHOLE = "six parts and each once"
READ = "tokens read in 48 calls of twelve customers"


def prefix(ns: Names, check: Check) -> None:
    """4 points: 1 for whole prompts, 3 for few tokens read.

    Full where what changes least comes first, with clock and question last in either
    order; none where the clock stands in front.
    """
    calls = layouts.conversations(12, 4)
    layout, fault = _assembled(ns["order"])
    prompts, wrong = [], fault
    if layout:
        try:
            prompts = [layout(call) for call in calls]
            wrong = next(filter(None, map(layouts.complaint, prompts, calls)), "")
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"
    whole = check.true(
        WHOLE,
        1,
        not wrong,
        got=wrong,
        expected="a list of rules, tools, documents, history, clock and question",
        look="`def` first, then the empty list, six parts, `return` last; no traps",
    )
    naive, best = (
        layouts.tokens_read([way(call) for call in calls])
        for way in (layouts.naive_layout, layouts.best_layout)
    )
    check.at_most(
        READ,
        3,
        layouts.tokens_read(prompts) if whole else naive,
        full=best,
        zero=naive,
        unit="tokens",
        look=layouts.look(prompts[-1], calls[-1]) if whole else "make it whole first",
        misconception="order-is-free",
    )


def _assembled(order: Any) -> tuple[Any, str]:
    """The learner's `layout`, or None and why there is none."""
    names: dict[str, Any] = {}
    try:
        exec(assemble("prefix", order), names)  # lines of our own
    except Exception as error:
        return None, f"{type(error).__name__}: {getattr(error, 'msg', error)}"
    layout = names.get("layout")
    return layout, "" if layout else "lines that make no function `layout`"


DOLLARS, SECONDS = "dollars of a call", "seconds of a call"
PRICES = [
    {"read": 2.0, "known": 0.5, "write": 8.0}
    | {"start_s": 0.3, "read_s": 0.001, "write_s": 0.03},
    {"read": 1.1, "known": 0.0, "write": 4.4}
    | {"start_s": 0.0, "read_s": 0.0004, "write_s": 0.015},
]
CALLS = [
    {"prompt": 1000, "known": 0, "answer": 1},
    {"prompt": 900, "known": 0, "answer": 100},
    {"prompt": 900, "known": 600, "answer": 100},
    {"prompt": 512, "known": 512, "answer": 2},
    {"prompt": 7, "known": 3, "answer": 4000},
]


def _bill(call: Mapping[str, int], price: Mapping[str, float]) -> tuple[float, float]:
    fresh, known, answer = call["prompt"] - call["known"], call["known"], call["answer"]
    read = fresh * price["read"] + known * price["known"]
    steps = (answer - 1) * price["write_s"]
    seconds = price["start_s"] + fresh * price["read_s"] + steps
    return (read + answer * price["write"]) / 1e6, seconds


def bill(ns: Names, check: Check) -> None:
    """5 points: dollars (2), seconds (1), and one for each letter."""
    cases = [(call, price) for price in PRICES for call in CALLS]
    with check.part(DOLLARS, 3, "fill in all the blanks; two numbers are returned"):
        fn = ns["bill"]
        found = [check.call(fn, dict(call), dict(price)) for call, price in cases]
        for place, name, points, tol in [(0, DOLLARS, 2, 1e-9), (1, SECONDS, 1, 1e-6)]:
            wants = [_bill(call, price)[place] for call, price in cases]
            gots = [number(got[place]) for got in found]
            off = (
                i
                for i, (got, want) in enumerate(zip(gots, wants, strict=True))
                if got is None or abs(got - want) > tol
            )
            i = next(off, 0)
            right = gots[i] is not None and abs(gots[i] - wants[i]) <= tol
            call, price = cases[i]
            check.true(
                name,
                points,
                right,
                given=f"{call}, {price}",
                got=gots[i],
                expected=wants[i],
                look=_bill_look(place, gots, cases),
                misconception=("known-is-free" if place == 0 else "streaming-saves")
                if not right
                else "",
            )
    for name, right, look in [
        ("saves_dollars", "E", "what does a call cost on the average after it?"),
        ("saves_seconds", "C", "in which part of a call do most seconds lie?"),
    ]:
        with check.part(name, 1):
            got = ns[name]
            said = got.strip().upper() if type(got) is str else got
            check.equal(name, 1, said, right, look=look)


def _bill_look(place: int, gots: list[Any], cases: list[Any]) -> str:
    """Where to look first in bills that are wrong: what explains all of them."""

    def explains(other: Any) -> bool:
        wrong = [
            (got, other(call, price))
            for got, (call, price) in zip(gots, cases, strict=True)
            if got is None or abs(got - _bill(call, price)[place]) > 1e-9
        ]
        return all(got is not None and abs(got - x) < 1e-9 for got, x in wrong)

    def rounded(digits: int) -> Any:
        return lambda call, price: round(_bill(call, price)[place], digits)

    def twice(call: Any, price: Any) -> float:
        return _bill(call | {"prompt": call["prompt"] + call["known"]}, price)[place]

    def dear(call: Any, price: Any) -> float:
        return _bill(call | {"known": 0}, price)[place]

    def free(call: Any, price: Any) -> float:
        return _bill(call, price | {"known": 0.0})[place]

    def one_more(call: Any, price: Any) -> float:
        return _bill(call | {"answer": call["answer"] + 1}, price)[place]

    return _cause(
        (
            any(explains(rounded(digits)) for digits in range(7)),
            "do not round: small figures add up over a thousand calls",
        ),
        (any(got is None for got in gots), "a number belongs there"),
        (explains(dear), "what is known is neither read again nor at full price"),
        (explains(twice), "known tokens are in the prompt: take them off"),
        (
            place == 0 and explains(free),
            'known tokens are cheaper, not free: `price["known"]` each',
        ),
        (place == 1 and explains(one_more), "the first one comes with the reading"),
        (place == 0, "fresh at `read`, known at `known`, written at `write`"),
        (True, "start_s, then read_s a fresh token, then write_s a step"),
    )


MUST = "what must stay has its room or an error"
TURNS = "the newest turns back to the first that does not fit"
SHOTS = "the most relevant examples that fit in what is left"
ONCE = "each text is counted once and nothing changed"
NO_LISTS = "no two lists"
Scene = tuple[int, list[str], list[str], list[tuple[float, str]]]


def _text(draw: random.Random, most: int) -> str:
    return " ".join(draw.choices(("oak", "ash", "elm"), k=draw.randint(0, most)))


def _scenes() -> Iterator[Scene]:
    """Rooms too small, just right and large; twins, nothing and what counts nothing."""
    draw = random.Random(5)
    for room in [0, 1, *range(4, 40, 2)]:
        must = [_text(draw, 3) for _ in range(draw.randint(0, 2))]
        history = [_text(draw, 7) for _ in range(draw.randint(0, 6))]
        shots = [
            (draw.choice((0, 0.2, 0.5, 0.5, 0.9)), _text(draw, 7))
            for _ in range(draw.randint(0, 6))
        ]
        yield room, must, history, shots
    talk = ["a a a", "b b b b b b", "c", "d d"]
    for room in range(14):
        yield room, ["r"], talk, []
    for room in range(12):
        yield (
            room,
            [],
            ["t"],
            [(0.1, "x x"), (0.1, "y"), (0.7, "z z z z"), (0.1, "x x")],
        )
    yield 3, ["r r", "q"], [], []
    yield 3, ["r r", "r r"], [], []
    yield 3, ["r r"], ["", "q", ""], [(0.0, "")]
    for room in (0, 2, 4, 6):
        yield room, [], [], [(-0.5, "x x"), (0.301, "y y"), (0.302, "z z"), (-0.1, "")]


def _size(text: str) -> int:
    return len(text.split())


def _fit(scene: Scene, *, hole: bool = False) -> tuple[list[str], list[str]] | None:
    """What stays; None where what must stay has no room. `hole`: turns are skipped."""
    room, must, history, shots = scene
    left = room - sum(map(_size, must))
    if left < 0:
        return None
    turns: list[str] = []
    for turn in history[::-1]:
        if _size(turn) <= left:
            turns = [turn, *turns]
            left -= _size(turn)
        elif not hole:
            break
    return turns, _best(shots, left)


def _turns_last(scene: Scene) -> list[str]:
    """The turns that stay where examples have taken their room first."""
    room, must, history, shots = scene
    taken = _best(shots, room - sum(map(_size, must)))
    found = _fit((room, [*must, *taken], history, []))
    return found[0] if found else []


def _best(shots: list[tuple[float, str]], left: int) -> list[str]:
    order = sorted(range(len(shots)), key=lambda i: (-shots[i][0], i))
    chosen = []
    for i in order:
        if _size(shots[i][1]) <= left:
            chosen.append(i)
            left -= _size(shots[i][1])
    return [shots[i][1] for i in sorted(chosen)]


def _fitted(
    check: Check, fn: Any, scene: Scene, times: int = 1
) -> tuple[Any, int, bool]:
    """What `fit` returns, how often it counts, whether it left all as it was.

    `times`: tokens of a word. With room for as many more, the same texts stay.
    """
    room, *given = copy.deepcopy(scene)
    counts = 0

    def count(text: str) -> int:
        nonlocal counts
        counts += 1
        return times * _size(text)

    try:
        found: Any = check.call(fn, times * room, *given, count)
        turns, shots = found
        found = NO_LISTS
        if not isinstance(turns, str) and not isinstance(shots, str):
            found = list(turns), list(shots)
    except ValueError as error:
        found = None if "unpack" not in str(error) else NO_LISTS
    except TypeError as error:
        if "unpack" not in str(error):
            raise
        found = NO_LISTS
    same = [check.seen(part) for part in given] == list(scene[1:])
    return found, counts, same


def budget(ns: Names, check: Check) -> None:
    """6 points: must stay (1), turns (2), examples (2), counted once (1).

    Each is judged where the ones before it are right; the last one counts once two
    of the others are reached.
    """
    with check.part(MUST, 6):
        fn = ns["fit"]
        scenes = list(_scenes())
        found = [_fitted(check, fn, scene) for scene in scenes]
        rows = list(zip(scenes, found, map(_fit, scenes), strict=True))
        told = [(s, got, want) for s, (got, _, _), want in rows]
        told.sort(key=lambda row: row[1] != NO_LISTS)  # that first
        bad = [r for r in told if r[1] == NO_LISTS or (r[1] is None) != (not r[2])]
        fits = [r for r in told if r[2] and r[1] and r[1] != NO_LISTS]
        turns = [r for r in fits if r[1][0] != r[2][0]]
        # with the learner's own turns: a hole there is not paid for twice
        shots = [
            (s, got, (got[0], _best(s[3], max(0, _left(s, got[0])))))
            for s, got, _ in fits
        ]
        shots = [r for r in shots if r[1][1] != r[2][1]]
        reached = [
            _row(check, MUST, 1, bad, bool(fits), _must_look(bad)),
            _row(check, TURNS, 2, turns, bool(fits), _turns_look(turns)),
            _row(check, SHOTS, 2, shots, bool(fits), _shots_look(shots)),
        ]
        most, scene = max(
            ((counts - len([*s[1], *s[2], *s[3]]), s) for s, (_, counts, _), _ in rows),
            key=lambda pair: pair[0],
        )
        texts = len([*scene[1], *scene[2], *scene[3]])
        kept = all(same for _, (_, _, same), _ in rows)
        again = [_fitted(check, fn, scene, 2)[0] for scene in scenes]
        asks_it = again == [got for got, _, _ in found]
        check.true(
            ONCE,
            1,
            most <= 0 and kept and asks_it and sum(reached) >= 2,
            given=f"{texts} texts",
            got=_cause(
                (sum(reached) < 2, "judged once two of the others are reached"),
                (not kept, "a list that was handed in was changed"),
                (
                    most <= 0,
                    "other texts by a `count` that says 2 for each word, in twice "
                    "the room",
                ),
                (True, f"{texts + max(most, 0)} counts"),
            ),
            expected=f"at most {texts} counts, and all lists as they were",
            look="ask the `count` of this call for each text: another model's differs"
            if kept and most <= 0
            else "keep what `count` said in a name; make lists of your own",
            misconception="counting-is-free" if kept else "changes-what-it-was-given",
        )


def _left(scene: Scene, turns: list[Any]) -> int:
    """The room that is left for examples beside these turns."""
    used = [text for text in [*scene[1], *turns] if type(text) is str]
    return scene[0] - sum(map(_size, used))


def _row(
    check: Check, name: str, points: float, wrong: list[Any], some: bool, look: str
) -> bool:
    scene, got, want = wrong[0] if wrong else (None, None, None)
    given = ""
    if scene:
        room, must, history, shots = scene
        given = f"room {room}, must {must}, history {history}, examples {shots}"
    return check.true(
        name,
        points,
        some and not wrong,
        given=given,
        got="ValueError" if scene and got is None else got if scene else "nothing fits",
        expected=("ValueError" if want is None else want) if scene else "two lists",
        look=look,
        misconception={MUST: "rules-can-wait", TURNS: "break-on-first"}.get(
            name, "score-order-is-fine"
        ),
    )


def _must_look(wrong: list[Any]) -> str:
    return _cause(
        (not wrong, ""),
        (wrong and wrong[0][1] == NO_LISTS, "return two lists: turns, examples"),
        (wrong and wrong[0][1] is None, "just enough is enough: refuse only less"),
        (True, "count all of `must` before anything else, and raise ValueError"),
    )


def _turns_look(wrong: list[Any]) -> str:
    hole = any(got[0] == _fit(scene, hole=True)[0] for scene, got, _ in wrong)
    order = any(got[0][::-1] == want[0] for _, got, want in wrong)
    late = bool(wrong) and all(got[0] == _turns_last(scene) for scene, got, _ in wrong)
    return _cause(
        (order, "the turns go out oldest first, as they came"),
        (late, "history takes its room first, examples what is left"),
        (hole, "`break` at the first turn that does not fit: no holes"),
        (True, "from the newest back; what takes exactly the room still fits"),
    )


def _shots_look(wrong: list[Any]) -> str:
    order = any(sorted(got[1]) == sorted(want[1]) for _, got, want in wrong)
    fewer = any(len(got[1]) < len(want[1]) for _, got, want in wrong)
    return _cause(
        (order, "choose by relevance, then write in the order given"),
        (fewer, "skip what does not fit and go on; of equal ones the earlier first"),
        (True, "by relevance, the largest first; what is left after history is theirs"),
    )


# Prompts that no learner has seen, in the manner of both sets of the notebook.
EASY = (
    'Translate into French: "We have decided to postpone the review of the design '
    'until the first week of May, because the plan is not ready and two are ill."',
    "What is the plural of the word mouse?",
    'Correct the spelling: "The developper will implement the optimised algoritm next '
    'weak and debug it on Friday."',
    "Who painted the ceiling of the Sistine Chapel?",
    'Is this message friendly or angry? "Prove to me that you ever meant to pay. I '
    'have been waiting since March and nobody answers the phone any more."',
    "Convert 250 grams to ounces.",
    "What is the German word for butterfly?",
    'Put this into the past tense: "She designs bridges and evaluates the plans of '
    'other people."',
    "When did the Berlin Wall fall?",
    'Shorten this to one sentence: "Our team met on Monday. We talked about the '
    "budget, the new office and the coffee machine. Most of us liked the new office. "
    'Nobody liked the coffee machine."',
    "How do I copy a file in Linux?",
    "Write a short birthday wish for my grandmother.",
    "Explain in two sentences what a firewall does.",
    "What's the weather like on Mars?",
    "List the months with thirty days.",
    'Which language is this? "Minimum temperature, maximum load and probability of '
    'rain are shown below."',
    "Thanks, that was great. See you tomorrow!",
    "Give me a synonym for happy.",
    'Extract all names: "Tom planned the trip, Ann reviewed the plan, and Bill, who '
    'is the oldest, derived no pleasure from it at all."',
    "What does CPU stand for, and what does one do?",
)
DIFFICULT = (
    "Prove that there are infinitely many primes.",
    "Design a schema for a library's loans.",
    "Debug this program: it hangs under load.",
    "Implement quicksort without recursion.",
    "If all cats purr and Tom does not purr, is Tom a cat? Justify your answer.",
    "Derive the quadratic formula.",
    "What is the probability of two sixes in three throws?",
    "Refactor this class into smaller ones.",
    "Write a migration plan for our mail server, with steps and risks.",
    "Ann is older than Ben, and Cem is younger than Ben. Who is the oldest? Think step "
    "by step.",
    "Evaluate both offers and recommend one.",
    "Write a program that solves sudoku, and unit tests for it.",
    "Analyse the figures of May: why did sales fall, and what should we do next?",
    "A pool fills in 6 hours through one pipe and in 4 through another. How long does "
    "it take with both open? Show the derivation.",
    "Find all x with x^2 + 3x - 10 = 0 and show why there are no others.",
    "Develop a strategy for a small bookshop, with goals, costs and a schedule.",
    "Review this contract for clauses that conflict.",
    "Show by induction that 1 + 2 + ... + n = n(n + 1)/2.",
    "What is the smallest number of moves for the tower of Hanoi with five discs? "
    "Reason it through.",
    "Optimise this query and explain which indexes you would add.",
)


SAVED = "dollars for a thousand questions"
LATER = "dollars for a thousand questions of another day"
ANY_TEXT = "any text has an answer and capitals change none"


def route(ns: Names, check: Check) -> None:
    """4 points: dollars with what wrong answers cost, on the 64 prompts.

    Full up to 6.50 (the best settings take 6.43), none from what all large takes.
    """
    settings = ns["settings"]
    values = {name: number(settings[name]) for name in ("words", "cues")}
    off = next((n for n, v in values.items() if v is None or v != int(v)), "")
    dear = routing.ends(routing.cases())["all large"].total
    if off:
        got = f"{off} is {settings[off]!r}"
        check.add(SAVED, 4, 0, got=got, expected="a whole number, without quotes")
        return
    whole = {name: int(value or 0) for name, value in values.items()}
    found = routing.routed(routing.by_settings(whole), routing.cases())
    check.at_most(
        SAVED,
        4,
        round(found.total, 2),
        full=6.5,
        zero=round(dear, 2),
        unit="dollars",
        given=f"{whole}: {found.large} of 64 to the large model, {found.wrong} wrong",
        look=_cause(
            (found.wrong > 1, "wrong answers are what is dear here: lower a threshold"),
            (found.large > 45, "too many go to the large model: raise a threshold"),
            (True, "move one slider at a time, and watch the dollars in all"),
        ),
        misconception="cheap-is-saved" if found.wrong > 1 else "dear-is-safe",
    )


def router(ns: Names, check: Check) -> None:
    """6 points: dollars on prompts that nobody has seen (5), any text (1).

    Dollars: full up to 6.50 (the oracle takes 5.22), none from what all large takes.
    """
    fn = ns["is_hard"]
    asked = [(p, False) for p in EASY] + [(p, True) for p in DIFFICULT]
    random.Random(check.seed).shuffle(asked)
    with check.part(LATER, 5, "is_hard takes a text and returns True or False"):
        said = {prompt: _truth(check.call(fn, prompt)) for prompt, _ in asked}
        odd = next((p for p, verdict in said.items() if verdict is None), None)
        found = routing.routed(said.__getitem__, asked)
        missed = [p for p, hard in asked if hard and not said[p]]
        sent = [p for p, hard in asked if not hard and said[p]]
        dear = round(routing.ends(asked)["all large"].total, 2)
        worst = (missed or sent or [""])[0]
        check.at_most(
            LATER,
            5,
            dear if odd else round(found.total, 2),
            full=6.5,
            zero=dear,
            unit="dollars",
            given=f"{_short(odd)}: the verdict is neither True nor False"
            if odd
            else f"40 prompts like those of both sets: {found.large} sent to the "
            f"large model, {found.wrong} hard ones answered by the small",
            look=_cause(
                (odd, "return True or False for each prompt"),
                (
                    len(sent) == 20 and not missed,
                    "all to the large one saves nothing",
                ),
                (len(missed) == 20, "nothing is hard to your rule"),
                (missed, f"hard and taken for easy: {_short(worst)}"),
                (sent, f"easy and taken for hard: {_short(worst)}"),
            ),
            misconception="cheap-is-saved" if missed else "dear-is-safe",
        )
    with check.part(ANY_TEXT, 1, "a prompt may be any text, an empty one too"):
        odd_texts = ["", " ", '"', "?", "prove", 'Say "hm', "x" * 5000, "no\n\nyes"]
        firm = all(_truth(check.call(fn, text)) is not None for text in odd_texts)
        loud = [p for p, _ in asked if _truth(check.call(fn, p.upper())) != said[p]]
        useful = found.total < dear
        check.true(
            ANY_TEXT,
            1,
            firm and not loud and useful,
            given=_short(loud[0].upper()) if loud else "texts of all kinds",
            got=_cause(
                (not useful, "counted once your rule saves something"),
                (loud, "another verdict than in small letters"),
                (not firm, "neither True nor False"),
            ),
            expected="True or False, the same in capitals",
            look="compare with `prompt.lower()`",
            misconception="one-case-is-enough",
        )


def _truth(value: Any) -> bool | None:
    """A verdict as True or False; 1 and 0 will do, nothing else."""
    value = native(value)
    return bool(value) if value in (True, False) else None


def _short(text: str) -> str:
    return repr(text if len(text) < 60 else f"{text[:56]} …")


PIECES = "each piece goes out when it comes and as it is"
LEFT = "nothing is paid for once the reader has left"
BROKEN = "an error comes through"
CUT = "an answer that breaks off is an error"


def stream(ns: Names, check: Check) -> None:
    """6 points: pieces (2), closed when left (2), errors (1), broken off (1).

    The last three count where pieces come at all.
    """
    relay = ns["relay"]

    def seen(model: Any, most: int | None = None, **options: Any) -> list[Any]:
        async def scene() -> list[Any]:
            found = await streams.read(relay(model, ["hm"], **options), most)
            await asyncio.sleep(60)  # or the end of the loop would close it
            return found

        found: list[Any] = check.wait(scene())
        return found

    def want(pieces: list[str], *end: str) -> list[Any]:
        return [(p, 1 + 0.25 * i) for i, p in enumerate(pieces)] + list(end)

    come = False
    with check.part(PIECES, 2, "`async def` with `yield` makes the generator"):
        rows = []
        for pieces in (["a", "b", "c"], ["", " ", "\n", ""], ["x"], ["ab"] * 30, []):
            model, bare = streams.Model(pieces), streams.Model(pieces, early=True)
            got = seen(model, max_tokens=7, temperature=0.5)
            rows.append((pieces, got, want(pieces)))
            if pieces:
                rows.append((pieces, seen(bare), want(pieces)))
        seen(bare)
        asked_for = model.asked + bare.asked
        passed = asked_for == [
            (["hm"], {"max_tokens": 7, "temperature": 0.5}),
            (["hm"], {}),
        ]
        come = any(isinstance(got[0], tuple) for _, got, _ in rows if got)
        pieces, got, right = next((r for r in rows if r[1] != r[2]), rows[0])
        texts = [row[0] for row in got if isinstance(row, tuple)]
        check.true(
            PIECES,
            2,
            got == right and passed,
            given=f"the pieces {pieces[:4]}, from second 1 on, one each 0.25 s"
            if pieces
            else "a whole answer without a piece",
            got=_cause((got != right, got[:5]), (True, f"asked with {asked_for}"))
            or "nothing",
            expected=(right[:5] or "no piece and no error")
            if got != right
            else "its prompt and its options, none of your own",
            look=_cause(
                (got == right, "`llm.stream(prompt, **options, on_end=…)`"),
                (texts == ["".join(pieces)], "`yield` inside the loop, not after it"),
                ("LLMError" in got, "`on_end` was called, and yet it raises"),
                (texts == pieces, "the same pieces, but late: hand on each at once"),
                (
                    got and isinstance(got[-1], str),
                    "an error of your own code? `llm.stream(…)` is all that is needed",
                ),
                (True, "every piece, an empty one as well"),
            ),
            misconception="whole-before-first",
        )
    with check.part(LEFT, 2):
        rows = []
        for pieces, most in ((40, 2), (40, 1), (12, 7)):
            model = streams.Model(["word "] * pieces)
            got = seen(model, most)
            answer = model.answers[0] if model.answers else None
            rows.append((pieces, most, answer.paid if answer else 0, got))
        paid = max(row[2] / row[1] for row in rows)
        pieces, most, count, got = max(rows, key=lambda row: row[2])
        read = all(len(row[3]) == row[1] for row in rows)
        model = streams.Model(["word "] * 40)
        check.wait(streams.cancelled(lambda: relay(model, ["hm"]), after=1.6))
        waiting = model.answers[0].paid if model.answers else 0
        if read and paid == 1:
            pieces, most, count = 40, 3, waiting
        check.true(
            LEFT,
            2,
            come and read and paid == 1 and waiting == 3,
            given=f"an answer of {pieces} pieces, "
            + (
                "left in the wait for the fourth" if most == 3 else f"left after {most}"
            ),
            got=f"{count} pieces paid" if read else f"{len(got)} pieces read",
            expected=f"{most} pieces paid",
            look=_cause(
                (not come or not read, "pieces must come one by one first"),
                (paid == 1, "close it in a `finally`: a reader may leave in a wait"),
                (True, "leave the model's answer by `aclosing` or in a `finally`"),
            ),
            misconception="leaving-stops-the-model",
        )
    with check.part(BROKEN, 1):
        rows = []
        errors = LLMError("busy"), ConnectionError("gone"), ValueError("no")
        for error in (*errors, KeyError("k")):
            for pieces in ([], ["a"], ["a", "b", "c"]):
                got = seen(streams.Model(pieces, error))
                rows.append((got, want(pieces, type(error).__name__)))
        for pieces in ([], ["a"]):
            model = streams.Model(pieces, LLMError("busy"))
            ends = check.wait(streams.ended(relay, model))
            rows.append((ends, "LLMError: busy"))
        got, right = next((row for row in rows if row[0] != row[1]), rows[0])
        model = streams.Model([], ConnectionError("gone"))
        seen(model)
        told = check.wait(streams.passes_cancel(relay))
        check.true(
            BROKEN,
            1,
            come and got == right and told and len(model.asked) == 1,
            given=_cause(
                (got != right, "a model that fails after its last piece"),
                (not told, "a reader who is cancelled in a wait"),
                (True, "a model that fails before its first piece"),
            ),
            got=_cause(
                (got != right, got or "an end without an error"),
                (not told, "an end as if nothing were"),
                (True, f"{len(model.asked)} calls"),
            ),
            expected=_cause(
                (got != right, right), (not told, "CancelledError"), (True, "1 call")
            ),
            look=_cause(
                (
                    got == right and told and len(model.asked) != 1,
                    "ask once: whoever reads decides about another try",
                ),
                (True, "catch nothing here: whoever reads must know"),
            ),
            misconception="an-end-is-an-end",
        )
    with check.part(CUT, 1):
        rows = [
            (seen(streams.Model(pieces, cut=True)), want(pieces, "LLMError"))
            for pieces in (["a"], ["a", "b"], [])
        ]
        alone = all(got == right for got, right in rows)
        model, other = (streams.Model(["a"], cut=True) for _ in "ab")
        _, got = check.wait(streams.together(relay, streams.Model(["a"]), other))
        rows.append((got, want(["a"], "LLMError")))
        both = got == rows[-1][1]
        seen(model)
        calls = len(model.asked)
        empty = streams.Model([], cut=True)
        seen(empty)
        calls = max(calls, len(empty.asked))
        got, right = next((row for row in rows if row[0] != row[1]), rows[0])
        once = calls == 1 or got != right
        check.true(
            CUT,
            1,
            come and got == right and once,
            given="pieces that end without a call of on_end"
            + (" while another answer ends well" if alone and not both else ""),
            got=(got or "an end without an error") if once else f"{calls} calls",
            expected=right if once else "1 call",
            look=_cause(
                (not once, "ask once, and raise LLMError where that breaks off"),
                (
                    alone and not both,
                    "two answers at once: each notes its own end, in a local name",
                ),
                (True, "after the loop raise LLMError unless `on_end` was called"),
            ),
            misconception="an-end-is-an-end",
        )


QUIET = "quiet for right clients and loud for a broken one"


def catch(ns: Names, check: Check) -> None:
    """6 points: quiet for right clients (1), and one for each bug it catches.

    A test that fails a right client, or catches nothing, gets nothing. The clients
    come mixed and more than once: what it says may only depend on the client.
    """
    test = ns["check_client"]
    made, asked_ = list[Any](), list[Any]()

    def noted(make: Any) -> Any:
        def client(llm: Any) -> Any:
            made.append(make)

            async def counted(request: Any) -> Any:
                asked_.append(request)
                return await llm(request)

            return make(counted)

        return client

    def verdict(make: Any) -> str:
        try:
            check.call(test, make)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            what = fault(error, check.names)
            if not what.attempted:
                raise
            return what.text()
        return ""

    alarm, found = verdicts(
        check,
        verdict,
        [noted(clients.right), noted(clients.right_list)],
        {name: noted(bug[0]) for name, bug in clients.BROKEN.items()},
    )
    caught = {name: said.startswith("AssertionError") for name, said in found.items()}
    own = next((s for n, s in found.items() if s and not caught[n]), "")
    check.true(
        QUIET,
        1,
        not alarm and any(caught.values()),
        got=f"for a right client: {alarm}" if alarm else own or "never a sound",
        expected="nothing raised for right clients"
        if alarm
        else "an AssertionError for at least one broken client",
        look=_cause(
            (
                made and not asked_,
                "no question reached your model: `await ask(…)`, in an `async def`",
            ),
            (
                alarm.startswith("AssertionError"),
                "your check is loud for a right client: work that line out again",
            ),
            (alarm, "an error of your check's own: `except` what your model raises"),
            (not made, "your check never makes a client: `ask = make(llm)`"),
            (own, "AssertionError is what counts: `assert` raises it"),
            (True, "count the calls of your model, and `assert` how many there were"),
        ),
        misconception="expected-by-running" if alarm else "assert-nothing",
    )
    for name, (_, look, misconception) in clients.BROKEN.items():
        check.true(
            f"catches one that {name}",
            1,
            caught[name] and not alarm,
            got=_cause(
                (alarm, "not counted: a false alarm for a right client"),
                (True, found[name] or "no AssertionError"),
            ),
            expected="quiet for a right client first" if alarm else "AssertionError",
            look="fix the false alarm first" if alarm else look,
            misconception="" if alarm else misconception,
        )


REQUEST = "the request"
ROOM = "a prompt that fits its room"
COME = "pieces come as the model writes them"
HIT = "a kept answer comes at once and asks no model"
WHOLE_ONLY = "only whole answers with a key are kept"
FIGURES = "figures"
OURS = SimpleNamespace(
    **{name: getattr(reference, name) for name in reference.PARTS.values()}
)
OURS.relay = streams.held(OURS.relay)


class _Double(streams.Model):  # type: ignore[name-defined,misc]
    """A model whose tokens are smaller: two for each word."""

    def count_tokens(self, text: str) -> int:
        return 2 * len(text.split())


async def _loud(llm: Any, text: Any, **rest: Any) -> AsyncIterator[str]:
    async with aclosing(OURS.relay(llm, text, **rest)) as pieces:
        async for piece in pieces:
            yield piece.upper()


# parts that tell whether they were asked
OTHERS = SimpleNamespace(
    is_hard=lambda question: int(question == "Why is it?"),  # true, though not True
    fit=lambda room, must, history, examples, count: (
        list(history)[:1],
        [text for _, text in examples][:1],
    ),
    layout=lambda call: [
        *(call.question, *call.history),
        *(call.documents + call.tools + call.clock, call.rules),
    ],
    cache_key=lambda request: request["model"],
    relay=_loud,
)


class _Clients:
    """Makes the learner's clients, on models that note what they are asked."""

    def __init__(self, made: Any, check: Check) -> None:
        self.made, self.check = made, check

    def new(
        self,
        room: int = 99,
        pieces: Any = ("It", "", " is", "."),
        parts: Any = OURS,
        **changes: Any,
    ) -> tuple[Any, Any, Any]:
        """A client with its small and its large model."""
        small = streams.Model(pieces, **changes)
        large = _Double(["QED"], **changes)
        models = {"small": small, "large": large}
        return self.check.call(self.made, models, parts, "Be kind.", room), small, large


def client(ns: Names, check: Check) -> None:
    """8 points: request (1), room (1), pieces (2), hits (2), whole only (1), figures.

    The parts are the reference's, so that an earlier wrong answer costs nothing again.
    """
    all_ = _Clients(ns["Client"], check)
    gone = {"error": ConnectionError("gone")}
    unkept: list[tuple[str, dict[str, Any], int | None, dict[str, Any]]] = [
        ("temperature 1", {}, None, {"temperature": 1}),
        ("an error", gone, None, {}),
        ("an error at once", {"pieces": (), **gone}, None, {}),
        ("an answer that breaks off", {"cut": True}, None, {}),
        ("an answer that breaks off at once", {"pieces": (), "cut": True}, None, {}),
        ("a reader who leaves", {}, 2, {}),
    ]
    talk, shots = ["Hm?", "Yes, a b c."], [(0.5, "Q: x A: y"), (0.9, "Q: 1 2 3 A: z")]
    with check.part(REQUEST, 1):
        rows = []
        for question, options in [
            ("Why is it?", {}),
            ("Derive it.", {}),
            ("Why is it?", {"temperature": 0.7, "seed": 0, "max_tokens": 3}),
            ("", {"top_p": 0.5}),
            ("Why is it?", {"logit_bias": {"7": -1}, "seed": None, "n": 0}),
        ]:
            made, small, large = all_.new()
            got = check.call(made.request, question, talk, shots, **options)
            rows.append((question, got, _request(question, talk, shots, 99, options)))
            bare = check.call(made.request, question, **options)
            rows.append((question, bare, _request(question, [], [], 99, options)))
            before = ["Derive it.", "Done."]
            got = check.call(made.request, question, before, **options)
            want = _request(question, before, [], 99, options)
            rows.append((f"{question} after a hard turn", got, want))
            rows.append(("nobody is asked", [*small.asked, *large.asked], []))
        made, _, _ = all_.new()
        got = check.call(made.request, "Why is it?", ["", "Hm?"])
        rows.append(("an empty turn", got, _request("Why is it?", ["Hm?"], [], 99, {})))
        got = check.call(made.request, " Why?\n", [" ", "Hm? "])
        want = _request(" Why?\n", [" ", "Hm? "], [], 99, {})
        rows.append(("a blank turn and texts with spaces", got, want))
        many = [f"t{n}" for n in range(60)]
        got = check.call(made.request, "Why is it?", list(many))
        rows.append(("60 turns", got, _request("Why is it?", many, [], 99, {})))
        made, _, _ = all_.new(parts=OTHERS)
        text = "Why is it?\n\nHm?\n\nQ: x A: y\n\nBe kind."
        want = {"model": "large", "temperature": 0}
        want["messages"] = [{"role": "user", "content": text}]
        got = check.call(made.request, "Why is it?", list(talk), list(shots))
        rows.append(("other parts", got, want))
        got = check.call(made.request, "Why is it?", list(talk))
        text = "Why is it?\n\nHm?\n\nBe kind."
        want = {**want, "messages": [{"role": "user", "content": text}]}
        rows.append(("other parts, no examples", got, want))
        question, got, want = next((r for r in rows if r[1] != r[2]), rows[0])
        check.equal(
            REQUEST,
            1,
            got,
            want,
            given=question,
            look=_cause(
                (
                    got != want and "hard turn" in question,
                    "`is_hard` judges the question alone",
                ),
                (question == "an empty turn", "parts that are empty are left out"),
                (
                    "blank" in question,
                    "what is blank is not empty: texts go out as they are",
                ),
                (question == "60 turns", "`fit` alone says how many turns stay"),
                (
                    "other parts" in question,
                    "ask what the client was given: `self.parts.is_hard(question)`, "
                    "`self.parts.fit(…)`, `self.parts.layout(…)`",
                ),
                (
                    True,
                    "model, messages, temperature 0, and `options` last, so that "
                    "they win",
                ),
            ),
        )
    with check.part(ROOM, 1):
        rows = []
        for question in ("Why so?", "Derive it."):
            for room in (4, 8, 9, 14, 16, 40):
                if room == 4 and question == "Derive it.":
                    continue  # there is no room for it
                made, _, _ = all_.new(room)
                request = check.call(made.request, question, list(talk), list(shots))
                want = _said(_request(question, talk, shots, room, {}))
                rows.append((f"{room} tokens, {question!r}", _said(request), want))
        try:
            too_small = check.call(all_.new(3)[0].request, "Why so?", [], [])
        except ValueError:
            too_small = "ValueError"
        rows.append(("3 tokens, 'Why so?'", too_small, "ValueError"))
        room, got, want = next((r for r in rows if r[1] != r[2]), rows[0])
        large = "Derive" in room and got != want
        check.equal(
            ROOM,
            1,
            got,
            want,
            given=f"room for {room}",
            look="the large model counts otherwise: `count_tokens` of the chosen one"
            if large
            else "`fit(self.room, [self.rules, question], …)` chooses both lists",
        )
    with check.part(COME, 2):
        made, small, large = all_.new()
        own = {"top_p": 0.5, "temperature": 0.7, "seed": 4}
        found = check.wait(_streams(made, ["Why?", "Derive it."], None, own))
        want = [
            [("It", 1.0), ("", 1.25), (" is", 1.5), (".", 1.75)],
            [("QED", 3.75)],
        ]
        # what the request has wrong is judged there
        request = check.call(made.request, "Why?", **own)
        rest = {k: v for k, v in request.items() if k not in ("model", "messages")}
        context = {"history": talk, "examples": shots}
        other, small_too, _ = all_.new()
        check.wait(_streams(other, ["Why?"], None, {"top_p": 0.5, **context}))
        bare_rest = {"temperature": 0, "top_p": 0.5}
        told = _said(check.call(made.request, "Why?", talk, shots, top_p=0.5))
        asked_ = [*small.asked, *small_too.asked, *large.asked]
        bare, hard = (
            _said(check.call(made.request, q, **own)) for q in ("Why?", "Derive it.")
        )
        prompts = [(bare, rest), (told, bare_rest), (hard, rest)]
        come = found == want
        relayed = SimpleNamespace(**{**vars(OURS), "relay": OTHERS.relay})
        made, _, _ = all_.new(parts=relayed)
        loud = check.wait(_streams(made, ["Why?"], None, own))
        louder = [[("IT", 1.0), ("", 1.25), (" IS", 1.5), (".", 1.75)]]
        through = not come or asked_ != prompts
        check.equal(
            COME,
            2,
            found if not come else asked_ if through else loud,
            want if not come else prompts if through else louder,
            given="an easy and a hard question, a second apart"
            + ("" if not come else "; the easy one again, with history and examples"),
            look=_cause(
                (
                    small.asked and not large.asked,
                    'the hard one goes to `self.models[request["model"]]`',
                ),
                (
                    not come,
                    "yield each piece of `relay(llm, text, **rest)` when it comes",
                ),
                (
                    [text for text, _ in asked_] != [bare, told, hard],
                    "the request's text, made with `history` and `examples`, too",
                ),
                (through, "rest: all fields of the request but `model` and `messages`"),
                (True, "pieces come through `self.parts.relay`"),
            ),
        )
    with check.part(HIT, 2):
        made, small, large = all_.new()
        asked_in_turn = ["Why?", "How?", "Why?", "Why?", "Derive it.", "Derive it."]
        found = check.wait(_streams(made, asked_in_turn, None, {"temperature": 0}))
        texts = [[r if isinstance(r, str) else r[0] for r in each] for each in found]
        answer, hard = ["It", "", " is", "."], ["QED"]
        want = [answer] * 4 + [hard] * 2
        waits = [len({row[1:] for row in found[i]}) for i in (2, 3, 5)]
        blank, _, _ = all_.new(pieces=("", "a", ""))
        twice = check.wait(_streams(blank, ["Why?"] * 2, None, {}))
        texts += [[r if isinstance(r, str) else r[0] for r in each] for each in twice]
        want += [["", "a", ""]] * 2
        place = next((i for i, t in enumerate(texts) if t != want[i]), 2)
        counts = [
            ("two questions, then the first one twice more", len(small.asked), 2),
            ("a hard question twice", len(large.asked), 1),
        ]
        for what, pieces, each in [
            (
                "a question with two limits, both twice",
                ["a"],
                [{"max_tokens": 3}, {"max_tokens": 7}],
            ),
            (
                "a question twice, at a seed of 0",
                ["a"],
                [{"temperature": 1, "seed": 0}],
            ),
            (
                "a question before and after two turns, both twice",
                ["a"],
                [{}, {"history": talk}],
            ),
            ("a question twice, whose whole answer has no piece", [], [{}]),
        ]:
            made, small, _ = all_.new(pieces=pieces)
            for options in each * 2:
                check.wait(_streams(made, ["Why?"], None, options))
            counts.append((what, len(small.asked), len(each)))
        keyed = SimpleNamespace(**{**vars(OURS), "cache_key": OTHERS.cache_key})
        made, small, _ = all_.new(parts=keyed)
        check.wait(_streams(made, ["Why?", "How?"], None, {}))
        counts.append(
            (
                "two easy questions, with a `cache_key` that names the model",
                len(small.asked),
                1,
            )
        )
        what, calls, least = next((c for c in counts if c[1] != c[2]), counts[0])
        counted = calls == least
        check.true(
            HIT,
            2,
            texts == want and waits == [1, 1, 1] and counted and come,
            given=what,
            got=f"calls of the model: {calls}, pieces {texts[place]}"
            if counted
            else f"calls of the model: {calls}",
            expected=f"calls: {least}, pieces {want[place]} without a wait"
            if counted
            else f"calls: {least}",
            look=_cause(
                (not come, "pieces must come at all"),
                (calls < least, "the key of the whole request, not of the question"),
                ("cache_key" in what, "keep it under what `self.parts.cache_key` says"),
                ("no piece" in what, "an empty list is kept, too: `key in self.kept`"),
                (not counted, "look into `self.kept` under the request's key"),
                (texts != want, "hand out the kept pieces one by one, empty ones too"),
                (True, "a kept answer does not wait for anything"),
            ),
            misconception="never-keep",
        )
    with check.part(WHOLE_ONLY, 1):
        kept_late = "keep behind the loop, where only whole answers come; `aclosing`"
        told = list[tuple[str, str, str, str]]()
        for what, changes, most, options in unkept:
            made, small, large = all_.new(**changes)
            found = check.wait(_streams(made, ["Why?"] * 2, most, options))
            ends = [each[-1] for each in found if each and isinstance(each[-1], str)]
            named = f"{ends[0] if ends else 'no error'} for the reader"
            end = "ConnectionError" if "error" in changes else "LLMError"
            right = f"{end if changes else 'no error'} for the reader"
            paid = small.answers[0].paid if small.answers else 0
            calls, kept = len(small.asked) + len(large.asked), len(made.kept)
            due = len(small.pieces) if most is None else most
            got = f"{calls} calls, {kept} kept, {paid} paid in the first, {named}"
            want = f"2 calls, 0 kept, {due} paid in the first, {right}"
            look = kept_late
            if calls > 2:
                look = "ask once each time: who reads decides about a second try"
            elif (kept, paid) == (0, due):
                look = "let errors through: whoever reads must know"
            told.append((f"{what}, the same question twice", got, want, look))
        made, small, _ = all_.new(pieces=["It "] * 40)
        passed = check.wait(streams.passes_cancel(lambda _, text: made.stream(text)))
        ended = "CancelledError" if passed else "an end as if nothing were"
        got = f"{ended}, {len(made.kept)} kept"
        look = "`CancelledError` is for whoever cancelled: let it through"
        look = look if not passed else kept_late
        what = "a reader who is cancelled in a wait"
        told.append((what, got, "CancelledError, 0 kept", look))
        made, _, _ = all_.new()
        readers = ["Why?", "How?", "Why?", "Derive it."]
        first = check.wait(streams.read_at_once(made, readers))
        again = [check.wait(streams.read_at_once(made, [q]))[0] for q in readers]
        whole = str(["It is.", "It is.", "It is.", "QED"])
        look = "keep an answer when it is whole: another reader may be there before"
        told.append(("four readers at once", str(first), whole, look))
        look = "pieces, key and request of one stream belong in local names"
        told.append(("their questions again, one by one", str(again), whole, look))
        what, got, want, look = next((r for r in told if r[1] != r[2]), told[0])
        check.true(
            WHOLE_ONLY,
            1,
            come and got == want,
            given=what,
            got=got if come else "counted once pieces come as they should",
            expected=want,
            look=look,
            misconception="an-end-is-an-end",
        )
    with check.part(FIGURES, 1):
        rows = []
        for questions in ([], ["Why?"], ["Why?"] * 4, ["Why?", "How?", "Why?"]):
            made, _, _ = all_.new()
            check.wait(_streams(made, questions, None, {"temperature": 0}))
            total, kinds = len(questions), len(set(questions))
            hits = total - kinds
            want = {"hits": hits, "misses": kinds, "kept": kinds}
            want["hit_rate"] = hits / total if total else 0
            got = check.call(made.stats)
            rows.append((f"asked: {questions}", got, want))
        made, _, _ = all_.new()
        for most in (None, 1):
            check.wait(_streams(made, ["Why?"], most, {}))
        got = check.call(made.stats)
        if isinstance(got, Mapping) and got.get("kept") == 1:
            want = {"hits": 1, "misses": 1, "kept": 1, "hit_rate": 0.5}
            rows.append(("a kept answer, left after a piece", got, want))
        for what, changes, most, options in unkept:
            made, _, _ = all_.new(**changes)
            check.wait(_streams(made, ["Why?"] * 2, most, options))
            got = check.call(made.stats)
            # what is kept is judged above, and so are the hits that come of it
            if isinstance(got, Mapping) and got.get("kept") == 0:
                want = {"hits": 0, "misses": 2, "kept": 0, "hit_rate": 0}
                rows.append((f"{what}, the same question twice", got, want))
        made, _, _ = all_.new()
        other, _, _ = all_.new()
        check.wait(_streams(made, ["Why?"] * 3, None, {"temperature": 0}))
        check.wait(_streams(other, ["Why?"], None, {"temperature": 0}))
        for what, one, hits in [
            ("another client", made, 2),
            ("the first one", other, 0),
        ]:
            want = {"hits": hits, "misses": 1, "kept": 1, "hit_rate": hits / (hits + 1)}
            for often in ("figures of a client beside", "asked again, beside"):
                rows.append((f"{often} {what}", check.call(one.stats), want))
        made, small, _ = all_.new(room=3)
        found = check.wait(_streams(made, ["Why so?"], None, {}))
        if found == [["ValueError"]]:  # else lost above
            want = {"hits": 0, "misses": 0, "kept": 0, "hit_rate": 0}
            rows.append(("a question without room", check.call(made.stats), want))
        questions, got, want = next((r for r in rows if r[1] != r[2]), rows[0])
        check.equal(
            FIGURES,
            1,
            got,
            want,
            given=questions,
            look=_cause(
                ("beside" in questions, "each client counts for itself: `self.hits`"),
                ("without room" in questions, "count the miss after `self.request`"),
                (True, "a hit asks no model, a miss does; no rate of nothing: 0"),
            ),
        )


async def _streams(
    made: Any, questions: list[str], most: int | None, options: dict[str, Any]
) -> list[list[Any]]:
    """What the streams give, one after another, a second between them."""
    found = []
    for question in questions:
        found.append(await streams.read(made.stream(question, **options), most))
        await asyncio.sleep(1)
    return found


def _request(
    question: str, talk: Any, shots: Any, room: int, options: dict[str, Any]
) -> Request:
    """The request as the text asks for it."""

    name = "large" if question == "Derive it." else "small"

    def count(text: str) -> int:
        return (2 if name == "large" else 1) * len(text.split())

    turns, chosen = OURS.fit(room, ["Be kind.", question], talk, shots, count)
    parts = ["Be kind.", "\n".join(chosen), *turns, question]
    text = "\n\n".join(part for part in parts if part)
    messages = [{"role": "user", "content": text}]
    return {"model": name, "messages": messages, "temperature": 0, **options}


def _said(request: Any) -> Any:
    """The text of a request's one message."""
    return request["messages"][0]["content"]
