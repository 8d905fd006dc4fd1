"""No quotes.

misconception: one-case-is-enough
fails: the rest of the check
"""

by_pair = acde
by_score = acdf
