"""misconception: long-is-hard
fails: dollars for a thousand questions
"""
settings = {"words": 15, "cues": 5}
