"""misconception: number-is-digits
fails: dollars for a thousand questions
"""
settings = {"words": "11", "cues": "1"}
