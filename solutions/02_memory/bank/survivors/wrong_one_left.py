"""One left.

misconception: tuple-is-a-blend
fails: ?
"""

by_pair = "acde"
by_score = ...
