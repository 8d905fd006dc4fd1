"""misconception: going-down-is-a-step
fails: path, compared
"""

path = "aeiml"
compared = 9
flat = 13
