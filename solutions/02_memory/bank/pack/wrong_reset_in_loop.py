"""Reset in loop.

misconception: count-what-was-skipped
fails: nine lines that make a function, never longer than the budget, skips what does not fit, takes the best that fit up to the last character
"""

order = "HBECJFAIK"
