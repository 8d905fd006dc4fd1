"""Turn notebooks into a course: tests, hints, quizzes, predictions, grading."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coursekit.author.doctor import checkup as checkup
    from coursekit.check.grader import grade as grade
    from coursekit.check.parsons import assemble as assemble
    from coursekit.check.parsons import parsons as parsons
    from coursekit.check.quiz import answer as answer
    from coursekit.learn.growth_plot import growth_plot as growth_plot
    from coursekit.learn.hints import hint as hint
    from coursekit.learn.lab import Lab as Lab
    from coursekit.learn.lab import slider as slider
    from coursekit.learn.own_parts import parts as parts
    from coursekit.learn.placement_widget import placement as placement
    from coursekit.learn.predictions import predict as predict
    from coursekit.learn.predictions import reveal as reveal
    from coursekit.learn.progress import progress as progress
    from coursekit.learn.progress import setup as setup
    from coursekit.learn.quiz_widget import quiz as quiz
    from coursekit.learn.visible_tests import tests as tests

# where each name lives; imported when first asked for, so that a start is quick
_HOME = {
    "Lab": "learn.lab",
    "answer": "check.quiz",
    "assemble": "check.parsons",
    "checkup": "author.doctor",
    "grade": "check.grader",
    "growth_plot": "learn.growth_plot",
    "hint": "learn.hints",
    "parsons": "check.parsons",
    "parts": "learn.own_parts",
    "placement": "learn.placement_widget",
    "predict": "learn.predictions",
    "progress": "learn.progress",
    "quiz": "learn.quiz_widget",
    "reveal": "learn.predictions",
    "setup": "learn.progress",
    "slider": "learn.lab",
    "tests": "learn.visible_tests",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"coursekit has no {name!r}; it has {', '.join(__all__)}")
    value = getattr(importlib.import_module(f"coursekit.{_HOME[name]}"), name)
    globals()[name] = value
    return value
