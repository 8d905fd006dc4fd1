"""Half half.

misconception: recency-only
fails: ?
"""

settings = {"keep_fraction": 0.5, "importance_weight": 0.5}
