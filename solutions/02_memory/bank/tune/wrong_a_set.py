"""A set.

misconception: more-is-better
fails: the rest of the check
"""

settings = {0.7, 0.65}
