"""misconception: importance-only
fails: by_score: four letters
"""

by_pair = "acde"
by_score = "abcd"
