"""misconception: sooner-is-better
fails: more calls
"""

settings = {"after_ms": 10, "which": "reads"}
