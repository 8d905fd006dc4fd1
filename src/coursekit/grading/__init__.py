"""Grading a class: submissions that may be broken or hostile, many side by side."""
