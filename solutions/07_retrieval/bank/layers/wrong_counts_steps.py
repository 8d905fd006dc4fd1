"""misconception: compared-is-stood-at
fails: compared
"""

path = "aiml"
compared = 4
flat = 13
