"""What the cells of this notebook use: they import all of it with a star."""

import asyncio

import benches
import compositions
import scoring
import short_days
from agents import Desk, Naive
from at_the_desk import at_the_desk, ladder, one_alone, what_comes
from cockpit_lab import cockpit_lab
from day import SHOWN, build
from firsts import Ungated, composed, maker
from world import importance, needs, personal, tokens

from coursekit import (
    answer,
    assemble,
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
from session1.virtual_time import now, run
