"""A set.

misconception: more-is-better
fails: ?
"""

settings = {0.7, 0.65}
