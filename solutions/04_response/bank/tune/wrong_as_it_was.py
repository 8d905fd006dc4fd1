"""misconception: hits-are-good
fails: right answers served while none is wrong
"""

settings = {"threshold": 0.7, "guards": 9}
