"""The same escapes as an ordinary user: another kind of box, so they are tried again.

Where the tests run as root they are run once more as nobody. That user must be able to
read the interpreter; where it lies in a folder closed to others, a private mount makes
that folder passable for the test alone.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.deep]

HERE = Path(__file__).parent
NOBODY = 65534
AS_NOBODY = f"""
import os, sys
from pathlib import Path
from coursekit.sandbox import linux

def closed(path):
    return [p for p in reversed(path.parents) if not p.stat().st_mode & 1]

for path in {{Path(p).resolve() for p in (sys.base_prefix, sys.prefix)}}:
    if (above := closed(path)):
        linux.unshare(linux.NEWNS)
        linux.mount("none", "/", flags=linux.REC | linux.PRIVATE)
        kept = os.open(path, os.O_PATH)
        linux.mount("none", str(above[0]), "tmpfs", 0, "mode=0755")
        path.mkdir(parents=True)
        linux.mount(f"/proc/self/fd/{{kept}}", str(path), flags=linux.BIND)
linux.become({NOBODY})
os.environ["HOME"] = "/nonexistent"
os.execv(sys.executable, [sys.executable, "-m", "pytest", *sys.argv[1:]])
"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="the tests are not run by root"
)
def test_the_box_of_an_ordinary_user_holds_too(tmp_path: Path) -> None:
    root = HERE.parents[2]
    if closed := [p for p in (*HERE.parents, HERE) if not p.stat().st_mode & 1]:
        pytest.skip(f"nobody else may read {closed[-1]}")
    chosen = ["test_escapes.py", "test_limits.py"]
    some = ["-k", "not cold and not time and not flood", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            AS_NOBODY,
            *(str(HERE / name) for name in chosen),
            *some,
        ],
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        cwd=root,
        capture_output=True,
        text=True,
    )
    if "no sandbox here" in done.stdout and not os.environ.get("COURSE_SANDBOX"):
        pytest.skip("an ordinary user gets no sandbox on this machine")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
