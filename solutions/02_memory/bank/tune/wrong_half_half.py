"""Half half.

misconception: recency-only
fails: share of the important messages kept
"""

settings = {"keep_fraction": 0.5, "importance_weight": 0.5}
