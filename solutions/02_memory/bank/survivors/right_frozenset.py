"""Frozenset."""

by_pair = frozenset("acde")
by_score = frozenset("acdf")
