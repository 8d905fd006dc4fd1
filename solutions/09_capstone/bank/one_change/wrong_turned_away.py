"""misconception: cut-is-quick
fails: gains the most points
"""

change = "turn calls away after 2 s in line"
