"""One left.

misconception: more-is-better
fails: ?
"""

settings = {"keep_fraction": 0.7, "importance_weight": ...}
