"""misconception: largest-number-first
fails: composition B
"""

causes = {"A": "router", "B": "gate", "C": "breaker", "D": "memory"}
