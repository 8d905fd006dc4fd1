"""Build the site, pages and notebooks that run in them: `python -m tools.site`."""

import argparse
import shutil
import sys
import time
from pathlib import Path

from tools.site import lite, pages, parts
from tools.site.serve import OUT


def main() -> int:
    """Build into a folder that any static server serves; 1 if parts cannot be had."""
    options = argparse.ArgumentParser(prog="python -m tools.site", description=__doc__)
    options.add_argument("--out", type=Path, default=OUT, help="the folder to write")
    options.add_argument("--pages", action="store_true", help="only the pages to read")
    options.add_argument(
        "--online",
        action="store_true",
        help="let the tab fetch numpy and matplotlib from Pyodide's distribution",
    )
    given = options.parse_args()
    out, start = given.out.resolve(), time.monotonic()
    shutil.rmtree(out, ignore_errors=True)
    if not given.pages:
        try:
            pyodide = parts.prepare(online=given.online)
            lite.build(pyodide, parts.BUILD / "lite", out / "try")
        except parts.CannotFetch as error:
            print(f"No site: {error}.", file=sys.stderr)
            return 1
    pages.build(out)
    megabytes = sum(p.stat().st_size for p in out.rglob("*") if p.is_file()) / 1e6
    print(f"{out}: {megabytes:.0f} MB in {time.monotonic() - start:.0f} s")
    print("Look at it with `python -m tools.site.serve`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
