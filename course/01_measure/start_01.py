"""Names that the cells of 01_measure use."""
# ruff: noqa: F401 (the notebook uses them)

import asyncio
import functools
import inspect
import math
import random
import time
from collections import Counter
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace

from diagnosis import band_look, clock_look, omitted_look, row_look, sign
from load_lab import load_lab
from load_lab import run as testers

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
from coursekit.core.plain_data import number as figure_of
from session1.demo.replay import HandClock
from session1.llm import LLMError, Message, connect
from session1.monitoring.kpi import KPIS
from session1.virtual_time import now, run
