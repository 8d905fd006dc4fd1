"""Grading apart from the learner: a judge, and a link over which plain data crosses."""
