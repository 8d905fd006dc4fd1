"""Keep nothing.

misconception: more-is-better
fails: ?
"""

settings = {"keep_fraction": 0, "importance_weight": 0.65}
