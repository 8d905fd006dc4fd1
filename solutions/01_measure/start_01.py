"""Names that the cells of 01_measure use."""

import asyncio
import cProfile
import functools
import inspect
import math
import pstats
import random
import time
import tracemalloc
from collections import Counter
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace

import evidence
import sick_memory
import sick_search
import trackers
from diagnosis import (
    CLOCK_NAMES,
    PROBE,
    band_look,
    clock_look,
    clock_name,
    hotspot_look,
    leak_look,
    near,
    near_look,
    numbers_in,
    omitted_look,
    rate_look,
    row_look,
    sign,
)
from evidence import show_source
from lessons import show_lessons
from load_lab import load_lab
from load_lab import run as testers
from machine import reference_under_load, show_table
from sick import PATIENTS, Chart, order_look, past, show_treatments, treat
from sick import look as sick_look
from sick import made as improve_of

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
from session1.monitoring.resources import Resources
from session1.virtual_time import now, run
