"""What turns notebooks into a course: tests, hints, quizzes, predictions, grading."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coursekit.doctor import checkup as checkup
    from coursekit.grader import grade as grade
    from coursekit.growth import growth_plot as growth_plot
    from coursekit.hints import hint as hint
    from coursekit.lab import Lab as Lab
    from coursekit.lab import slider as slider
    from coursekit.ordering import assemble as assemble
    from coursekit.ordering import parsons as parsons
    from coursekit.overview import progress as progress
    from coursekit.overview import setup as setup
    from coursekit.own_parts import parts as parts
    from coursekit.predictions import predict as predict
    from coursekit.predictions import reveal as reveal
    from coursekit.questions import answer as answer
    from coursekit.quiz_widget import quiz as quiz
    from coursekit.trial import tests as tests

# where each name lives; imported when first asked for, so that a start is quick
_HOME = {
    "Lab": "lab",
    "answer": "questions",
    "assemble": "ordering",
    "checkup": "doctor",
    "grade": "grader",
    "growth_plot": "growth",
    "hint": "hints",
    "parsons": "ordering",
    "parts": "own_parts",
    "predict": "predictions",
    "progress": "overview",
    "quiz": "quiz_widget",
    "reveal": "predictions",
    "setup": "overview",
    "slider": "lab",
    "tests": "trial",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"coursekit has no {name!r}; it has {', '.join(__all__)}")
    value = getattr(importlib.import_module(f"coursekit.{_HOME[name]}"), name)
    globals()[name] = value
    return value
