"""First try.

misconception: recency-only
fails: share of the important messages kept
"""

settings = {"keep_fraction": 0.7, "importance_weight": 0.6}
