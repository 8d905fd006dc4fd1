"""A list of letters is as good as a string."""

by_pair = ["a", "c", "d", "e"]
by_score = ["a", "c", "d", "f"]
