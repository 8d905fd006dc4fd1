"""Measure pages of benchmarks, all if none is named, and say which goals are met."""

import argparse
import json
import pkgutil
import sys
from importlib import import_module
from pathlib import Path
from typing import cast

from benchmarks import pages, report
from benchmarks.page import Page, Row
from benchmarks.runner import measure
from session1.progress import bar

# CPU seconds for each contender of a case, by whether the run is quick
BUDGET_S = {False: 4.0, True: 0.15}


def main(argv: list[str] | None = None) -> int:
    """Run the pages asked for, all if none is named; 0, or 2 if the call was wrong."""
    options = parser().parse_args(argv)
    names = options.page or page_names()
    unknown = sorted(set(names) - set(page_names()))
    if unknown:
        known = ", ".join(page_names())
        print(f"no page named {', '.join(unknown)}; pages: {known}", file=sys.stderr)
        return 2
    try:
        options.plot.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        print(f"no plots can go to {options.plot} ({e.strerror})", file=sys.stderr)
        return 2
    out = sys.stderr if options.json == "-" else sys.stdout
    results: dict[str, tuple[Page, list[Row]]] = {}
    for name in names:
        page = load(name)
        rows = run(page, options.quick)
        results[name] = page, rows
        print(report.table(page.TITLE, rows), file=out)
        print(report.goals_text(report.verdicts(page.GOALS, rows)), file=out)
        picture = options.plot / f"{name}.png"
        report.plot(page.TITLE, rows, picture)
        print(f"plot: {picture}\n", file=out)
    if options.json:
        text = json.dumps(report.document(results), indent=2, ensure_ascii=False)
        write(text, options.json)
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    result = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    result.add_argument("page", nargs="*", help="pages to measure (default: all)")
    result.add_argument("--quick", action="store_true", help="fewer and smaller cases")
    result.add_argument("--json", metavar="FILE", help="write the rows; - for stdout")
    result.add_argument(
        "--plot", metavar="DIR", type=Path, default=Path("out/bench"), help="for PNGs"
    )
    return result


def page_names() -> list[str]:
    """Names of the pages there are."""
    return sorted(module.name for module in pkgutil.iter_modules(pages.__path__))


def load(name: str) -> Page:
    """The page of that name."""
    return cast(Page, import_module(f"benchmarks.pages.{name}"))


def run(page: Page, quick: bool) -> list[Row]:
    """The rows of a page, with a progress bar on a terminal."""
    rows = []
    for make in bar(page.cases(quick), desc=page.TITLE, unit="case"):
        made = make()
        row = made if isinstance(made, Row) else measure(made, BUDGET_S[quick])
        rows.append(row)
    return rows


def write(text: str, target: str) -> None:
    """Write to the file `target`, or to stdout for "-"."""
    if target == "-":
        print(text)
        return
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    Path(target).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nstopped by Ctrl-C; the pages above are complete", file=sys.stderr)
        sys.exit(130)
