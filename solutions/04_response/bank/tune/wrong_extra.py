"""misconception: more-is-better
fails: right answers served while none is wrong, no wrong answer served, candidates judged for one message
"""

settings = {"threshold": 0.5, "guards": 9, "finder": "words"}
