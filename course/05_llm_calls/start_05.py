"""Names that the cells of 05_llm_calls use."""

import asyncio
import hashlib
import json
import re
from contextlib import aclosing, suppress
from functools import partial
from types import SimpleNamespace

import asks
import clients
import layouts
import streams
from asks import asked, morning, naive_key, played, show_morning
from layouts import conversations, naive_layout, read_for, tokens_read
from prompt_lab import prompt_lab, saved, show_call, show_saved, template_tokens
from real_model import show_prefixes, show_speed, show_stream
from routing import (
    CUES,
    OTHERS,
    by_settings,
    cases,
    cues,
    ends,
    routed,
    routing_lab,
    show_dict,
    show_rule,
    words,
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
from session1.demo.call_runs import TERSE, WORDY
from session1.llm import LLMError, Message, ModelMissing, connect
from session1.virtual_time import now, run
