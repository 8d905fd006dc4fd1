"""misconception: similar-is-same
fails: right answers served while none is wrong, no wrong answer served
"""

settings = {"threshold": 0.7, "guards": 0}
