"""misconception: the-guide-knows
fails: vectors compared for a question
"""

settings = {"m": 16, "ef_construction": 200, "ef": 50}
