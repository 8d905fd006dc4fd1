"""Side by side in one run: the naive version, the reference and its peers."""

import os

# Before NumPy starts its threads: all contenders are timed on one.
for _name in ("OPENBLAS", "OMP", "MKL", "VECLIB"):
    _end = "MAXIMUM_THREADS" if _name == "VECLIB" else "NUM_THREADS"
    os.environ.setdefault(f"{_name}_{_end}", "1")
