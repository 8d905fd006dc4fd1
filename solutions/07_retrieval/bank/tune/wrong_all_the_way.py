"""misconception: more-is-better
fails: vectors compared for a question
"""

settings = {"m": 48, "ef_construction": 400, "ef": 200}
