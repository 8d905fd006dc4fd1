"""What the cells of this notebook use: they import all of it with a star."""

import asyncio
import copy
import inspect
import time
from collections import OrderedDict
from functools import partial

import alike
import batches
import flights
import scenes
from caches import (
    BROKEN,
    a_day,
    alarm,
    hands_out_copies,
    keeps_promises,
    most_at_once,
)
from tool_demo import demo, figures, talk
from tool_lab import tool_timeline
from tool_runs import (
    about_letters,
    fates,
    given_up,
    lasts,
    reference_runs,
    slow_batches,
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
from coursekit.core.plain_data import number
from session1.llm import connect
from session1.tool import Tool
from session1.tool_plan import answer_with, plan_tools
from session1.virtual_time import now, run
