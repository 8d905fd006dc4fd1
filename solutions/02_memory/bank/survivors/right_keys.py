"""Keys."""

by_pair = {"a": 0.9, "c": 0.9, "d": 0.6, "e": 0.4}.keys()
by_score = dict(a=1, c=2, d=3, f=4)
