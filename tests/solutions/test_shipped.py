"""Run All goes through a notebook as shipped: a blank stands where nothing runs it."""

import ast
from pathlib import Path

import pytest

from coursekit.core.blanks import BLANK
from coursekit.core.module import load

pytestmark = pytest.mark.slow

SOLUTIONS = Path(__file__).parents[2] / "solutions"
LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@pytest.mark.parametrize("name", ["00_start", "02_memory"])
def test_what_runs_at_once_has_dots_instead_of_a_blank(name: str) -> None:
    for exercise in load(SOLUTIONS / name).exercises:
        for line in ast.parse(exercise.stub).body:
            if not isinstance(line, LATER):
                assert BLANK not in ast.unparse(line), exercise.id
