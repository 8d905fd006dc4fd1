"""What `from start_07 import *` brings into the notebook."""
# ruff: noqa: F401 (the notebook uses them)

import hashlib
import heapq
import math
import random
from bisect import insort
from functools import partial

import chat
import graph
import told

from coursekit import (
    answer,
    hint,
    parts,
    predict,
    progress,
    quiz,
    reveal,
    setup,
    tests,
)
from coursekit.core.plain_data import number

__all__ = [
    *("hashlib", "heapq", "math", "random", "insort", "partial"),
    *("chat", "graph", "told"),
    *("answer", "hint", "parts", "predict", "progress", "quiz", "reveal", "setup"),
    *("tests", "number"),
]
