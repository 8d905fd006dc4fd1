"""Report on a graded class: its exercises, its questions and its learners."""
