"""misconception: similar-is-same
fails: nor one that differs near its ends
"""

def plain(message):
    text = message.strip()
    for start, instead in STARTS.items():
        if text.lower().startswith(start):
            text = instead + text[len(start) :]
    text = text.rstrip("?.")
    text = text.removesuffix(" please")
    return text[:1].lower() + text[1:]


def same_question(message, other):
    return plain(message) == plain(other)
