"""misconception: more-is-better
fails: recall on other questions, vectors compared for a question
"""

settings = {"m": 16, "ef_construction": 200, "ef": 5000}
