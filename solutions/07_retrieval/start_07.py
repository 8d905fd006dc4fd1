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
from recall_lab import recall_lab
from walk_lab import graph_walk

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
    *("chat", "graph", "told", "graph_walk", "recall_lab"),
    *("answer", "hint", "parts", "predict", "progress", "quiz", "reveal", "setup"),
    *("tests", "number"),
]
