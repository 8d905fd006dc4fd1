"""misconception: own-is-cumulative
fails: own, line, calls_left
"""

own = "words_of"
line = 6
calls_left = 300
at_most = 21.9
