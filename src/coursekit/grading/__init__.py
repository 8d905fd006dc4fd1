"""Grading a class that learner code cannot reach: sandbox, judge, pipeline."""
