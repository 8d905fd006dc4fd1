"""misconception: dear-is-safe
fails: dollars for a thousand questions
"""
settings = {"words": 1, "cues": 1}
