"""misconception: largest-number-first
fails: composition C
"""

causes = {"A": "router", "B": "tool cache", "C": "pool", "D": "memory"}
