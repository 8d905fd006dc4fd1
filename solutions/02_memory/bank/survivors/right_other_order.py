"""The order of the letters does not matter."""

by_pair = "edca"
by_score = "fdca"
