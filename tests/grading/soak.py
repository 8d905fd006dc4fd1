"""Grade the whole bank again and again beside busy processes: no score may differ.

Ctrl-C ends it early and shows what was found until then.

python -m tests.grading.soak --rounds 10 --burners 2 [--only NAME…]
"""

import argparse
import contextlib
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from coursekit.commands.mutants import count
from coursekit.grading.batch import Done
from coursekit.grading.burners import burners
from tests.grading import whole_bank
from tests.grading.bank import BANK

Differences = Counter[tuple[str, str, str]]  # entry, earned, got: how often


def main(words: Sequence[str] | None = None) -> int:
    """1 when an entry ever got other points than it has earned."""
    args = _arguments().parse_args(words)
    points: Differences = Counter()
    statuses: Differences = Counter()
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as place,
        burners(args.burners),
        tqdm(total=args.rounds * len(args.only), desc="gradings") as progress,
        whole_bank.graders() as engine,
    ):
        course = whole_bank.released(Path(place))

        def tell(done: Done) -> None:
            compare(done, points, statuses)
            progress.update()

        with contextlib.suppress(KeyboardInterrupt):
            for _ in range(args.rounds):
                whole_bank.hand_in(course, args.only)
                whole_bank.grade(course, engine, tell)
    print(f"{progress.n} gradings of {len(args.only)} entries")
    for what, found in ("points", points), ("statuses only", statuses):
        print(f"\n{what} that differed: {found.total() or 'none'}")
        for (name, earned, got), times in sorted(found.items()):
            print(f"  {name} ({times} times)  earned {earned}  got {got}")
    return 1 if points else 0


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


def compare(done: Done, points: Differences, statuses: Differences) -> None:
    """Count what an entry got and has not earned."""
    name, earned = done.submission.student, BANK[done.submission.student].expected()
    if done.error:
        points[name, "a grade", done.error] += 1
        return
    for exercise in earned.keys() | done.now.keys():
        was, now = earned.get(exercise, ()), done.now.get(exercise, ())
        if was != now:
            kind = statuses if was[:1] == now[:1] else points
            kind[f"{name}.{exercise}", _text(was), _text(now)] += 1


def _text(grade: Sequence[object]) -> str:
    return " ".join(map(str, grade)) or "nothing"


if __name__ == "__main__":
    sys.exit(main())
