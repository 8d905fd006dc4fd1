"""Capital letters, with spaces and commas."""

by_pair = "A C D E"
by_score = "A, C, D, F"
