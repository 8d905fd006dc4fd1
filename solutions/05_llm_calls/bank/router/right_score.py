"""points for signs"""

def is_hard(prompt):
    text, inside = "", False
    for character in prompt:
        if character == '"':
            inside = not inside
        elif not inside:
            text += character
    score = 2 * cues(text) + (words(text) > 13) + (words(text) > 17)
    score += any(sign in text for sign in "^=") + ("show" in text.lower())
    return 1 if score >= 1 else 0
