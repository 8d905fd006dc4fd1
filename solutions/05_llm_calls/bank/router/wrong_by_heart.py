"""misconception: overfit-the-test
fails: dollars for a thousand questions of another day, any text has an answer and capitals change none
hidden_only: it knows the visible prompts by heart
"""
KNOWN = {prompt.lower(): hard for prompt, hard in (*cases(), *OTHERS)}


def is_hard(prompt):
    return KNOWN.get(prompt.lower(), False)
