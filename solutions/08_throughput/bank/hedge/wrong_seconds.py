"""misconception: a-figure-needs-no-unit
fails: more calls
"""

settings = {"after_ms": 0.016, "which": "reads"}
