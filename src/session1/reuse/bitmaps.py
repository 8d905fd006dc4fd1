"""Sets of slots as long integers, and counting many of them at once, bit by bit."""

FOLD_AT = 1024  # slots that wait before they are written into the integer


class Bitmap:
    """A growing set of slot numbers held as the bits of one integer.

    Setting a bit copies the whole integer, so new slots wait in a list until the
    bitmap is read or `FOLD_AT` of them have come together.
    """

    __slots__ = ("_bits", "_waiting")

    def __init__(self) -> None:
        self._bits = 0
        self._waiting: list[int] = []

    def add(self, slot: int) -> None:
        """Put `slot` into the set; slots come in rising order."""
        self._waiting.append(slot)
        if len(self._waiting) >= FOLD_AT:
            self.read()

    def discard(self, slot: int) -> None:
        """Take `slot` out of the set."""
        self._bits = self.read() & ~(1 << slot)

    def read(self) -> int:
        """The set as an integer: bit i is set when slot i is in it."""
        if self._waiting:
            first = self._waiting[0]
            new = bytearray((self._waiting[-1] - first >> 3) + 1)
            for slot in self._waiting:
                new[slot - first >> 3] |= 1 << (slot - first & 7)
            self._bits |= int.from_bytes(new, "little") << first
            self._waiting = []
        return self._bits


def count(rows: list[int]) -> list[int]:
    """How many of `rows` have each bit set, as binary digits: one integer per digit.

    A full adder turns three rows of one weight into a sum and a carry, for all
    slots at once: five operations on long integers.
    """
    digits = []
    while rows:
        carries = []
        while len(rows) > 1:
            a, b = rows.pop(), rows.pop()
            if rows:
                c, half = rows.pop(), a ^ b
                rows.append(half ^ c)
                carries.append((a & b) | (half & c))
            else:
                rows.append(a ^ b)
                carries.append(a & b)
        digits.append(rows[0])
        rows = carries
    return digits


def at_least(digits: list[int], number: int) -> int:
    """The slots whose count is `number` (1 or more) or higher."""
    if number >> len(digits):
        return 0
    more, level = 0, -1
    for place in range(len(digits) - 1, -1, -1):
        both = level & digits[place]
        if number >> place & 1:
            level = both
        else:
            more |= both
            level ^= both
    return more | level


def exactly(digits: list[int], number: int, within: int) -> int:
    """The slots in `within` whose count is `number`."""
    if number >> len(digits):
        return 0
    for place, digit in enumerate(digits):
        both = within & digit
        within = both if number >> place & 1 else within ^ both
    return within


def lowest(bits: int) -> int:
    """The lowest slot of a set that is not empty."""
    bits = (bits & 0xFFFF_FFFF_FFFF_FFFF) or bits  # where slots are many it is near
    return (bits ^ (bits - 1)).bit_length() - 1  # bits & -bits takes much longer


def few_lowest(bits: int, most: int) -> tuple[set[int], bool]:
    """The lowest `most` slots of a set, and whether there are more."""
    found: set[int] = set()
    while bits and len(found) < most:
        slot = lowest(bits)
        bits ^= 1 << slot
        found.add(slot)
    return found, bits != 0
