"""misconception: one-guard-is-enough
fails: right answers served while none is wrong, no wrong answer served
"""

settings = {"threshold": 0.5, "guards": 7}
