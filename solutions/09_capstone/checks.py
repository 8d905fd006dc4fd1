"""How the exercises of 09_capstone are graded. Work is counted, and time is virtual;
no wall clock is read."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from coursekit.check.check import Check
from coursekit.check.parsons import assemble
from coursekit.core.plain_data import is_plain, native

HERE = str(Path(__file__).parent)
sys.path.insert(0, HERE)
try:  # names that no other module has: they import each other
    import benches
    import compositions
    import day
    import scoring
    import short_days
finally:
    sys.path.remove(HERE)

Names = Mapping[str, Any]

# Days that are not shown: the same kinds of trouble, with other names and figures.
HIDDEN = (1414, 2718)
TUNED = (577, 1618, 31)

TROUBLE = [
    *("KeyError", "TimeoutError", "ConnectionResetError", "ZeroDivisionError"),
    *("FileNotFoundError", "CancelledError"),
]
ALIKE = [("dan where", "is my order?"), ("flowhere", " is my order?")]
WIRE: list[tuple[float, str, Sequence[Any], Any]] = [
    (
        1,
        "known-needs-no-note",
        ["when is it open?", "from nine"],
        benches.was_known("when is it open?", "from nine"),
    ),
    (
        1,
        "the-run-is-mine",
        ["and which?", ["eve", "dan", "ivo", "flo", "gus"]],
        benches.shared("and which?", ["eve", "dan", "ivo", "flo", "gus"]),
    ),
    (
        1.5,
        "one-answer-for-all",
        ["where is my order?", ["eve", "dan", "flo"], "which is my plan?", ALIKE],
        benches.apart(
            "where is my order?", ["eve", "dan", "flo"], "which is my plan?", ALIKE
        ),
    ),
    (
        1.5,
        "late-is-answered",
        [17, 4.25, "and what of my order?"],
        benches.too_late(4.25),
    ),
    (
        1,
        "exception-catches-all",
        [TROUBLE],
        benches.broke(TROUBLE),
    ),
]


def wire(ns: Names, check: Check) -> None:
    """6 points: known (1), shared (1), personal (1.5), late (1.5), trouble (1)."""
    for seen, (points, belief, given, want) in zip(benches.WIRE, WIRE, strict=True):
        name, look, scene, *_ = seen
        with check.part(name, points, look=look):
            got = check.wait(scene(ns["ask"], *given))
            check.equal(name, points, got, want, look=look, misconception=belief)


def diagnose(ns: Names, check: Check) -> None:
    """4 points, one for each composition."""
    given = native(ns["causes"]) if is_plain(ns["causes"]) else {}
    known = given if isinstance(given, Mapping) else {}
    for name in compositions.SYSTEMS:
        got = native(known.get(name))
        part = got.strip().lower() if type(got) is str else ""
        # what is right is not told here: it is the answer
        check.true(
            f"composition {name}",
            1,
            compositions.is_right(name, part),
            got=part[:60] or "no part",
            expected="one of the parts, as they are written",
            look=compositions.look_at(name, part),
            misconception="largest-number-first",
        )


RECOVER: list[tuple[str, list[Any]]] = [
    (
        "rest-is-for-good",
        [
            4,
            7,
            [
                *[*[(0, "bad")] * 3, (0, "may")],
                *[(1, "ok"), (2, "bad"), (2, "bad"), (2, "bad"), (3, "may")],
                *[(3, "bad"), (3, "may"), (9, "may")],
            ],
        ],
    ),
    (
        "all-may-try",
        [
            1,
            5,
            [
                (0, "may"),
                (2, "bad"),
                (3, "may"),
                (7, "may"),
                (7, "may"),
                (9, "may"),
                (31, "may"),
            ],
        ],
    ),
    (
        "rest-is-for-good",
        [
            *[3, 20],
            [
                *[(0, "bad"), (1, "bad"), (2, "bad"), (22, "may"), (30, "ok")],
                *[(30, "may"), (30, "may"), (31, "bad"), (31, "bad"), (31, "may")],
                *[(32, "bad"), (33, "may")],
            ],
        ],
    ),
    (
        "a-try-is-a-call",
        [
            *[4, 6],
            [
                *[(0, "bad")] * 4,
                *[(6, "may"), (8, "bad"), (8, "may"), (13, "may"), (14, "may")],
                *[(15, "ok"), (15, "may"), (16, "bad"), (16, "bad"), (16, "bad")],
                *[(16, "bad"), (21.875, "may"), (23, "may")],
            ],
        ],
    ),
    (
        "late-failures-count",
        [
            *[3, 8],
            [
                *[*[(0, "bad")] * 3, (4, "bad"), (7.5, "bad"), (8, "may"), (9, "ok")],
                *[(10, "bad"), (10, "bad"), (11, "may"), (11.75, "bad")],
                *[(12, "may"), (19.25, "may"), (19.75, "may")],
            ],
        ],
    ),
]


def recover(ns: Names, check: Check) -> None:
    """5 points, one a scene."""
    for seen, (belief, given) in zip(benches.BREAKS, RECOVER, strict=True):
        name, look, _ = seen
        with check.part(name, 1, look=look):
            got = [native(x) for x in benches.breaks(ns["Breaker"], *given)]
            want = benches.right_breaks(*given)
            check.equal(name, 1, got, want, look=look, misconception=belief)


ORDER: list[tuple[str, list[Any]]] = [
    ("order-is-free", [[2.5], 7.0, True]),
    ("order-is-free", [[1.0, 2.0, 3.0], 5.0, False]),
    ("an-error-is-a-timeout", [[-2.0, 30.0, 1.5, 90.0], 6.0, True]),
    ("deadline-can-wait", [[3.0] * 6, 4.0, True]),
]


def order(ns: Names, check: Check) -> None:
    """4 points, one a scene."""
    source, made, error = assemble("order", ns["order"]), dict[str, Any](), ""
    try:
        exec(f"import asyncio\n{source}", made)
    except SyntaxError as found:
        error = str(found)
    if "call" not in made:
        for name, *_ in benches.CALLS:
            look = "`async def call` first; what is indented belongs to the line above"
            check.add(name, 1, 0, got=error[:100] or "no function call", look=look)
        return
    for seen, (belief, given) in zip(benches.CALLS, ORDER, strict=True):
        name, look, _ = seen
        with check.part(name, 1, look=look):
            got = check.wait(benches.called(made["call"], *given))
            want = benches.calls_end(*given)
            check.equal(name, 1, got, want, look=look, misconception=belief)


# What usually lies behind a row that is not held.
ROWS = {
    "right": "late-is-answered",
    "wrong": "one-answer-for-all",
    "calls": "the-run-is-mine",
    "cents": "dear-is-safe",
    "bytes": "log-for-everything",
}


def hold(ns: Names, check: Check) -> None:
    """20 points: a row's share of 100 in fifths, on the worse of two hidden days.

    A row has all its points from 95 % of the way to the reference.
    """
    own, agent = ns["parts"](ours=True), ns["Agent"]
    found = []
    for seed in HIDDEN:
        trace = day.build(seed)
        played = check.wait(scoring.play(lambda world: agent(world, own), trace))
        found.append((seed, played, played.figures()))
    for row in scoring.ROWS:
        points = row.points / 5
        seed, played, figures = min(
            found, key=lambda one: scoring.shares(one[2], one[0])[row.key]
        )
        share = scoring.shares(figures, seed)[row.key] / scoring.BAND
        _, ours = scoring.bounds(seed)
        check.add(
            row.label,
            points,
            round(points * min(share, 1.0), 3),
            got=row.shown(figures[row.key]),
            expected=f"near the reference's {row.shown(ours[row.key])} "
            f"(no points from {row.shown(scoring.start(row, seed))})",
            look=scoring.look_at(row.key, played, figures, ours),
            misconception=ROWS.get(row.key, "parts-make-the-whole"),
        )


def one_change(ns: Names, check: Check) -> None:
    """3 points: what it gains, compared with the best, on the worse of two days."""
    change = native(ns["change"]) if is_plain(ns["change"]) else ""
    known = type(change) is str and change in compositions.CHANGES
    earned = []
    for seed in (day.SHOWN, HIDDEN[0]) if known else ():
        best = max(compositions.gained(other, seed) for other in compositions.CHANGES)
        earned.append(max(0.0, compositions.gained(change, seed) / best))
    gain = compositions.gained(change) if known else 0.0
    check.add(
        "gains the most points",
        3,
        round(3 * min(earned, default=0.0), 2),
        got=f"{gain:+.0f} points" if known else "none of the eight",
        expected="more than any other",
        look=compositions.change_look(change) if known else "write it as it stands",
        misconception="largest-number-first",
    )


def tune(ns: Names, check: Check) -> None:
    """5 points: the score on three hidden days (4), and no wrong answer there (1)."""
    score, safe = "score on days that are not shown", "no wrong answer there"
    chosen = compositions.settings_of(ns["settings"])
    if chosen is None:
        got = repr(native(ns["settings"]))[:80] if is_plain(ns["settings"]) else "none"
        for name, points in ((score, 4), (safe, 1)):
            check.add(
                name,
                points,
                0,
                got=got,
                expected=compositions.FORM,
                look="five numbers, without quotes",
            )
        return
    found = [compositions.tried(chosen, seed) for seed in TUNED]
    total = sum(points for points, _ in found) / len(found)
    worst = max(figures["wrong"] for _, figures in found)
    look = compositions.tune_look(chosen)
    check.at_most(
        score,
        4,
        round(total, 1),
        full=96,
        zero=70,
        look=look,
        misconception="more-is-better",
    )
    if total <= 70:
        check.add(safe, 1, 0, got="not counted yet", look=f"once the {score} counts")
        return
    check.at_most(
        safe, 1, worst, full=0, zero=1, look=look, misconception="slow-is-cacheable"
    )


def catch(ns: Names, check: Check) -> None:
    """5 points, one for each composition that the short day catches."""
    try:
        found = short_days.missed(ns["short_day"])
    except ValueError as error:
        for name in short_days.FAULTS:
            got, look = str(error)[:150], "`print(short_days.messages())` shows them"
            check.add(f"catches one that {name}", 1, 0, got=got, look=look)
        return
    for name, count in found.items():
        got = "caught" if count else "it gets all right that the reference gets right"
        check.true(
            f"catches one that {name}",
            1,
            count > 0,
            got=got,
            expected="a message that it misses and the reference gets right",
            look=short_days.LOOKS[name],
            misconception="one-case-is-enough",
        )
