"""What `from start_07 import *` brings into the notebook."""

import hashlib
import heapq
import json
import math
import random
from bisect import insort
from functools import partial

import chat
import dimensions
import graph
import guards
import office
import scenes
import told
import ways
from recall_lab import recall_lab
from shelf import HnswShelf, Shelf
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
from session1.llm import LLMError, Message, connect

__all__ = [
    *("hashlib", "heapq", "json", "math", "random", "insort", "partial"),
    *("guards", "scenes", "ways", "HnswShelf", "Shelf"),
    *("chat", "graph", "told", "graph_walk", "recall_lab"),
    *("answer", "hint", "parts", "predict", "progress", "quiz", "reveal", "setup"),
    *("tests", "number", "dimensions", "office", "LLMError", "Message", "connect"),
]
