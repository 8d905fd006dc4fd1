"""What the cells of this notebook use: they import all of it with a star."""

import asyncio
from types import SimpleNamespace

import databases
import hedges
import lines
import pages
import places
import pools
import queues
import runtimes
import windows
from at_work import at_work, demo
from line_plot import goodput_plot
from pools import a_day, alarm
from queue_lab import queue_lab
from real_things import real_database, real_pages
from window_plot import timelines
from windows import reference_window

from coursekit import (
    answer,
    growth_plot,
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
from session1.virtual_time import now, run
