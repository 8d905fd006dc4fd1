"""misconception: retry-is-a-hedge
fails: P99 of the pages, more calls, no write is sent twice
"""

settings = {"after_ms": 1000, "which": "reads"}
