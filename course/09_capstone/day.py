"""A recorded day at a help desk: who asks what, when, and what is right.

`build` makes a trace from a seed. The same seed gives the same trace, another seed the
same kinds of trouble with other names, numbers and times.
"""

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

SHOWN = 9  # the seed of the trace that learners see
FEATURES = (
    *("dark mode", "mail alerts", "public links", "auto save", "spell check"),
    *("screen sharing", "guest access", "single sign-on", "night backup"),
    *("voice notes", "smart replies", "shared folders", "weekly reports"),
    *("read receipts", "offline maps", "link previews", "quiet hours"),
)
OPPOSITES = (("enable", "disable"), ("show", "hide"), ("lock", "unlock"))
NAMES = (
    *("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gita", "Hugo"),
    *("Ida", "Jon", "Kaya", "Leo", "Mia", "Noor", "Otto", "Pia"),
)
CITIES = (
    *("Rome", "Oslo", "Lima", "Kyiv", "Bern", "Cairo", "Quito", "Delhi"),
    *("Accra", "Turin", "Malmo", "Porto"),
)
STATES = ("received", "packed", "on its way", "at the depot", "delivered")
WORDS = (
    *("disk", "net", "mail", "sync", "user", "link", "page", "job"),
    *("file", "port", "host", "lock"),
)
FRESH_S = 20.0  # seconds that the state of an order may be old


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that comes `at` so many seconds. `right` are the answers that fit.

    `kind` is "plain", "hard", "tell", "recall", "log", "order" or "ticket". What is
    right for the last two is known only when they are answered.
    """

    at: float
    user: str
    text: str
    kind: str
    right: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """All arrivals in order, and what happens to the world meanwhile."""

    seed: int
    arrivals: tuple[Arrival, ...]
    outage: tuple[float, float]  # seconds between which the large model hangs
    known: dict[str, str]  # what a good model answers to a question
    hard: frozenset[str]  # questions for the large model alone
    states: dict[str, list[tuple[float, str]]]  # of orders: since when, and what
    failing: frozenset[int]  # which calls of a tool break off, from 1
    slow: frozenset[int]  # and which take five times as long

    @property
    def seconds(self) -> float:
        """When the last message comes."""
        return self.arrivals[-1].at


@dataclass(slots=True)
class _Book:
    """What is written down while a trace is made."""

    rng: random.Random
    users: list[str]
    rows: list[Arrival] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    hard: set[str] = field(default_factory=set)
    facts: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, at: float, user: str, text: str, kind: str, right: str = "") -> None:
        answers = (right,) if right else ()
        self.rows.append(Arrival(round(at, 3), user, text, kind, answers))

    def plain(self, at: float, user: str, said: tuple[str, str, bool]) -> None:
        """One of the questions that all may ask, at times in other words."""
        text, answer, hard = said
        worded = self.rng.choice((str, str, str.lower, _hi, _please))(text)
        self.known[worded] = answer
        if hard:
            self.hard.add(worded)
        self.add(at, user, worded, "hard" if hard else "plain", answer)

    def tell(self, at: float, user: str, what: str, value: str) -> None:
        """A user says something about themselves."""
        self.facts[user, what] = value
        self.add(at, user, f"My {what} is {value}.", "tell", f"Noted: {value}.")

    def recall(self, at: float, user: str, what: str) -> None:
        """And asks for it later."""
        value = self.facts.get((user, what))
        if value:
            right = f"Your {what} is {value}."
            self.add(at, user, f"What is my {what}?", "recall", right)

    def log(self, at: float, user: str) -> None:
        """A long text that fills the memory, and a question about it."""
        lot = self.rng
        code = f"E{lot.randint(1000, 9999)}"
        words = lot.choices(WORDS, k=lot.randint(60, 110))
        text = " ".join([*words, "error", code, *lot.choices(WORDS, k=12)])
        self.add(at, user, f"Here is my log: {text}", "log", "I read your log.")
        if lot.random() < 0.6:
            right = f"It says error {code}."
            asked = "Which error is in my log?"
            self.add(at + lot.uniform(9, 14), user, asked, "recall", right)


def _hi(text: str) -> str:
    return f"Hi, {text[0].lower()}{text[1:]}"


def _please(text: str) -> str:
    return f"{text.rstrip('?.')} please?" if text.endswith("?") else text


def questions(rng: random.Random) -> list[tuple[str, str, bool]]:
    """Question, answer and whether it is hard; opposites and look-alikes in pairs."""
    found: list[tuple[str, str, bool]] = []
    features = rng.sample(FEATURES, 10)
    for feature, (on, off) in zip(features[:6], OPPOSITES * 2, strict=True):
        place = rng.randint(2, 60)
        for verb in (on, off):
            said = f"Page {place}: choose {feature}, then {verb}."
            found.append((f"How do I {verb} {feature}?", said, False))
    for feature in features[6:8]:
        week, other = rng.randint(1, 25), rng.randint(26, 52)
        asked = f"Are {feature} safe in public rooms?"
        found.append((asked, f"Yes, since week {week}.", False))
        asked = f"Are {feature} not safe in public rooms?"
        found.append((asked, f"They are, since week {other}.", False))
    for plan in rng.sample(range(2, 10), 2):
        for number in (plan, 10 * plan):
            cost = number * 7 + rng.randint(1, 6)
            found.append((f"What does plan {number} cost?", f"{cost} euros.", False))
    for one, other in zip(features, features[1:] + features[:1], strict=True):
        page = rng.randint(100, 900)
        asked = f"Compare {one} and {other} step by step."
        found.append((asked, f"Five steps, see page {page}.", True))
    return found


def _rare(rng: random.Random) -> tuple[str, str, bool]:
    """A hard question that hardly anybody asks."""
    one, other = rng.sample(FEATURES, 2)
    asked = f"Compare {one} with {other} step by step."
    page = 100 + zlib.crc32(asked.encode()) % 800  # the same for the same question
    return asked, f"Nine steps, see page {page}.", True


def build(
    seed: int = SHOWN, users: int = 20, seconds: float = 240.0, rate: float = 0.8
) -> Trace:
    """The trace of a seed: calm talk, two bursts, an outage, and memory that fills."""
    rng = random.Random(seed)
    who = [f"user {n}" for n in rng.sample(range(10, 99), users)]
    book = _Book(rng, who)
    pool = questions(rng)
    rng.shuffle(pool)
    often = [1 / (rank + 1) ** 0.7 for rank in range(len(pool))]
    begin = seconds * rng.uniform(0.40, 0.46)
    outage = (round(begin, 1), round(begin + seconds * rng.uniform(0.15, 0.19), 1))
    names, cities = rng.sample(NAMES, 16), rng.sample(CITIES, 12)
    orders = [str(n) for n in rng.sample(range(1000, 9999), 4)]
    states = {order: list(_states(rng, seconds)) for order in orders}

    for n, user in enumerate(who):  # what they say of themselves, early on
        book.tell(rng.uniform(2, 40), user, "name", names[n % len(names)])
        if n % 2:
            book.tell(rng.uniform(20, 60), user, "city", cities[n % len(cities)])
    for user in rng.sample(who, 4):  # some move
        book.tell(rng.uniform(62, 80), user, "city", rng.choice(cities))
    for user in rng.sample(who, 9):
        for k in range(rng.randint(1, 3)):
            book.log(rng.uniform(0.15 + 0.28 * k, 0.35 + 0.28 * k) * seconds, user)
    for user in [*who, *rng.sample(who, 8)]:
        book.recall(rng.uniform(85, seconds - 5), user, "name")
        if rng.random() < 0.6:
            book.recall(rng.uniform(85, seconds - 5), user, "city")

    at = 0.0
    while at < seconds - 5:
        at += rng.expovariate(rate)
        user, kind = rng.choice(who), rng.random()
        if kind < 0.16:
            book.plain(at, user, _rare(rng))
        elif kind < 0.70:
            book.plain(at, user, rng.choices(pool, often)[0])
        elif kind < 0.92:
            order = rng.choice(orders)
            book.add(at, user, f"Where is order {order}?", "order")
        else:
            _ticket(book, at, user)
    _bursts(book, pool, orders, seconds)
    rows = sorted(book.rows, key=lambda row: row.at)
    ends = min(rows[-1].at, seconds)
    return Trace(
        seed=seed,
        arrivals=tuple(row for row in rows if row.at <= ends),
        outage=outage,
        known=book.known,
        hard=frozenset(book.hard),
        states=states,
        failing=frozenset(rng.sample(range(2, 60), 9)),
        slow=frozenset(rng.sample(range(2, 60), 6)),
    )


def _states(rng: random.Random, seconds: float) -> Iterator[tuple[float, str]]:
    """An order goes on a step now and then, and may go back one."""
    at, step = 0.0, 0
    while at < seconds:
        yield round(at, 1), STATES[step % len(STATES)]
        at += rng.uniform(35, 70)
        step += 1


def _ticket(book: _Book, at: float, user: str) -> None:
    room = book.rng.randint(1, 6)
    book.add(at, user, f"Open a ticket: printer {room} jams.", "ticket")


def _bursts(
    book: _Book, pool: list[tuple[str, str, bool]], orders: list[str], seconds: float
) -> None:
    """Everyone asks the same at once, then everyone something else."""
    rng = book.rng
    at = seconds * rng.uniform(0.28, 0.34)
    hard = _rare(rng)  # nobody has asked it yet
    for user in book.users:
        book.plain(at + rng.uniform(0, 1.5), user, hard)
    at = seconds * rng.uniform(0.70, 0.76)
    others = rng.sample(pool, min(len(pool), 20))
    for user, said in zip(book.users, others, strict=False):
        book.plain(at + rng.uniform(0, 2), user, said)
    for part in (0.5, 0.64, 0.93):  # two printers of one kind, two users, one moment
        one, other = rng.sample(book.users, 2)
        at, text = seconds * part, f"Open a ticket: printer {rng.randint(1, 6)} jams."
        book.add(at, one, text, "ticket")
        book.add(at + rng.uniform(0.1, 0.5), other, text, "ticket")
    at = seconds * rng.uniform(0.82, 0.88)
    for user in book.users[:12]:
        text = f"Where is order {orders[0]}?"
        book.add(at + rng.uniform(0, 1), user, text, "order")
