"""misconception: more-is-better
fails: gains the most points
"""

change = "wait longer for an answer"
