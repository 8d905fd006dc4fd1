"""Percent.

misconception: more-is-better
fails: ?
"""

settings = {"keep_fraction": 70, "importance_weight": 65}
