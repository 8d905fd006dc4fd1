"""Percent.

misconception: more-is-better
fails: the rest of the check
"""

settings = {"keep_fraction": 70, "importance_weight": 65}
