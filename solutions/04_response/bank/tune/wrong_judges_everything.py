"""misconception: judge-everything
fails: candidates judged for one message
"""

settings = {"threshold": 0.2, "guards": 9}
