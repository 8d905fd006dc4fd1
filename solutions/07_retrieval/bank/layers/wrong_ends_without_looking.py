"""misconception: off-by-one
fails: compared, flat
"""

path = "aiml"
compared = 6
flat = 12
