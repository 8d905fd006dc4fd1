"""misconception: recency-only
fails: by_pair: four letters, by_score: four letters
"""

by_pair = "cdef"
by_score = "cdef"
