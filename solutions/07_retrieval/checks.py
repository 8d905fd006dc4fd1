"""How the exercises of 07_retrieval are graded. Work is counted; nothing is timed."""

import math
import random
from collections.abc import Mapping
from typing import Any

from coursekit.check.check import Check
from coursekit.core.plain_data import number
from coursekit.core.wording import show

Names = Mapping[str, Any]
Place = list[tuple[float, float]]


def prepare() -> None:
    """Embed once what every grading needs."""
    import chat

    chat.cosines()


COSINE = "the cosine whatever the lengths"
UNIT = "a vector at length 1"
SIMILARITY = "the cosine behind a distance in each space"
ONCE = "each text is embedded once"
CALLS = "as few calls as can be"
SHARE = "the share of the k nearest"
TIES = "as near as the k-th is as good"
FEWER = "fewer found or fewer there or gone"
TWICE = "each id counts once"
NEAREST = "what can be reached and nearest first"
BEAM = "a beam gets past a dead end"
ASKED = "each distance is asked once"
FEW = "nodes compared in a graph of 500"
RECALL = "recall on other questions"
COMPARED = "vectors compared for a question"
PASS = "the k nearest that pass"
FEWER_PASS = "all that pass where they are fewer"
FAR = "k of them wherever they lie"
NARROW = "documents compared where few pass"
BROAD = "documents compared where many pass"
STALE = (
    ("a deleted note is found no more", "deleted-is-gone"),
    ("a replaced note is found by its new text only", "old-entries-vanish"),
    ("a new note pushes no other out", "count-is-a-label"),
    ("no more than there are", "an-index-gives-what-it-has"),
    ("a shelf that refuses changes nothing", "records-first"),
    ("both in step through many changes", "deleted-is-gone"),
)
WRONG = "wrong answers served"
RIGHT = "right answers served"


def _vectors(seed: int, n: int, size: int) -> list[list[float]]:
    rng = random.Random(seed)
    return [[rng.uniform(-9, 9) for _ in range(size)] for _ in range(n)]


def _length(a: list[float]) -> float:
    return math.sqrt(math.fsum(x * x for x in a))


def _cosine(a: list[float], b: list[float]) -> float:
    return math.fsum(x * y for x, y in zip(a, b, strict=True)) / _length(a) / _length(b)


def cosine(ns: Names, check: Check) -> None:
    """3 points, one each for `cosine`, `unit` and `similarity`."""
    import told  # found beside the notebook, once there is one

    with check.part(COSINE, 1):
        found, right, given, left = 0.0, 0.0, "", list[Any]()
        pairs = [([0.5, 0.0], [3.0, 4.0]), ([1.0, 2.0], [-40.0, 20.0])]
        for size in (2, 3, 40):
            a, b = _vectors(size, 2, size)
            pairs += [
                (a, b),
                (a, a),
                (a, [-3 * x for x in b]),
                ([x / 50 for x in a], b),
            ]
        for a, b in pairs:
            handed = [list(a), list(b)]
            found, right = check.call(ns["cosine"], *handed), _cosine(a, b)
            given = f"a = {show(a)}, b = {show(b)}"
            left = [check.seen(one) for one in handed]
            if not told.near(found, right) or left != [a, b]:
                break
        plain = right * _length(a) * _length(b)
        if told.near(found, right):
            check.equal(COSINE, 1, left, [a, b], given=given, look=told.CHANGED)
        else:
            check.close(
                COSINE,
                1,
                found,
                right,
                given=given,
                look=told.about_cosine(lambda *pair: check.call(ns["cosine"], *pair)),
                misconception="dot-is-cosine",
                belief=_belief(
                    found,
                    {
                        "dot-is-cosine": plain,
                        "one-length-is-enough": [
                            plain / _length(a),
                            plain / _length(b),
                        ],
                    },
                ),
            )
    with check.part(UNIT, 1):
        look = "divide each number by `length(a)`"
        for a in [[0.1, 0.0], [-3.0, 4.0], [1e-3, 2e-3, -2e-3], *_vectors(9, 3, 6)]:
            handed = list(a)
            got = told.rows([check.call(ns["unit"], handed)])
            if (left := check.seen(handed)) != a:
                rounded, want, look = left, a, told.CHANGED
                break
            want = [round(x / _length(a), 9) for x in a]
            rounded = [round(x, 9) for x in got[0]] if type(got[0]) is list else got
            if rounded != want:
                break
        check.equal(
            UNIT,
            1,
            rounded,
            want,
            given=a,
            look=look,
            misconception="one-length-is-enough",
        )
    with check.part(SIMILARITY, 1):
        for distance, space in [
            (0.0, "l2"),
            (0.5, "cosine"),
            (0.5, "ip"),
            (0.5, "l2"),
            (2.0, "l2"),
            (1.75, "cosine"),
            (3.5, "l2"),
            (1.0, "ip"),
        ]:
            found = check.call(ns["similarity"], distance, space)
            right = 1 - distance / 2 if space == "l2" else 1 - distance
            if not told.near(found, right):
                break
        check.close(
            SIMILARITY,
            1,
            found,
            right,
            given=f"similarity({distance}, {space!r})",
            look=told.about_similarity(found, distance, space),
            misconception="distance-is-similarity",
            belief=_belief(
                found,
                {"distance-is-similarity": distance}
                | (
                    {
                        "one-distance-for-all": 1 - distance,
                        "squared-is-plain": 1 - distance**2 / 2,
                    }
                    if space == "l2"
                    else {}
                ),
            ),
        )


def _belief(found: Any, predicted: Mapping[str, Any]) -> str:
    """The misconception that predicts just this figure."""
    import told

    for name, values in predicted.items():
        for value in values if isinstance(values, list) else [values]:
            if told.near(found, value):
                return name
    return ""


def batched(ns: Names, check: Check) -> None:
    """4 points for the right vectors in few calls: texts sent (2), calls (2).

    Wrong vectors or a batch that is too large anywhere: 0, for they are not to be had
    so. Texts and calls are counted over all cases.
    """
    import told

    rng = random.Random(5)
    names = [f"{word} {i}" for i in range(40) for word in ("b", "a", "C")]
    cases = [
        (rng.choices(names, k=200), 32),
        (names[:96], 32),  # fills its batches
        (names[:33], 32),
        (rng.choices(names[:5], k=50), 2),
        (["same"] * 9, 4),
        (["Ok", "ok", "ok ", "OK", ""], 4),  # five texts
        (rng.sample(names, 20) * 2, 20),
        (names[:7], 1),
        (["alone"], 32),
        ([], 32),
        (names[:64], None),  # by the default, which is 32
    ]
    sent = calls = wanted = least = most = 0
    for texts, size in cases:
        embedder = told.Embedder()
        asked = [] if size is None else [size]
        handed = list(texts)
        found = told.rows(check.call(ns["embed_all"], handed, embedder, *asked))
        many = f"{len(texts)} texts, {len({*texts})} different"
        why = {"given": f"{many}, {f'size {size}' if size else 'no size given'}"}
        size = size or 32
        right = [told.vector(text) for text in texts]
        if found != right:
            why |= {"got": show(found), "expected": show(right)}
            why["look"] = told.about_rows(found, texts, embedder.batches)
        elif max(map(len, embedder.batches), default=0) > size:
            why["got"] = f"a call with {max(map(len, embedder.batches))} texts"
            why["expected"] = f"at most {size} in a call"
            why["look"] = told.about_calls(embedder.batches, texts, size)
        elif embedder.sent < len({*texts}):
            why["got"], why["expected"] = (
                f"{embedder.sent} texts sent",
                f"{len({*texts})}",
            )
            why["look"] = told.about_calls(embedder.batches, texts, size)
        elif check.seen(handed) != texts:
            why |= {"got": show(check.seen(handed)), "expected": "the list as it was"}
            why["look"] = "make a list of your own: whoever called needs theirs"
        else:
            why = {}
        if why:
            for name in (ONCE, CALLS):
                check.add(name, 2, 0, **why, misconception="a-set-keeps-order")
            return
        sent, calls = sent + embedder.sent, calls + len(embedder.batches)
        distinct = len({*texts})
        wanted, least = wanted + distinct, least + math.ceil(distinct / size)
        most += len(texts)
        if embedder.sent != distinct or math.ceil(distinct / size) != len(
            embedder.batches
        ):
            shown = told.about_calls(embedder.batches, texts, size)
    for fails in (1, 3):
        embedder = told.Embedder(fails)
        ended = f"{_ended(check, ns['embed_all'], names, embedder)}, in call {fails}"
        if (got := f"{ended} of {len(embedder.batches)}") != (
            want := f"ConnectionError, in call {fails} of {fails}"
        ):
            why = {"given": f"an `embed` whose call {fails} fails", "got": got}
            why |= {"expected": want, "look": told.FAILED}
            for name in (ONCE, CALLS):
                check.add(name, 2, 0, **why, misconception="errors-are-results")
            return
    look = shown if (sent, calls) != (wanted, least) else ""
    check.at_most(
        ONCE,
        2,
        sent,
        full=wanted,
        zero=most,
        unit="texts sent",
        given=f"{len(cases)} lists, {most} texts, {wanted} different within their list",
        look=look,
        misconception="each-batch-by-itself",
    )
    check.at_most(
        CALLS,
        2,
        calls,
        full=least,
        zero=2 * least,
        unit="calls",
        given="the same lists",
        look=look,
        misconception="a-call-a-text",
    )


def _ended(check: Check, embed_all: Any, texts: list[str], embedder: Any) -> str:
    """How it ends when the embedder fails."""
    try:
        check.call(embed_all, list(texts), embedder, 32)
    except ConnectionError:
        return "ConnectionError"
    return "no error"


def recall(ns: Names, check: Check) -> None:
    """4 points: the share (1), ties (1), fewer or gone (1), each id once (1)."""
    rng = random.Random(11)
    ids = list(range(100, 140))
    scores = {i: round(rng.uniform(-0.3, 1), 4) for i in ids}
    best = sorted(ids, key=lambda i: -scores[i])
    worst_first = dict(sorted(scores.items(), key=lambda item: item[1]))
    tied: dict[Any, float] = {"a": 0.5, "b": 0.5, "c": 0.5, "d": 0.9, "e": 0.1}
    level: dict[Any, float] = {"x": 0.4, "y": 0.4, "z": 0.4, "w": 0.4}
    zero: dict[Any, float] = {0: 0.9, 1: 0.8, 2: 0.1, 3: 0.05}
    two: dict[Any, float] = {"p": -0.1, "q": -0.7}
    ends: dict[Any, float] = {"p": 0.0, "q": -0.5}
    close: dict[Any, float] = {"a": 0.9, "b": 0.7004, "c": 0.7001}
    groups: list[tuple[str, str, list[tuple[list[Any], dict[Any, float], int]]]] = [
        (
            SHARE,
            "place-counts",
            [
                (best[:10], worst_first, 10),
                (best[9::-1], scores, 10),
                (best[5:15], scores, 10),
                (best[20:30], scores, 10),
                (best[3:4] + best[:9], scores, 4),
                (best[7:12] + best[:5], scores, 5),
                (best[1:2], scores, 1),
                (["q"], two, 1),
                (["p"], ends, 1),
                ([1, 0], zero, 2),
            ],
        ),
        (
            TIES,
            "a-tie-is-a-miss",
            [
                (["d", "c"], tied, 2),
                (["c", "b", "a"], tied, 3),
                (["e", "b", "d"], tied, 3),
                (["z"], level, 1),
                (["w", "z"], level, 2),
                (["a", "c"], close, 2),
            ],
        ),
        (
            FEWER,
            "found-is-all",
            [
                ([], scores, 5),
                (best[:2], scores, 8),
                (["p"], two, 2),
                (["q", "p"], two, 10),
                (["q"], two, 3),
                (["gone", best[0], 7, best[1]], scores, 4),
                (["gone"], two, 1),
                (["gone", best[0], best[1]], scores, 2),
                (["gone", "p"], two, 4),
                (["gone", "p"], {"p": 0.3, "q": -1.0}, 2),
                (["gone", "p"], {"p": 0.3}, 3),
            ],
        ),
        (
            TWICE,
            "repeats-count",
            [
                ([best[0], best[0], best[1], best[-1]], scores, 4),
                ([best[0]] * 4, scores, 4),
                ([best[0], best[1], best[0], best[1], best[2]], scores, 5),
                (["d", "a", "d"], tied, 3),
                (["p", "p"], two, 2),
                ([best[0], best[-1], best[-1], best[1]], scores, 3),
            ],
        ),
    ]
    import told

    for name, misconception, cases in groups:
        with check.part(name, 1):
            for found, known, k in cases:
                got = check.call(ns["recall"], list(found), dict(known), k)
                right = told.recall_of(found, known, k)
                if not told.near(got, right):
                    break
            read = told.readings(found, known, k)
            shown = [m for m in BELIEVED if any(told.near(got, x) for x in read[m])]
            check.close(
                name,
                1,
                got,
                right,
                given=f"found {show(found)}, k = {k}, scores {show(known)}",
                look=told.about_recall(got, found, known, k),
                misconception=misconception,
                belief=shown[0] if shown and not told.near(got, right) else "",
            )


BELIEVED = ("repeats-count", "found-is-all", "a-tie-is-a-miss", "place-counts")


def _crowd(n: int, seed: int, links: int) -> tuple[Place, dict[int, list[int]]]:
    """Points in the plane by number, and for each some near ones and a far one."""
    rng = random.Random(seed)
    at = [(rng.random(), rng.random()) for _ in range(n)]
    to: dict[int, set[int]] = {i: {rng.randrange(n)} - {i} for i in range(n)}
    for i in range(n):
        near = sorted(range(n), key=lambda j, i=i: math.dist(at[i], at[j]))
        for j in near[1 : links + 1]:
            to[i].add(j)
            to[j].add(i)
    return at, {i: sorted(to[i], key=lambda j: (j * 37) % 101) for i in to}


def _walk(
    start: int, links: Mapping[int, Any], away: Any, ef: int
) -> tuple[list[Any], int]:
    """What the walk finds, and the distances it asks; apart from the learner's code."""
    met, todo, best = {start}, [start], [start]
    while todo:
        node = min(todo, key=away)
        todo.remove(node)
        if len(best) == ef and away(node) > max(map(away, best)):
            break
        for other in links[node]:
            if other not in met:
                met.add(other)
                if len(best) < ef or away(other) < max(map(away, best)):
                    todo.append(other)
                    best = sorted([*best, other], key=away)[:ef]
    return [[round(away(node), 6), node] for node in best], len(met)


def _as_near(found: Any, want: list[Any]) -> bool:
    """Whether as many were found, and none of them farther away than asked for."""
    if not isinstance(found, list) or len(found) != len(want):
        return False
    pairs = zip(found, want, strict=True)
    return all(isinstance(a, list) and a[0] <= b[0] for a, b in pairs)


def greedy(ns: Names, check: Check) -> None:
    """8 points: what is reached (2), the dead end (2), asked once (1), few asked (3).

    Nodes compared in a graph of 500 points over six questions: full up to 5 % more
    than the walk described needs, zero from half of all points each.
    """
    import told

    asked_most, asked_what = 0, ""
    lent: dict[int, dict[int, list[int]]] = {}  # by graph: walks on one share it
    whole = True

    def find(
        start: int, links: Mapping[int, Any], away: Any, ef: int
    ) -> tuple[Any, int]:
        nonlocal asked_most, asked_what, whole
        asked = told.Asked(away)
        fresh = {node: list(others) for node, others in links.items()}
        given = lent.setdefault(id(links), fresh)
        found = told.walked(check.call(ns["walk"], start, given, asked, ef))
        whole = {node: list(others) for node, others in given.items()} == links
        if asked.most > asked_most:
            node = max(asked.nodes, key=asked.nodes.count)
            asked_most, asked_what = asked.most, f"node {node}, from {start}, ef {ef}"
        return found, len({*asked.nodes})

    at, near = _crowd(40, 3, 4)
    ring = {i: [(i + 1) % 9, (i - 1) % 9] for i in range(9)}
    apart = {7: [3], 3: [7], 5: [7], 1: []}
    named = {"p": ["q"], "q": ["p", "r"], "r": ["q"]}
    cases: list[tuple[Any, Mapping[Any, Any], Any, int]] = [
        (4, near, lambda i: math.dist(at[i], (0.4, 0.6)), 40),
        (11, near, lambda i: math.dist(at[i], (0.9, 0.1)), 25),
        (0, ring, lambda i: abs(i - 4.3), 9),
        (0, ring, lambda i: abs(i - 4.3), 30),
        (7, apart, lambda i: i / 7, 5),
        (1, apart, lambda i: i / 7, 1),
        (5, apart, lambda i: -i / 7, 2),
        ("p", named, lambda one: abs(ord(one) - ord("r")), 2),
    ]
    dead = {**{i: [i - 1, i + 1] for i in range(1, 12)}, 0: [1], 12: [11]}
    hill = [9, 7, 2, 3, 4, 5.5, 3.6, 1.9, 1.2, 0.8, 0.5, 6, 8]
    valley = [
        (0, dead, lambda i: hill[i], 3),
        (0, dead, lambda i: hill[i], 5),
        (0, dead, lambda i: hill[i], 7),
        (12, dead, lambda i: hill[i], 1),
        (3, dead, lambda i: hill[i], 1),
        (5, dead, lambda i: hill[i], 2),
    ]
    for name, points, group, misconception in [
        (NEAREST, 2, cases, "one-case-is-enough"),
        (BEAM, 2, valley, "first-dead-end"),
    ]:
        with check.part(name, points):
            for start, links, away, ef in group:
                found, _ = find(start, links, away, ef)
                want, _ = _walk(start, links, away, ef)
                if found != want:
                    break
            check.equal(
                name,
                points,
                found,
                want,
                given=f"from {start}, ef {ef}, {len(links)} nodes",
                look=told.about_walk(found, want, ef, whole),
                misconception=misconception,
            )
    with check.part(ASKED, 1):
        at, many = _crowd(500, 8, 8)
        well, spent, least = True, 0, 0
        for number_, target in enumerate(
            [(0.1, 0.2), (0.8, 0.8), (0.5, 0.45), (0.95, 0.05), (0.3, 0.9), (0.6, 0.1)]
        ):

            def away(node: int, target: tuple[float, float] = target) -> float:
                return math.dist(at[node], target)

            start, ef = 31 * number_, 12
            found, cost = find(start, many, away, ef)
            want, fewest = _walk(start, many, away, ef)
            well = well and _as_near(found, want)
            spent, least = spent + cost, least + fewest
        right = check.criteria[0].full and check.criteria[0].name == NEAREST
        check.true(
            ASKED,
            1,
            right and asked_most == 1,
            got=f"{asked_what} was asked {asked_most} times" if right else "",
            given="" if right else "counted once the walk finds what it should",
            expected="once a node",
            look="a set of the nodes that were met, before the distance is asked",
            misconception="asking-is-free",
        )
    check.at_most(
        FEW,
        3,
        spent if well and right else math.inf,
        full=round(1.05 * least),
        zero=6 * 250,
        unit="nodes",
        given="" if well and right else "counted once the walk finds what it should",
        look="end when the nearest of todo is farther than the farthest of a full best",
        misconception="look-at-all",
    )


def layers(ns: Names, check: Check) -> None:
    """4 points: the way (2), nodes compared by the layers (1) and on the ground (1)."""
    import told

    path = ns["path"]
    said = "".join(map(str, path)) if isinstance(path, (list, tuple)) else str(path)
    letters = "".join(x for x in said.lower() if x.isalpha())
    # what is right is not told here: it is the answer
    check.true(
        "path",
        2,
        letters == "aiml",
        got=said,
        expected="the nodes at which the walk stands",
        look=told.about_path(letters),
        misconception="going-down-is-a-step",
        belief="going-down-is-a-step" if len({*letters}) < len(letters) else "",
    )
    for name, right, misconception in [
        ("compared", 7, "compared-is-stood-at"),
        ("flat", 13, "off-by-one"),
    ]:
        figure = number(ns[name])
        shown = {("compared", 4): "compared-is-stood-at", ("flat", 16): "look-at-all"}
        check.true(
            name,
            1,
            figure == right,
            got=show(ns[name]),
            expected="the different nodes that were compared",
            look=told.about_compared(name, ns[name], letters),
            misconception=misconception,
            belief=shown.get((name, figure), ""),
        )


def tune(ns: Names, check: Check) -> None:
    """5 points on 100 questions that the learner has not seen: recall (2), work (3).

    Recall: full at 0.93, zero at 0.85. Vectors compared: full up to 470, zero from 720,
    which is what the guide's settings compare; counted from a recall of 0.9 on, since
    little work for little recall is easy.
    """
    import graph
    import told

    settings = ns["settings"]
    if isinstance(settings, dict):
        settings = dict(settings)
    wrong = told.about_settings(settings)
    if wrong:
        for name, points in [(RECALL, 2), (COMPARED, 3)]:
            check.add(name, points, 0, got=show(settings), look=wrong)
        return
    chosen = {name: int(value) for name, value in settings.items()}
    found = graph.score(**chosen, among=range(100, 200))
    look = told.about_tuning(found, chosen)
    check.at_least(
        RECALL,
        2,
        round(found.recall, 3),
        full=0.93,
        zero=0.85,
        given=show(chosen),
        look=look,
        misconception="ef-is-speed",
    )
    enough = found.recall >= 0.9
    check.at_most(
        COMPARED,
        3,
        round(found.distances) if enough else math.inf,
        full=470,
        zero=720,
        unit="vectors",
        given=show(chosen) if enough else "counted from a recall of 0.9 on",
        look=look,
        misconception="the-guide-knows",
    )


def filtered(ns: Names, check: Check) -> None:
    """6 points: right results (3), the cheaper way where few (1.5), many (1.5) pass.

    Compared: full up to what a plan of the cheaper way needs with two fifths to spare;
    zero from what the other way takes. Counted once all results are right.
    """
    import told
    from ways import Counted

    rng, n = random.Random(17), 1500
    away = {i: x / n for i, x in enumerate([0, *rng.sample(range(1, n), n - 1)])}
    order = sorted(away, key=lambda one: away[one])
    pairs = {i: (i // 2) / 70 for i in range(200)}  # two are always equally far

    def some(many: int) -> set[int]:
        return set(rng.sample(order, many))

    narrow = [(some(40), 10), (some(4), 3), (some(120), 10), (some(250), 20)]
    broad = [(set(order), 8), (some(1000), 5), (some(1200), 10), (some(900), 3)]
    broad += [(some(600), 3), (some(500), 2), (some(700), 4)]
    # just enough among the nearest, or only in a walk that is half as long again
    broad += [(set(order[:5] + order[-995:]), 5), (set(order[7:]), 15)]
    broad += [(set(order[8:508]), 4), (set(order[9:609]), 5), (set(order[7:457]), 3)]
    fewer = [
        (some(5), 9),
        (set[int](), 4),
        ({order[-1]}, 10),
        (set(order[-2:]), 2),
        (some(30), 31),
    ]
    far = [
        (set(order[-900:]), 6),
        (set(order[:2] + order[-1000:]), 5),
        (set(order[400:]), 4),
        (set(order[-60:]), 10),
    ]
    narrow.append((some(200), 6))  # a walk costs less than n but more than a scan
    few = [(set(pairs), k) for k in (2, 4, 2, 2) * 3] + [(set(range(180)), 2)]
    by_two = [(set(range(40)), 4), (set(range(10)), 20)]
    plan = {
        NARROW: [(away, *one) for one in narrow],
        BROAD: [(away, *one) for one in broad] + [(pairs, *one) for one in few],
    }
    spent: dict[str, float] = {}
    looks: dict[str, str] = {}
    for name, groups, misconception in [
        (PASS, plan, "take-k-then-drop"),
        (FEWER_PASS, {"": [(away, *one) for one in fewer]}, "take-k-then-drop"),
        (
            FAR,
            {"": [(away, *a) for a in far] + [(pairs, *b) for b in by_two]},
            "spread-by-chance",
        ),
    ]:
        with check.part(name, 1):
            got, want, passing, k = None, None, set[int](), 0
            documents = Counted(away)
            for way, cases in groups.items():
                for world, passing, k in cases:
                    documents, handed = Counted(world), set(passing)
                    got = told.walked(
                        check.call(
                            ns["filtered"],
                            handed,
                            len(world),
                            k,
                            documents.distance,
                            documents.walk,
                        )
                    )
                    nearest = sorted(passing, key=lambda i, w=world: (w[i], i))[:k]
                    want = told.settled([[round(world[i], 6), i] for i in nearest])
                    got = told.settled(got)
                    left = check.seen(handed)
                    if got == want and left != passing:
                        got = f"the right ones, and {len(left)} left in `passing`"
                    if got != want:
                        break
                    # a scan that asks for a distance again counts twice
                    again = not documents.walks and documents.compared > len(passing)
                    cost = documents.compared * (2 if again else 1)
                    spent[way] = spent.get(way, 0) + cost
                    if way and documents.compared > 1.5 * _least(
                        passing, len(world), k
                    ):
                        looks[way] = told.about_way(documents, passing)
                if got != want:
                    break
            check.equal(
                name,
                1,
                got,
                want,
                given=f"{len(passing)} of {len(documents.away)} pass, k = {k}",
                look=told.about_filtered(got, want, documents, passing),
                misconception=misconception,
            )
    right = all(criterion.full for criterion in check.criteria)
    for way, misconception in [
        (NARROW, "a-filter-helps-the-index"),
        (BROAD, "exact-is-cheap"),
    ]:
        cases = plan[way]
        least = sum(_least(passing, len(world), k) for world, passing, k in cases)
        other = sum(
            min(n, 15 * k * n // len(passing)) if way == NARROW else len(passing)
            for _, passing, k in cases
        )
        check.at_most(
            way,
            1.5,
            spent[way] if right else math.inf,
            full=round(1.4 * least),
            zero=other,
            unit="documents",
            given=f"{len(cases)} filters"
            if right
            else "counted once all results are right",
            look=looks.get(way, ""),
            misconception=misconception,
        )


def _least(passing: set[int], n: int, k: int) -> int:
    """What the cheaper way compares."""
    walk = 15 * math.ceil(1.5 * k * n / max(1, len(passing)))
    return min(walk, len(passing))


def stale(ns: Names, check: Check) -> None:
    """6 points, one a promise; each has a shelf and notes of its own."""
    import scenes

    by_name = {what: (look, scene) for what, look, scene in scenes.CASES}
    for name, misconception in STALE:
        many = name.startswith("both")
        look, scene = by_name["forty changes: both in step" if many else name]
        with check.part(name, 1):
            if many:
                for seed in (11, 12):
                    got, want = scenes.in_step(ns["Notes"], seed, 60)
                    if got != want:
                        break
            else:
                got, want = scene(ns["Notes"])
            if name.startswith("a deleted") and got == want:
                look, scene = by_name["two notes that say the same"]
                got, want = scene(ns["Notes"])
            if name.startswith("a shelf") and got == want:
                got, want = scenes.replaced_when_full(ns["Notes"])
            check.equal(
                name,
                1,
                got,
                want,
                given=(scene.__doc__ or "").strip(),
                look=look,
                misconception=misconception,
            )


def safe(ns: Names, check: Check) -> None:
    """6 points on pairs the learner did not tune by: wrong ones (3), right ones (3).

    Wrong: full at none, zero from ten, and only if ten right ones are served, for an
    empty cache is never wrong. Right: full at 34 of 73, zero at 14; none with more than
    five wrong ones.
    """
    import guards
    import told

    settings = ns["cache_settings"]
    wrong = told.about_cache(settings, guards.GUARDS)
    if wrong:
        for name in (WRONG, RIGHT):
            check.add(name, 3, 0, got=show(settings), look=wrong)
        return
    threshold = float(settings["threshold"])
    names = [str(name) for name in settings["guards"]]
    found = guards.served(threshold, names, 1)
    look = told.about_served(found, threshold, names)
    given = (
        f"{show(settings)}: {found.right} right and {found.wrong} wrong of 216 pairs"
    )
    enough = found.right >= 10
    check.at_most(
        WRONG,
        3,
        found.wrong if enough else math.inf,
        full=0,
        zero=10,
        unit="answers",
        given=given if enough else f"{given}; counted once ten right ones are served",
        look=look,
        misconception="threshold-separates",
        belief="" if found.wrong < 10 or names else "threshold-separates",
    )
    calm = found.wrong <= 5
    check.at_least(
        RIGHT,
        3,
        found.right if calm else 0,
        full=34,
        zero=14,
        unit="answers",
        given=given if calm else f"{given}; counted with at most five wrong ones",
        look=look,
        misconception="one-guard-is-enough",
    )
