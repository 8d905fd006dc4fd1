"""One left.

misconception: tuple-is-a-blend
fails: the rest of the check
"""

by_pair = "acde"
by_score = ...
