"""Three ways to search with a filter, each counted on real messages."""

import random
from bisect import insort
from heapq import heappop, heappush
from typing import Any

import chat
import graph

from session1.table import table

EF, ASKED = 50, range(50)
WALK = 15  # vectors that a walk compares for each candidate it keeps


def passing(share: float) -> set[int]:
    """Messages that pass a filter, spread by chance: `share` of all."""
    return set(random.Random(3).sample(range(chat.HELD), round(share * chat.HELD)))


def inside(where: graph.Graph, away: Any, ef: int, passes: set[int]) -> Any:
    """hnswlib's way: walk over all links, but keep only nodes that pass."""
    asked = set[int]()

    def distance(node: int) -> float:
        asked.add(node)
        return float(away[node])

    at = where.entry
    for layer in reversed(where.above):
        at = graph.walk(at, layer, distance, 1)[0][1]
    first = (distance(at), at)
    met, todo = {at}, [first]
    best = [first] if at in passes else []
    while todo:
        far, node = heappop(todo)
        if len(best) == ef and far > best[-1][0]:
            break
        for other in where.ground[node]:
            if other not in met:
                met.add(other)
                pair = distance(other), other
                if len(best) < ef or pair < best[-1]:
                    heappush(todo, pair)
                    if other in passes:
                        insort(best, pair)
                        del best[ef:]
    return [node for _, node in best], len(asked)


def measured(share: float) -> dict[str, tuple[float, float]]:
    """Vectors compared and recall of the ten nearest that pass, by each way."""
    passes, where = passing(share), graph.graph()
    ways = ("scan what passes", "filter inside", "filter afterwards")
    totals = {way: [0.0, 0.0] for way in ways}
    for number in ASKED:
        away = (1.0 - chat.cosines()[number]).round(6).tolist()
        right = sorted(passes, key=lambda node, away=away: (away[node], node))[:10]
        after, cost = graph.search(where, away, EF)
        left = [node for _, node in after if node in passes]
        for way, (found, compared) in zip(
            ways,
            [(right, len(passes)), inside(where, away, EF, passes), (left, cost)],
            strict=True,
        ):
            totals[way][0] += compared / len(ASKED)
            totals[way][1] += len({*found[:10]} & {*right}) / 10 / len(ASKED)
    return {way: (compared, good) for way, (compared, good) in totals.items()}


def three_ways(*shares: float) -> None:
    """Print what each way compares and finds."""
    rows = []
    for share in shares:
        found = measured(share)
        rows.append(
            [f"{100 * share:.0f} % ({round(share * chat.HELD):,})"]
            + [f"{compared:,.0f} → {good:.2f}" for compared, good in found.values()]
        )
    heads = ["pass", "scan what passes", "filter inside", "filter afterwards"]
    print(table(heads, rows))


class Counted:
    """Documents at chosen distances; counts what a filtered search compares."""

    def __init__(self, away: dict[int, float]) -> None:
        self.away, self.compared, self.walks = away, 0, 0
        self._order = sorted((far, node) for node, far in away.items())

    def distance(self, node: int) -> float:
        """How far `node` is: one comparison."""
        self.compared += 1
        return self.away[node]

    def walk(self, ef: int) -> list[tuple[float, int]]:
        """The `ef` nearest of all, at the price of a walk."""
        if ef != int(ef):
            raise TypeError(f"walk takes a whole number, not {ef}: round it up")
        if ef < 0:  # or it would give comparisons back
            raise ValueError(f"walk keeps so many candidates, not {ef}")
        self.walks += 1
        self.compared += min(WALK * int(ef), len(self.away))
        return self._order[: int(ef)]
