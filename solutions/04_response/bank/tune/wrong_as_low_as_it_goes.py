"""misconception: judge-everything
fails: candidates judged for one message
"""

settings = {"threshold": 0.3, "guards": 7}
