"""misconception: more-is-better
fails: cleanups a talk
"""

settings = {"keep_fraction": 0.95, "importance_weight": 0.65}
