"""The functions a notebook calls: visible tests, hints, quizzes, labs, progress."""
