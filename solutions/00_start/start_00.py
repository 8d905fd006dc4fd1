"""Names that the cells of 00_start use."""

import asyncio

import start_tools
from start_tools import SlowTool, timeline

from coursekit import (
    answer,
    checkup,
    hint,
    predict,
    progress,
    quiz,
    reveal,
    setup,
    tests,
)
from coursekit.core.plain_data import number
from session1 import virtual_time
