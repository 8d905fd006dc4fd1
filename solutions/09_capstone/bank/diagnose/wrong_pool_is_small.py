"""misconception: largest-number-first
fails: composition A
"""

causes = {"A": "pool", "B": "tool cache", "C": "breaker", "D": "memory"}
