"""misconception: never-keep
fails: what asks the same is served, no labelled pair that differs is served, nor one that differs in signs or mentioned words, nor one that differs near its ends
"""

def same_question(message, other):
    return False
