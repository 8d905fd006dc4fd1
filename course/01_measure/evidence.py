"""What profilers showed of the two sick agents, and ways to look again."""

import cProfile
import pstats
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from session1.monitoring.line_memory import profile_lines

# recorded once, so that all read the same figures: 100 questions of 8 words, 300
# documents of 100 words (`documents`, `questions`), with `profile_function`
PROFILE = """\
function           where         calls     own ms  with callees ms
serve              line 18           1       0.00         5,145.29
<listcomp>         line 19           1       0.18         5,145.28
answer             line 14         100       0.32         5,145.10
search             line 9          100       0.60         5,144.78
max                built in        100      43.32         5,143.62
<lambda>           line 11      30,000     187.86         5,100.29
words_of           line 5       30,100   1,496.33         4,910.46
clean              line 1    3,000,800   2,175.09         3,221.46
strip              built in  3,000,800     578.57           578.57
lower              built in  3,000,800     467.79           467.79
split              built in     30,100     192.66           192.66
len                built in     30,000       2.54             2.54"""
# `tracemalloc` after so many requests, every question another one
SNAPSHOTS = """\
still held, in kB     after 1,000     after 2,000     after 4,000 requests
line 10                     130.0           130.0           130.0
line 11                      79.8           158.1           317.0"""
# `profile_lines` of one request, by memory_profiler
LINES = """\
                                                       in use     added
 6  def answer(self, question):                      33.7 MiB   0.0 MiB
 7      draft = [question] * 500_000                 36.9 MiB   3.2 MiB
 8      if len(self.kept) == 500:                    36.9 MiB   0.0 MiB
 9          self.kept.pop(next(iter(self.kept)))
10      self.kept[question] = " ".join(draft[:10])   36.9 MiB   0.0 MiB
11      self.log.append(f"asked: {question}")        36.9 MiB   0.0 MiB
12      return self.kept[question]                   36.9 MiB   0.0 MiB"""
Serve = Callable[[Sequence[str], Sequence[str]], Sequence[str]]


def show_source(file: str) -> None:
    """Print a file next to this one, with the numbers of its lines."""
    text = Path(__file__).with_name(file).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        print(f"{number:2}  {line}".rstrip())


def _words() -> tuple[random.Random, list[str]]:
    draw = random.Random(1)
    return draw, [
        "".join(draw.choice("abcdefgh") for _ in range(5)) for _ in range(500)
    ]


def documents(count: int) -> list[str]:
    """Texts of 100 words."""
    draw, words = _words()
    return [" ".join(draw.choice(words) for _ in range(100)) for _ in range(count)]


def questions(count: int) -> list[str]:
    """Questions of 8 words."""
    draw, words = _words()
    draw.seed(2)
    return [" ".join(draw.choice(words) for _ in range(8)) for _ in range(count)]


def count_clean(serve: Serve, asked: int, texts: int) -> tuple[str, int]:
    """Whether `serve` answers as the first one ever asked, and its calls of `clean`."""
    profiler = cProfile.Profile()
    found = profiler.runcall(serve, questions(asked), documents(texts))
    rows = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    calls = sum(row[1] for (_, _, name), row in rows.items() if name == "clean")
    first = _FIRST.setdefault((asked, texts), list(found))
    return "as before" if list(found) == first else "changed", calls


_FIRST: dict[tuple[int, int], list[str]] = {}


def slowdown() -> str:
    """How many times as long a function takes under memory_profiler."""
    took = []
    for work in (lambda: add_up(3000), lambda: profile_lines(add_up, 3000)):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return (
        f"memory_profiler: {1000 * took[0]:.2f} ms became {1000 * took[1]:,.0f} ms, "
        f"{took[1] / took[0]:,.0f} times as long"
    )


def add_up(count: int) -> int:
    """Add numbers, line by line."""
    total = 0
    for number in range(count):
        total += number
    return total
