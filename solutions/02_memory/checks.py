"""How the exercises of 02_memory are graded. Work is counted; nothing is timed."""

import itertools
import math
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

from coursekit.check.check import Check
from coursekit.check.error_messages import fault
from coursekit.check.parsons import assemble
from coursekit.check.shuffled_trials import verdicts
from coursekit.core.counting import CountedEntry, Counts, Mark, counted_entries, slope
from coursekit.core.module import LETTERS
from coursekit.core.plain_data import number, same
from coursekit.core.wording import show
from session1.llm import LLMError
from session1.memory.entry import footprint
from session1.replay import sample_talks, through_agent

Names = Mapping[str, Any]
Pack = Callable[..., str]
SETTINGS = {"keep_fraction", "importance_weight"}
BUDGET = "never longer than the budget"
SKIPS = "skips what does not fit"
BEST = "takes the best that fit up to the last character"
ORDER = "contents in order of arrival"
OVERSIZED = "an oversized message is refused and nothing is lost"
CAUGHT = "AssertionError"


def prepare() -> None:
    """Read once what every grading needs."""
    sample_talks()


@dataclass(frozen=True)
class Said:
    """A message as the exercises see one, said at `when`, in seconds since 1970."""

    content: str
    when: float
    importance_score: float

    @property
    def timestamp(self) -> datetime:
        """Another object at each read, so that equal ones are not identical."""
        return datetime.fromtimestamp(self.when, UTC)

    @property
    def size_bytes(self) -> int:
        """More than the letters."""
        return len(self.content) + 300


def entry(
    content: str, when: float = 0, importance: float = 0.5, counts: Counts | None = None
) -> CountedEntry:
    """A message whose reads are counted; like a real one it can be a key of a dict."""
    return CountedEntry(Said(content, when, importance), counts or Counts())


def running_total(ns: Names, check: Check) -> None:
    """3 points: totals right after adds (1) and drops (1); few reads a change (1).

    Reads of `size_bytes` for an add or a drop at 60 messages, and for the total
    after it: full up to 8, of which one is needed; zero from 40.
    """
    import diagnosis  # found beside the notebook, once there is one

    counter, other = check.call(ns["ByteCounter"]), check.call(ns["ByteCounter"])
    other.add(entry("of another conversation"))
    elsewhere = 323
    twice = entry("ok")  # what is said twice is held twice
    said = [entry("hello"), twice, entry("my name is Ada"), entry(""), twice]
    sizes, letters = [e.size_bytes for e in said], [len(e.content) for e in said]
    totals: list[Any] = []
    for each in said:
        counter.add(each)
        totals.append(counter.total)
    grown = check.equal(
        "the total after each add",
        1,
        totals,
        _sums(sizes),
        given=f"messages of {', '.join(map(str, sizes))} bytes",
        look=diagnosis.adds(totals, said, elsewhere),
        misconception="characters-are-bytes",
        believes={"characters-are-bytes": _sums(letters), "sum-every-add": sizes},
    )
    totals = []
    for _ in said:
        counter.drop_oldest()
        totals.append(counter.total)
    counter.add(said[2])
    totals.append(counter.total)
    shrunk = check.equal(
        "the total after each drop",
        1,
        totals,
        [*(sum(sizes[i + 1 :]) for i in range(len(said))), sizes[2]],
        given="all of them dropped, then one of 314 bytes added",
        look=diagnosis.drops(totals[:-1], said, elsewhere),
        misconception="forget-the-leaver",
        believes={"forget-the-leaver": [sum(sizes)] * len(said) + [sum(sizes, 314)]},
    )
    reads = _reads_a_change(check.call(ns["ByteCounter"]))
    right = grown and shrunk
    check.at_most(
        "reads of size_bytes a change at 60 messages",
        1,
        reads if right else math.inf,
        full=8,
        zero=40,
        given="" if right else "counted once the totals are right",
        look="the new total follows from the old one and the entry that comes or goes",
        misconception="sum-every-add",
    )


def _sums(sizes: list[int]) -> list[int]:
    return list(itertools.accumulate(sizes))


def _reads_a_change(counter: Any) -> float:
    """Reads for an add or a drop, whichever takes more; inf for a wrong total.

    The total is asked for before they are counted: to sum only then is no cheaper.
    """
    counts, most, half, few = Counts(), 0.0, 60, 10
    many = [entry(f"message {i}", counts=counts) for i in range(half + few)]
    sizes = [len(f"message {i}") + 300 for i in range(half + few)]
    add: Callable[[Any], Any] = counter.add  # asked for once
    for each in many[:half]:
        add(each)
    changes: list[Callable[[], Any]] = [partial(add, each) for each in many[half:]]
    for work in (changes, [counter.drop_oldest] * few):
        counts.reset()
        for change in work:
            change()
            total = counter.total
        most = max(most, counts.names["size_bytes"] / few)
    return most if same(total, sum(sizes[few:])) else math.inf


def rank(ns: Names, check: Check) -> None:
    """4 points for few reads, given the right order: 3 of them at 64 entries.

    Timestamp reads: full up to 6n, of which 3n are needed; zero from n²/2 (the naive
    code takes 2n² + n). Wrong order anywhere: 0, because fast and wrong is wrong.
    """
    import orders

    n = 64
    wrong = _wrong_order(ns, check)
    wrong, counted = (wrong, {}) if wrong else _counted(ns, check, n)
    for name, points, full, zero in [
        (f"timestamp reads for {n} messages", 3, 6 * n, n * n / 2),
        ("reads grow in step with the messages", 1, 1.1, 1.9),
    ]:
        if wrong:
            check.add(name, points, 0, **wrong)
            continue
        got = counted[n] if points == 3 else slope([*counted], [*counted.values()])
        check.at_most(
            name,
            points,
            got,
            full=full,
            zero=zero,
            unit="reads" if points == 3 else "(exponent)",
            look=orders.reads(counted[n], n),
            misconception="work-in-the-key",
        )


def _talk(n: int, seed: int, base: int = 0, step: int = 1) -> list[CountedEntry]:
    """n messages in a random order of time, so that ends are not bounds.

    Some share time and importance with an earlier one: of equals the first stays
    first. Others differ by more than any way of rounding. A `step` of 0 is for
    messages of the same moment.
    """
    rng = random.Random(seed)
    times = [base + step * t for t in rng.sample(range(10 * n), n)]
    pairs = [(t, rng.choice([0, 1, *(rng.random() for _ in range(5))])) for t in times]
    for i in range(1, n, 4):
        pairs[i] = rng.choice(pairs[:i])
    return [entry(f"m{i}", *pair) for i, pair in enumerate(pairs)]


def _best_first(entries: list[CountedEntry]) -> list[CountedEntry]:
    """The order asked for; kept apart from the learner's code."""
    times = [e.timestamp for e in entries]
    low, span = min(times), max(times) - min(times)

    def score(e: CountedEntry) -> float:
        recency = (e.timestamp - low) / span if span else 1.0
        return float(0.7 * e.importance_score + 0.3 * recency)

    return sorted(entries, key=score, reverse=True)


def _wrong_order(ns: Names, check: Check) -> dict[str, str]:
    """What is wrong with the learner's order, in words; empty when nothing is."""
    cases = {
        "40 messages": _talk(40, seed=1),
        "40 others": _talk(40, seed=2, base=1_700_000_000),
        "30 from before the clock began": _talk(30, seed=3, base=-5_000),
        "20 messages of the same moment": _talk(20, seed=4, step=0),
        "30 messages of many days": _talk(30, seed=8, step=5_000),
        "20 from the newest to the oldest": sorted(
            _talk(20, seed=9), key=lambda e: e.timestamp, reverse=True
        ),
        "two messages": _talk(2, seed=5),
        "three of ten messages twice": (ten := _talk(10, seed=7)) + ten[2:5],
        "one message": _talk(1, seed=6),
    }  # not in order of time: the ends are not the oldest and the newest
    import orders

    asked: list[list[CountedEntry]] = []
    for given, talk in cases.items():
        handed = list(talk)
        found = check.call(ns["rank"], handed)
        wrong = orders.differs(found, _best_first(talk), talk, asked)
        asked.append(talk)
        if handed != talk and found is not None:
            look = orders.changed(handed, talk)
            wrong = {"got": "the list handed in was changed", "look": look}
        if wrong:
            return {"given": given, **wrong}
    return {}


def _counted(
    ns: Names, check: Check, n: int
) -> tuple[dict[str, str], dict[int, float]]:
    """What is wrong with an order; timestamp reads for a quarter, a half and all of n.

    Each result is walked before they are counted: work that was put off counts, too.
    """
    import orders

    found: dict[int, float] = {}
    for size in (n // 4, n // 2, n):
        counts = Counts()
        handed = counted_entries(_talk(size, seed=size), counts)
        ranked = check.call(ns["rank"], handed)
        entries = None if ranked is None else list(ranked)
        found[size] = counts.names["timestamp"]
        if wrong := orders.differs(entries, _best_first(handed), list(handed)):
            return {"given": f"{size} messages", **wrong}, {}
    return {}, found


def survivors(ns: Names, check: Check) -> None:
    """4 points: two for each set of four letters; order does not matter."""
    import diagnosis

    for name, want, misconception in [
        ("by_pair", "acde", "wrong-end"),
        ("by_score", "acdf", "tuple-is-a-blend"),
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
            look=diagnosis.survivors(got, name.removeprefix("by_")),
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
    look = _look_at(order)
    trapped = [letter for letter in _traps(check) if letter in str(order).upper()]
    check.true(
        "nine lines that make a function",
        1,
        packer is not None and not trapped,
        got=f"order = {order!r}" + (", with a trap in it" if trapped else "") + why,
        expected="a `def`, its lines inside it, a `return`, and no trap",
        look=look,
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
        look=look,
        misconception="free-separators",
    )
    skip = (["a text far too long", "short", "tiny"], 10, "\n")
    check.equal(
        SKIPS,
        1,
        run(*skip),
        "short\ntiny",
        given=f"pack{skip}",
        look=look,
        misconception="break-on-first",
    )
    off = [c for c in cases if run(*c) != _greedy(*c)]
    check.true(
        BEST,
        1,
        not off,
        got=_outcome(run, off),
        expected=f"{_greedy(*off[0])!r}" if off else "",
        look=look,
        misconception="count-what-was-skipped",
    )


def _look_at(order: Any) -> str:
    """What the order of the lines shows."""
    import diagnosis

    try:
        return diagnosis.lines(assemble("pack", order))
    except ValueError:  # no such line
        return "only the letters of the lines, each once"


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

    Comparisons an add at 120 messages: full up to 60, zero from 100
    (a heap takes 10 to 30; looking at all of them 199 or more).
    Without `contents` the bytes show what is held: each text has a weight of its own.
    """
    made, asked = ns["Bounded"], list[tuple[Any, Any]]()

    def score(importance: float, turn: float) -> float:
        asked.append((importance, turn))
        return 0.7 * importance + 0.3 * turn / 101  # no two are nearly equal

    talk, seen = _remarks(200, seed=11, wide="x"), _has_contents(made, check)
    facts: _Run
    nothing: _Run
    runs = [  # all at hand before the first is used: no two share anything
        _Run(check, seen, made, 12_000, score, footprint, ns["footprint"]),
        _Run(
            check,
            seen,
            made,
            900,
            lambda importance, turn: -importance - turn / 1000,
            lambda content: 3 * len(content) + 40,
        ),
        _Run(check, seen, made, 9, lambda importance, turn: 0, len),
        facts := _Run(check, seen, made, 4, lambda importance, turn: 0, len),
        nothing := _Run(
            check, seen, made, 2, lambda importance, turn: 0, lambda content: 1
        ),
    ]
    rng = random.Random(17)
    ties = [("mzab"[i % 4] * rng.randrange(1, 5), rng.random()) for i in range(24)]
    for run, said in zip(runs, [talk, _remarks(60, seed=13), ties], strict=False):
        for content, importance in said:
            run.add(content, importance)
    over = [run.over for run in runs if run.over]
    looks = [run.look for run in runs if run.look]
    check.true(
        "within the limit after each of 200 adds",
        2,
        not over,
        got=over[0] if over else "",
        expected="never over the limit; bytes equal to what is held",
        look=looks[0] if looks else "",
        misconception="evict-after",
    )
    lost = [run.lost for run in runs if run.lost]
    strange = "" if lost else _strange(asked, [w for _, w in talk])
    check.true(
        "the lowest score goes",
        2,
        not lost and not strange,
        got=lost[0] if lost else strange,
        expected="score(importance, turn), turn 0 for the first message, then 1, 2, …"
        if strange
        else "room is made by removing the lowest score, the older of equals",
        look="give `score` the importance, then the turn; each message has its own"
        if strange or not looks
        else looks[0],
        misconception="oldest-goes",
    )
    turned = [run.turned for run in runs if run.turned]
    with check.part(ORDER, 1):
        if not seen:
            list(check.call(runs[0].memory.contents))  # raises what it raises
        # what is no text is kept as well: only `weight` has to understand it
        for content in ([4, 7], (1, 2), [], [4, 7], (3, 9)):
            facts.add(content, 0.5)
        for content in (None, 0, None):
            nothing.add(content, 0.5)
        for run in (facts, nothing):
            turned += [run.lost or run.turned] if run.lost or run.turned else []
            looks += [run.look] if run.look else []
        check.true(
            ORDER,
            1,
            seen and not turned and not lost,
            given="" if turned else "counted once the right messages are held",
            got=turned[0] if turned else "other messages",
            expected="the order in which they were added" if turned else "",
            look=looks[0] if turned and looks else "",
            misconception="score-order-is-fine",
        )
    with check.part(OVERSIZED, 1):
        _oversized(made, check, seen)
    needed = _comparisons(ns, check, seen, held=120, more=40)
    right = not lost and needed is not None
    weighed = _weighed(made, check, held=60, more=20) if right else 0
    few = weighed <= 10
    given = "" if right else "counted once the right messages are held"
    check.at_most(
        "comparisons an add with 120 messages held",
        2,
        needed if right and few else math.inf,
        full=60,
        zero=100,
        given=given if few else f"60 messages held, {weighed:.0f} weighed for an add",
        look="heapq pushes and pops in O(log n) comparisons"
        if few
        else "`bytes` is a running total: weigh only what comes and what goes",
        misconception="scan-for-the-least" if few else "sum-every-add",
    )


def _has_contents(made: Any, check: Check) -> bool:
    """Whether `contents` gives anything; the rest is graded without it."""
    memory = check.call(made, 100, lambda importance, turn: turn, len)
    check.call(memory.add, "hello", 0.5)
    try:
        list(check.call(memory.contents))
    except Exception:
        return False
    return True


def _remarks(n: int, seed: int, wide: str = "xé🙂") -> list[tuple[str, float]]:
    """Texts with their importance: some said again, some of wide letters."""
    rng = random.Random(seed)
    texts = [
        f"{rng.randrange(n // 2):03} " + rng.choice(wide) * rng.randrange(11)
        for _ in range(n)
    ]
    for i in range(3, n, 5):
        texts[i] = texts[i - rng.randrange(1, 4)]
    texts[n // 3] = ""
    return [(text, rng.randrange(11) / 10) for text in texts]


class _Run:
    """A learner's memory beside a model of it; what differed first, in words."""

    def __init__(
        self,
        check: Check,
        seen: bool,
        made: Any,
        most: int,
        score: Callable[..., Any],
        weight: Callable[[Any], int],
        theirs: Any = None,
    ) -> None:
        """`theirs` is the notebook's own `weight`: asking it costs next to nothing."""
        self.memory = check.call(made, most, score, theirs or weight)
        self.keep = self.memory.add  # asked for once: each time is a message
        self.most, self.weight, self.seen = most, weight, seen
        self.model, self.check = _Model(most, score, weight), check
        self.over = self.lost = self.turned = self.look = ""

    def add(self, content: Any, importance: float) -> None:
        """Add to both, then compare what they hold."""
        import diagnosis

        self.check.call(self.keep, content, importance)
        before = [(said, score) for score, said in self.model.held.values()]
        self.model.add(content, importance)
        after, want = f"after add {self.model.turn}, of {show(content)}: ", self.model
        if not self.seen:
            if not same(self.memory.bytes, want.bytes):
                told = f"bytes {show(self.memory.bytes)}, expected {want.bytes}"
                self.lost = self.over = self.lost or after + told
            return
        contents = self.check.call(self.memory.contents)
        held = [contents] if type(contents) is str else list(contents)
        counted = self.memory.bytes
        self.over = self.over or self._bytes(after, held, counted)
        if _bag(held) != _bag(want.contents()):
            self.lost = self.lost or after + _other(held, want.contents())
        elif held != want.contents():
            self.turned = self.turned or f"{after}{show(held[-6:])}"
        if not self.look and (self.over or self.lost or self.turned):
            found = [contents if type(contents) is str else held, counted]
            right = [want.contents(), want.bytes]
            self.look = diagnosis.held(
                found, right, before, content, self.most, self.weight
            )

    def _bytes(self, after: str, held: list[Any], counted: Any) -> str:
        plain = (str, tuple, list, int, type(None))
        known = [content for content in held if type(content) in plain]
        size = sum(map(self.weight, known))
        if size <= self.most and same(counted, size):
            return ""
        return f"{after}{size} bytes held, limit {self.most}; bytes {show(counted)}"


def _bag(held: list[Any]) -> list[str]:
    return sorted(map(repr, held))


def _other(held: list[Any], want: list[str]) -> str:
    """Which messages are gone, and which are still there instead."""
    gone, more = list(want), []
    for content in held:
        if content in gone:
            gone.remove(content)
        else:
            more.append(content)
    parts = [("missing", gone), ("held instead", more)]
    return "; ".join(f"{what} {show(some)}" for what, some in parts if some)


def _strange(asked: list[tuple[Any, Any]], importances: list[float]) -> str:
    """How the score was asked for otherwise than told; empty when it was not."""
    turns = range(len(importances))
    pairs = [p for p in asked if None not in map(number, p)]
    extra = [p for p in asked if p not in pairs or p[1] not in turns]
    missing = set(zip(importances, turns, strict=True)) - set(pairs)
    if extra:
        return f"score{show(extra[0])} was asked for"
    return f"score{show(min(missing, key=lambda p: p[1]))} was not" if missing else ""


def _comparisons(
    ns: Names, check: Check, seen: bool, held: int, more: int
) -> float | None:
    """Comparisons of scores an add; None when other messages are held at the end.

    Scores cannot be worked out, only compared. All that is asked of the memory is
    asked before they are counted, so that work put off counts, too. The weight is the
    notebook's own, which may be asked for a thousand times at no cost.
    """
    counts, scores, draw = Counts(), dict[Any, float](), random.Random(12)

    def counted(importance: float, turn: float) -> Mark:
        return Mark(scores.setdefault((importance, turn), draw.random()), counts)

    many = [f"{i:05}" + "x" * 15 for i in range(held + more)]
    most = held * footprint(many[0])
    memory = check.call(ns["Bounded"], most, counted, ns["footprint"])
    add = memory.add
    for i, content in enumerate(many):
        if i == held:
            _ = list(check.call(memory.contents)) if seen else []
            counts.reset()
        add(content, (i * 7919 % 11) / 10)
        _ = memory.bytes
    found = list(check.call(memory.contents)) if seen else []
    needed, drawn = counts.comparisons / more, [*scores.values(), *[0.0] * len(many)]
    model = _Model(held, lambda importance, turn: drawn[int(turn)], lambda content: 1)
    for content in many:
        model.add(content, 0)
    right = not seen or _bag(found) == _bag(model.contents())
    return needed if right else None


def _weighed(made: Any, check: Check, held: int, more: int) -> float:
    """How often an add asks for a weight, the bytes after it included."""
    asked: list[Any] = []

    def weight(content: Any) -> int:
        asked.append(content)
        return 1

    memory = check.call(made, held, lambda importance, turn: turn, weight)
    for i in range(held + more):
        if i == held:
            asked.clear()
        check.call(memory.add, f"{i}", 0.5)
        _ = memory.bytes
    return len(asked) / more


def _oversized(made: Any, check: Check, seen: bool) -> None:
    turns: list[Any] = []

    def score(importance: float, turn: float) -> float:
        turns.append(turn)
        return importance

    memory = check.call(made, 10, score, lambda content: len(content.encode()))

    def taken(content: str, importance: float) -> bool:
        try:
            check.call(memory.add, content, importance)
        except ValueError:
            return False
        return True

    large = ["far longer than ten", "éééééé"]
    kept = [x for x in large if taken(x, 1.0)]
    taken("keep me", 0.0)
    kept += [x for x in large if taken(x, 1.0)]
    held = list(check.call(memory.contents)) if seen else ["keep me"]
    counted = memory.bytes
    taken("abc", 0.5)
    both = list(check.call(memory.contents)) if seen else ["keep me", "abc"]
    exact = taken("ten bytes!", 0.5)
    own = all(t - min(turns) in range(3) for t in turns)
    wrong = [
        (bool(kept), f"no error for {kept[:1]}", "ValueError for what can never fit"),
        (held != ["keep me"], f"then {show(held)} held", "['keep me'], as before"),
        (not same(counted, 7), f"then bytes {show(counted)}", "7 bytes, as before"),
        (
            _bag(both) != ["'abc'", "'keep me'"],
            f"then {show(both)}, with 'abc' added",
            "both",
        ),
        (not exact, "ten bytes refused by a memory of ten", "what fits is taken"),
        (not own, f"turns {turns} asked for", "a refused message takes no turn"),
    ]
    got, expected = next(((g, e) for bad, g, e in wrong if bad), ("", ""))
    check.true(
        OVERSIZED,
        1,
        not got,
        given="a memory of 10 bytes that holds 'keep me'",
        got=got,
        expected=expected,
        look="compare with the limit before anything is changed",
        misconception="silent-loss",
    )


class _Model:
    """Brute force: what `Bounded` must hold, by looking at everything each time."""

    def __init__(
        self, most: int, score: Callable[..., float], weight: Callable[[Any], int]
    ) -> None:
        self.most, self.score, self.weight, self.turn = most, score, weight, 0
        self.held: dict[int, tuple[float, Any]] = {}

    def add(self, content: Any, importance: float) -> None:
        while self.bytes + self.weight(content) > self.most:
            del self.held[min(self.held, key=lambda k: (self.held[k][0], k))]
        self.held[self.turn] = (self.score(importance, self.turn), content)
        self.turn += 1

    @property
    def bytes(self) -> int:
        """The weight of all that is held."""
        return sum(self.weight(content) for _, content in self.held.values())

    def contents(self) -> list[Any]:
        return [content for _, content in self.held.values()]


def tune(ns: Names, check: Check) -> None:
    """4 points over three talks: important (1.5), present (1.5), cleanups (1).

    Full at 90 % of the important and 90 % of the present held, zero at 75 %.
    At most 20 cleanups a talk, none from 45.
    """
    settings = ns["settings"]
    if not isinstance(settings, dict) or set(settings) != SETTINGS:
        raise TypeError(f"settings is a dict with the keys {sorted(SETTINGS)}")
    values: dict[str, float] = {}
    for name, given in settings.items():
        value = number(given)
        if value is None or not 0 <= value <= 1:
            raise TypeError(f"{name} is a number from 0 to 1, not {show(given)}")
        values[name] = value
    replays = [
        through_agent(talk, 60_000, cleanup_interval=25, **values)
        for talk in sample_talks()
    ]
    n = len(replays)
    kept = 100 * sum(r.important() for r in replays) / n
    present = 100 * sum(r.present() for r in replays) / n
    little = kept < 90 and present < 90
    larger = "a larger keep fraction forgets less of both at each cleanup"
    check.at_least(
        "share of the important messages kept",
        1.5,
        kept,
        full=90,
        zero=75,
        unit="%",
        given=f"{settings}",
        look=larger if little else "a larger importance weight keeps more of them",
        misconception="recency-only",
    )
    check.at_least(
        "share of the present kept",
        1.5,
        present,
        full=90,
        zero=75,
        unit="%",
        look=larger
        if little
        else "the more importance weighs, the less does the message just said",
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


def _stops(texts: list[str], budget: int, sep: str = "\n") -> str:
    """Ends at the first text for which no room is left."""
    chosen: list[str] = []
    for each in texts:
        if len(sep.join([*chosen, each])) > budget:
            break
        chosen.append(each)
    return sep.join(chosen)


def _pays_once_more(texts: list[str], budget: int, sep: str = "\n") -> str:
    """Counts a separator for the first text, too."""
    return _greedy(texts, budget - len(sep), sep)


def _backwards(texts: list[str], budget: int, sep: str = "\n") -> str:
    """Right, in other words: a running size instead of joining again."""
    chosen, used = [], -len(sep)
    for each in texts:
        if used + len(sep) + len(each) <= budget:
            chosen.append(each)
            used += len(sep) + len(each)
    return sep.join(chosen)


def _by_cost(texts: list[str], budget: int, sep: str = "\n") -> str:
    """Right, as the lines of `pack` have it."""
    chosen, used = [], 0
    for each in texts:
        cost = len(each) + (len(sep) if chosen else 0)
        if used + cost > budget:
            continue
        chosen.append(each)
        used += cost
    return "".join(list(sep.join(chosen)))  # anew: an equal text is not the same


# a bug, the packers of `packers.py` and of ours that have it, and its misconception
BUGS: list[tuple[str, str, tuple[Pack, ...], str]] = [
    (
        "stops at the first text that does not fit",
        "stopping",
        (_stops,),
        "break-on-first",
    ),
    ("does not count separators", "free", (), "free-separators"),
    ("leaves the last character unused", "short", (_pays_once_more,), "off-by-one"),
    ("takes every separator for one character", "narrow", (), "free-separators"),
]


def catch(ns: Names, check: Check) -> None:
    """5 points: quiet for three right packers (1), and one for each bug it catches.

    A test that fails a right packer catches nothing: 0. The packers come mixed and
    more than once: what the test says may only depend on the packer.
    """
    from packers import BROKEN  # those that the learner met, beside ours

    test, met = ns["check_pack"], {f.__name__: f for f, _, _ in BROKEN}
    looks = {f.__name__: look for f, _, look in BROKEN}
    ours = {f.__name__: f for _, _, packers, _ in BUGS for f in packers}
    false_alarm, said = verdicts(
        check,
        lambda packer: _verdict(check, test, packer),
        (_greedy, _backwards, _by_cost),
        met | ours,
    )

    def missed(*names: str) -> str:
        """What the test says of the first of these that it lets pass."""
        lax = [said[n] or "no AssertionError" for n in names if said[n] != CAUGHT]
        return lax[0] if lax else ""

    plain = missed("nothing", "everything")
    quiet = "a right packer comes first: ask it for no more than the promises"
    check.true(
        "quiet for right packers and loud for a wrong one",
        1,
        not false_alarm and not plain,
        got=f"{false_alarm} for a right packer"
        if false_alarm
        else f"{plain} for one that takes nothing or everything",
        expected="nothing raised for the right ones, AssertionError for the others",
        look=quiet if false_alarm else looks["nothing"],
        misconception="overfit-the-test" if false_alarm else "assert-nothing",
    )
    for name, shown, packers, misconception in BUGS:
        lax = missed(shown, *(f.__name__ for f in packers))
        check.true(
            f"catches a packer that {name}",
            1,
            not lax and not false_alarm,
            got=lax or CAUGHT,
            expected="AssertionError, and none for a right packer",
            look=quiet if false_alarm else looks[shown],
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
        ("deadline is Friday", 1, 15),
        ("likes short answers", 0.6, 20),
        ("thanks!", 0.2, 10),
        ("nearly always", 0.9999, 200),
    ]
    cases = [(items, budget) for budget in (55, 80, 110, 120, 500)]
    cases += [([], 0), (items[:1], 40), (items[3:4], 24), *_more_items()]
    cases += [([("a", 0.5, 9), ("b", 0.54, 9), ("c", 0.5, 9)], 9)]  # nearly equal
    runs = [_Kept(check, ns["keep"], *case) for case in cases]
    lost = [run for run in runs if not run.pinned]
    check.true(
        "importance 1.0 always stays",
        2,
        not lost,
        **_told(lost, lambda run: _pinned(run.items)),
        look=lost[0].diagnosed[1] if lost else "",
        misconception="always-means-usually",
    )
    other = [run for run in runs if not run.chosen]
    believed, look = other[0].diagnosed if other else ("", "")
    check.true(
        "then by importance with the newer of equals first",
        2,
        not other,
        **_told(other, lambda run: run.want),
        look=look,
        misconception="greedy-stops",
        belief=believed,
    )
    changed = [run for run in runs if run.changed]
    turned = [run for run in runs if not run.in_order] or changed
    check.true(
        "in their order whatever the budget",
        1,
        not turned and any(run.found for run in runs),
        **_told(turned, lambda run: run.want),
        look="the list handed in stays as it is: sort a copy"
        if changed
        else "choose by importance, then put the chosen in the order of the items",
        misconception="score-order-is-fine",
    )

    def all_of(budget: int) -> Any:  # a generator raises when it is run
        found = check.call(ns["keep"], list(items), budget)
        return None if found is None else list(found)

    for name, budget in [
        ("an error when the 1.0s alone are too much", 54),
        ("an error when there is no room at all", 0),
    ]:
        check.raises(
            name,
            0.5,
            ValueError,
            all_of,
            budget,
            given=f"{budget} tokens for 55 that must stay",
            look="raise ValueError before choosing anything",
            misconception="silent-loss",
        )


Item = tuple[str, float, int]


def _more_items() -> list[tuple[list[Item], int]]:
    """Items drawn at random, many of them equal, with budgets that are never short."""
    rng, made = random.Random(5), []
    for n in (2, 5, 9, 12, 12, 12):
        items = [
            (
                rng.choice(["ok", "thanks", "my name is Ada"]),
                rng.choice([0, 0.2, 0.2, 0.5, 0.5, 0.95, 1.0]),
                rng.choice([0, 5, 5, 10, 35]),
            )
            for _ in range(n)
        ]
        must = sum(tokens for _, weight, tokens in items if weight == 1)
        made += [(items, must + room) for room in (0, 5, 15, 40, 70)]
    return made


def _pinned(items: list[Item]) -> list[Item]:
    return [item for item in items if item[1] == 1]


class _Kept:
    """What the learner's function keeps of `items`, beside what it should."""

    def __init__(self, check: Check, call: Any, items: list[Item], budget: int) -> None:
        import choices

        self.items, self.budget, self.error = items, budget, ""
        handed = list(items)
        self.found: list[Any] = []
        try:
            found = check.call(call, handed, budget)
            self.found = [_row(x) for x in found]
        except NotImplementedError:
            raise
        except Exception as error:
            self.error = fault(error, check.names).text()
        self.want, self.changed = choices.chosen(items, budget), handed != items
        self.diagnosed = "", "1.0s that just fit, or none at all, are no error"
        if not self.error:
            self.diagnosed = choices.kept(self.found, items, budget)
        self.in_order = not self.error and _subsequence(self.found, items)
        same_bag = not self.error and _bag(self.found) == _bag(self.want)
        self.chosen = same_bag and (self.found == self.want or not self.in_order)
        must = _pinned(items)
        tight = self.want == must and _tokens(self.found) > budget
        stay = all(self.found.count(item) >= items.count(item) for item in must)
        self.pinned = not self.error and stay and not tight


def _row(item: Any) -> Any:
    """An item as a tuple: a list or a named tuple of three will do."""
    if type(item) in (tuple, str):
        return item
    try:
        row = tuple(itertools.islice(item, 4))
    except TypeError:
        return item
    return row if len(row) == 3 else item


def _tokens(found: list[Any]) -> float:
    whole = all(type(x) is tuple and len(x) == 3 for x in found)
    counts = [number(x[2]) for x in found] if whole else [None]
    return math.fsum(math.inf if count is None else count for count in counts)


def _subsequence(found: list[Any], items: list[Item]) -> bool:
    rest = iter(items)
    return all(item in rest for item in found)


def _told(runs: list[_Kept], want: Callable[[_Kept], list[Item]]) -> dict[str, Any]:
    """The first of them in words."""
    if not runs:
        return {}
    run = runs[0]
    return {
        "given": f"keep({run.items}, {run.budget})",
        "got": run.error or show(run.found),
        "expected": show(want(run)),
    }


def agent(ns: Names, check: Check) -> None:
    """12 points, method by method; the agent gets the reference's parts."""
    import agent_scenes as on  # found beside the notebook, once there is one
    import diagnosis

    own, made, rng = ns["parts"](ours=True), ns["MemoryAgent"], random.Random(23)

    def build(llm: Any, limit: int, clock: Any, *size: int, **parts: Any) -> Any:
        names = ("ByteCounter", "Bounded", "rank", "keep", "pack")
        usual = {name: getattr(own, name) for name in names}
        mixed = SimpleNamespace(**{**usual, **parts})
        return check.call(made, llm, limit, mixed, clock, *size)

    def shows(
        name: str,
        points: float,
        want: Any,
        scene: Callable[[], Any],
        given: str = "",
        see: Callable[[Any], str] = lambda got: "",
    ) -> None:
        usual, look = AGENT[name]
        with check.part(name, points, look=look):
            got = scene()
            why = {"given": given, "look": see(got) or look, "misconception": usual}
            check.equal(name, points, got, want, **why)

    fact, ada, hm = "it is Tuesday", ("my name is Ada", 0.8), ("hm", 0.1)
    want: Any = [fact, 0.3, 7, on.SLOT]
    shows(ENTRY, 1, want, lambda: on.one_entry(build, fact, 0.3))

    # importances so close that age counts as well, texts of many lengths
    lengths = [*rng.choices([0, 9, 25, 500], k=46), 9, 0]  # more than one is latest
    weights = rng.choices(range(12), k=48)
    many = [
        (f"{i:02}" + "m" * n, 0.5 + weight / 8000)
        for i, (n, weight) in enumerate(zip(lengths, weights, strict=True))
    ]
    # of one length, so that what is to fit fits to the byte
    even = [(f"no. {i:02}", (i * 7 % 30) / 40) for i in range(30)]
    exact = 20 * (footprint(even[0][0]) + on.SLOT)
    talks = [(many, 20_349), (even, exact)]
    want = [_filled(*talk, on.SLOT) for talk in talks]

    def lost(got: Any) -> str:
        rows = zip(got, want, talks, strict=True)
        first = next((row for row in rows if not same(row[0], row[1])), None)
        if first is None or first[0][1] == first[1][1]:
            return ""
        found, right, (said, _) = first
        return diagnosis.moved(found[1], [text for text, _ in said], right[1])

    # only a list can be read from another process as if it were here
    found = lambda: [on.filled(build, *talk, kind=list) for talk in talks]  # noqa: E731
    shows(MOVES, 2, want, found, see=lost)
    want = ["ValueError", [[], [fact] * 2], True, True]
    shows(REFUSES, 1, want, lambda: on.refused(build, fact))

    for name, points, cases in _conversations():
        usual, look = AGENT[name]
        with check.part(name, points, look=look):
            for said, size, *every in cases:
                most = 2000 if size is None else size
                got, want = on.context(build, said, size, *every), _context(said, most)
                if name != NOTICE and type(got) is str and len(_bare(got)) <= most:
                    got, want = _bare(got), _bare(want)  # it has a criterion of its own
                given = f"{most} characters for {show(said)}"
                if not same(got, want):
                    break
            if name == CHOSEN and same(got, want):
                got, given = on.grown(build, 90), "three contexts, a message after each"
                want = ["one", "one\ntwo", "one\ntwo\nthree"]
            if name == CHOSEN and same(got, want):
                got, given = on.exchanged(build), "two agents with parts of their own"
                got = [_bare(one) if type(one) is str else one for one in got]
                want = ["one", "one\ntwo"]
            check.equal(
                name,
                points,
                got,
                want,
                given=given,
                look=look,
                misconception=usual,
                believes=_misread(said, most) if name == CHOSEN else {},
            )

    said = [ada, hm, ("I live in Rome", 0.9)]
    used = [on.footprint(text) + on.SLOT for text, _ in said]
    right = [
        _figures(3, sum(used), 0.6, 55.5, 50),
        _figures(1, used[0], 0.8, 55.5, 0),
    ]

    def off(got: Any) -> str:
        pairs = zip(got, right, strict=True)
        return next((diagnosis.figures(*p) for p in pairs if not same(*p)), "")

    shows(
        STATS,
        1,
        right,
        lambda: [
            on.stats(build, some, 55.5 * 60, 25 * 60) for some in (said, said[:1])
        ],
        given="a message each 25 hours, 55.5 hours after the first: three, then one",
        see=off,
    )
    shows(ZEROS, 1, _figures(0, 0, 0, 0, 0), lambda: on.stats(build, [], 90))

    ask = "What is my name?"
    question, saw = ("user: " + ask, 0.7), [("user", ask), True, False, 1]
    asides = [[("x" * 300, 0.9), ("y" * n, 0.5)] for n in (299, 300)]  # 600 and 601
    long = "Ada. " * 60
    scenes = [
        (said, on.Listener(long), 60, 0.7),
        (said, on.Listener(error=OSError("down")), 60, 0.7),
        (said, on.Listener(error=LLMError("no model")), 60, 0.7),
        *((some, on.Listener("Yes."), None, None) for some in asides),
    ]

    def asked(part: slice) -> list[Any]:
        for _, one, *_ in scenes:
            one.prompts.clear()
        runs = (on.asked(build, some, ask, one, *how) for some, one, *how in scenes)
        return [check.wait(run)[part] for run in runs]

    given = "models that answer or raise OSError or LLMError; the last is a count"
    want = [[long, saw], ["OSError", saw], ["LLMError", saw], *[["Yes.", saw]] * 2]
    shows(PROMPT, 1, want, lambda: asked(slice(2)), given)
    both = [(question[0], 0.5), ("assistant: Yes.", 0.5)]
    failed = [said[-1], question]
    turns = [[question, (f"assistant: {long}", 0.5)], failed, failed, both, both]
    given = "models that answer, raise OSError or LLMError, or are given up after 1 s"
    huge = "x" * 100_000  # a tenth of all bytes is the room
    large = [(ask, huge), (huge, "Ada."), (ask, "Ada.", "x" * 700)]
    want = [*([two] for two in turns), ["given up", question[0]]]
    shows(
        TURNS,
        1,
        [*want, *["ValueError"] * len(large)],
        lambda: [
            *asked(slice(2, 3)),
            check.wait(on.given_up(build, said, ask)),
            *(check.wait(on.too_large(build, *one)) for one in large),
        ],
        given,
        lambda got: (
            LET_THROUGH
            if got[-4] != want[-1] and got[:-4] == want[:-1]
            else TOO_LARGE
            if got[: len(want)] == want
            else ""
        ),
    )


TOO_LARGE = (
    "catch no `ValueError`: of an answer, a question, a context too large it comes out"
)
LET_THROUGH = "let the cancellation out; the question is remembered before it comes"
ENTRY = "an entry has text and importance and time and bytes"
MOVES = "what no longer fits among the latest moves to what is kept"
REFUSES = "a message too large is refused and nothing changes"
CHOSEN = "the best that fits in order of time"
PINNED = "what must stay is in each context or an error"
NOTICE = "what is left out is counted where that fits"
STATS, ZEROS = "six figures of a conversation", "six zeros when nothing is held"
PROMPT = "the model sees the context and then the message"
TURNS = "both turns are remembered and the question when the model fails"
AGENT = {  # the misconception that usually lies behind a loss, and where to look
    ENTRY: (
        "characters-are-bytes",
        "its bytes are `footprint(content) + SLOT`, its time is `self.clock()`",
    ),
    MOVES: (
        "evict-after",
        "while the new one does not fit, the oldest goes from `latest` to `kept`; "
        "then it is added",
    ),
    REFUSES: (
        "silent-loss",
        "compare with `self.room` before anything changes; what just fits stays",
    ),
    CHOSEN: (
        "score-order-is-fine",
        "`rank` says how good each is; `keep` chooses, and leaves them in order",
    ),
    PINNED: (
        "always-means-usually",
        "give `keep` 1.0 for those of 1.0; the rank of the others stays below it",
    ),
    NOTICE: (
        "free-separators",
        "`pack` the chosen texts and then `[left out: 3]`, with the real number",
    ),
    STATS: (
        "sum-every-add",
        "`kept.bytes` and `latest.total` are the bytes; a timedelta / one of an hour",
    ),
    ZEROS: ("one-case-is-enough", "no mean, no oldest and no newest of nothing: 0"),
    PROMPT: (
        "forget-await",
        "make the context, remember the message, and ask the model once",
    ),
    TURNS: (
        "silent-loss",
        "the question is remembered before the model is asked, the answer after",
    ),
}


Talk = list[tuple[str, float]]


def _conversations() -> list[tuple[str, float, list[tuple[Any, ...]]]]:
    """Conversations with the sizes of their contexts, by what they show.

    A third figure is the minutes between two messages.
    """
    rng = random.Random(29)
    talk = [("hm" * rng.randrange(1, 9), rng.random() * 0.9) for _ in range(12)]
    talk[4:4] = [talk[2], ("a story " * 20, 0.9)]  # one said twice, one far too long
    pinned = [("no nuts", 1.0), *talk, ("nearly always", 0.9995), ("in English", 1)]
    own = [[("x" * 1000, 0.9), ("y" * n, 0.5)] for n in (999, 1000)]  # 2000 and 2001
    crowd = [(f"{i:03}", i * 59 % 300 / 301) for i in range(300)]
    chosen: list[tuple[Any, ...]] = [(talk, n) for n in (10_000, 90, 61, 40)]
    chosen += [(talk[:5], n) for n in (33, 32, 23, 1)] + [([], 9)]
    chosen += [(some, None) for some in own]
    chosen += [(crowd, 27), ([("yes", 0.9), ("no.", 0.1)], 3, 0)]
    long = [(f"{i:02} " + "w" * rng.randrange(20, 30), 0.5) for i in range(14)]
    # more than 256: numbers that are equal are no longer the same
    notes = [(talk, 90), (talk, 10_000), ([("x", 0.5)] * 300, 10_000)]
    notes += [(long, size) for size in _edges(long)] + [(long[:6], 110)]
    notes += [([("w" * 30, 0.1), ("yes", 0.9)], 20)]  # one left out
    return [
        (CHOSEN, 2, chosen),
        (PINNED, 1, [(pinned, size) for size in (18, 17, 30, 0)]),
        (NOTICE, 1, notes),
    ]


def _edges(said: Talk) -> list[int]:
    """Sizes that the line on what is left out just fits, and one character less."""
    shown = {n: _context(said, n) for n in range(400)}
    fits = [n for n, text in shown.items() if len(text) == n and text[-1:] == "]"]
    return [n - less for n in fits[:3] for less in (0, 1)]


def _ranked(said: Talk) -> list[int]:
    """Places of the messages, best first; one a minute was said."""
    last = max(1, len(said) - 1)
    score = [0.7 * weight + 0.3 * i / last for i, (_, weight) in enumerate(said)]
    return sorted(range(len(said)), key=lambda i: score[i], reverse=True)


def _shown(said: Talk, size: int, worth: Callable[[int], float]) -> list[str]:
    """The texts that `keep` chooses when the message at i is worth so much."""
    import choices

    pairs = enumerate(said)
    items = [(t, 1.0 if w == 1 else worth(i), len(t) + 1) for i, (t, w) in pairs]
    return [text for text, _, _ in choices.chosen(items, size + 1)]


def _context(said: Talk, size: int) -> str:
    """The context asked for, or the name of the error."""
    place = {i: n for n, i in enumerate(_ranked(said))}
    if sum(len(text) + 1 for text, weight in said if weight == 1) > size + 1:
        return "ValueError"
    texts = _shown(said, size, lambda i: 0.9 - place[i] / 100)
    left = len(said) - len(texts)
    return _greedy([*texts, *([f"[left out: {left}]"] if left else [])], size)


def _bare(context: str) -> str:
    return re.sub(r"\n?\[left out: \d+\]$", "", context)


def _misread(said: Talk, size: int) -> dict[str, str]:
    """What misconceptions show instead."""
    best = [said[i][0] for i in _ranked(said)]
    return {
        "score-order-is-fine": _greedy(best, size),
        "importance-only": "\n".join(_shown(said, size, lambda i: said[i][1])),
        "recency-only": "\n".join(_shown(said, size, lambda i: i / 100)),
    }


def _filled(said: Talk, limit: int, slot: int) -> list[Any]:
    """What `filled` shows of an agent with so many bytes."""

    def weight(one: Any) -> int:
        return footprint(one[0]) + slot

    room, latest = limit // 10, list[tuple[str, float]]()
    kept = _Model(limit - room, lambda w, turn: 0.7 * w + 3e-5 * turn, weight)
    for one in said:
        while sum(map(weight, [*latest, one])) > room:
            kept.add(latest[0], latest.pop(0)[1])
        latest.append(one)
    texts = [text for text, _ in latest]
    return [texts, [*(text for text, _ in kept.contents()), *texts], True]


def _figures(n: int, used: int, mean: float, age: float, span: float) -> dict[str, Any]:
    """What `get_memory_stats` says of a memory of a million bytes."""
    return {
        "total_entries": n,
        "total_memory_mb": round(used / 1024 / 1024, 6),
        "avg_importance_score": mean,
        "memory_utilization_pct": round(used / 10_000, 6),
        "oldest_entry_age_hours": age,
        "memory_span_hours": round(span, 6),
    }
