"""misconception: largest-number-first
fails: gains the most points
"""

change = "send easy questions to the small model"
