"""misconception: look-at-all
fails: flat
"""

path = "aiml"
compared = 7
flat = 16
