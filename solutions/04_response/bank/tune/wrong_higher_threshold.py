"""misconception: threshold-separates
fails: right answers served while none is wrong, no wrong answer served, candidates judged for one message
"""

settings = {"threshold": 0.95, "guards": 0}
