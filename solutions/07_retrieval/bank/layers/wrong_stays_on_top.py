"""misconception: first-dead-end
fails: path, compared
"""

path = "aijkl"
compared = 6
flat = 13
