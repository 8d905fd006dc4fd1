"""misconception: forget-the-rest
fails: at_most
"""

own = "clean"
line = 11
calls_left = 30_800
at_most = 100
