"""`coursekit leaderboard`: enter what you built, and see it next to others'."""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.core.course import Course, CourseError, find_course
from coursekit.sandbox.limits import Limits

if TYPE_CHECKING:
    from coursekit.analysis.leaderboard import Listing, Ranked

HELP = "list the entries of a module's leaderboard, each replayed here"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the module, the name to enter, and where the board is."""
    add = parser.add_argument
    add("module", help="such as 09_capstone, or 09")
    add("--enter", metavar="NAME", help="enter your notebook in course/ by this name")
    add("--board", type=Path, metavar="FOLDER", help="a shared folder (grading/board)")
    add("--replay", action="store_true", help="replay all entries, known ones too")
    add("--timeout", type=float, default=60, help="seconds for a replay (60)")
    add("--unprotected", action="store_true", help="also where there is no sandbox")
    add("--json", action="store_true", help="print JSON instead")


def run(args: argparse.Namespace) -> int:
    """Enter if asked to, then list; 0 unless an entry could not be replayed."""
    from coursekit.analysis.leaderboard import Leaderboard, boards
    from coursekit.sandbox.choose import ALLOWED_BY, allow_unprotected
    from session1.progress import bar

    course = find_course()
    name = (course.named if course.modules else course.learners)(args.module)
    if name not in boards(course):
        known = ", ".join(boards(course)) or "no module here"
        raise CourseError(f"{name} has no leaderboard: {known} has.")
    try:
        limits = Limits(
            cell_wall=args.timeout, cell_cpu=args.timeout, wall=args.timeout + 60
        )
    except ValueError as error:
        raise CourseError(f"--timeout: {error}") from None
    board = Leaderboard(course, name, _folder(course, args.board, name), limits)
    allowed = bool(os.environ.get(ALLOWED_BY)) or args.unprotected
    if args.enter is not None:
        allow_unprotected()  # it is the learner's own code, on their own machine
        played = board.enter(args.enter)
    allow_unprotected(allowed)
    with bar(desc="replaying") as progress:

        def tell(done: int, count: int) -> None:
            progress.total = count
            progress.update(max(0, done - progress.n))

        listing = board.listing(again=args.replay, tell=tell)
    if args.json:
        places = [place.to_json() for place in listing.places]
        found = {"module": name, "places": places, "left_out": dict(listing.left_out)}
        print(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        if args.enter is not None:
            print(f"Entered with {played.score:g} points.\n")
        print("\n".join(_lines(name, listing)))
    return 1 if listing.left_out else 0


def _folder(course: Course, shared: Path | None, name: str) -> Path:
    """Each module's entries are in a folder of their own."""
    home = shared if shared is not None else course.root / "grading" / "board"
    return home.resolve() / name


def _lines(name: str, listing: "Listing") -> Iterator[str]:
    """The board as a table, widest columns left out where they do not fit."""
    from session1.table import table

    if not listing.places:
        yield f"Nobody has entered yet: coursekit leaderboard {name} --enter NAME"
    else:
        columns = _columns(listing)
        head = ["", "score", "own parts", *columns, ""]
        rows = [
            [*_row(place), *_figures(place, columns), _note(place)]
            for place in listing.places
        ]
        yield from (line.rstrip() for line in table(head, rows).splitlines())
    for who, why in listing.left_out.items():
        yield f"! {who} is not listed: {why}"


def _row(place: "Ranked") -> list[str]:
    score, own = place.played.score, len(place.played.own)
    return [f"{place.place}. {place.name}", f"{score:.1f}", str(own)]


def _columns(listing: "Listing") -> list[str]:
    """The rows that the first has, as many as fit on a line."""
    found, room = list[str](), 60
    for name in listing.places[0].played.rows:
        room -= max(len(name), 8) + 2
        if room >= 0:
            found.append(name)
    return found


def _figures(place: "Ranked", columns: list[str]) -> list[str]:
    found = [place.played.rows.get(name, "") for name in columns]
    return [value if isinstance(value, str) else f"{value:,.10g}" for value in found]


def _note(place: "Ranked") -> str:
    if place.said is None:
        return ""
    return f"its file said {place.said:g}"
