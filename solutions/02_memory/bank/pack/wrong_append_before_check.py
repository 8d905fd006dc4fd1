"""Append before check.

misconception: evict-after
fails: never longer than the budget, skips what does not fit, takes the best that fit up to the last character
"""

order = "HEBCAJFIK"
