"""misconception: tuple-is-a-blend
fails: by_score: four letters
"""

by_pair = "acde"
by_score = "acde"
