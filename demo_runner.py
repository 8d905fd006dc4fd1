"""Run the reference agents on real input; the program is `session1.demo_runner`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

try:
    from session1.demo_runner import main
except ModuleNotFoundError as e:
    sys.exit(f"{e.name} is not installed: run `make demo`, or `pip install -e .` first")

if __name__ == "__main__":
    sys.exit(main())
