"""What a graded class shows about its exercises, its questions and its learners."""
