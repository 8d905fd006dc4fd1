"""Grade the whole bank again and again beside busy processes: no score may differ.

Ctrl-C ends it early and shows what was found until then; with `--results` the counts
are kept in a file and the next run goes on from there.

python -m tests.grading.soak --rounds 100 --jobs 8 --burners 1 --results soak.json
"""

import argparse
import contextlib
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coursekit.commands.mutants import count
from coursekit.grading.atomic_files import read_json, write_json
from coursekit.grading.batch import Done
from session1.progress import bar
from tests.grading import whole_bank
from tests.grading.bank import BANK
from tests.grading.burners import burners

Difference = tuple[str, str, str, str]  # kind, exercise, what it earned, what it got
POINTS, STATUS = "points differ", "only the status differs"
TOGETHER = 4  # copies of an entry handed in at once: no job waits for the slowest


@dataclass
class Results:
    """How often each entry was graded, and what it got and should not have."""

    gradings: Counter[str] = field(default_factory=Counter)
    found: Counter[Difference] = field(default_factory=Counter)

    @classmethod
    def read(cls, path: Path | None) -> "Results":
        """What a file has of earlier runs, nothing where there is none."""
        data = read_json(path) if path else {}
        found = {(k, e, was, now): n for k, e, was, now, n in data.get("found", ())}
        return cls(Counter(data.get("gradings", {})), Counter(found))

    def write(self, path: Path | None) -> None:
        """Keep them for the next run."""
        if path:
            found = [[*difference, n] for difference, n in sorted(self.found.items())]
            write_json(path, {"gradings": self.gradings, "found": found}, indent=1)

    def add(self, done: Done) -> list[Difference]:
        """Count one grading; what was not as it should be."""
        new = list(differences(done))
        self.gradings[whole_bank.entry(done.submission).name] += 1
        self.found.update(new)
        return new

    def text(self, names: Sequence[str]) -> str:
        """All of it, to be read."""
        total, least = self.gradings.total(), min(self.gradings[n] for n in names)
        lines = [f"{total} gradings of {len(names)} entries, {least} at least of each"]
        for kind in (POINTS, STATUS):
            rows = {d: n for d, n in sorted(self.found.items()) if d[0] == kind}
            lines.append(f"\n{kind}: {sum(rows.values())} times")
            lines += [f"  {_text(d)} ({n} times)" for d, n in rows.items()]
        return "\n".join(lines)


def main(words: Sequence[str] | None = None) -> int:
    """1 when an entry ever got other points than it has earned."""
    args = _arguments().parse_args(words)
    results = Results.read(args.results)
    names = list(dict.fromkeys(args.only))
    start = sum(min(results.gradings[name], args.rounds) for name in names)
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as place,
        burners(args.burners),
        bar(total=args.rounds * len(names), initial=start, desc="gradings") as progress,
        whole_bank.graders(args.jobs) as engine,
    ):
        course = whole_bank.released(Path(place))

        def tell(done: Done) -> None:
            for difference in results.add(done):
                progress.write(_text(difference), file=sys.stderr)
            progress.update()

        with contextlib.suppress(KeyboardInterrupt):
            while todo := [n for n in names if results.gradings[n] < args.rounds]:
                least = min(results.gradings[n] for n in todo)
                copies = min(TOGETHER, args.rounds - least)
                whole_bank.hand_in(course, todo, copies)
                try:
                    whole_bank.grade(course, engine, tell)
                finally:
                    results.write(args.results)
    print(results.text(names))
    return 1 if any(kind == POINTS for kind, *_ in results.found) else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=count, default=1, help="gradings of each (1)")
    parser.add_argument(
        "--burners", type=int, default=2, help="busy processes beside it (2)"
    )
    parser.add_argument(
        "--jobs", type=count, default=whole_bank.JOBS, help="gradings at once (5)"
    )
    parser.add_argument(
        "--results", type=Path, metavar="FILE", help="keeps the counts; read first"
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


def differences(done: Done) -> Iterator[Difference]:
    """What an entry got and has not earned, or has earned and did not get."""
    entry = whole_bank.entry(done.submission)
    if done.error:
        yield POINTS, entry.name, "a grade", done.error
        return
    earned = entry.expected()
    for exercise in earned.keys() | done.now.keys():
        was, now = earned.get(exercise, ()), done.now.get(exercise, ())
        if was != now:
            kind = STATUS if was[:1] == now[:1] else POINTS
            yield kind, f"{entry.name}.{exercise}", _grade(was), _grade(now)


def _grade(grade: Sequence[object]) -> str:
    return " ".join(map(str, grade)) or "nothing"


def _text(difference: Difference) -> str:
    kind, exercise, earned, got = difference
    return f"{kind}: {exercise} earned {earned}, got {got}"


if __name__ == "__main__":
    sys.exit(main())
