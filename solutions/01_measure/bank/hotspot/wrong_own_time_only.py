"""misconception: own-is-cumulative
fails: at_most
"""

own = "clean"
line = 11
calls_left = 30_800
at_most = 5145 / (5145 - 2175)
