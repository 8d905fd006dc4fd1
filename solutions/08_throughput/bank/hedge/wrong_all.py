"""misconception: retry-anything
fails: no write is sent twice
"""

settings = {"after_ms": 16, "which": "all"}
