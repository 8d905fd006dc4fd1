"""Find the messages most similar to a new one without looking at each of them."""

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from heapq import nsmallest
from itertools import combinations, groupby

from session1.limits import number
from session1.reuse.bitmaps import (
    Bitmap,
    at_least,
    count,
    exactly,
    few_lowest,
    lowest,
)
from session1.reuse.similarity import Match, Tokens

Hit = tuple[float, int]  # minus the similarity, then the slot: the best hit sorts first

# What a lookup costs, measured once on 100,000 messages; wrong figures only slow it.
PROBE_US = 0.04  # one membership test while two sets are intersected
VERIFY_US = 0.3  # one candidate compared word by word
ROW_US = 0.3  # handling one bitmap, and for each 100,000 slots:
ROW_US_PER_SLOT = 3.0 / 100_000
BITMAPS_US = 10.0  # finding out whether bitmaps are cheaper, and beginning with them
FEW = 4  # up to so many candidates of the bitmaps are compared one by one

GONE: Tokens = frozenset()
PAIRWISE = 4  # up to so many sets are intersected in pairs


class JaccardIndex:
    """Keys by their tokens; `best` gives exactly what scanning all of them would.

    An inverted index holds the slots of each token. Of a query's tokens an entry
    above the threshold must share so many that it holds two of the few rarest, so
    only those lists are intersected. Where even they are long, all tokens are
    counted at once on bitmaps. Nothing depends on a global order of tokens: adding
    and removing never reorder what is there.
    """

    def __init__(self, threshold: float = 0.7, bitmap_from: int = 128) -> None:
        if not 0 < number("threshold", threshold) < 1:
            raise ValueError(f"a threshold lies between 0 and 1, not {threshold}")
        self.threshold = threshold
        self._bitmap_from = bitmap_from
        self._reset()

    def _reset(self) -> None:
        self._slots: dict[str, int] = {}
        self._keys: list[str] = []  # by slot, as are the tokens; slots only grow
        self._tokens: list[Tokens] = []
        self._same: dict[Tokens, list[int]] = {}  # slots with exactly these tokens
        self._holders: dict[str, set[int]] = {}
        self._bitmaps: dict[str, Bitmap] = {}  # of tokens that many entries hold
        self._sizes: dict[int, Bitmap] = {}  # live slots by their number of tokens

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, key: str) -> bool:
        return key in self._slots

    def items(self) -> Iterator[tuple[str, Tokens]]:
        """Keys and tokens, the earliest first."""
        return ((key, self._tokens[slot]) for key, slot in self._slots.items())

    def add(self, key: str, tokens: Tokens) -> None:
        """Store `key` as the latest entry, in place of one of the same name."""
        self.remove(key)
        slot = self._slots[key] = len(self._keys)
        self._keys.append(key)
        self._tokens.append(tokens)
        self._same.setdefault(tokens, []).append(slot)
        self._sizes.setdefault(len(tokens), Bitmap()).add(slot)
        for token in tokens:
            self._hold(token, slot)

    def _hold(self, token: str, slot: int) -> None:
        holders = self._holders.get(token)
        if holders is None:
            self._holders[token] = {slot}
            return
        holders.add(slot)
        bitmap = self._bitmaps.get(token)
        if bitmap is not None:
            bitmap.add(slot)
        elif len(holders) >= self._bitmap_from:
            bitmap = self._bitmaps[token] = Bitmap()
            for held in sorted(holders):
                bitmap.add(held)

    def remove(self, key: str) -> bool:
        """Forget `key`; False when it is not there."""
        slot = self._slots.pop(key, None)
        if slot is None:
            return False
        tokens, self._tokens[slot] = self._tokens[slot], GONE
        same = self._same[tokens]
        del same[bisect_left(same, slot)]
        if not same:
            del self._same[tokens]
        self._sizes[len(tokens)].discard(slot)
        for token in tokens:
            self._release(token, slot)
        if len(self._keys) > 2 * len(self._slots) + 64:
            self._close_gaps()
        return True

    def _release(self, token: str, slot: int) -> None:
        # its bit may stay in the token's bitmap: the sizes no longer hold the slot
        holders = self._holders[token]
        holders.discard(slot)
        if not holders:
            del self._holders[token]
            self._bitmaps.pop(token, None)

    def _close_gaps(self) -> None:
        """Number the slots anew once most belong to removed entries."""
        entries = list(self.items())
        self._reset()
        for key, tokens in entries:
            self.add(key, tokens)

    def best(self, tokens: Tokens, limit: int = 1) -> list[Match]:
        """The `limit` most similar keys above the threshold, earliest first on ties."""
        if not tokens:
            return []
        same = self._same.get(tokens, [])[:limit]
        hits = [(-1.0, slot) for slot in same]
        if len(hits) < limit:
            hits += self._alike(tokens, limit - len(hits))
        return [Match(self._keys[slot], -minus) for minus, slot in hits]

    def _alike(self, tokens: Tokens, limit: int) -> list[Hit]:
        """The best hits among the entries whose tokens are not all the same."""
        holders = self._holders
        present = [holders[token] for token in tokens if token in holders]
        need = least_overlap(len(tokens), self.threshold)
        if len(present) < need:
            return []
        present.sort(key=len)
        # an entry misses at most len(present) - need of these tokens
        rarest = present[: len(present) - need + 2]
        if self._bitmaps_are_cheaper(PROBE_US * probes(rarest), tokens):
            return self._by_bitmaps(tokens, len(present), need, limit)
        candidates = held_twice(rarest) if need > 1 else set().union(*rarest)
        if self._bitmaps_are_cheaper(VERIFY_US * len(candidates), tokens):
            return self._by_bitmaps(tokens, len(present), need, limit)
        hits = self._verified(tokens, candidates, need, len(present))
        return [min(hits)] if limit == 1 and hits else nsmallest(limit, hits)

    def _bitmaps_are_cheaper(self, cost: float, tokens: Tokens) -> bool:
        """Whether counting on bitmaps takes less than `cost` microseconds."""
        row = ROW_US + ROW_US_PER_SLOT * len(self._keys)
        if (cost := cost - BITMAPS_US) <= row:
            return False
        dense = sum(token in self._bitmaps for token in tokens)
        return cost > VERIFY_US * sum(map(len, self._rare(tokens))) + row * (dense + 1)

    def _rare(self, tokens: Tokens) -> list[set[int]]:
        """Return the holders of each token that has no bitmap."""
        holders, bitmaps = self._holders, self._bitmaps
        return [holders[t] for t in tokens if t in holders and t not in bitmaps]

    def _verified(
        self, tokens: Tokens, candidates: set[int], need: int, most: int
    ) -> list[Hit]:
        """Those candidates that are above the threshold (and not all the same)."""
        held, threshold, asked = self._tokens, self.threshold, len(tokens)
        longest = most / threshold  # an entry of more tokens shares too small a part
        hits = []
        for slot in candidates:
            theirs = held[slot]
            if need <= len(theirs) <= longest + 1:
                shared = len(tokens & theirs)
                similarity = shared / (asked + len(theirs) - shared)
                if threshold < similarity < 1.0:
                    hits.append((-similarity, slot))
        return hits

    def _by_bitmaps(
        self, tokens: Tokens, present: int, need: int, limit: int
    ) -> list[Hit]:
        """The same answer, rare tokens entry by entry and common ones all at once."""
        bitmaps, rare = self._bitmaps, self._rare(tokens)
        seen: set[int] = set().union(*rare)
        hits = self._verified(tokens, seen, need, present)
        digits = count([bitmaps[t].read() for t in tokens if t in bitmaps])
        enough = at_least(digits, need)
        if enough:
            enough &= self._sized(need, present)
        few, more = few_lowest(enough, FEW)
        if more:
            cells = self._cells(len(tokens), need, present - len(rare))
            hits += self._from_cells(cells, digits, enough, seen, limit)
        else:
            hits += self._verified(tokens, few - seen, need, present)
        return nsmallest(limit, hits)

    def _sized(self, need: int, most: int) -> int:
        """The live slots with so many tokens that they can be above the threshold."""
        slots = 0
        for size in range(need, int(most / self.threshold) + 2):
            if size in self._sizes:
                slots |= self._sizes[size].read()
        return slots

    def _cells(self, asked: int, need: int, most: int) -> list[tuple[float, int, int]]:
        """(similarity, shared, size) of all that is above the threshold, best first."""
        found = []
        longest = int(most / self.threshold) + 1
        for size in range(need, longest + 1):
            if size not in self._sizes:
                continue
            for shared in range(need, min(most, size) + 1):
                similarity = shared / (asked + size - shared)
                if self.threshold < similarity < 1.0:
                    found.append((similarity, shared, size))
        return sorted(found, reverse=True)

    def _from_cells(
        self,
        cells: list[tuple[float, int, int]],
        digits: list[int],
        enough: int,
        seen: set[int],
        limit: int,
    ) -> list[Hit]:
        """The first `limit` slots of the cells that are not in `seen`."""
        sharing: dict[int, int] = {}
        hits: list[Hit] = []
        for similarity, group in groupby(cells, key=lambda cell: cell[0]):
            slots = 0
            for _, shared, size in group:
                if shared not in sharing:
                    sharing[shared] = exactly(digits, shared, enough)
                slots |= sharing[shared] & self._sizes[size].read()
            while slots and len(hits) < limit:
                slot = lowest(slots)
                slots ^= 1 << slot
                if slot not in seen:
                    hits.append((-similarity, slot))
            if len(hits) == limit:
                break
        return hits


@lru_cache(maxsize=4096)
def least_overlap(asked: int, threshold: float) -> int:
    """The fewest tokens an entry above the threshold shares with `asked` tokens."""
    # the same division as the similarity itself, so that rounding cannot differ
    return next(n for n in range(1, asked + 1) if n / asked > threshold)


def held_twice(lists: list[set[int]]) -> set[int]:
    """The slots that at least two of the sets hold, which grow in size."""
    found: set[int] = set()
    if len(lists) <= PAIRWISE:
        for a, b in combinations(lists, 2):
            found |= a & b
        return found
    once: set[int] = set()
    for slots in lists[:-1]:
        found |= once & slots
        once |= slots
    return found | (once & lists[-1])


def probes(lists: list[set[int]]) -> int:
    """About how many membership tests `held_twice` makes."""
    if len(lists) <= PAIRWISE:
        return sum(len(s) * (len(lists) - 1 - i) for i, s in enumerate(lists))
    return 4 * sum(len(slots) for slots in lists[:-1])
