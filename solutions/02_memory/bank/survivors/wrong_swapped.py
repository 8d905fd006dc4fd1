"""Swapped.

misconception: tuple-is-a-blend
fails: by_pair: four letters, by_score: four letters
"""

by_pair = "acdf"
by_score = "acde"
