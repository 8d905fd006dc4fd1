"""Commas."""

by_pair = "e, d, a, c"
by_score = "F D C A"
