"""Fixtures of the grading tests."""

import contextlib

import pytest

from coursekit.grading.far import Names
from tests.grading.ends import both_ends


@pytest.fixture
def linked():
    """`linked(source)` runs learner code and gives (link, its names as the judge's)."""
    with contextlib.ExitStack() as stack:

        def link(source, **names):
            names["__name__"] = "learner"
            exec(compile(source, "<cell>", "exec"), names)
            made = stack.enter_context(both_ends(names))
            return made, Names(made)

        yield link
