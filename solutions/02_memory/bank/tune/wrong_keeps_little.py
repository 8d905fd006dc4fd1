"""misconception: more-is-better
fails: share of the present kept
"""

settings = {"keep_fraction": 0.3, "importance_weight": 0.65}
