"""misconception: largest-number-first
fails: composition B, composition C, composition D
"""

causes = {"A": "router", "B": "router", "C": "router", "D": "router"}
