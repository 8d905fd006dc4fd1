"""misconception: ef-is-speed
fails: recall on other questions, vectors compared for a question
"""

settings = {"m": 16, "ef_construction": 200, "ef": 10}
