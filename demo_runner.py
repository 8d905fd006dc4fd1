"""Run the reference agents on real input; the program is `session1.demo_runner`."""

import sys
from collections.abc import Collection
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "src"))

try:
    from session1.demo.part import Mine
    from session1.demo_runner import main
except ModuleNotFoundError as e:
    sys.exit(
        f"{e.name} is not installed: run `make demo`, or `pip install -e '.[course]'`"
    )


def mine(parts: Collection[str]) -> Mine:
    """What the notebooks in `course/` hold; only then is the course's code needed."""
    from coursekit.core.course import Course
    from coursekit.learn.learner_builds import mine

    return mine(Course(ROOT), parts)


if __name__ == "__main__":
    sys.exit(main(find_mine=mine))
