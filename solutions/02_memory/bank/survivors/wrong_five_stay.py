"""misconception: off-by-one
fails: by_pair: four letters, by_score: four letters
"""

by_pair = "abcde"
by_score = "acdef"
