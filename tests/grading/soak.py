"""Grade the whole bank again and again beside busy processes: no score may differ.

Ctrl-C ends it early and shows what was found until then.

python -m tests.grading.soak --rounds 10 --burners 2 [--only NAME…]
"""

import argparse
import contextlib
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

from coursekit.commands.mutants import count
from coursekit.grading.batch import Done
from coursekit.grading.burners import burners
from tests.grading import whole_bank
from tests.grading.bank import BANK

Difference = tuple[str, str, str]  # entry and exercise, what it earned, what it got
POINTS, STATUS = "points differ", "only the status differs"


def main(words: Sequence[str] | None = None) -> int:
    """1 when an entry ever got other points than it has earned."""
    args = _arguments().parse_args(words)
    found: dict[str, Counter[Difference]] = {POINTS: Counter(), STATUS: Counter()}
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as place,
        burners(args.burners),
        tqdm(total=args.rounds * len(args.only), desc="gradings") as progress,
        whole_bank.graders() as engine,
    ):
        course = whole_bank.released(Path(place))

        def tell(done: Done) -> None:
            for what, difference in differences(done):
                found[what][difference] += 1
                progress.write(f"{what}: {_text(difference)}", file=sys.stderr)
            progress.update()

        with contextlib.suppress(KeyboardInterrupt):
            for _ in range(args.rounds):
                whole_bank.hand_in(course, args.only)
                whole_bank.grade(course, engine, tell)
    print(f"{progress.n} gradings of {len(args.only)} entries")
    for what, times in found.items():
        print(f"\n{what}: {times.total()} times")
        for difference, often in sorted(times.items()):
            print(f"  {_text(difference)} ({often} times)")
    return 1 if found[POINTS] else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=count, default=1, help="gradings of each (1)")
    parser.add_argument(
        "--burners", type=int, default=2, help="busy processes beside it (2)"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        choices=BANK,
        default=list(BANK),
        metavar="NAME",
        help="only these entries",
    )
    return parser


def differences(done: Done) -> Iterator[tuple[str, Difference]]:
    """What an entry got and has not earned, or has earned and did not get."""
    name, earned = done.submission.student, BANK[done.submission.student].expected()
    if done.error:
        yield POINTS, (name, "a grade", done.error)
        return
    for exercise in earned.keys() | done.now.keys():
        was, now = earned.get(exercise, ()), done.now.get(exercise, ())
        if was != now:
            what = STATUS if was[:1] == now[:1] else POINTS
            yield what, (f"{name}.{exercise}", _grade(was), _grade(now))


def _grade(grade: Sequence[object]) -> str:
    return " ".join(map(str, grade)) or "nothing"


def _text(difference: Difference) -> str:
    name, earned, got = difference
    return f"{name} earned {earned}, got {got}"


if __name__ == "__main__":
    sys.exit(main())
