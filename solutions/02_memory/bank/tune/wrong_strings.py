"""Numbers in quotes.

misconception: one-case-is-enough
fails: the rest of the check
"""

settings = {"keep_fraction": "0.7", "importance_weight": "0.6"}
