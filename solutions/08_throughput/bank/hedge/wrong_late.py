"""misconception: retry-is-a-hedge
fails: P99 of the pages
"""

settings = {"after_ms": 100, "which": "reads"}
