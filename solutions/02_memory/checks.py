"""How the exercises of 02_memory are graded. Work is counted; nothing is timed."""

import itertools
import math
import random
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from coursekit.checks import Check
from coursekit.counting import CountedEntry, Counts, Mark, counted_entries, slope
from coursekit.faults import fault
from coursekit.module import LETTERS
from coursekit.ordering import assemble
from coursekit.plain import same
from coursekit.turns import verdicts
from session1.replay import sample_talks, through_agent

Names = Mapping[str, Any]
Pack = Callable[..., str]
SETTINGS = {"keep_fraction", "importance_weight"}
BUDGET = "never longer than the budget"
SKIPS = "skips what does not fit"
BEST = "takes the best that fit up to the last character"


def prepare() -> None:
    """Read once what every grading needs."""
    sample_talks()


def entry(text: str, when: float = 0, importance: float = 0.5) -> SimpleNamespace:
    """A message as the exercises see one; `when` in seconds."""
    return SimpleNamespace(
        content=text,
        timestamp=when,
        importance_score=importance,
        size_bytes=len(text) + 300,
    )


def running_total(ns: Names, check: Check) -> None:
    """3 points: totals right after adds (1) and drops (1); one read an add (1).

    Reads of `size_bytes` for one add at 150 entries, and for the total after it: full
    at 1, zero at 100.
    """
    counter = check.call(ns["ByteCounter"])
    texts = ["hello", "my name is Ada", ""]
    for text in texts:
        counter.add(entry(text))
    grown = check.equal(
        "the total after three adds",
        1,
        counter.total,
        sum(len(t) + 300 for t in texts),
        given="messages of 305, 314 and 300 bytes",
        look="the total so far and `entry.size_bytes`, not the length of the text",
        misconception="characters-are-bytes",
        believes={"characters-are-bytes": sum(map(len, texts))},
    )
    counter.drop_oldest()
    counter.drop_oldest()
    shrunk = check.equal(
        "the total after two drops",
        1,
        counter.total,
        300,
        given="the first two of them dropped",
        look="what leaves is taken off the total",
        misconception="forget-the-leaver",
        believes={"forget-the-leaver": sum(len(t) + 300 for t in texts)},
    )
    counts, counter = Counts(), check.call(ns["ByteCounter"])
    many = [entry(f"message {i}") for i in range(151)]
    for each in many[:-1]:
        counter.add(CountedEntry(each, counts))
    counts.reset()
    counter.add(CountedEntry(many[-1], counts))
    # the total is asked for, too: to sum only then is no cheaper
    right = same(counter.total, sum(e.size_bytes for e in many)) and grown and shrunk
    reads = counts.names["size_bytes"]
    check.at_most(
        "reads of size_bytes for one add at 150 messages",
        1,
        reads if right else math.inf,
        full=1,
        zero=100,
        given="" if right else "counted once the totals are right",
        look="the new total follows from the old one and this entry",
        misconception="sum-every-add",
    )


def rank(ns: Names, check: Check) -> None:
    """4 points for few reads, given the right order: 3 of them at 100 entries.

    Timestamp reads: full up to 4n, zero from n²/2 (the naive code takes 2n² + n).
    Wrong order anywhere: 0, because fast and wrong is wrong.
    """
    look = "the score is 0.7 * importance_score + 0.3 * recency, best first"
    wrong = _wrong_order(ns, check)
    n = 100
    reads = 0 if wrong else _reads(ns, check, n)
    for name, points, full, zero in [
        (f"timestamp reads for {n} messages", 3, 4 * n, n * n / 2),
        ("reads grow in step with the messages", 1, 1.1, 1.9),
    ]:
        if wrong:
            check.add(name, points, 0, **{"look": look, **wrong})
            continue
        got = reads if points == 3 else _read_growth(ns, check, n, reads)
        check.at_most(
            name,
            points,
            got,
            full=full,
            zero=zero,
            unit="reads" if points == 3 else "(exponent)",
            look="what is the same for every entry belongs before the sort",
            misconception="work-in-the-key",
        )


def _talk(n: int, seed: int, tied: bool = False) -> list[SimpleNamespace]:
    """n messages in a random order of time, so that ends are not bounds."""
    rng = random.Random(seed)
    times = [50.0] * n if tied else rng.sample(range(10 * n), n)
    return [entry(f"m{i}", t, rng.randrange(11) / 10) for i, t in enumerate(times)]


def _best_first(entries: list[SimpleNamespace]) -> list[str]:
    """The order asked for, as texts; kept apart from the learner's code."""
    times = [e.timestamp for e in entries]
    low, span = min(times), max(times) - min(times)

    def score(e: SimpleNamespace) -> float:
        recency = (e.timestamp - low) / span if span else 1.0
        return float(0.7 * e.importance_score + 0.3 * recency)

    return [e.content for e in sorted(entries, key=score, reverse=True)]


def _wrong_order(ns: Names, check: Check) -> dict[str, str]:
    """What is wrong with the learner's order, in words; empty when nothing is."""
    cases = {
        "40 messages": _talk(40, seed=1),
        "40 others": _talk(40, seed=2),
        "20 messages of the same moment": _talk(20, seed=3, tied=True),
        "one message": _talk(1, seed=4),
    }  # not in order of time: the ends are not the oldest and the newest
    for given, talk in cases.items():
        handed = list(talk)
        found = check.call(ns["rank"], handed)
        if handed != talk:
            look = "`sorted` makes a new list, `.sort()` changes the one it was given"
            got = "the list handed in was changed"
            return {"given": given, "got": got, "look": look}
        if found is None:
            return {"given": given, "got": "None", "look": "is a `return` missing?"}
        got = [getattr(e, "content", None) for e in found] if found else []
        want = _best_first(talk)
        if got != want:
            first = next(
                (i for i, (a, b) in enumerate(zip(got, want, strict=False)) if a != b),
                0,
            )
            return {
                "given": given,
                "got": f"{', '.join(map(str, got[first : first + 3])) or 'nothing'}"
                f" at place {first + 1}",
                "expected": f"{', '.join(want[first : first + 3])}",
            }
    return {}


def _reads(ns: Names, check: Check, n: int) -> float:
    """Timestamp reads for n messages; no number when their order is wrong."""
    counts, talk = Counts(), _talk(n, seed=n)
    found = check.call(ns["rank"], counted_entries(talk, counts))
    reads = counts.names["timestamp"]
    got = [getattr(e, "content", None) for e in found] if found else []
    return reads if got == _best_first(talk) else math.inf


def _read_growth(ns: Names, check: Check, n: int, reads: float) -> float:
    """The exponent with which reads grow up to the `reads` at n."""
    smaller = [n // 4, n // 2]
    return slope([*smaller, n], [*(_reads(ns, check, m) for m in smaller), reads])


def survivors(ns: Names, check: Check) -> None:
    """4 points: two for each set of four letters; order does not matter."""
    for name, want, look, misconception in [
        ("by_pair", "acde", "importance first; time only between equals", "wrong-end"),
        (
            "by_score",
            "acdf",
            "0.7 × importance + 0.3 × recency for each row, then the best four",
            "tuple-is-a-blend",
        ),
    ]:
        letters = sorted("".join(map(str, ns[name])).lower())
        got = "".join(x for x in letters if x.isalpha())
        # what is right is not told here: it is the answer
        check.true(
            f"{name}: four letters",
            2,
            got == want,
            given="the table above",
            got=got,
            expected="the four best by this rule",
            look=look,
            misconception=misconception,
            belief={"bdef": "wrong-end", "cdef": "recency-only"}.get(
                got, "tuple-is-a-blend" if name == "by_score" and got == "acde" else ""
            ),
        )


def pack(ns: Names, check: Check) -> None:
    """4 points, one each: it runs, keeps its budget, skips, and leaves no room unused.

    Any order of lines that does what is asked gets them.
    """
    order = ns["order"]
    packer, why = _packer(order, check)
    trapped = [letter for letter in _traps(check) if letter in str(order).upper()]
    check.true(
        "nine lines that make a function",
        1,
        packer is not None and not trapped,
        got=f"order = {order!r}" + (", with a trap in it" if trapped else "") + why,
        expected="a `def`, its lines inside it, a `return`, and no trap",
        look="start with `def`, end with `return`, indent steps by one",
    )
    if packer is None:
        for promise in (BUDGET, SKIPS, BEST):
            check.add(promise, 1, 0, given="tried once the lines make a function")
        return
    run = packer
    cases = list(_packing_cases())
    over = [c for c in cases if not _fits(run(*c), c[1])]
    check.true(
        BUDGET,
        1,
        not over,
        got=_outcome(run, over),
        expected="no more characters than the budget, separators included",
        look="find the cost of a text, its separator included, before choosing it",
        misconception="free-separators",
    )
    skip = (["a text far too long", "short", "tiny"], 10, "\n")
    check.equal(
        SKIPS,
        1,
        run(*skip),
        "short\ntiny",
        given=f"pack{skip}",
        look="one text that is too long: does it end the search?",
        misconception="break-on-first",
    )
    off = [c for c in cases if run(*c) != _greedy(*c)]
    check.true(
        BEST,
        1,
        not off,
        got=_outcome(run, off),
        expected=f"{_greedy(*off[0])!r}" if off else "",
        look="`used` counts what was chosen, each text once",
        misconception="count-what-was-skipped",
    )


def _traps(check: Check) -> list[str]:
    """The letters of the lines that stay out."""
    exercise = check.exercise
    pairs = zip(LETTERS, exercise.lettered, strict=False)
    return [letter for letter, line in pairs if line in exercise.distractors]


def _packer(order: Any, check: Check) -> tuple[Pack | None, str]:
    """What the lines make, or why they make nothing."""
    names: dict[str, Any] = {}
    try:
        exec(assemble("pack", order), names)
        function = names["pack"]
        check.call(function, ["a", "b"], 3)
        function([], 3)
    except Exception as error:
        return None, f": {fault(error, names).text()}"

    def guarded(*args: Any) -> Any:
        try:
            return function(*args)
        except Exception as error:
            return error

    return guarded, ""


def _packing_cases() -> list[tuple[list[str], int, str]]:
    rng = random.Random(7)
    made = [
        (
            ["x" * rng.randrange(1, 12) for _ in range(rng.randrange(1, 8))],
            rng.randrange(0, 30),
            rng.choice(["\n", ", "]),
        )
        for _ in range(60)
    ]
    return [(["aa", "bb"], 5, "\n"), (["aa", "bb"], 4, "\n"), ([], 5, "\n"), *made]


def _greedy(texts: list[str], budget: int, sep: str = "\n") -> str:
    chosen: list[str] = []
    for text in texts:
        if len(sep.join([*chosen, text])) <= budget:
            chosen.append(text)
    return sep.join(chosen)


def _fits(got: Any, budget: int) -> bool:
    return isinstance(got, str) and len(got) <= budget


def _outcome(run: Pack, cases: list[Any]) -> str:
    return f"{run(*cases[0])!r} from pack{cases[0]}" if cases else ""


def bounded(ns: Names, check: Check) -> None:
    """8 points: limit at every moment (2), lowest score goes (2), order of arrival (1),
    oversized refused with nothing lost (1), comparisons (2).

    Comparisons an add at 200 messages: full up to 60, zero from 150
    (a heap takes 10 to 30; looking at all of them 199 or more).
    """
    made = ns["Bounded"]

    def score(importance: float, turn: float) -> float:
        return 0.7 * importance + 0.3 * turn / 100

    turns: list[Any] = []

    def asked(importance: float, turn: float) -> float:
        turns.append(turn)
        return score(importance, turn)

    rng = random.Random(11)
    talk = [
        (f"{i:03} " + rng.choice("xé") * rng.randrange(20), rng.randrange(11) / 10)
        for i in range(200)
    ]
    memory, model = check.call(made, 400, asked), _Model(400, score)
    add, contents = memory.add, memory.contents
    over = lost = turned = 0
    for text, importance in talk:
        check.call(add, text, importance)
        model.add(text, importance)
        held = list(check.call(contents))
        over += sum(len(t.encode()) for t in held) > 400 or memory.bytes > 400
        lost += set(held) != set(model.contents())
        turned += held != [t for t, _ in talk if t in set(held)]
    held = list(check.call(contents))
    truth, letters = sum(len(t.encode()) for t in held), sum(map(len, held))
    by_letters = memory.bytes == letters != truth
    check.true(
        "within the limit after each of 200 adds",
        2,
        over == 0 and memory.bytes == truth,
        got=f"over it {over} times; bytes {memory.bytes}, really {truth}",
        expected="never over 400; bytes equal to what is held",
        look="the size is `len(content.encode())`: é takes two bytes"
        if by_letters
        else "make room before adding, and take off what leaves",
        misconception="evict-after",
    )
    numbered = {t for t in turns if type(t) in (int, float)} == set(range(200))
    check.true(
        "the lowest score goes",
        2,
        lost == 0 and numbered,
        got=f"other messages held than by score, after {lost} of 200 adds"
        if lost or numbered
        else "score(importance, turn) was asked with other turns",
        expected="room is made by removing the lowest score, again and again"
        if lost or numbered
        else "turn 0 for the first message ever, then 1, 2, …",
        look="pop the heap while the new message does not fit; then add it",
        misconception="oldest-goes",
    )
    check.true(
        "contents in order of arrival",
        1,
        turned == 0 and lost == 0,
        given="" if turned else "counted once the right messages are held",
        got=f"another order after {turned} of 200 adds" if turned else "other messages",
        expected="the order in which they were added" if turned else "",
        look="a dict from turn to text keeps the order of arrival" if turned else "",
        misconception="score-order-is-fine",
    )
    _oversized(made, score, check)
    # scores that cannot be worked out, only compared
    counts, scores, draw = Counts(), dict[Any, float](), random.Random(12)

    def counted(importance: float, turn: float) -> Mark:
        return Mark(scores.setdefault((importance, turn), draw.random()), counts)

    held, more = 200, 60
    many = [f"{i:05}" + "x" * 15 for i in range(held + more)]
    memory = check.call(made, 20 * held, counted)
    for i, text in enumerate(many):
        if i == held:
            counts.reset()
        memory.add(text, (i * 7919 % 11) / 10)
    needed, drawn = counts.comparisons / more, [*scores.values(), *[0.0] * len(many)]
    model = _Model(20 * held, lambda importance, turn: drawn[int(turn)])
    for text in many:
        model.add(text, 0)
    right = lost == 0 and set(check.call(memory.contents)) == set(model.contents())
    check.at_most(
        f"comparisons an add with {held} messages held",
        2,
        needed if right else math.inf,
        full=60,
        zero=150,
        given="" if right else "counted once the right messages are held",
        look="heapq pushes and pops in O(log n) comparisons",
        misconception="scan-for-the-least",
    )


def _oversized(made: Any, score: Callable[..., float], check: Check) -> None:
    memory = check.call(made, 10, score)

    def taken(text: str, importance: float) -> bool:
        try:
            check.call(memory.add, text, importance)
        except ValueError:
            return False
        return True

    taken("keep me", 0.0)
    refused = not taken("far longer than ten", 1.0)
    held = list(check.call(memory.contents))
    exact = taken("ten bytes!", 0.5)
    check.true(
        "an oversized message is refused and nothing is lost",
        1,
        refused and held == ["keep me"] and exact,
        got=f"{'ValueError' if refused else 'no error'}, then {held} held"
        + ("" if exact else "; ten bytes refused by a memory of ten"),
        expected="ValueError, then ['keep me'] held; what fits exactly is taken",
        look="compare with the limit before anything is changed",
        misconception="silent-loss",
    )


class _Model:
    """Brute force: what `Bounded` must hold, by looking at everything each time."""

    def __init__(self, most: int, score: Callable[..., float]) -> None:
        self.most, self.score, self.turn = most, score, 0
        self.held: dict[int, tuple[float, str]] = {}

    def add(self, text: str, importance: float) -> None:
        size = len(text.encode())
        while sum(len(t.encode()) for _, t in self.held.values()) + size > self.most:
            del self.held[min(self.held, key=lambda k: (self.held[k][0], k))]
        self.held[self.turn] = (self.score(importance, self.turn), text)
        self.turn += 1

    def contents(self) -> list[str]:
        return [text for _, text in self.held.values()]


def tune(ns: Names, check: Check) -> None:
    """4 points over three talks: important (1.5), present (1.5), cleanups (1).

    Full at 85 % of the important and 90 % of the present held, zero at 60 % and
    75 %; at most 20 cleanups a talk, none from 45.
    """
    settings = ns["settings"]
    if not isinstance(settings, dict) or set(settings) != SETTINGS:
        raise TypeError(f"settings is a dict with the keys {sorted(SETTINGS)}")
    replays = [
        through_agent(talk, 60_000, cleanup_interval=25, **settings)
        for talk in sample_talks()
    ]
    n = len(replays)
    check.at_least(
        "share of the important messages kept",
        1.5,
        100 * sum(r.important() for r in replays) / n,
        full=85,
        zero=60,
        unit="%",
        given=f"{settings}",
        look="a larger importance weight keeps more of them",
        misconception="recency-only",
    )
    check.at_least(
        "share of the present kept",
        1.5,
        100 * sum(r.present() for r in replays) / n,
        full=90,
        zero=75,
        unit="%",
        look="the more importance weighs, the less does the message just said",
        misconception="importance-only",
    )
    check.at_most(
        "cleanups a talk",
        1,
        sum(r.cleanups for r in replays) / n,
        full=20,
        zero=45,
        look="a keep fraction near 1 leaves no headroom",
        misconception="more-is-better",
    )


def _faulty_packers() -> dict[str, tuple[Pack, str, str]]:
    """Packers with one bug each: name -> (packer, hint, misconception)."""

    def stops(texts: list[str], budget: int, sep: str = "\n") -> str:
        fitting = list(itertools.takewhile(lambda t: len(t) <= budget, texts))
        return _greedy(fitting, budget, sep)

    def free(texts: list[str], budget: int, sep: str = "\n") -> str:
        chosen: list[str] = []
        for text in texts:
            if sum(map(len, chosen)) + len(text) <= budget:
                chosen.append(text)
        return sep.join(chosen)

    def shy(texts: list[str], budget: int, sep: str = "\n") -> str:
        return _greedy(texts, budget - 1, sep)

    def fixed(texts: list[str], budget: int, sep: str = "\n") -> str:
        chosen: list[str] = []
        for text in texts:
            if len("\n".join([*chosen, text])) <= budget:
                chosen.append(text)
        return sep.join(chosen)

    return {
        "stops at the first text that does not fit": (
            stops,
            "put a text longer than the budget first",
            "break-on-first",
        ),
        "does not count separators": (
            free,
            "two texts that fit only without their separator",
            "free-separators",
        ),
        "leaves the last character unused": (
            shy,
            "texts that fill the budget exactly",
            "off-by-one",
        ),
        "takes every separator for one character": (
            fixed,
            "call it with a longer separator, such as ' -- '",
            "free-separators",
        ),
    }


def _backwards(texts: list[str], budget: int, sep: str = "\n") -> str:
    """Right, in other words: a running size instead of joining again."""
    chosen, used = [], -len(sep)
    for text in texts:
        if used + len(sep) + len(text) <= budget:
            chosen.append(text)
            used += len(sep) + len(text)
    return sep.join(chosen)


def catch(ns: Names, check: Check) -> None:
    """5 points: quiet for two right packers (1), and one for each bug it catches.

    A test that fails a right packer catches nothing: 0. The packers come mixed and
    more than once: what the test says may only depend on the packer.
    """
    test = ns["check_pack"]
    bugs = _faulty_packers()
    false_alarm, found = verdicts(
        check,
        lambda packer: _verdict(check, test, packer),
        (_greedy, _backwards),
        {name: bug[0] for name, bug in bugs.items()},
    )
    something = any(v == "AssertionError" for v in found.values())
    check.true(
        "quiet for right packers and loud for a wrong one",
        1,
        not false_alarm and something,
        got=f"{false_alarm} for a right packer"
        if false_alarm
        else "never an AssertionError",
        expected="nothing raised for the right ones",
        look="test the promises: the budget, skipping, the best that fits",
        misconception="overfit-the-test" if false_alarm else "assert-nothing",
    )
    for name, (_, look, misconception) in bugs.items():
        caught = found[name] == "AssertionError"
        check.true(
            f"catches a packer that {name}",
            1,
            caught and not false_alarm,
            got=found[name] or "no AssertionError",
            expected="AssertionError, and none for a right packer",
            look=look,
            misconception=misconception,
        )


def _verdict(check: Check, test: Any, packer: Pack) -> str:
    """What the learner's test raises for `packer`, by name; empty for nothing."""
    try:
        check.call(test, packer)
    except NotImplementedError:
        raise
    except Exception as error:
        return type(error).__name__
    return ""


def keep(ns: Names, check: Check) -> None:
    """6 points: 1.0 stays (2), the rest by importance (2), order (1), error (1)."""
    items = [
        ("system: answer in English", 1.0, 40),
        ("weather talk", 0.2, 30),
        ("hm, ok", 0.2, 10),
        ("the order number is 4711", 0.8, 25),
        ("a long story", 0.9, 90),
        ("thanks!", 0.2, 10),
        ("deadline is Friday", 1.0, 15),
        ("likes short answers", 0.6, 20),
        ("thanks!", 0.2, 10),
    ]
    call = ns["keep"]

    def texts(budget: int) -> list[str]:
        found = check.call(call, list(items), budget)
        # of a text its first letter would be taken
        return [x[0] if type(x) in (tuple, list) else f"{x} (no item)" for x in found]

    pinned = {items[0][0], items[6][0]}
    tight, roomy = texts(55), texts(110)
    check.true(
        "importance 1.0 always stays",
        2,
        set(tight) == pinned and pinned <= set(roomy),
        got=f"{tight} within 55 tokens",
        expected="the two items of importance 1.0, 55 tokens together",
        look="set them aside before anything is chosen",
        misconception="always-means-usually",
    )
    want = [items[i][0] for i in (0, 3, 6, 7, 8)]
    check.equal(
        "then by importance with the newer of equals first",
        2,
        sorted(roomy),
        sorted(want),
        given="the nine items within 110 tokens",
        look="0.9 is too long and is skipped; of the 0.2s that fit the newest goes in",
        misconception="greedy-stops",
        believes={
            "oldest-goes": sorted(items[i][0] for i in (0, 2, 3, 6, 7)),
            "greedy-stops": sorted(pinned),
        },
    )
    check.true(
        "in their order whatever the budget",
        1,
        all(_in_order(texts(b), items) for b in (55, 80, 110, 500)) and bool(roomy),
        got=f"{roomy}",
        expected="the order in which they were given, at every budget",
        look="choose by importance, then sort the chosen by position",
        misconception="score-order-is-fine",
    )
    check.raises(
        "an error when the 1.0s alone are too much",
        1,
        ValueError,
        call,
        list(items),
        54,
        given="54 tokens for 55 that must stay",
        look="raise ValueError before choosing anything",
        misconception="silent-loss",
    )


def _in_order(found: list[str], items: list[tuple[str, float, int]]) -> bool:
    rest = iter([item[0] for item in items])
    return all(text in rest for text in found)
