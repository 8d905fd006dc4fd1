"""Reset in loop.

misconception: count-what-was-skipped
fails: ?
"""

order = "HBECJFAIK"
