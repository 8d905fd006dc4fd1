"""Run solved notebooks in Pyodide under node: `python -m tools.site.node 02`."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.site import bundle, parts

RUN = Path(__file__).with_name("run.mjs")


@dataclass(frozen=True, slots=True)
class Ran:
    """A code cell after its run."""

    id: str
    seconds: float
    text: str
    error: str
    reports: list[dict[str, Any]]

    @property
    def lost(self) -> list[str]:
        """The exercises whose hidden check gave less than all points."""
        return [
            f"{r['exercise']} {r['score']:g} of {r['max']:g}"
            for r in self.reports
            if r["score"] < r["max"]
        ]


def solved(module: str, pyodide: Path, patience: float = 900) -> list[Ran]:
    """The code cells of a module's source notebook, run in Pyodide."""
    (source,) = (bundle.ROOT / "solutions").glob(f"{module}*")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / source.name
        ignored = shutil.ignore_patterns("bank", "__pycache__", "answers.json*")
        shutil.copytree(source, copy, ignore=ignored)
        done = subprocess.run(
            ["node", str(RUN), str(pyodide), str(copy)],
            capture_output=True,
            text=True,
            timeout=patience,
        )
    ran = [Ran(**json.loads(line)) for line in done.stdout.splitlines()]
    if done.returncode:
        raise RuntimeError(f"after {len(ran)} cells: {done.stderr[-2000:]}")
    return ran


def report(ran: Iterable[Ran]) -> str:
    """One line for each cell that failed or lost points, then the sum."""
    cells = list(ran)
    lines = [f"{r.id}: {line}" for r in cells for line in [*r.lost, r.error] if line]
    graded = [x for r in cells for x in r.reports]
    full = sum(x["score"] >= x["max"] for x in graded)
    spent = sum(r.seconds for r in cells)
    last = f"{len(cells)} cells in {spent:.0f} s, {full} of {len(graded)} full marks"
    return "\n".join([*lines, last])


if __name__ == "__main__":
    folder = parts.prepare()
    for name in sys.argv[1:]:
        print(f"== {name}", report(solved(name, folder)), sep="\n")
