"""Wrote who goes.

misconception: wrong-end
fails: by_pair: four letters, by_score: four letters
"""

by_pair = "fb"
by_score = "be"
