"""misconception: cheap-is-saved
fails: dollars for a thousand questions
"""
settings = {"words": 40, "cues": 5}
