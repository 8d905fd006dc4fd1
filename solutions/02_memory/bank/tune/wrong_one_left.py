"""One left.

misconception: more-is-better
fails: the rest of the check
"""

settings = {"keep_fraction": 0.7, "importance_weight": ...}
