"""misconception: similar-is-same
fails: dollars for a thousand questions of another day, any text has an answer and capitals change none
"""

def is_hard(prompt):
    return cues(prompt) >= 1
