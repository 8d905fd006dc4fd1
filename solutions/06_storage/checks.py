"""How the exercises of 06_storage are graded. Work is counted; nothing is timed."""

import contextlib
import math
import random
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from coursekit.check.check import Check
from coursekit.check.error_messages import fault
from coursekit.check.parsons import assemble
from coursekit.check.shuffled_trials import verdicts
from coursekit.core.counting import CountedEntry, Counts
from coursekit.core.plain_data import same

Names = Mapping[str, Any]
SEED = 23


def ladder(ns: Names, check: Check) -> None:
    """2 points: an order of the four letters (1), and a guess of Redis' factor (1).

    Any order and any guess earn them.
    """
    letters = sorted(x for x in str(ns["ladder"]).upper() if x.isalpha())
    check.true(
        "an order of all four",
        1,
        letters == sorted("DSFR"),
        got=ns["ladder"],
        expected="the letters D, S, F and R, each once",
        look="any order will do: it is a guess",
    )
    check.predicted("redis", 1)


def aged(ns: Names, check: Check) -> None:
    """4 points, one each: hot, warm and cold at 3,900 s; gone at 87,000 s."""
    from scenes import age_look, letters

    for name, right, mistakes in [
        ("hot", "e", {"": "age-from-the-put", "de": "a-search-is-a-use"}),
        ("warm", "bc", {"c": "age-from-the-put", "bcd": "a-search-is-a-use"}),
        ("cold", "ad", {"abde": "age-from-the-put", "a": "a-search-is-a-use"}),
        ("gone", "abd", {"abde": "age-from-the-put", "ab": "a-search-is-a-use"}),
    ]:
        promise = f"{name}: the right letters"
        with check.part(promise, 1):
            got = letters(ns[name])
            readable = got is not None
            check.true(
                promise,
                1,
                got == right,
                given="the table above",
                got=repr(got) if readable else ns[name],
                expected="those whose age says so",  # the letters are the answer
                look=age_look(ns[name], right),
                misconception="ttls-add-up",
                belief=mistakes.get(got, "") if got is not None else "",
            )


@cache
def _best(n: int) -> Any:
    from message_table import best

    return best(n, SEED)


def plan(ns: Names, check: Check) -> None:
    """6 points: the queries' steps at 8,000 messages (2, 1, 1), growth (1), size (1).

    Steps are divided by those with the best index, on the same SQLite: full up to 1.5,
    zero from 4. Growth from 1,000 to 8,000 messages: full up to 2 times, zero from 6.
    Pages of the index: full up to 1.3 times the best one's (with the id it takes 1.2),
    zero from twice; nothing for an index that serves no query.
    """
    from message_table import cost, plan_look

    text = ns["index"]
    small, large = (_cost(cost, text, n) for n in (1_000, 8_000))
    why = large if isinstance(large, str) else ""
    if why and isinstance(text, str) and "CREATE" not in text.upper():
        why = f'write the whole statement: "CREATE INDEX … ON messages (…)". {why}'
    served = 0
    for name, points in [("latest", 2), ("last", 1), ("count", 1)]:
        got = math.inf
        if not why:
            got = large.steps[name] / _best(8_000).steps[name]
            served += got < 4
        check.at_most(
            f"steps of `{name}` against the best",
            points,
            got,
            full=1.5,
            zero=4,
            given=text if isinstance(text, str) else "",
            look=why or plan_look(name, text),
            misconception="using-index-is-fast",
            belief="" if why or got <= 1.5 else _belief(text),
        )
    growth = math.inf if why else large.total / small.total
    check.at_most(
        "steps from 1000 to 8000 messages",
        1,
        growth,
        full=2,
        zero=6,
        unit="times",
        look=why or "a search reads a few rows of the table, however many there are",
        misconception="using-index-is-fast",
    )
    pages = large.pages / _best(8_000).pages if served else math.inf
    check.at_most(
        "size of the index against the best",
        1,
        pages,
        full=1.3,
        zero=2,
        given="" if served else "counted once it serves one of the queries",
        look=why or "what no query searches or sorts by is written twice for nothing",
        misconception="cover-everything",
        belief="cover-everything" if served and pages > 1.3 else "",
    )


def _cost(cost: Callable[..., Any], text: Any, n: int) -> Any:
    try:
        return cost(text if text is not None else "", n, SEED)
    except ValueError as error:
        return str(error)


def _belief(text: Any) -> str:
    from message_table import columns_of

    columns = columns_of(text)
    if "(" in columns:
        return "index-survives-functions"
    if columns.startswith("at,") and "user" in columns:
        return "any-column-order"
    return ""


class Stamped:
    """A record of an index as `find` sees one."""

    def __init__(self, timestamp: float, id: str) -> None:
        self.timestamp, self.id = timestamp, id


def _index(times: list[float], counts: Counts) -> list[CountedEntry]:
    return [CountedEntry(Stamped(t, f"m{i}"), counts) for i, t in enumerate(times)]


def _between(times: list[float], low: float, high: float, limit: int) -> list[str]:
    return [f"m{i}" for i, t in enumerate(times) if low <= t < high][:limit]


def find(ns: Names, check: Check) -> None:
    """6 points: the right ids (2), both ends exact (1), the limit (1), few reads (2).

    Reads of 1,000 records for a limit of 10: full up to 60, of which about 20 are
    needed; zero from 500. Nothing for few reads without the right ids.
    """
    draw = random.Random(3)
    many = sorted(draw.randrange(0, 500) / 2 for _ in range(80))
    inf = math.inf
    right = True
    for name, points, cases in [
        (
            "ids from a time on with the oldest first",
            2,
            [
                (many, 100.0, inf, 80),
                (many, -5.0, inf, 99),
                (many, 1e9, inf, 5),
                ([], 3.0, inf, 5),
                ([4.0], 3.0, inf, 5),
                ([-9.5, -2.0, 0.0, 7.0], -3.0, inf, 9),
                ([-9.5, -2.0, 0.5, 7.0], 0.0, inf, 9),
                ([3.0, 1.8e9, 4e12], 4.0, inf, 9),
            ],
        ),
        (
            "both ends where times repeat",
            1,
            [
                ([1.0, 2.0, 2.0, 2.0, 3.0], 2.0, inf, 9),
                ([1.0, 2.0, 2.0, 3.0, 3.0, 4.0], -inf, 3.0, 9),
                ([1.0, 2.0, 2.0, 3.0, 3.0, 4.0], 2.0, 3.0, 9),
                ([2.0, 2.0, 2.0], 2.0, 2.0, 9),
                (many, 50.0, 120.0, 99),
                (many, 120.0, 50.0, 9),
                ([1.0, 2.0], -inf, inf, 9),
                ([-9.5, -2.0, 0.0, 7.0], -inf, 0.0, 9),
            ],
        ),
        (
            "no more than the limit",
            1,
            [
                (many, 20.0, inf, 3),
                (many, 20.0, 60.0, 1),
                (many, 20.0, inf, 0),
                ([1.0, 1.0, 1.0], 1.0, inf, 2),
            ],
        ),
    ]:
        right &= _ranges(ns, check, name, points, cases)
    with check.part("reads of 1000 records for a limit of 10", 2):
        counts = Counts()
        times = [float(i // 2) for i in range(1_000)]
        wrong, most = not right, 0
        for low, high in [(3.0, inf), (250.0, 400.0), (470.0, inf)]:
            counts.reset()
            got = check.call(ns["find"], _index(times, counts), _filter(low, high), 10)
            got = list(got) if got is not None else None
            most = max(most, counts.reads)
            wrong |= not same(got, _between(times, low, high, 10))
        check.at_most(
            "reads of 1000 records for a limit of 10",
            2,
            math.inf if wrong else most,
            full=60,
            zero=500,
            unit="reads",
            given="counted once the ids are right" if wrong else "at worst of three",
            look="`bisect_left(index, t, key=…)` reads ten records of a thousand; "
            "the slice behind it no more than `limit`",
            misconception="scan-what-is-sorted",
            belief="" if wrong or most <= 60 else "scan-what-is-sorted",
        )


def _filter(low: float, high: float) -> dict[str, dict[str, float]]:
    found = {}
    if low > -math.inf:
        found["$gte"] = low
    if high < math.inf:
        found["$lt"] = high
    return {"timestamp": found}


def _ranges(
    ns: Names, check: Check, name: str, points: float, cases: list[Any]
) -> bool:
    with check.part(name, points):
        for times, low, high, limit in cases:
            index, asked = _index(times, Counts()), _filter(low, high)
            got = check.call(ns["find"], index, asked, limit)
            got = list(got) if isinstance(got, tuple) else got
            want = _between(times, low, high, limit)
            changed = asked != _filter(low, high) or len(index) != len(times)
            if same(got, want) and not changed:
                continue
            unlimited = _between(times, low, high, len(times))
            after = [f"m{i}" for i, t in enumerate(times) if low < t < high][:limit]
            upto = [f"m{i}" for i, t in enumerate(times) if low <= t <= high][:limit]
            look = "`$gte` lets its own time in, `$lt` does not; then `[:limit]`; "
            look += "either of them may be missing, and 0 is a time as well"
            if isinstance(got, list) and any(not isinstance(x, str) for x in got):
                look = "return ids, `record.id`, not the records themselves"
            if changed and same(got, want):
                return check.true(
                    name,
                    points,
                    False,
                    given=f"{_shown(times)}, {_filter(low, high)}, limit {limit}",
                    got=f"the right ids; left are {len(index)} records and {asked}",
                    expected="the index and the filter as they were",
                    look="only read them: whoever asks may ask again",
                    misconception="changes-what-it-was-given",
                    belief="changes-what-it-was-given",
                )
            return check.equal(
                name,
                points,
                got,
                want,
                given=f"{_shown(times)}, {asked}, limit {limit}",
                look=look,
                misconception="off-by-one",
                believes={
                    "limit-is-a-hint": unlimited,
                    "off-by-one": after if same(got, after) else upto,
                    "newest-first-anyway": want[::-1],
                    "limit-takes-the-end": unlimited[-limit:] if limit else None,
                },
            )
        return check.true(name, points, True)
    return False


def _shown(times: list[float]) -> str:
    if len(times) <= 6:
        return f"timestamps {times}"
    return f"{len(times)} records, {times[0]} to {times[-1]}"


LENGTHY = "ada of the very long name"
ODD, BOTH = "x' OR '1'='1", """it's "me\""""
TALK = [
    (1, "ada", 50, "user", "first"),
    (2, "Ada", 60, "user", "of another, with a capital"),
    (3, "ada", 70, "assistant", "third"),
    (4, "ada", 40, "user", "stored later, said first"),
    (5, ODD, 90, "user", "a strange name"),
    (6, "ada", 70, "user", "in the same second as the third"),
    (7, "ada ", 95, "user", "with a space behind"),
    (8, "ada", 65, "user", ""),
    (9, "bo", 10, "user", "alone " * 40),
    (10, BOTH, 20, "user", "both kinds of quotes"),
    (11, "ada", 65, "user", ""),  # the same again, in the same second
]


def projection(ns: Names, check: Check) -> None:
    """6 points: the right rows from one query (2), whatever the name (1), rows handed
    over (2), and bytes (1).

    200 short messages of a user with a long name, limit 5. Rows: full up to 5, zero
    from 50. Bytes: full for those of id and data alone. Nothing for less work without
    the right rows.
    """
    from message_table import Desk

    right = []
    for name, points, cases in [
        (
            "the right rows from one query",
            2,
            [("ada", 3), ("ada", 10), ("ada", 1), ("bo", 5), ("nobody", 5), ("ada", 0)],
        ),
        (
            "the same whatever the name is",
            1,
            [(ODD, 5), (BOTH, 5), ("Ada", 5), ("ada ", 5), ('"', 5)],
        ),
    ]:
        right.append(_rows(ns, check, name, points, cases))
    draw = random.Random(8)
    rows = [
        (i, draw.choice([LENGTHY, "bo"]), draw.randrange(10_000), "user", "word word ")
        for i in range(400)
    ]
    desk = Desk(rows)
    with check.part("rows and bytes", 3):
        got = check.call(ns["latest"], desk.query, LENGTHY, 5)
        want = _newest(rows, LENGTHY, 5)
        counted = all(right[:1]) and same(_pairs(got), want)
        need = sum(8 + len(text) for _, text in want)
        for name, points, number, full, zero, look, belief in [
            (
                "rows handed over for 5 messages",
                2,
                desk.rows,
                5,
                50,
                "let SQLite sort and stop: ORDER BY … LIMIT ?",
                "limit-in-python",
            ),
            (
                "bytes handed over against those needed",
                1,
                desk.bytes / need,
                1,
                4,
                "name the two columns, and no other, instead of *",
                "star-is-free",
            ),
        ]:
            over = counted and number > full
            check.at_most(
                name,
                points,
                number if counted else math.inf,
                full=full,
                zero=zero,
                given="" if counted else "counted once the rows are right",
                look=look,
                misconception=belief,
                belief=belief if over else "",
            )


def _newest(rows: Any, user: str, limit: int) -> list[tuple[int, str]]:
    own = sorted((r for r in rows if r[1] == user), key=lambda r: (-r[2], -r[0]))
    return [(r[0], r[4]) for r in own[:limit]]


def _pairs(got: Any) -> Any:
    """Rows as tuples, whatever kind of sequence they come in."""
    if not isinstance(got, (list, tuple)):
        return got
    return [tuple(row) if isinstance(row, (list, tuple)) else row for row in got]


def _rows(ns: Names, check: Check, name: str, points: float, cases: list[Any]) -> bool:
    from message_table import Desk, rows_look

    with check.part(name, points):
        queries = 0
        for user, limit in cases:
            desk = Desk(TALK)
            got = _pairs(check.call(ns["latest"], desk.query, user, limit))
            want = _newest(TALK, user, limit)
            if same(got, want):
                queries = max(queries, desk.queries)
                continue
            everybody = _newest([(*r[:1], user, *r[2:]) for r in TALK], user, limit)
            look = "newest first by `at`, and of the same second the higher id first"
            if points == 1:
                look = "hand values to `query` behind the SQL, with a ? for each"
            elif isinstance(got, list):
                look = rows_look(got, want) or look
            return check.equal(
                name,
                points,
                got,
                want,
                given=f"user {user!r}, limit {limit}",
                look=look,
                misconception="value-is-text",
                believes={
                    "value-is-text": everybody,
                    "oldest-is-first": _newest(TALK, user, 99)[::-1][:limit],
                },
            )
        check.true(
            name,
            points,
            queries <= 1,
            got=f"the right rows, from {queries} queries",
            expected="the right rows, from one query",
            look="one SELECT finds, sorts and limits",
            misconception="a-query-costs-nothing",
            belief="a-query-costs-nothing" if queries > 1 else "",
        )
        return True
    return False


class Ticker:
    """A clock that the check sets."""

    def __init__(self) -> None:
        self.now = 3.0  # small, as after the machine has started

    def time(self) -> float:
        """Seconds."""
        return self.now


def promote(ns: Names, check: Check) -> None:
    """8 points: values (2), promotion (1), bound (1), who goes (1), age (1),
    writes (1), reads of the warm tier over a trace with a scan in it (1).

    The trace: full up to 1.02 times the reads of the least recently used rule,
    zero when every get goes to the warm tier.
    """
    with check.part("every record and None for none", 2):
        _values(ns, check)
    with check.part("what was got is in the hot tier", 1):
        _promotes(ns, check)
    with check.part("never more than `size` in the hot tier", 1):
        _bound(ns, check)
    with check.part("who was used least lately goes", 1):
        _who_goes(ns, check)
    with check.part("unused for `ttl` seconds: read again from warm", 1):
        _expires(ns, check)
    with check.part("written to warm first", 1):
        _writes(ns, check)
    with check.part("reads of warm on a trace", 1):
        _on_trace(ns, check)


def _two(ns: Names, check: Check, size: int, ttl: float, **records: Any) -> Any:
    from scenes import WarmTier

    warm, ticker = WarmTier(records), Ticker()
    store = check.call(ns["TwoTier"], warm, ticker.time, size, ttl)
    return store, warm, ticker


def _values(ns: Names, check: Check) -> None:
    records = {"a": "one", "b": "", "c": 0, "d": {"data": "hi"}, "e": [], "f": False}
    store, warm, _ = _two(ns, check, 9, 60, **records)
    values = [*records.values(), None]
    steps = [
        (f"get {id!r}", id, values["abcdefz".index(id)]) for id in "abcdefzfedcbaz"
    ]
    got = [store.get(id) for _, id, _ in steps]
    for id, record in [("a", "two"), ("g", ""), ("b", "was empty"), (7, "seven")]:
        store.put(id, record)
        steps.append((f"put {id!r}, then get {id!r}", id, record))
        got.append(store.get(id))
    steps.append(("put 7, then get '7'", "7", None))
    got.append(store.get("7"))
    warm._records["z"] = "came later"
    steps.append(("'z', which was missing, comes to warm: get 'z'", "z", "came later"))
    got.append(store.get("z"))
    wrong = [i for i, step in enumerate(steps) if not same(got[i], step[2])]
    at = wrong[0] if wrong else 0
    check.equal(
        "every record and None for none",
        2,
        got[at],
        steps[at][2],
        given=steps[at][0],
        look="a record may be empty or 0: only None means that there is none, and "
        "that is not to be remembered",
        misconception="empty-is-missing",
    )


def _promotes(ns: Names, check: Check) -> None:
    store, warm, _ = _two(ns, check, 3, 60, a="one", b="", c=0)
    for id in "abcabcabc":
        store.get(id)
    reads = [warm._reads[id] for id in "abc"]
    check.equal(
        "what was got is in the hot tier",
        1,
        reads,
        [1, 1, 1],
        given="three records of which one is '' and one is 0, each got three times",
        look="put what came from warm into `self.hot`",
        believes={
            "read-past-the-cache": [3, 3, 3],
            "empty-is-missing": [1, 3, 3],
        },
    )


def _bound(ns: Names, check: Check) -> None:
    most = []
    for size in (1, 2, 5):
        records = {f"m{i}": str(i) for i in range(9)}
        store, _, ticker = _two(ns, check, size, 60, **records)
        held = []
        for i in range(9):
            store.get(f"m{i}")
            held.append(len(list(store.hot_ids())))
            store.put(f"new{i}", "x")
            held.append(len(list(store.hot_ids())))
            ticker.now += 1
        most.append(max(held))
    check.equal(
        "never more than `size` in the hot tier",
        1,
        most,
        [1, 2, 5],
        given="sizes of 1, 2 and 5; gets and puts of 18 records",
        look="a put and a promotion both add: make room in both",
        misconception="ttl-is-a-bound",
        believes={
            "ttl-is-a-bound": [18, 18, 18],
            "off-by-one": [2, 3, 6],
        },
    )


def _who_goes(ns: Names, check: Check) -> None:
    store, _, ticker = _two(ns, check, 3, 1_000, a="1", b="2", c="3", d="4")
    held: list[str] = []
    for step in (*"abcad", "b*", "a", "e*", "b*", "c", "c*", "z"):
        ticker.now += 1
        if step.endswith("*"):
            store.put(step[0], "new")
        else:
            store.get(step)
        if step == "e*":
            held = sorted(store.hot_ids())
    got = [held, sorted(store.hot_ids())]
    check.equal(
        "who was used least lately goes",
        1,
        got,
        [["a", "b", "e"], ["b", "c", "e"]],
        given="room for three; get a b c a d, put b, get a, put e: hot ids; then "
        "put b, get c, put c, get z, which is missing: hot ids",
        look="a get moves its record to the end, a put of a known id too; one goes "
        "when there are too many, and not before",
        misconception="first-in-is-least-used",
        believes={
            "first-in-is-least-used": [["a", "d", "e"], ["b", "c", "e"]],
        },
    )


def _expires(ns: Names, check: Check) -> None:
    store, warm, ticker = _two(ns, check, 5, 60, a="old", b="old", c="old")
    got = []
    for wait, id in [
        (0, "a"),
        (0, "b"),
        (59, "a"),  # 59 s unused: still hot
        (59, "a"),  # got again in between: still hot
        (0, "b"),  # 118 s unused: from warm
        (60, "a"),  # exactly 60 s
        (0, "a"),
        (0, "c"),
    ]:
        ticker.now += wait
        before = warm._reads[id]
        store.get(id)
        got.append(warm._reads[id] - before)
    ticker.now += 30
    store.put("c", "new")
    ticker.now += 59
    before = warm._reads["c"]
    store.get("c")
    got.append(warm._reads["c"] - before)
    ticker.now += 61
    del warm._records["b"]
    got.append("-" if store.get("b") is None else "x")
    look = "age counts from the last put or get; at `ttl` seconds it is over"
    if "".join(map(str, got)) == "110011010x":
        look = "what is hot no longer comes from warm: None when warm has none"
    check.equal(
        "unused for `ttl` seconds: read again from warm",
        1,
        "".join(map(str, got)),
        "110011010-",
        given="ttl 60; get a, b; 59 s, get a; 59 s, get a, b; 60 s, get a, a, c; "
        "30 s, put c, 59 s, get c: reads of warm for each get; "
        "then b goes from warm, 61 s, get b: - for None",
        look=look,
        misconception="age-from-the-put",
        believes={
            "age-from-the-put": "110111010-",
            "ttl-is-optional": "110000010x",
            "off-by-one": "110010010-",
        },
    )


def _writes(ns: Names, check: Check) -> None:
    store, warm, _ = _two(ns, check, 2, 60, a="old")
    store.get("a")
    store.put("a", "new")
    store.put("b", "")
    stored = [warm._records.get("a"), warm._records.get("b")]
    calls = [len(warm._log), warm._reads.total()]
    held = sorted(store.hot_ids())
    warm._full = True
    raised = []
    for id, text in [("a", "lost"), ("c", "lost")]:
        try:
            store.put(id, text)
            raised.append("no error")
        except OSError:
            raised.append("OSError")
    kept = sorted(store.hot_ids()) + _who_is_hot(ns, check, failing=True)
    held += _who_is_hot(ns, check, failing=False)
    got = [*stored, *raised, store.get("a"), store.get("c")]
    want = ["new", "", "OSError", "OSError", "new", None]
    look = "`self.warm.put(…)` comes first; its error goes to the caller"
    if same(got[:4], want[:4]):
        look = "warm refused it: then it must not be in the hot tier either"
    if same(got, want) and calls != [2, 1]:
        check.equal(
            "written to warm first",
            1,
            calls,
            [2, 1],
            given="get a, put a, put b: writes and reads of warm",
            look="a put writes once to warm, and reads nothing back",
            misconception="a-query-costs-nothing",
        )
        return
    if same(got, want) and not same(kept, held):
        check.equal(
            "written to warm first",
            1,
            kept,
            held,
            given="put a, put b, then the disk is full: put a, put c; hot_ids(); and "
            "with room for two: get a, put b, a put of a fails, get d; hot_ids()",
            look="on an error the hot tier stays as it was: change it after "
            "`self.warm.put(…)`",
            misconception="hot-is-stored",
        )
        return
    check.equal(
        "written to warm first",
        1,
        got,
        want,
        given="put a, put b, then the disk is full: put a, put c; get a, get c",
        look=look,
        misconception="hot-is-stored",
        believes={"hot-is-stored": ["new", "", "OSError", "OSError", "lost", "lost"]},
    )


def _who_is_hot(ns: Names, check: Check, failing: bool) -> list[str]:
    """The ids that are hot when there is room for two of a, b and d, used in turn.

    A put that fails must not change who goes.
    """
    store, warm, ticker = _two(ns, check, 2, 60, a="1", d="4")
    store.get("a")
    ticker.now += 1
    store.put("b", "2")
    ticker.now += 1
    if failing:
        warm._full = True
        with contextlib.suppress(OSError):
            store.put("a", "lost")
    ticker.now += 1
    store.get("d")
    return sorted(store.hot_ids())


def _on_trace(ns: Names, check: Check) -> None:
    from scenes import WarmTier, trace

    asked = trace(500, 11, 80)
    records = {f"m{i}": f"text {i}" for i in range(80)}
    least = _lru_reads(asked, 20)
    warm, ticker = WarmTier(records), Ticker()
    store = check.call(ns["TwoTier"], warm, ticker.time, 20, 10_000)
    wrong, held = 0, 0
    for id in asked:
        ticker.now += 1
        wrong += not same(store.get(id), records[id])
    held = len(list(store.hot_ids()))
    reads = warm._reads.total()
    ok = not wrong and held <= 20
    check.at_most(
        "reads of warm on a trace",
        1,
        reads if ok else math.inf,
        full=round(1.02 * least),
        zero=len(asked),
        unit="reads",
        given=f"{len(asked)} gets of 80 records, room for 20"
        if ok
        else "counted once records are right and there are no more than `size`",
        look="keep in the hot tier what was used last",
        misconception="first-in-is-least-used",
    )


def _lru_reads(asked: list[str], size: int) -> int:
    held: dict[str, None] = {}
    reads = 0
    for id in asked:
        reads += id not in held
        held.pop(id, None)
        held[id] = None
        if len(held) > size:
            del held[next(iter(held))]
    return reads


def cleanup(ns: Names, check: Check) -> None:
    """6 points: all that is old goes in batches (2), a record that is written anew in
    between stays (1), others wait no longer than a batch takes (2), how many (1).
    Nothing for the first and the last in transactions larger than a batch.

    The longest wait for the lock with 600 old records and batches of 20: full up to
    30 ms, zero from 300 ms; nothing when records are missing or left.
    """
    times = {f"m{i:03}": float(i) for i in range(60)}
    sound = True
    with check.part("all that is older goes in batches", 2):
        sound &= _all_old(ns, check, times)
    with check.part("a record written anew stays", 1):
        _written_anew(ns, check)
    with check.part("how long others wait", 2):
        many = {f"m{i:03}": float(i) for i in range(700)}
        writes = [(0.0015 + i / 50, f"new{i}", 5_000.0) for i in range(30)]
        found = _cleaned(ns, check, many, 600.0, 20, writes)
        left = {x for x in found.left if not x.startswith("new")}
        whole = sound and left == {f"m{i}" for i in range(700) if i >= 600}
        check.at_most(
            "how long others wait",
            2,
            1_000 * max(found.waits) if whole else math.inf,
            full=30,
            zero=300,
            unit="ms",
            given="600 of 700 records are old, batches of 20"
            if whole
            else "counted once the right records go",
            look="hand `delete_unchanged` no more than `batch` at a time",
            misconception="one-big-delete",
            belief="one-big-delete" if whole and found.most > 20 else "",
        )
    with check.part("returns how many it removed", 1):
        found = [_cleaned(ns, check, times, x, 7, []) for x in (25.0, 0.0, 99.0)]
        # one is written anew after it was seen, and is not removed
        anew = [(0.0005, "m003", 500.0)]
        found.append(_cleaned(ns, check, times, 25.0, 7, anew))
        got = [one.returned for one in found]
        want = [25, 0, 60, len(times) - len(found[3].left)]
        most = max(one.most for one in found)
        failed = ""
        try:
            _cleaned(ns, check, times, 25.0, 7, [], fails=2)
            failed = "no error"
        except OSError:
            pass
        if failed and same(got, want):
            check.true(
                "returns how many it removed",
                1,
                False,
                given="a store whose second delete raises OSError",
                got=failed,
                expected="the OSError",
                look="let it go on to the caller: no `except`",
                misconception="errors-are-results",
            )
            return
        if most > 7 and same(got, want):
            check.add(
                "returns how many it removed",
                1,
                0,
                given="counted once no transaction is larger than a batch",
                got=f"{most} records in one transaction",
                expected="at most 7",
            )
            return
        check.equal(
            "returns how many it removed",
            1,
            got,
            want,
            given="60 records, of which 25, none and all are older; then 25 of which "
            "one is written anew meanwhile",
            look="`delete_unchanged` returns how many it removed: add them up",
            believes={"count-the-last-batch": [4, 0, 4, 4]},
        )


def _cleaned(
    ns: Names,
    check: Check,
    times: dict[str, float],
    cutoff: float,
    batch: int,
    writes: list[tuple[float, str, float]],
    fails: int = 0,
) -> Any:
    from scenes import while_others_write

    async def work(store: Any) -> Any:
        made = ns["cleanup"](store, cutoff, batch)
        return await made

    return check.wait(while_others_write(work, times, writes, fails))


def _all_old(ns: Names, check: Check, times: dict[str, float]) -> bool:
    name = "all that is older goes in batches"
    large = ""
    same_time = dict.fromkeys((f"s{i}" for i in range(9)), 5.0)
    many = {f"m{i:03}": float(i) for i in range(180)}
    for given, records, cutoff, batch in [
        ("60 records, 25 of them older; batches of 7", times, 25.0, 7),
        ("60 records, all of them older; batches of 20", times, 99.0, 20),
        ("60 records, none of them older; batches of 20", times, 0.0, 20),
        ("no records", {}, 5.0, 20),
        ("9 records that are exactly as old as the cutoff", same_time, 5.0, 4),
        ("9 records of the same second, older", same_time, 6.0, 4),
        ("160 older ones in batches of 1", many, 160.0, 1),
        ("40 older ones in batches of 500", times, 40.0, 500),
    ]:
        found = _cleaned(ns, check, records, cutoff, batch, [])
        left = sorted(id for id, at in records.items() if at >= cutoff)
        if found.left == left and found.most > batch:
            large = large or f"{found.most} in one transaction, given {given}"
        if found.left != left:
            one = len(records) - len(found.left) == batch
            belief = "one-batch-is-all" if one else ""
            look = "go on until the oldest record is not older than the cutoff"
            if len(found.left) < len(left):
                look = "older than the cutoff: `at < cutoff`, also inside a batch"
                belief = "old-includes-now"
            return check.true(
                name,
                2,
                False,
                given=given,
                got=f"{len(found.left)} left",
                expected=f"{len(left)} left",
                look=look,
                misconception="one-batch-is-all",
                belief=belief,
            )
    check.true(
        name,
        2,
        not large,
        got=large,
        expected="no more than `batch` in one transaction",
        look="hand `delete_unchanged` no more than `batch` pairs",
        misconception="one-big-delete",
        belief="one-big-delete" if large else "",
    )
    return True


def _written_anew(ns: Names, check: Check) -> None:
    """Records that are written while the cleanup waits for the lock."""
    times = {f"m{i:03}": float(i) for i in range(50)}
    lost: list[str] = []
    for second in (0.0, 0.0005, 0.0105, 0.0125):
        for id, batch in [("m003", 10), ("m019", 10), ("m049", 10), ("m000", 1)]:
            found = _cleaned(ns, check, times, 40.0, batch, [(second, id, 500.0)])
            if id not in found.left:
                lost.append(id)
            unfinished = [x for x in found.left if x < "m040" and x != id]
            if unfinished:
                check.true(
                    "a record written anew stays",
                    1,
                    False,
                    got=f"{len(unfinished)} old records left",
                    expected="none, though one was written meanwhile",
                    look="go on when a batch removed fewer than it was given, or none",
                )
                return
    check.true(
        "a record written anew stays",
        1,
        not lost,
        given="one record is written between `oldest` and the delete",
        got=f"lost: {', '.join(sorted(set(lost)))}" if lost else "",
        expected="it is there, with its new time",
        look="`delete_unchanged` takes pairs and leaves those whose time has changed",
        misconception="id-is-the-record",
        belief="id-is-the-record" if lost else "",
    )


def crash(ns: Names, check: Check) -> None:
    """6 points: a function of the right lines (1), nothing torn (2), nothing
    acknowledged is lost (2), it is acknowledged (1); each after every power cut.

    Any order of the lines that does what is asked gets them.
    """
    from scenes import cuts, verdict

    order = ns["order"]
    exercise = check.exercise
    try:
        names: dict[str, Any] = {}
        exec(assemble("crash", order), names)
        save, why = names["save"], ""
        wrong = verdict(cuts(save), "old text")
        for name, text in verdict(cuts(save, None), None).items():
            wrong[name] = wrong[name] or (text and f"{text} (a new file)")
    except Exception as error:
        wrong, why = {}, fault(error, {}).text()
    from coursekit.core.module import LETTERS

    pairs = zip(LETTERS, exercise.lettered, strict=False)
    traps = {letter for letter, line in pairs if line in exercise.distractors}
    used = sorted(traps & set(str(order).upper()))
    check.true(
        "lines that make a function with no trap",
        1,
        not why and not used,
        got=why or (f"a trap: {', '.join(used)}" if used else ""),
        expected="a `def`, its steps, and two lines left out",
        look="a text that is written in place of the old one is half there for a while"
        if used
        else "the `def` line first; what a line uses has to be there before it",
    )
    for name, points, promise, look, belief in [
        (
            "nothing torn is read wherever the power fails",
            2,
            "torn",
            "the old text is in its place until the new one is whole, and safe",
            "written-is-safe",
        ),
        (
            "nothing that was acknowledged is lost",
            2,
            "lost",
            "acknowledge when text and name are both on the disk, and not before",
            "acknowledge-early",
        ),
        (
            "it is acknowledged",
            1,
            "acknowledged",
            "the caller waits for `acknowledge()`",
            "",
        ),
    ]:
        if why:
            check.add(name, points, 0, given="tried once the lines make a function")
            continue
        said = wrong[promise]
        check.true(
            name,
            points,
            not said and not (points == 2 and wrong["acknowledged"]),
            got=said or wrong["acknowledged"],
            expected="the old text or the new one, and the new one once acknowledged",
            look=look,
            misconception=belief,
            belief=belief if said else "",
        )


def catch(ns: Names, check: Check) -> None:
    """5 points: quiet for four right stores (1), and one for each fault it catches.

    What expired may be served by get, by since, or by both: all three are to be caught.
    A test that fails a right store catches nothing: 0.
    """
    from scenes import BROKEN, RIGHT

    test, asked, returned = ns["check_store"], list[bool](), list[Any]()

    def made(kind: Any) -> Callable[[], Any]:
        def make() -> Any:
            asked.append(True)
            return kind()

        return make

    def verdict(make: Callable[[], Any]) -> str:
        try:
            returned.append(check.call(test, make))
        except NotImplementedError:
            raise
        except Exception as error:
            return fault(error, check.names).text()
        return ""

    broken = {name: made(kind) for name, kind in BROKEN.items()}
    alarm, found = verdicts(check, verdict, [made(kind) for kind in RIGHT], broken)
    loud = any(text.startswith("AssertionError") for text in found.values())
    look = "`assert` what the text promises, on stores that `make()` returns"
    if alarm:
        look = "a right store does that: read the promises again, and the edges"
    elif not asked:
        look = "your check never calls `make`"
    elif any(found.values()) and not loud:
        look = "raise AssertionError, as `assert` does"
    elif not loud and any(value is not None for value in returned):
        look = "`assert` it: what is returned, nobody looks at"
    check.true(
        "quiet for right stores and loud for a broken one",
        1,
        not alarm and loud,
        got=f"{alarm} for a right store" if alarm else "" if loud else "never loud",
        expected="nothing for a right store, an AssertionError for a broken one",
        look=look,
        misconception="assert-nothing",
        belief="" if alarm or loud else "assert-nothing",
    )
    looks = {
        "loses the last write": "one put, and then a get of that very id",
        "serves what expired": "`store.wait(60)`, then ask with get and with since",
        "forgets the index": "put an id again with another time, then ask `since`",
        "limits before it filters": "a limit, and older notes that do not count",
    }
    for name, look in looks.items():
        kinds = [said for kind, said in found.items() if kind.startswith(name)]
        missed = [x for x in kinds if not x.startswith("AssertionError")]
        said = missed[0] if missed else kinds[0]
        caught = not missed and not alarm
        check.true(
            f"catches a store that {name}",
            1,
            caught,
            got="a false alarm for a right store"
            if alarm
            else said or "nothing raised",
            expected="AssertionError",
            look=look,
            misconception="one-case-is-enough",
        )
