"""misconception: similar-is-same
fails: dollars for a thousand questions of another day
"""

def is_hard(prompt):
    return cues(prompt) >= 1
