"""Names that the cells of 04_response use."""

import asyncio
import hashlib
import math
import random
import re
from functools import partial
from types import SimpleNamespace

from alike import CASES, GATE_CASES
from cache_lab import (
    cache_lab,
    compare_on_pairs,
    lookups,
    reference_finder,
    served,
    show_guard,
    show_guards,
    show_hard_pairs,
    show_ordinary_day,
)
from fast_lab import LLM, replaced, show_day
from response_lab import (
    late_percent,
    latency_lab,
    model_taking,
    rounds_of,
    show_rounds,
    three_asks,
    time_look,
)

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
from coursekit.core.wording import show
from coursekit.learn.growth_plot import cpu_ms
from session1.data.pairs import pairs
from session1.llm import Message, ModelMissing, connect
from session1.monitoring.histogram import Histogram
from session1.reuse.similarity import words
from session1.virtual_time import now, run
