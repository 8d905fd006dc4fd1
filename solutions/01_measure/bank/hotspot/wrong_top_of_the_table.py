"""misconception: own-is-cumulative
fails: own, line
"""

own = "serve"
line = 19
calls_left = 30_800
at_most = 21.9
