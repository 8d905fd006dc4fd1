"""Swapped.

misconception: tuple-is-a-blend
fails: ?
"""

by_pair = "acdf"
by_score = "acde"
