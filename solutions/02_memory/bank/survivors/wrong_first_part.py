"""misconception: wrong-end
fails: by_pair: four letters, by_score: four letters
"""

by_pair = "fbed"
by_score = "beaf"
