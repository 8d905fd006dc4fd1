"""Lists upper."""

by_pair = ["E", "D", "A", "C"]
by_score = ["C", "A", "D", "F"]
