"""misconception: many-calls-are-slow-calls
fails: line
"""

own = "clean"
line = 2
calls_left = 30_800
at_most = 21.9
