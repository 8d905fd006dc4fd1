"""No quotes.

misconception: one-case-is-enough
fails: ?
"""

by_pair = acde
by_score = acdf
