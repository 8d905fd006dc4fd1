"""misconception: similar-is-same
fails: what asks the same is served, nor one that differs near its ends
"""

def plain(message):
    text = message.strip()
    for start, instead in STARTS.items():
        text = text.replace(start, instead).replace(start.capitalize(), instead)
    text = text.removesuffix("?").removesuffix(".").removesuffix(" please")
    return text[:1].lower() + text[1:]


def same_question(message, other):
    return plain(message) == plain(other)
