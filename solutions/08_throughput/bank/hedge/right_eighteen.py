"""later"""

settings = {"after_ms": 18.5, "which": "reads"}
