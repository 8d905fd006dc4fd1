"""misconception: largest-number-first
fails: composition D
"""

causes = {"A": "router", "B": "tool cache", "C": "breaker", "D": "router"}
