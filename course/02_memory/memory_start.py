"""What `from memory_start import *` brings into the notebook."""
# ruff: noqa: F401 (the notebook uses them)

import hashlib
import heapq
from collections import deque
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import agent_scenes as scenes
import choices
import diagnosis
import orders
from agent_lab import three_memories
from memory_lab import (
    memory_lab,
    messages_looked_at,
    naive_context,
    reference_context,
    run,
    shares,
    talks_at_work,
)
from packers import BROKEN

from coursekit import (
    answer,
    assemble,
    growth_plot,
    hint,
    parsons,
    parts,
    predict,
    progress,
    quiz,
    reveal,
    setup,
    tests,
)
from coursekit.core.counting import Counts, Mark, counted_entries, peak_bytes
from coursekit.core.plain_data import number
from coursekit.learn.growth_plot import cpu_ms
from session1 import virtual_time
from session1.demo.replay import HandClock
from session1.llm import LLMError, Message, connect
from session1.memory.bounded import utc_now
from session1.memory.entry import MemoryEntry, footprint
from session1.replay import sample_talks

__all__ = [
    *("hashlib", "heapq", "deque", "partial", "replace", "timedelta"),
    *("SimpleNamespace", "virtual_time"),
    *("answer", "assemble", "growth_plot", "hint", "parsons", "parts", "predict"),
    *("progress", "quiz", "reveal", "setup", "tests"),
    *("Counts", "Mark", "counted_entries", "cpu_ms", "number", "peak_bytes"),
    *("memory_lab", "messages_looked_at", "naive_context", "reference_context"),
    *("run", "shares", "talks_at_work", "three_memories", "scenes"),
    *("BROKEN", "LLMError", "HandClock", "MemoryEntry", "Message", "connect"),
    *("choices", "diagnosis", "orders", "footprint", "sample_talks", "utc_now"),
]
