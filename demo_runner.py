"""Run the reference agents on real input; the program is `session1.demo_runner`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "src"))

try:
    from coursekit.course import Course
    from coursekit.mine import mine
    from session1.demo_runner import main
except ModuleNotFoundError as e:
    sys.exit(f"{e.name} is not installed: run `make demo`, or `pip install -e .` first")

if __name__ == "__main__":
    sys.exit(main(find_mine=lambda: mine(Course(ROOT))))
