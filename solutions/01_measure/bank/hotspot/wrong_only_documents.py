"""misconception: forget-the-rest
fails: calls_left
"""

own = "clean"
line = 11
calls_left = 30_000
at_most = 21.9
