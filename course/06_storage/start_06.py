"""Names that the cells of 06_storage use."""

import asyncio
import copy
import json
import random
import sqlite3
import tempfile
import zlib
from bisect import bisect_left, insort
from collections import Counter, OrderedDict
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import ladder as stores
import scenes
from message_table import (
    QUERIES,
    Desk,
    add_index,
    best,
    cost,
    plan,
    plan_look,
    rows_look,
    steps,
    table,
)
from scenes import HandClock, WarmTier
from store_lab import RealDisk, Warm, cold_files
from tier_lab import tier_lab

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
from coursekit.core.counting import CountedEntry, Counts
from session1.llm import LLMError, Message, connect
from session1.virtual_time import run
