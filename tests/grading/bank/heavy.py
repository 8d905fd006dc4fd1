"""Data that costs the judge more than the learner: its own exercise is lost at most."""

from tests.grading.assay import ANSWERS
from tests.grading.submission import Entry, nothing

ASSERTS = ANSWERS["catch"].removeprefix("def check_total(total):\n")
LINK = "from coursekit.judge import learner_end, framing\n"


def gives(name: str, why: str, code: str, **more: str) -> Entry:
    """A `total` that gives something else."""
    answer = f"def total(items):\n{_indented(code)}"
    return Entry(name, why, {"total": answer}, earned=nothing("total", **more))


def yields(name: str, why: str, code: str, **more: str) -> Entry:
    """Other letters."""
    answer = f"def letters():\n{_indented(code)}"
    return Entry(name, why, {"letters": answer}, earned=nothing("letters", **more))


def sends(name: str, why: str, code: str, **more: str) -> Entry:
    """A test that first calls what it is handed in ways of its own."""
    answer = f"def check_total(total):\n{_indented(code)}\n{ASSERTS}"
    return Entry(name, why, {"catch": answer}, earned=nothing("catch", **more))


def waits(name: str, why: str, code: str, **more: str) -> Entry:
    """Tools awaited in ways of its own."""
    answer = f"async def ask(tool, names):\n{_indented(code)}"
    return Entry(name, why, {"ask": answer}, earned=nothing("ask", **more))


def _indented(code: str) -> str:
    return "\n".join(f"    {line}" for line in code.strip().splitlines())


ENTRIES = [
    yields(
        "heavy_texts",
        "a million times a text of 55,000 characters",
        "text = 'x' * 55_000\nfor _ in range(1_000_000): yield text",
    ),
    yields(
        "heavy_large_texts",
        "the same with texts of which few cross at once",
        "text = 'x' * 900_000\nfor _ in range(1_000_000): yield text",
    ),
    yields(
        "heavy_wide",
        "texts that take four bytes a character, of which one needs them",
        "text = '\\N{GRINNING FACE}' + 'x' * 55_000\nwhile True: yield text",
    ),
    yields(
        "heavy_surrogates",
        "texts of halves of characters",
        "text = '\\ud800' * 9_000\nwhile True: yield text",
    ),
    yields(
        "heavy_arrays",
        "NumPy arrays without end",
        "import numpy\narray = numpy.zeros(5_000)\nwhile True: yield array",
    ),
    yields(
        "heavy_keys",
        "dicts whose keys are long texts",
        "many = {'x' * 5_000 + str(n): n for n in range(10)}\nwhile True: yield many",
    ),
    yields(
        "heavy_fresh_texts",
        "a million texts that the learner's process cannot hold itself",
        "for n in range(1_000_000): yield str(n) * 10_000",
        status="crashed",
    ),
    yields(
        "heavy_endless",
        "numbers without end",
        "import itertools\nyield from itertools.count()",
    ),
    gives("heavy_number", "a number of ten million bits", "return 1 << 10_000_000"),
    gives(
        "heavy_numbers",
        "many numbers of the most bits that cross",
        "return [(1 << 39_999) + n for n in range(700)]",
    ),
    gives(
        "heavy_depth",
        "lists a hundred thousand levels deep",
        "deep = []\nfor _ in range(100_000): deep = [deep]\nreturn deep",
    ),
    gives(
        "heavy_repr",
        "an object that shows as a hundred million characters",
        "class Loud:\n    def __repr__(self): return 'x' * 100_000_000\nreturn Loud()",
    ),
    gives(
        "heavy_class",
        "an object whose class has a name of nine million characters",
        "return type('x' * 9_000_000, (), {})()",
    ),
    gives(
        "heavy_error",
        "an error with arguments of fifty million characters",
        "raise type('E' * 9_000_000, (ValueError,), {})('x' * 50_000_000, items)",
    ),
    gives(
        "heavy_name_error",
        "an unknown name of nine million characters",
        "raise NameError('gone', name='n' * 9_000_000)",
    ),
    sends(
        "heavy_calls",
        "long texts handed to the judge's functions, whatever they say",
        "while True:\n    try: total(['x' * 55_000] * 64)\n    except TypeError: pass",
    ),
    sends(
        "heavy_lists",
        "one frame of lists that takes two hundred times its length",
        f"{LINK}learner_end._link.wire.send(b'[' + b'[],' * 2_600_000 + b'[]]')",
    ),
    sends(
        "heavy_brackets",
        "one frame of brackets that open only",
        f"{LINK}learner_end._link.wire.send(b'[' * 7_000_000)",
    ),
    sends(
        "heavy_too_long",
        "more than one frame may hold",
        "total(*['x' * 3_900_000] * 3)",
    ),
    sends(
        "heavy_short_frames",
        "short calls without end",
        "while True: total([])",
        status="timed out",
    ),
    sends(
        "heavy_fractions",
        "fractions that are soon written, and take for ever to add up",
        """from fractions import Fraction
total([Fraction(1, 2 ** 11_000 + n) for n in range(1, 1000)])""",
        status="timed out",
    ),
    waits(
        "heavy_waiting",
        "thousands of calls that wait at once",
        "await asyncio.gather(*[tool('a') for _ in range(6_000)])",
    ),
    waits(
        "heavy_kept",
        "names that the tool keeps, four million characters each",
        "while True: await tool('x' * 3_900_000)",
    ),
    waits(
        "heavy_answers",
        "as much that the tool gives back, all of it at once",
        """tasks = []
for n in range(31):
    tasks.append(asyncio.create_task(tool(str(n) + 'x' * 3_900_000)))
    for _ in range(2): await asyncio.sleep(0)
await asyncio.gather(*tasks)""",
    ),
    yields(
        "heavy_sets",
        "empty sets, a few bytes each on the wire",
        "many = [set() for _ in range(2_000)]\nwhile True: yield many",
    ),
]
