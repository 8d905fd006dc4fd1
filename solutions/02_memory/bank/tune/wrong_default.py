"""Default.

misconception: importance-only
fails: ?
"""

settings = {"keep_fraction": 0.7, "importance_weight": 0.7}
