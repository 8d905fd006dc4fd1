"""written in another way"""

causes = {"A": "Router", "B": "TOOL CACHE", "C": "breaker ", "D": "Memory"}
