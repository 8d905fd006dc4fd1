"""Default.

misconception: importance-only
fails: share of the present kept
"""

settings = {"keep_fraction": 0.7, "importance_weight": 0.7}
