"""Grading that learner code cannot reach: sandbox, link to the judge, pipeline."""
