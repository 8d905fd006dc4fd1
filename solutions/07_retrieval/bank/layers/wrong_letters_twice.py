"""misconception: going-down-is-a-step
fails: path
"""

path = "aiimml"
compared = 7
flat = 13
