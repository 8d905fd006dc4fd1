"""misconception: percent-is-a-share
fails: right answers served while none is wrong, no wrong answer served, candidates judged for one message
"""

settings = {"threshold": 50, "guards": 9}
