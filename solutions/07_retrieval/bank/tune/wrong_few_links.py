"""misconception: ef-is-speed
fails: recall on other questions, vectors compared for a question
"""

settings = {"m": 4, "ef_construction": 20, "ef": 30}
