"""Keep nothing.

misconception: more-is-better
fails: share of the important messages kept, share of the present kept
"""

settings = {"keep_fraction": 0, "importance_weight": 0.65}
